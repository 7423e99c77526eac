#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc export: every spec comes back from ONNX and from text as the same graph, from safetensors with
# the same weights; what cannot be written leaves no file.
. "$(dirname "$0")/lib.sh"

# Its attributes are float: 1/6 is not what it was.  It does not say which parameters are frozen: where
# some are, const and param count as one.
graph() {
    "$mnc" dump --after=import "$1" |
        sed "/^name /d; s/alpha=0.16666666666666666/alpha=0.1666666716337204/; $frozen"
}

for model in "$MNC_MODELS"/*.mnet; do
    frozen=
    ! grep -q '^freeze' "$model" || frozen='s/ = const f32/ = param f32/'
    expect 0 "$mnc" export "$model" -o x.onnx
    graph "$model" >want
    graph x.onnx | is_same
done

# The same bits come out, with batch norms folded by us before or after.
npy in.npy '<f4' '(1, 3, 8, 8)' "$(yes '\0\0\200\77\0\0\0\300\146\146\146\77' | head -n 64 | tr -d '\n')"
expect 0 "$mnc" run "$MNC_MODELS/tiny.mnet" in.npy --output want.npy
for f in x.onnx x.mnet y.onnx; do
    fold=
    [ $f = y.onnx ] && fold=--fold
    expect 0 "$mnc" export "$MNC_MODELS/tiny.mnet" $fold -o $f
    expect 0 "$mnc" run $f in.npy --output got.npy
    cmp want.npy got.npy || fail "$f computes something else"
done
expect 0 "$mnc" export "$MNC_MODELS/tiny.mnet" -o w.safetensors
sed 's/^classes/# other weights\nclasses/' "$MNC_MODELS/tiny.mnet" >other.mnet
expect 0 "$mnc" run other.mnet --params w.safetensors in.npy --output got.npy
cmp want.npy got.npy || fail 'the parameters are others'

expect 2 "$mnc" export "$MNC_MODELS/tiny.mnet"
expect 1 "$mnc" export "$MNC_MODELS/tiny.mnet" -o x.txt
has err 'x.txt: error: is neither .onnx, .safetensors nor .mnet'
[ ! -e x.txt ] || fail 'x.txt is there'
expect 1 "$mnc" export "$MNC_MODELS/tiny.mnet" -o none/x.onnx
has err 'none/x.onnx: error: cannot write: No such file or directory'
printf 'name n\nx = input f32[1,1,4,4]\ny = avg_pool x kernel=[2 2] dilation=[2 2]\noutput y\n' >d.mnet
expect 1 "$mnc" export d.mnet -o d.onnx
has err "'y': opset 17 has no avg_pool like this"
[ ! -e d.onnx ] || fail 'd.onnx is there'
