# SPDX-License-Identifier: GPL-2.0-or-later
#
# make check: the tool and its tests, built with sanitizers, run against a
# stand-in for the kernel side. Included by the Makefile above.
#
# Copyright (C) 2026 the dumpflt authors

TESTS		:= $(HERE)/tests
UNIT_TESTS	:= $(patsubst %.c,%,$(notdir $(wildcard $(TESTS)/test_*.c)))
AREA_TESTS	:= $(filter test_area_%,$(UNIT_TESTS))
SHELL_TESTS	:= $(notdir $(wildcard $(TESTS)/test_*.sh))

# What is behind the subcommands, for the unit tests
CHECK_TOOL	:= $(patsubst %.c,$(CHECK_BUILD)/%.o,$(TOOL_SOURCES) $(LIBRARY_SOURCES))
CHECK_LIB	:= $(filter-out $(CHECK_BUILD)/cmd/%,$(CHECK_TOOL))
FAKE_KERNEL	:= $(patsubst %,$(CHECK_BUILD)/tests/fake_%.o, \
			kernel fault files area disk node)
AREA_WRITER	:= $(patsubst %,$(CHECK_BUILD)/tests/%.o, \
			area_writer age_writer age_key)
AREA_FIXTURE	:= $(patsubst %,$(CHECK_BUILD)/tests/area_%.o,fixture attack mend)
FAKE_LDFLAGS	:= -Wl,--wrap=mkdir,--wrap=rmdir,--wrap=write,--wrap=pwrite64,--wrap=pread64 \
		   -Wl,--wrap=fsync,--wrap=renameat2,--wrap=linkat,--wrap=mkdirat,--wrap=unlinkat,--wrap=flock,--wrap=ioctl,--wrap=kill \
		   -Wl,--wrap=blkdev_number,--wrap=target_is_device,--wrap=geteuid,--wrap=blkid_do_probe
CHECK_PROGRAMS	:= $(CHECK_BUILD)/dumpflt-fake $(CHECK_BUILD)/flatgen \
		   $(CHECK_BUILD)/areagen \
		   $(addprefix $(CHECK_BUILD)/,$(UNIT_TESTS))
CHECK_LINK	= $(CC) $(CHECK_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(CHECK_BUILD)/%.o: $(HERE)/%.c $(MAKEFILES_HERE)
	$(call say,CC,check/$*.o)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CHECK_CFLAGS) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(CHECK_BUILD)/module/%.o: $(TOP)/module/%.c $(MAKEFILES_HERE)
	$(call say,CC,check/module/$*.o)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CHECK_CFLAGS) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(CHECK_BUILD)/dumpflt-fake: $(CHECK_TOOL) $(FAKE_KERNEL) $(AREA_WRITER)
	$(call say,LD,check/$(@F))
	$(Q)$(CHECK_LINK) $(FAKE_LDFLAGS) $(PACKAGE_LIBS)

# Those of areas have one of their own, in memory. Each test has its rule by name: of two patterns
# make takes the one whose objects are there, not the one that fits
$(addprefix $(CHECK_BUILD)/,$(AREA_TESTS)): $(CHECK_BUILD)/test_area_%: $(CHECK_BUILD)/tests/test_area_%.o $(CHECK_LIB) $(AREA_WRITER) $(AREA_FIXTURE)
	$(call say,LD,check/$(@F))
	$(Q)$(CHECK_LINK) $(WRAPPED) $(PACKAGE_LIBS) -lcmocka

$(CHECK_BUILD)/flatgen: $(CHECK_BUILD)/tests/flatgen.o
	$(call say,LD,check/$(@F))
	$(Q)$(CHECK_LINK)

$(CHECK_BUILD)/areagen: $(CHECK_BUILD)/tests/areagen.o $(AREA_WRITER) $(CHECK_LIB)
	$(call say,LD,check/$(@F))
	$(Q)$(CHECK_LINK) $(PACKAGE_LIBS)

$(addprefix $(CHECK_BUILD)/,$(filter-out $(AREA_TESTS),$(UNIT_TESTS))): \
$(CHECK_BUILD)/test_%: $(CHECK_BUILD)/tests/test_%.o $(CHECK_LIB) $(FAKE_KERNEL) $(AREA_WRITER)
	$(call say,LD,check/$(@F))
	$(Q)$(CHECK_LINK) $(FAKE_LDFLAGS) $(WRAPPED) $(PACKAGE_LIBS) $(JUDGE_LIBS) -lcmocka

# There may be as many threads, and as much memory, as the test says
$(CHECK_BUILD)/test_area_ahead: WRAPPED := -Wl,--wrap=pthread_create,--wrap=malloc

# A device that answers when it likes
$(CHECK_BUILD)/test_intake: WRAPPED := -Wl,--wrap=aio_open,--wrap=aio_begin,--wrap=aio_answer,--wrap=aio_close

# Whatever the tool takes, libext2fs says what is right
$(CHECK_BUILD)/test_crc: JUDGE_LIBS := $(EXT2FS_LIBS)

# A helper for the shell tests, and the object of a test, are not to be deleted
.SECONDARY:

# Each is a target, so that -j runs several at once; the longest waits first. All of them run, even
# if one fails, and each says what it has to say in one piece
LONGEST_TESTS	:= test_supervisor.sh test_standard.sh
RUN_TESTS	:= $(addprefix run-,$(LONGEST_TESTS) $(filter-out $(LONGEST_TESTS),$(SHELL_TESTS) $(UNIT_TESTS)))

check: check-programs
	+$(Q)$(MAKE) --no-print-directory -k --output-sync=target check-tests
	@echo "check: all passed"

check-programs: $(CHECK_PROGRAMS) $(PLUGIN) $(HERE)/dumpflt $(INITRAMFS_TOOL)

check-tests: $(RUN_TESTS)

# The shell tests whose programs also look for leaks when they end, which takes most of a short
# one's time: together they call every subcommand. The unit tests all do. LEAK_TESTS=%: each
LEAK_TESTS	:= test_area.sh test_arm_notes.sh test_capture.sh test_cli.sh test_collect_hostile.sh \
		   test_extract_area.sh test_hibernate.sh test_json.sh test_key_file.sh

$(addprefix run-,$(SHELL_TESTS)): run-%.sh: check-programs
	@echo "== $*.sh"; ASAN_OPTIONS=detect_leaks=$(if $(filter $(LEAK_TESTS),$*.sh),1,0) \
		BUILD=$(CHECK_BUILD) $(TESTS)/$*.sh

$(addprefix run-,$(UNIT_TESTS)): run-%: check-programs
	@echo "== $*"; $(CHECK_BUILD)/$*

.PHONY: check check-programs check-tests $(RUN_TESTS)

-include $(CHECK_TOOL:.o=.d) $(wildcard $(CHECK_BUILD)/tests/*.d)
