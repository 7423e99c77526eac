# SPDX-License-Identifier: Apache-2.0
# A few thousand of Debian's Fashion-MNIST images (dataset-fashion-mnist), which are real ones: a small
# MobileNet learns from them what chance cannot reach.  Whole runs are in doc/training.md.
. "$(dirname "$0")/lib.sh"
data=${MNC_FASHION:-/usr/share/datasets/fashion-mnist}
[ -f "$data/train-images-idx3-ubyte.gz" ] || { echo "no images in $data"; exit 77; }

# 250 batches of 64; half of the test part.
expect 0 "$mnc" train --recipe fashion_mnist --data "idx:$data" --steps=250 --test-batches=78 \
    --schedule=one_cycle,max_learning_rate=0.1,warmup_epochs=0 -o run
accuracy=$(sed -n 's/.*test loss [0-9.]*  acc \([0-9.]*\).*/\1/p' out)
echo "accuracy $accuracy"
awk "BEGIN { exit !($accuracy > .7) }" || fail "accuracy $accuracy"
expect 0 "$mnc" eval --recipe fashion_mnist --params run/best.safetensors --data "idx:$data" --json
top1=$(sed -n 's/.*"top1": \([0-9.]*\).*/\1/p' out)
awk "BEGIN { exit !($top1 > .7) }" || fail "top-1 $top1 of all"
has out '"samples": 10000'
