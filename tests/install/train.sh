#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# train.sh SOURCE_DIR BUILD_DIR: the example that trains learns Fashion-MNIST, a little.
. "$(dirname "$0")/lib.sh"
data=/usr/share/datasets/fashion-mnist
[ -d $data ] || { echo 'skipped: there is no dataset-fashion-mnist'; exit 77; }
export CMAKE_PREFIX_PATH="$prefix"
quiet cmake -S "$src/examples/train" -B train -D models="$src/models"
quiet cmake --build train
train/train $data 100 >out
says out 'step 100, loss'
awk '/are right/ { print; ok = $1 > 0.6 * $3 } END { exit !ok }' out || fail 'it learns nothing'
