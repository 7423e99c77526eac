#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc export -o FILE.mnet: a spec that people read, with blocks and loops where the net repeats, and
# its parameters beside it.  That it is the same graph is checked whenever one is written, or it goes
# out node by node, which leaves a .data file; here none may.
. "$(dirname "$0")/lib.sh"

# Every net of ours through ONNX, in which all names but the parameters' are gone: no longer than
# a page, and the same again when it is written once more.
for model in "$MNC_MODELS"/*.mnet; do
    case $model in */vgg1?.mnet | */resnet1?2.mnet) continue ;; esac         # below: they are half a GB
    expect 0 "$mnc" export "$model" -o net.onnx
    expect 0 "$mnc" export net.onnx -o net.mnet
    [ ! -e net.mnet.data ] || fail "$model went out node by node"
    lines=$(wc -l <net.mnet)
    [ "$lines" -le 50 ] || fail "$model has $lines lines"
    expect 0 "$mnc" export net.mnet --params net.safetensors -o again.mnet
    sed 's/^name again$/name net/' again.mnet >want
    is_same <net.mnet
done

for model in vgg16 vgg19 resnet152; do
    expect 0 "$mnc" export "$MNC_MODELS/$model.mnet" -o -
    [ "$(wc -l <out)" -le 40 ] || fail "$model has $(wc -l <out) lines"
    has out 'repeat'
done

# As its paper's table 2 has it.
expect 0 "$mnc" export "$MNC_MODELS/mobilenet_v2.mnet" -o v2.onnx
expect 0 "$mnc" export v2.onnx -o v2.mnet
is v2.mnet <<'EOF'
# 3504872 parameters, 34112 statistics, 300774272 mult-adds.
name v2

size = 224
classes = 1000
batch = 1

block bottleneck(x, t, s, c) {
    if t > 1 { expand = pointwise out=t * channels(x) bn relu6 }
    depth = depthwise k=3 stride=s pad=1 bn relu6
    project = pointwise out=c bn
    if s == 1 and c == channels(x) { add x }
}

image = input [batch, 3, size, size]
stem = conv k=3 out=32 stride=2 pad=1 bn relu6
for t s c n in [
     1  1   16   1
     6  2   24   2
     6  2   32   3
     6  2   64   4
     6  1   96   3
     6  2  160   3
     6  1  320   1
] {
    bottleneck t s c
    repeat n - 1 { bottleneck t 1 c }
}
head = pointwise out=1280 bn relu6
global_avg_pool
dense = dense out=classes
output dense
EOF
# It can be edited: the numbers of the head are those of the net.
expect 0 "$mnc" summary v2.mnet -D size=32 -D classes=100
has out '2351972 trainable'
has out '6240128'

# The same bits come out, folded before or after.
npy in.npy '<f4' '(1, 3, 8, 8)' "$(yes '\0\0\200\77\0\0\0\300\146\146\146\77' | head -n 64 | tr -d '\n')"
expect 0 "$mnc" run "$MNC_MODELS/tiny.mnet" in.npy --output want.npy
for fold in '' --fold; do
    expect 0 "$mnc" export "$MNC_MODELS/tiny.mnet" $fold -o t.mnet
    expect 0 "$mnc" run t.mnet --params t.safetensors in.npy --output got.npy
    cmp want.npy got.npy || fail "the spec $fold computes something else"
done

# A folder that cannot be written to gets neither file; a pipe gets the text alone.
expect 1 "$mnc" export v2.onnx -o none/v2.mnet
has err 'none/v2.mnet: error: cannot write: No such file or directory'
expect 0 "$mnc" export v2.onnx -o /dev/stdout
grep -v '^name' v2.mnet >want
grep -v '^name' out | is_same

# What other exporters have written, with the weights that they have trained: the outputs that are
# stored beside them.
for net in mobilenet_v2 mobilenet_v2_keras 'mobilenet_v2_keras --fold'; do
    set -- $net
    [ -f "$MNC_FIXTURES/$1/model.onnx" ] || continue
    expect 0 "$mnc" export "$MNC_FIXTURES/$1/model.onnx" ${2-} -o f.mnet
    [ "$(wc -l <f.mnet)" -le 60 ] || fail "$net has $(wc -l <f.mnet) lines"
    expect 0 "$mnc" check f.mnet --params f.safetensors --data "$MNC_FIXTURES/$1/test_data_set_0"
    has out '1 output compared, all within tolerance'
done

# Two outputs of one node have no line of their own each: node by node, which is said.
printf 'x = input [1,4]\na, b = split x axis=1 sizes=[2 2]\noutput a b\n' >two.mnet
expect 0 "$mnc" export two.mnet -o nodes.mnet
has err 'nodes.mnet: note: is written node by node, with its numbers in nodes.mnet.data'
expect 0 "$mnc" dump --after=import nodes.mnet

# Frozen layers stay frozen, and their weights can be put in all the same.
expect 0 "$mnc" export "$MNC_MODELS/mobilenet_v2_landuse.mnet" -o land.mnet
has land.mnet 'freeze'
expect 0 "$mnc" summary land.mnet --params land.safetensors
has out '26901 trainable'
