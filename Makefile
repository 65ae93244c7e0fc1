# SPDX-License-Identifier: GPL-2.0-or-later
# The front door: every way to build, check, install and try dumpflt. kbuild reads Kbuild instead.
# Copyright (C) 2026 the dumpflt authors

# V=1, W=, C=, O=, ARCH=, CROSS_COMPILE= and LLVM= reach kbuild as they are. With an O= kernel
# build, KDIR is the source and O the build directory.
ifeq ($(origin KDIR),undefined)
# Searched for once, and only by targets that want it: help, clean and tool need no headers
KDIR	= $(eval KDIR := $(shell scripts/kdir))$(KDIR)
endif
PREFIX	?= /usr/local
export PREFIX DESTDIR

KBUILD	= $(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)"
GATES	= $(sort $(notdir $(wildcard scripts/gate-*)))

# Gates build in copies of the tree, against the same kernel
WITH_KDIR = KDIR="$(KDIR)"

all: modules tool ## modules and tool (the default)

modules: ## dumpflt.ko and the filters, for the kernel in KDIR
	@test -n "$(KDIR)"
	+$(KBUILD) modules

tool: ## the command dumpflt
	$(MAKE) --no-print-directory -C userspace

install: ## all of it, below DESTDIR; modules, tool, headers for filter authors (not: test filters)
	scripts/install "$(KDIR)" "$(O)"

uninstall: ## exactly what install put there
	scripts/uninstall

clean: ## everything that a build makes
	find module selftests/kmods \( -name '*.ko' -o -name '*.o' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name 'modules.order' -o -name 'Module.symvers' -o -name '.*.cmd' -o -name '.*.d' \) -delete
	rm -f selftests/kmods/copied.c modules.order Module.symvers .modules.order.cmd .Module.symvers.cmd
	rm -rf build
	$(MAKE) --no-print-directory -C userspace clean
	$(MAKE) --no-print-directory -C selftests clean

packages: ## the Debian packages that tests need: installs them as root, else prints the command
	scripts/install-packages

deb: ## Debian packages, in build/deb
	packaging/build-deb build/deb

rpm: ## rpm packages, in build/rpm
	packaging/build-rpm build/rpm

demo: packages all ## one crash dump from panic to plain text, in a QEMU guest
	$(MAKE) --no-print-directory -C selftests demo $(WITH_KDIR)

demo-host: check-systemd ## the story of a host: Debian 12, installed by apt, armed, crashed, collected; root, 10 minutes

quick: ## while working: build, unit tests, quick gates, the self-tests in User-Mode Linux
	$(WITH_KDIR) scripts/quick

check: packages ## every gate and every test; last line "N passed, N failed, N skipped"
	$(WITH_KDIR) scripts/check

check-slices: packages ## a slice of each slow proof, as many as fit into SECONDS_LEFT
	$(WITH_KDIR) scripts/check-slices $(SECONDS_LEFT)

gates: ## every gate, no guest
	$(WITH_KDIR) scripts/check gates

selftest-gates: ## proves that every gate can fail
	$(WITH_KDIR) scripts/selftest-gates

check-guest: all ## the self-tests in a QEMU guest
	$(MAKE) --no-print-directory -C selftests check $(WITH_KDIR)

check-um: tool ## the self-tests in User-Mode Linux, whose kernel it builds; UM_ARGS=--debug
	$(MAKE) --no-print-directory -C selftests check-um

check-reboot: all ## a guest goes down in the middle of a dump
	$(MAKE) --no-print-directory -C selftests check-reboot $(WITH_KDIR)

check-hibernation: all ## a guest hibernates into a dump area, and is resumed; HIBERNATION_ARGS=--slice
	$(MAKE) --no-print-directory -C selftests check-hibernation $(WITH_KDIR)

check-crash: all ## the crash tests: a guest crashes, dumps, and the dump is read
	$(MAKE) --no-print-directory -C selftests check-crash $(WITH_KDIR)

check-arm: all ## a guest is armed by the tool alone, and crashes
	$(MAKE) --no-print-directory -C selftests check-arm $(WITH_KDIR)

check-secureboot: all ## the same with Secure Boot
	$(MAKE) --no-print-directory -C selftests check-secureboot $(WITH_KDIR)

check-systemd: packages ## Debian 12 with systemd: from apt install to a dump that is opened; root
	$(MAKE) --no-print-directory -C selftests check-systemd $(WITH_KDIR)

check-hibernation-systemd: packages ## Debian 12 hibernates by systemctl, its own initramfs resumes; root
	$(MAKE) --no-print-directory -C selftests check-hibernation-systemd $(WITH_KDIR)

check-stress: all ## hundreds of dumps that are disturbed, and random configuration: 30 minutes
	$(MAKE) --no-print-directory -C selftests check-stress $(WITH_KDIR)

check-mutants: all ## break the module in many ways: the suite must notice
	$(MAKE) --no-print-directory -C selftests check-mutants $(WITH_KDIR)

check-generated: all ## break it in ways that a tool finds, 100 of 1800
	$(MAKE) --no-print-directory -C selftests check-generated

check-arch: packages ## the tool on s390x and armhf, modules for i386 and arm64; ARCH_ARGS="s390x ..." picks some
	$(MAKE) --no-print-directory -C selftests check-arch $(WITH_KDIR)

check-arm64: all ## tests and a crash in an emulated arm64 guest
	$(MAKE) --no-print-directory -C selftests check-arm64 $(WITH_KDIR)

check-kernels: packages tool ## kernels of other Debian suites; KERNELS="trixie ..." picks some
	$(MAKE) --no-print-directory -C selftests check-kernels $(WITH_KDIR)

check-packages: packages ## packages: lintian; installed, upgraded, purged in a clean Debian; root
	selftests/packages/run $(PACKAGES_ARGS)

check-backtrace: packages all ## crash(8) reads a sealed dump in place; downloads 860 MB of debug symbols
	$(MAKE) --no-print-directory -C selftests check-backtrace $(WITH_KDIR)

check-interop: all ## another implementation of age, from the npm registry
	$(MAKE) --no-print-directory -C selftests check-interop

check-replay: all ## the power fails at every point of a crash dump: 10000 disks
	$(MAKE) --no-print-directory -C selftests check-replay $(WITH_KDIR)

check-debug: packages ## the self-tests on a kernel with sanitizers (builds it: 15 minutes)
	$(MAKE) --no-print-directory -C selftests check-debug

fuzz: packages ## hostile dump areas against the tool's reader, for FUZZ_SECONDS=60
	$(MAKE) --no-print-directory -C userspace fuzz

coverage: packages ## lines that the tool's tests run; see Documentation/coverage.md
	scripts/coverage $(COVERAGE_ARGS)

bench: all ## cost of the filters, in a QEMU guest
	$(MAKE) --no-print-directory -C selftests bench $(WITH_KDIR)

$(GATES):
	$(WITH_KDIR) scripts/$@

help: ## this text
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo 'Gates (each is also a script in scripts/):'
	@sed -sn '3s/^# \(gate-[a-z0-9-]*\): /  \1\t/p' scripts/gate-* | expand -t 20
	@echo 'Variables:'
	@echo '  KDIR=<dir>        kernel build directory (default: running kernel, else newest)'
	@echo '  PREFIX=<dir>      where tool, headers and manual go ($(PREFIX))'
	@echo '  DESTDIR=<dir>     put before every installed path'
	@echo '  KERNELS=<names>   for make check-kernels, of those in selftests/kernels/list'
	@echo '  FUZZ_SECONDS=<n>  for make fuzz, all fuzzers together'
	@echo '  UM_ARGS, ARCH_ARGS, STRESS_ARGS  for make check-um, check-arch, check-stress'
	@echo '  SECONDS_LEFT=<n>  for make check-slices'
	@echo '  V=1               print commands; ARCH, CROSS_COMPILE, LLVM, O reach kbuild'

.PHONY: all modules tool install uninstall clean packages deb rpm demo demo-host quick check check-slices gates \
	selftest-gates check-guest check-um check-arm check-secureboot check-systemd check-hibernation check-hibernation-systemd check-reboot check-crash check-replay check-packages check-interop check-backtrace \
	check-mutants check-generated check-arch check-arm64 check-kernels check-stress check-debug fuzz coverage bench \
	help $(GATES)
