#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# train.sh SOURCE_DIR BUILD_DIR: the example that trains learns Fashion-MNIST, a little, by the commands
# of its README.
. "$(dirname "$0")/lib.sh"
data=/usr/share/datasets/fashion-mnist
[ -d $data ] || { echo 'skipped: there is no dataset-fashion-mnist'; exit 77; }
export CMAKE_PREFIX_PATH="$prefix"
cp -r "$src/examples" "$src/models" .
cd examples/train
sed -n 's/^    //p' README.md >commands
[ "$(wc -l <commands)" = 2 ] || fail "two commands were there: $(cat commands)"
quiet sh -ex commands
awk '/are right/ { print; ok = $1 > 0.6 * $3 } END { exit !ok }' log || fail 'it learns nothing'
says log 'step 200, loss'
