# SPDX-License-Identifier: Apache-2.0
# mnc compile with options that mean nothing here and outputs that cannot be: exact messages, and no
# file left.
. "$(dirname "$0")/lib.sh"
tiny
"$mnc" export tiny.mnet -o tiny.onnx
mkdir out.d && cd out.d
mv ../tiny.mnet ../tiny.onnx ../tmp .       # `expect` looks at tmp
export TMPDIR="$PWD/tmp"

left() { [ "$(ls -A | tr '\n' ' ')" = "err out tiny.mnet tiny.onnx tmp " ] || fail "left: $(ls -A)"; }
wrong() { # message, arguments...
    message=$1
    shift
    expect 1 "$mnc" compile "$@"
    printf '%s\n' "$message" >../wanted
    cmp -s err ../wanted || { cat ../wanted; fail "other messages"; }
    left
}
usage() {
    message=$1
    shift
    expect 2 "$mnc" compile tiny.onnx -o net.c "$@"
    has err "mnc: $message"
    left
}
no_name="is no name for a C file: NAME.c is, with NAME.h beside it"
wrong "net.h: error: $no_name" tiny.mnet -o net.h
wrong ": error: $no_name" tiny.mnet -o ''
wrong "net.weights: error: $no_name" tiny.mnet -o net.weights --weights=file
for place in - /dev/stdout /dev/null; do
    wrong "$place: error: weights in a file of their own need a C file to stand beside" \
        tiny.mnet -o $place --weights=file
done
wrong "tiny.onnx: error: -D width=1 is for specs: an ONNX file has no parameters to set" \
    tiny.onnx -o net.c -D width=1
wrong "tiny.mnet: error: --input-shape x=1,3,4,4 is for ONNX files: -D sets the parameters of a spec
tiny.mnet: error: --bind x=x.pb is for ONNX files: -D sets the parameters of a spec" \
    tiny.mnet -o net.c --input-shape=x=1,3,4,4 --bind=x=x.pb
wrong "tiny.mnet: error: -D batch: there is no parameter 'batch'
    parameters: none" tiny.mnet -o net.c --batch=2

usage "--weights is embed or file, or a file of parameters, not 'both'" --weights=both
usage "--optimize is 0 or 2, not '3'" -O3
usage "--dtype is f32 or f64, not 'f16'" --dtype=f16
wrong "error: f64 is for the target portable alone, not for 'x86-64-v3'" \
    tiny.mnet -o net.c --dtype=f64 --target=x86-64-v3
usage "--batch is a number from 1 on, not '0'" --batch=0
usage "--max-memory is a number from 1 on, not 'x'" --max-memory=x
usage "--rename needs --params" --rename=a=b
usage "--partial needs --params" --partial
usage "--templates: 'none' is not a folder" --templates=none

# Doubles from end to end, and a header that says so.
expect 0 "$mnc" compile tiny.mnet -o ../wide.c --dtype=f64
has ../wide.h 'const double *x;'
if grep -q 'float \*' ../wide.c; then fail 'floats are left'; fi

# A spec's batch is a parameter like others.
printf 'batch = 1\nx = input [batch,2]\ny = relu x\noutput y\n' >../batch.mnet
expect 0 "$mnc" dump ../batch.mnet --batch=3
has out "x = input f32[3,2]"

# A text without its numbers, and a file that is no text at all, get one message each.
"$mnc" dump "$MNC_MODELS/tiny.mnet" >../bare.mnet
expect 1 "$mnc" compile ../bare.mnet -o net.c
[ "$(grep -c error: err)" = 1 ] || fail "not one message"
has err "these numbers were left out when the text was written"
has err "    mnc dump -o FILE keeps them, in FILE.data"
printf '\001\0\002\003' >../binary.mnet
wrong "../binary.mnet: error: is not text: it has bytes that are 0" ../binary.mnet -o net.c

# A link stays a link, and what it leads to is replaced; so /dev/stdout stays itself.
printf old >../real.c && ln -s ../real.c link.c
expect 0 "$mnc" compile tiny.mnet -o link.c
[ -L link.c ] && [ -f link.h ] || fail "the link was replaced"
has ../real.c "link_run"
rm link.c link.h
expect 0 "$mnc" compile tiny.mnet -o /dev/stdout --prefix=net
has out "net_run"
[ -L /dev/stdout ] || fail "/dev/stdout is no link any more"
left
