#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cortexm.sh SOURCE_DIR BUILD_DIR: the microcontroller's project builds, says its arena, has its weights
# in flash, fails to build when RAM is short, and passes its self-test in qemu.
. "$(dirname "$0")/lib.sh"
unset CC
for tool in arm-none-eabi-gcc qemu-system-arm; do
    have $tool || { echo "skipped: there is no $tool"; exit 77; }
done
echo '#include <stdio.h>' | arm-none-eabi-gcc -fsyntax-only -x c - 2>/dev/null ||
    { echo 'skipped: there is no newlib for arm-none-eabi'; exit 77; }
cp -r "$src/examples/cortex-m" m
flags="MNC=$bin/mnc MODEL=$src/models/sepcnn_cifar10.mnet"
quiet make -C m $flags
arena=$(sed -n 's/^#define net_ARENA_BYTES *\([0-9]*\).*/\1/p' m/net.h)
says log "arena: $arena bytes"
arm-none-eabi-objdump -h m/firmware.elf | awk '$2 == ".weights" { print $4 }' >section
grep -q '^000' section || fail "the weights are not in flash: $(cat section)"
quiet timeout 120 make -C m $flags run
says log 'self-test ok'
rm m/main.o
! make -C m $flags CFLAGS=-DRAM_FOR_NET=1000 >out 2>&1 || fail 'builds although the RAM is short'
says out 'needs more RAM'
