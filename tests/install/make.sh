#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh SOURCE_DIR BUILD_DIR: the project that has make alone makes the net anew when its model has
# changed; what it computes is what `mnc run` does.
. "$(dirname "$0")/lib.sh"
unset CC
cp -r "$src/examples/make" "$src/models/tiny.mnet" .
flags="MNC=$bin/mnc MODEL=$dir/tiny.mnet"
quiet make -C make $flags CFLAGS='-O3 -Wall -Wextra -Werror'
head -c 1536 /dev/zero >two.bin
head -c 768 /dev/zero >one.bin
make/app <two.bin >got
[ "$(wc -l <got)" = 2 ] || fail 'two images give two lines'
"$bin/mnc" run --target=auto tiny.mnet one.bin --output=y.npy >run
od -A n -v -t fF -j 128 y.npy | awk '{ for (i = 1; i <= NF; i++) printf "%s%g", (i > 1 ? " " : ""), $i
                                     print "" }' >want
tail -n 1 got | diff want - || fail 'not what mnc run computes'
quiet make -C make $flags
! grep -F 'compile' log || fail 'made again although nothing has changed'
sed 's,^classes = 3,classes = 5,' tiny.mnet >changed
cp changed tiny.mnet
touch -d '+2 sec' tiny.mnet
quiet make -C make $flags CFLAGS='-O3 -Wall -Wextra -Werror'
make/app <one.bin >got
[ "$(wc -w <got)" = 5 ] || fail 'the changed model has five classes'
