#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt capture keeps the kernel log before the dump, whatever becomes of the
# dump; and whatever becomes of the log, there is a dump.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
export FAKE_DMESG_SAMPLE=$TMP/log.txt FAKE_DMESG=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
size=$(stat -c %s "$FAKE_SAMPLE")
seq -f '[%10.6f] a line of the kernel log' 1 4000 >"$FAKE_DMESG_SAMPLE"
log_size=$(stat -c %s "$FAKE_DMESG_SAMPLE")
run 0 "$DUMPFLT" extract --device "$FAKE_SAMPLE" "$TMP/reference"
conf=$TMP/capture.conf
image=$TMP/target
file=$TMP/file

# vmcore-dmesg is there only where a test puts it
mkdir "$TMP/bin"
export PATH=$TMP/bin:/usr/bin:/bin

# prepare [LINE]...: an empty area, and these lines in [dump]
prepare()
{
	rm -f "$image" "$FAKE_ARGS" "$FAKE_ARGS.dmesg" "$TMP/bin/vmcore-dmesg"
	: >"$FAKE_LOG"
	: >"$TMP/vmcore"
	truncate -s 32M "$image"
	"$DUMPFLT" format "$image" >/dev/null
	printf '%s\n' '[stack]' "target = $image" 'timeout_ms = 100' '[dump]' "vmcore = $TMP/vmcore" \
		"makedumpfile = $TESTS/fake_makedumpfile" 'wait_for_target = 1' "$@" >"$conf"
	unset FAKE_IO_FAULT FAKE_HANG
	FAKE_MDF=good FAKE_DMESG=good
}

# other TEXT: a vmcore-dmesg that says this
other()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$TMP/bin/vmcore-dmesg"
	chmod +x "$TMP/bin/vmcore-dmesg"
}

capture()
{
	run "$1" "$DUMPFLT" capture -c "$conf" "${@:2}"
}

extract()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$image" "${@:2}" "$file"
}

# With the log's record, without makedumpfile's own header
stream_size()
{
	echo $(((4144 + $1 + 65535) / 65536 * 65536 + size - 4096))
}

good_dump()
{
	extract 0 && cmp -s "$file" "$TMP/reference"
}

good()
{
	prepare
	capture 0 && out "kernel log: $log_size bytes, before the dump" &&
		out "complete: $(stream_size "$log_size") bytes in " && ! err 'kernel log' &&
		asked "crash/session=finish $(stream_size "$log_size")" && nothing_left && good_dump &&
		extract 0 --dmesg && cmp -s "$file" "$FAKE_DMESG_SAMPLE" && ! err WARNING &&
		printf '%s\n' -F --dump-dmesg "$TMP/vmcore" | cmp -s - "$FAKE_ARGS.dmesg"
}
good
result $? 'the log, then the dump, which is as without it'

# Byte for byte: the header, the record, and makedumpfile's records
stream()
{
	local log

	log=$(($(stream_size "$log_size") - size + 4096))
	extract 0 --flattened && [ "$(stat -c %s "$file")" -eq "$(stream_size "$log_size")" ] &&
		cmp -s -n 4096 "$file" "$FAKE_SAMPLE" && cmp -s -i "$log":4096 "$file" "$FAKE_SAMPLE" &&
		cmp -s -n "$log_size" -i 4144:0 "$file" "$FAKE_DMESG_SAMPLE" &&
		[ -z "$(head -c "$log" "$file" | tail -c +$((4145 + log_size)) | tr -d '\0')" ]
}
stream
result $? 'the stream has it as its first record, up to a chunk, and one header'

rearranged()
{
	makedumpfile -R "$TMP/rearranged" <"$file" >/dev/null 2>&1 &&
		cmp -s -n "$(stat -c %s "$TMP/reference")" "$TMP/rearranged" "$TMP/reference"
}
rearranged
result $? 'makedumpfile -R reads it'

json()
{
	prepare
	capture 0 --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] && out ",\"log_bytes\":$log_size," &&
		prepare 'log = no' && capture 0 --json && out ',"log_bytes":0,'
}
json
result $? 'as JSON'

off()
{
	prepare 'log = no'
	capture 0 && ! out 'kernel log' && ! err 'kernel log' && [ ! -e "$FAKE_ARGS.dmesg" ] &&
		out "complete: $size bytes" && extract 0 --flattened && cmp -s "$file" "$FAKE_SAMPLE" &&
		extract 1 --dmesg && err 'this dump holds no kernel log: none was kept before it'
}
off
result $? 'log = no: the stream is makedumpfile'\''s'

# without WORDS...: a warning, and the dump all the same
without()
{
	capture 0 && err "WARNING: the kernel log is not kept: $1; the dump goes on without it" &&
		out "complete: $size bytes" && extract 0 --flattened && cmp -s "$file" "$FAKE_SAMPLE"
}
prepare && FAKE_DMESG=fails &&
	without "makedumpfile: exit code 1: Can't get the start address of log_buf.; vmcore-dmesg is not there"
result $? 'makedumpfile cannot read the log'
prepare && FAKE_DMESG=nothing && without 'makedumpfile: it found nothing; vmcore-dmesg is not there'
result $? 'there is none'
prepare && FAKE_DMESG=fails && other 'echo "Missing elf signature" >&2; exit 3' &&
	without "makedumpfile: exit code 1: Can't get the start address of log_buf.; vmcore-dmesg: exit code 3: Missing elf signature"
result $? 'neither can vmcore-dmesg'

# log_is COMMAND...: what was kept is its output
log_is()
{
	extract 0 --dmesg && cmp -s "$file" <("$@")
}

second()
{
	prepare
	FAKE_DMESG=$1
	# shellcheck disable=SC2016 # it is that program's
	other 'echo "another log of $1"'
	capture 0 && ! err 'kernel log' && good_dump && log_is echo "another log of $TMP/vmcore"
}
second fails && second partly
result $? 'but vmcore-dmesg can: its log is the whole one'

partly()
{
	prepare
	FAKE_DMESG=partly
	capture 0 && out 'kernel log: 3000 bytes' &&
		err 'WARNING: the end of the kernel log may be missing: makedumpfile: exit code 1: readmem: the page is not there' &&
		good_dump && log_is head -c 3000 "$FAKE_DMESG_SAMPLE" && err 'WARNING: the end of the kernel log is missing' &&
		other 'echo less; exit 1' && FAKE_MDF=good capture 0 && log_is head -c 3000 "$FAKE_DMESG_SAMPLE"
}
partly
result $? 'what it gave before it failed is kept, if no other gives more'

hangs()
{
	local start=$SECONDS

	prepare 'log_seconds = 1'
	FAKE_DMESG=$1
	capture 0 && err 'it took longer than 1 s' && [ $((SECONDS - start)) -le 8 ] && good_dump &&
		! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null && nothing_left
}
hangs hangs && log_is head -c 2000 "$FAKE_DMESG_SAMPLE"
result $? 'it hangs: log_seconds, and it is ended'
hangs endless && extract 0 --dmesg && err 'the beginning of the kernel log was left out' &&
	[ "$(stat -c %s "$file")" -le 1048576 ] && [ "$(sort -u "$file" | wc -l)" -le 2 ]
result $? 'it has no end: its last 1024 KiB'

# Of 3 MiB: whole lines, the last ones
end_only()
{
	prepare "$@"
	seq -f '[%10.6f] a line of a very long kernel log' 1 70000 >"$TMP/long.txt"
	FAKE_DMESG_SAMPLE=$TMP/long.txt capture 0 && good_dump && extract 0 --dmesg &&
		err 'WARNING: the beginning of the kernel log was left out' &&
		[ "$(stat -c %s "$file")" -le "$kept" ] && [ "$(stat -c %s "$file")" -gt $((kept - 60)) ] &&
		cmp -s "$file" <(tail -c "$(stat -c %s "$file")" "$TMP/long.txt") && grep -q '^\[' <(head -n 1 "$file")
}
kept=1048576
end_only
result $? '3 MiB: the last of them, from a whole line on'
kept=$((100 * 1024))
end_only 'log_kib = 100'
result $? 'log_kib'

# salvaged STATE: the log is there although the dump is not
salvaged()
{
	capture 1 && err "The kernel log is there: 'dumpflt extract --salvage --dmesg' gets it." &&
		out "kernel log: $log_size bytes, before the dump" &&
		"$DUMPFLT" show "$image" | grep -q "^slot 0 .*$1" && extract 4 --dmesg --slot 0 &&
		extract 0 --dmesg --salvage && cmp -s "$file" "$FAKE_DMESG_SAMPLE"
}
for how in silent fails nothing garbage killed; do
	prepare && FAKE_MDF=$how && salvaged FAILED
	result $? "makedumpfile does this: $how, and the log is there"
done

full()
{
	prepare
	rm "$image"
	truncate -s 4M "$image"
	"$DUMPFLT" format "$image" >/dev/null
	salvaged FAILED && err 'slot full after'
}
full
result $? 'the slot is full, and the log is there'

# begin FILE: a capture, in pid, until somebody has made this file
begin()
{
	"$DUMPFLT" capture -c "$conf" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for _ in {1..100}; do
		[ -e "$1" ] && break
		sleep 0.05
	done
}

# What is on the device when makedumpfile begins: if all ends then, that is left
first()
{
	local pid

	prepare
	export FAKE_MDF=hangs
	begin "$FAKE_ARGS"
	cp "$TMP/dev/dumpflt0" "$TMP/device"
	kill -TERM "$pid"
	wait "$pid"
	rm -f "$file"
	run 0 "$DUMPFLT" extract --device "$TMP/device" --dmesg "$file" &&
		cmp -s "$file" "$FAKE_DMESG_SAMPLE" && run 4 "$DUMPFLT" extract --device "$TMP/device" --force "$file"
}
first
result $? 'when makedumpfile begins the log is on the device'

checkpoint()
{
	prepare 'checkpoint_mib = 0' 'checkpoint_seconds = 0' "$@"
	rm -f "$TMP/disk"
	FAKE_DISK_LOG="$TMP/disk" capture 0
	grep -c fsync "$TMP/disk"
}
[ "$(checkpoint)" -eq $(($(checkpoint 'log = no') + 1)) ]
result $? 'one checkpoint, behind the log, if there are no others'

stopped()
{
	local pid

	prepare
	export FAKE_DMESG=hangs
	begin "$FAKE_ARGS.dmesg"
	kill -TERM "$pid"
	wait "$pid"
	[ $? -eq 1 ] && err 'stopped by SIGTERM' && [ ! -e "$FAKE_ARGS" ] && nothing_left &&
		! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null
}
stopped
result $? 'a signal while the log is read ends it all'

# io_fault OFFSET: the log's bytes cannot be written
io_fault()
{
	prepare
	export FAKE_IO_FAULT='0 5 dumpflt0: write at 0 failed'
	capture 1 && err "ERROR: writing the dump failed on 'dumpflt0': Input/output error" &&
		! out 'kernel log' && ! err 'The kernel log is there' && [ ! -e "$FAKE_ARGS" ] && nothing_left
}
io_fault
result $? 'a log that cannot be written is a dump that failed'

plain()
{
	prepare
	sed -i 's/^target.*/&\narea = no/' "$conf"
	rm "$image"
	head -c 65536 /dev/urandom >"$image"
	capture 0 && good_dump && log_is cat "$FAKE_DMESG_SAMPLE" && FAKE_MDF=fails capture 1 &&
		err "The kernel log is there: 'dumpflt extract --dmesg' gets it." && log_is cat "$FAKE_DMESG_SAMPLE"
}
plain
result $? 'plain mode'

# What the memory ends at, not only its size, is what the dump file's bitmaps are for
place()
{
	local low high

	prepare
	truncate -s 200M "$TMP/vmcore"
	# an ELF header, and one program header: PT_LOAD at 1 TiB
	{
		printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0\004\0\076\0\001\0\0\0'
		printf '\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
		printf '\100\0\070\0\001\0\0\0\0\0\0\0\001\0\0\0\0\0\0\0'
		head -c 16 /dev/zero
		printf '\0\0\0\0\0\001\0\0\0\0\0\020\0\0\0\0\0\0\0\020\0\0\0\0'
	} | dd of="$TMP/vmcore" conv=notrunc status=none
	capture 0 && extract 0 --flattened && high=$(place_of) && head -c 64 /dev/zero |
		dd of="$TMP/vmcore" conv=notrunc status=none && capture 0 && extract 0 --flattened --slot 1 &&
		low=$(place_of) && [ "$low" -gt $((200 << 20)) ] && [ "$low" -lt $((400 << 20)) ] &&
		[ "$high" -ge $((low + (1 << 26) - (1 << 26) / 2)) ] && [ $((high % (1 << 26))) -eq 0 ]
}

place_of()
{
	od -An -tu8 -j4096 -N8 --endian=big "$file" | tr -d ' '
}
place
result $? 'its place is behind all that the dump file can have'

rehearsed()
{
	prepare 'log_kib = 77'
	capture 0 --dry-run && ! err WARNING && [ ! -e "$FAKE_ARGS.dmesg" ] &&
		out "first      $TESTS/fake_makedumpfile -F --dump-dmesg $TMP/vmcore: the last 77 KiB of the kernel log, within 60 s" &&
		FAKE_DMESG=refuses capture 0 --dry-run &&
		err "WARNING: the kernel log will not be kept: '$TESTS/fake_makedumpfile' does not take --dump-dmesg" &&
		other 'exit 0' && FAKE_DMESG=refuses capture 0 --dry-run && ! err WARNING && prepare 'log = no' &&
		FAKE_DMESG=refuses capture 0 --dry-run && ! err WARNING && out 'first      log = no: no kernel log is kept'
}
rehearsed
result $? '--dry-run asks makedumpfile, and says what would be kept'

budget()
{
	local with

	prepare 'log_seconds = 20'
	capture 0 --dry-run && out ' + log_seconds 20 s + 22 x timeout_ms 100 ms + ' || return 1
	with=$(sed -n 's/^budget *\([0-9]*\) s:.*/\1/p' "$TMP/out")
	prepare 'log = no' 'log_seconds = 20'
	# 3 s: STEPS_GRACE of this build
	capture 0 --dry-run && [ "$with" -eq $(($(sed -n 's/^budget *\([0-9]*\) s:.*/\1/p' "$TMP/out") + 20 + 3)) ]
}
budget
result $? 'the budget counts it in'

write_hangs()
{
	prepare 'log_seconds = 1'
	FAKE_HANG='write' capture 1 && err 'it hangs: keeping the kernel log took longer than' && nothing_left
}
write_hangs
result $? 'a write of the log that hangs is found'

finish
