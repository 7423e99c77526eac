#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ondevice.sh SOURCE_DIR BUILD_DIR: the microcontroller that learns says its RAM when it is built, calls
# nothing of an operating system, fails to build when RAM is short, and its loss falls in qemu.
. "$(dirname "$0")/lib.sh"
unset CC
for tool in arm-none-eabi-gcc qemu-system-arm; do
    have $tool || { echo "skipped: there is no $tool"; exit 77; }
done
echo '#include <stdio.h>' | arm-none-eabi-gcc -fsyntax-only -x c - 2>/dev/null ||
    { echo 'skipped: there is no newlib for arm-none-eabi'; exit 77; }
# In a copy of the sources' tree, the first two by the commands of its README.
mkdir build
ln -s "$build" build/release
cp -r "$src/examples" "$src/models" .
cd examples/ondevice
sed -n 's/^    make/make/p' README.md >commands
[ "$(wc -l <commands)" = 2 ] || fail "two commands were there: $(cat commands)"
quiet sh -ec "$(head -n 1 commands)"
state=$(sed -n 's/^#define net_STATE_BYTES *\([0-9]*\).*/\1/p' net.h)
says log "state: $state bytes of RAM"
arm-none-eabi-nm -u net.o | awk '{ print $2 }' |
    grep -vE '^(__aeabi_.*|exp|expf|log|logf|sqrt|sqrtf|memcpy|memset)$' >calls || true
[ ! -s calls ] || fail "the net calls $(cat calls)"
quiet timeout 120 sh -ec "$(tail -n 1 commands)"
says log ' right'
rm main.o
! make CFLAGS=-DRAM_FOR_NET=1000 >out 2>&1 || fail 'builds although the RAM is short'
says out 'needs more RAM'
