#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --params: specs with the fixtures' weights give the fixtures' outputs; what does not fit is said.
. "$(dirname "$0")/lib.sh"

# The parameters of a model, by name, in order.
names() { "$mnc" dump --after=import "$@" | sed -n 's/^"\{0,1\}\([^" ]*\)"\{0,1\} = param .*/\1/p'; }

# like NAME OPTION...: models/NAME.mnet with the weights of fixture NAME, whose batch norms are folded
# and whose names an exporter made up: both lists are in the order of the layers.
like() {
    model=$MNC_MODELS/$1.mnet fixture=$MNC_FIXTURES/$1
    shift
    names "$fixture/model.onnx" >theirs
    names "$model" "$@" >ours
    set -- "$@" $(paste -d= theirs ours | sed 's/^/--rename=/')
    expect 0 "$mnc" check "$model" "$@" --params "$fixture/model.onnx" \
        --data "$fixture/test_data_set_0"
    has out '1 output compared, all within tolerance'
}
if [ -f "$MNC_FIXTURES/mobilenet_v2/model.onnx" ]; then
    like mobilenet_v2 -D norm=bias
    like mobilenet_v1 -D norm=bias -D probabilities=0
fi

# What we have exported can be loaded again, by the same names.
expect 0 "$mnc" export "$MNC_MODELS/tiny.mnet" -o tiny.onnx
npy image.npy '<f4' '(1, 3, 8, 8)' "$(yes '\0\0\200\77\0\0\0\300\146\146\146\77' | head -n 64 | tr -d '\n')"
expect 0 "$mnc" run "$MNC_MODELS/tiny.mnet" image.npy --output want.npy
sed 's/^classes/seed = 7\nclasses/' "$MNC_MODELS/tiny.mnet" >other.mnet
expect 0 "$mnc" run other.mnet image.npy --output got.npy
! cmp -s want.npy got.npy || fail 'another seed, and the same numbers'
expect 0 "$mnc" run other.mnet image.npy --params tiny.onnx --output got.npy
cmp want.npy got.npy || fail 'the parameters are others'

# Small ones: a dense layer of 2 inputs, 3 outputs.
cat >net.mnet <<'N'
name net
x = input [1, 2]
fc = dense out=3
output
N
npy a.npy '<f4' '(3, 2)' '\0\0\200\77\0\0\0\0\0\0\0\0\0\0\200\77\0\0\200\77\0\0\200\77'
npy in.npy '<f4' '(1, 2)' '\0\0\0\100\0\0\100\100'

# safetensors HEADER BYTES: a file w.safetensors.
safetensors() {
    n=$(printf %s "$1" | wc -c)
    { printf "\\$(printf %o "$n")\0\0\0\0\0\0\0%s" "$1"; printf "$2"; } >w.safetensors
}
w='\0\0\200\77\0\0\0\0\0\0\0\0\0\0\200\77\0\0\200\77\0\0\200\77'
b='\0\0\200\77\0\0\200\77\0\0\200\77'
both='{"l.w":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"l.b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}}'
safetensors "$both" "$w$b"
expect 0 "$mnc" run net.mnet in.npy --params w.safetensors --rename 'l.w=fc.weight' \
    --rename 'l.b=fc.bias' --output out.npy
[ "$(tail -c 12 out.npy | od -An -tf4 | tr -s ' ')" = ' 3 4 6' ] || fail 'y = W x + b'

[ ! -s err ] || fail 'a note, although all rules are of use'
expect 0 "$mnc" run net.mnet in.npy --params w.safetensors --rename 'l.w=fc.weight' \
    --rename 'l.b=fc.bias' --rename 'm.*=fc.*' --rename 'l.b=fc.b'
has err "w.safetensors: note: no name is left for the rule 'm.*=fc.*' to change"
has err "w.safetensors: note: no name is left for the rule 'l.b=fc.b' to change"

expect 1 "$mnc" run net.mnet in.npy --params w.safetensors --rename 'l.w=fc.*'
has err "'l.w=fc.*' is no rule FROM=TO"
expect 1 "$mnc" run net.mnet in.npy --params w.safetensors --rename 'l.w=fc.bias'
has err "the file's 'fc.bias' has the shape (3,2), the net's (3)"
has err "the file's 'l.b' is no parameter of the net"
has err "the net's 'fc.weight' is not in the file"
expect 0 "$mnc" run net.mnet in.npy --params w.safetensors --rename 'l.w=fc.weight' --partial
has err "note: the file's 'l.b' is no parameter of the net"
has err "note: the net's 'fc.bias' is not in the file"

# --weights FILE is another name for it, of compile too, whose words embed and file say where
# the weights go; so both can be given.
expect 0 "$mnc" run net.mnet in.npy --weights w.safetensors --rename 'l.w=fc.weight' \
    --rename 'l.b=fc.bias' --output same.npy
cmp out.npy same.npy || fail '--weights FILE is --params FILE'
expect 0 "$mnc" compile net.mnet --params w.safetensors --rename 'l.*=fc.*' --partial -o a.c
cp a.c want.c
expect 0 "$mnc" compile net.mnet --weights w.safetensors --rename 'l.*=fc.*' --partial -o a.c
cmp a.c want.c || fail 'compile --weights FILE'
expect 0 "$mnc" compile net.mnet --weights=file --params w.safetensors --rename 'l.*=fc.*' \
    --partial -o a.c
[ -s a.weights ] || fail 'compile --weights=file'
expect 2 "$mnc" compile net.mnet --weights=flie -o a.c
has err "--weights is embed or file, or a file of parameters, not 'flie'"
expect 2 "$mnc" run net.mnet in.npy --weights w.safetensors --params w.safetensors
expect 1 "$mnc" compile net.mnet --weights=none.npz -o a.c
has err 'none.npz: error: cannot read'

# Damaged files.
bad() {
    safetensors "$1" "$w"
    expect 1 "$mnc" run net.mnet in.npy --params w.safetensors
    has err "w.safetensors: error: $2"
}
bad '{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,28]}}' "tensor 'a' has data offsets"
bad '{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[4,28]}}' "tensor 'a' has data offsets"
bad '{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[-1,23]}}' "tensor 'a' has data offsets"
bad '{"a":{"dtype":"F9","shape":[1],"data_offsets":[0,4]}}' "tensor 'a' has a type"
bad '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}' "tensor 'a' has no valid shape"
bad '{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}' "tensor 'a' has no valid"
bad '[]' 'is no safetensors file: its header is no JSON object'
printf '\377\377\377\377\377\377\377\377{}' >w.safetensors
expect 1 "$mnc" run net.mnet in.npy --params w.safetensors
has err 'is no safetensors file: its header is longer than the file'
expect 1 "$mnc" run net.mnet in.npy --params none.npz
has err 'none.npz: error: cannot read'
