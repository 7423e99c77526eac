#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cmake.sh SOURCE_DIR BUILD_DIR: the examples by find_package alone, with mnc_add_model, which makes a
# net anew when its model has changed, and only then.
. "$(dirname "$0")/lib.sh"
export CMAKE_PREFIX_PATH="$prefix" LD_LIBRARY_PATH="$lib"
models=$dir/models
cp -r "$src/models" models

quiet cmake -S "$src/examples/api" -B api
quiet cmake --build api
api/api models/tiny.mnet >out
says out 'dense (1,3)'

quiet cmake -S "$src/examples/embed" -B embed -D models="$models"
quiet cmake --build embed
embed/one >before
says before 'class 0'
embed/several >out && says out 'the same net gives the same bits'
embed/threads >out && says out 'the same bits as one'
embed/main >out && says out 'tiny: class 0'

quiet cmake -S "$src/examples/cpp" -B cpp -D models="$models"
quiet cmake --build cpp
cpp/two >out && says out 'two threads, the same bits'
quiet cmake -S "$src/examples/camera" -B camera -D models="$models"
quiet cmake --build camera
camera/camera "$models/photos" "$models/efficientnet_lite0.labels.txt" >out
says out espresso
[ "$(wc -l <out)" = "$(ls "$models/photos" | wc -l)" ] || fail 'not every photo was seen'

quiet cmake --build embed
! grep -F 'to C' log || fail 'made again although nothing has changed'
sed 's,^classes = 3,classes = 4,' models/tiny.mnet >changed
! cmp -s changed models/tiny.mnet || fail 'tiny.mnet is not what this test expects'
sleep 1
cp changed models/tiny.mnet
quiet cmake --build embed
says log 'tiny.mnet to C'
embed/one >after
says after 'class 3'

# A model that is wrong ends the build with its message.
echo 'x = nonsense' >models/tiny.mnet
! cmake --build embed >out 2>&1 || fail 'a wrong model builds'
says out 'nonsense'
