#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc summary: the figures of the table, Keras' way of counting, JSON, pictures, comparison.
. "$(dirname "$0")/lib.sh"

expect 0 "$mnc" summary "$MNC_MODELS/mobilenet_v2.mnet"
has out 'parameters         3504872 trainable, 0 frozen, 34112 batch norm statistics'
has out 'mult-adds        300774272'
grep -Eq '^bottleneck1.project.conv +pointwise +\(1,16,112,112\) +512 +6422528 +802816  0.1736 = 0.1736$' \
    out || fail 'the first separable pair: 1/16 + 1/9'
[ "$(awk '/^arena/ { print $2 }' out)" -le 1000000 ] || fail 'the arena of fused blocks'

expect 0 "$mnc" summary --count=keras "$MNC_MODELS/mobilenet_v1_keras32.mnet"
has out 'Total params: 3238986'
has out 'Trainable params: 3217162'
has out 'Non-trainable params: 21824'

expect 0 "$mnc" summary "$MNC_MODELS/mobilenet_v2_landuse.mnet" "$MNC_MODELS/tiny.mnet"
grep -Eq 'landuse.mnet +26901 parameters +2223872 frozen +34112 statistics' out || fail landuse
[ "$(wc -l <out)" = 2 ] || fail 'two nets, two lines'

# sepcnn_cifar10 from its spec and from an ONNX file count alike.
expect 0 "$mnc" export "$MNC_MODELS/sepcnn_cifar10.mnet" -o s.onnx
expect 0 "$mnc" summary --json s.onnx
has out '"mult_adds": 1729536,'
has out '"parameters": {"frozen": 0, "statistics": 0, "trainable": 11530},'
has out '"schema": 1,'

# The memory for training is what the generated file asks for; of nets without labels it says nothing.
expect 0 "$mnc" compile --train "$MNC_MODELS/tiny.mnet" -D batch=4 -o net.c
expect 0 "$mnc" summary "$MNC_MODELS/tiny.mnet" -D batch=4
want=$(awk '$2 == "net_STATE_BYTES" { print $3 }' net.h)
has out "bytes with batch 4 and sgd"
[ "$(awk '/^training/ { print $2 }' out)" = "$want" ] || fail "training takes $want bytes"
printf 'name n\nx = input f32[1,2,3]\ny = relu x\noutput y\n' >relu.mnet
expect 0 "$mnc" summary relu.mnet
! grep -q '^training' out || fail 'relu alone cannot be trained'

expect 0 "$mnc" summary --format=svg "$MNC_MODELS/tiny.mnet" -o t.svg
has t.svg '<svg xmlns='
has t.svg 'inverted.expand.conv: 128 parameters, 2048 mult-adds'
expect 0 "$mnc" summary --format=dot "$MNC_MODELS/tiny.mnet"
has out 'digraph net {'
# The two readers of the stem's result: the block, and its sum.
stem=$(sed -n 's/^  \(n[0-9]*\) .*label="stem\\n.*/\1/p' out)
[ "$(grep -c "^  $stem -> " out)" = 2 ] || fail 'the residual edge'

printf 'name n\n"</text>\\x0a" = input f32[1,1]\n"a&b" = relu "</text>\\x0a"\noutput "a&b"\n' >odd.mnet
expect 0 "$mnc" summary --format=svg odd.mnet
has out 'a&amp;b'

expect 2 "$mnc" sumary "$MNC_MODELS/tiny.mnet"
has err "there is no verb 'sumary'; did you mean 'summary'?"
expect 2 "$mnc" summary --jsn "$MNC_MODELS/tiny.mnet"
has err "summary has no option '--jsn'; did you mean '--json'?"
expect 2 "$mnc" summary --picture "$MNC_MODELS/tiny.mnet"
has err "summary has no option '--picture'"
expect 2 "$mnc" summary
expect 2 "$mnc" summary --format=png "$MNC_MODELS/tiny.mnet"
expect 2 "$mnc" summary --json "$MNC_MODELS/tiny.mnet" "$MNC_MODELS/tiny.mnet"
expect 1 "$mnc" summary none.onnx
expect 1 sh -c "'$mnc' summary '$MNC_MODELS/tiny.mnet' >/dev/full"
