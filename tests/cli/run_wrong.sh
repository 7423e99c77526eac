# SPDX-License-Identifier: Apache-2.0
# mnc run with wrong usage, wrong inputs and hostile surroundings: exit codes and exact messages.
. "$(dirname "$0")/lib.sh"
tiny
npy x.npy '<f4' '(1, 3, 2, 2)' "$one$one$one$one$two$two$two$two$zero$zero$zero$zero"
npy small.npy '<f4' '(3,)' "$one$one$one"
npy int.npy '<i4' '(1, 3, 2, 2)' "$one$one$one$one$two$two$two$two$zero$zero$zero$zero"
printf "$one" >short.bin
printf '\377\330\377 this is no JPEG' >broken.jpg
head -c 100 x.npy >cut.npy
echo nothing >text.txt

with=
wrong() { # message, arguments...; $with: changes of the environment
    message=$1
    shift
    expect 1 env $with "$mnc" run "$@"
    printf '%s\n' "$message" >wanted
    cmp -s err wanted || { cat wanted; fail "other messages"; }
    [ ! -s out ] || fail "something on standard output"
}
usage() {
    message=$1
    shift
    expect 2 "$mnc" run "$@"
    has err "$message"
}
usage "run takes a model and its inputs"
usage "--top is a number from 1 on, not '0'" tiny.mnet x.npy --top=0
usage "--top is a number from 1 on, not 'x'" tiny.mnet x.npy --top=x
usage "--softmax is auto, yes or no, not 'maybe'" tiny.mnet x.npy --softmax=maybe
usage "--output is a .npy or .npz file, not 'y.txt'" tiny.mnet x.npy --output=y.txt
usage "run has no option '--tup=1'" tiny.mnet x.npy --tup=1

wrong "none.mnet: error: cannot read: No such file or directory" none.mnet x.npy
wrong "tiny.mnet: error: input 'x' is missing: float32 (1,3,2,2)" tiny.mnet
wrong "none.npy: error: cannot read: No such file or directory" tiny.mnet none.npy
wrong "small.npy: error: is float32 of shape (3), but the net's 'x' is float32 of shape (1,3,2,2)" \
    tiny.mnet small.npy
wrong "int.npy: error: is int32 of shape (1,3,2,2), but the net's 'x' is float32 of shape (1,3,2,2)" \
    tiny.mnet int.npy
wrong "x.npy: error: is one input too many
    the net has 'x' float32 (1,3,2,2)" tiny.mnet x.npy x.npy
wrong "x.npy: error: input 'x' has got x.npy already" tiny.mnet x=x.npy x=x.npy
wrong "y=x.npy: error: cannot read: No such file or directory" tiny.mnet y=x.npy
wrong "short.bin: error: has 4 bytes, but input 'x' takes 48 (float32 (1,3,2,2))" \
    tiny.mnet short.bin
wrong "cut.npy: error: is not a .npy file that can be read: its head is cut short or of an unknown \
version" tiny.mnet cut.npy
wrong "text.txt: error: is not a tensor file: neither .npy, .npz, .safetensors nor .pb (ONNX TensorProto)" \
    tiny.mnet text.txt
wrong "tiny.mnet: error: nothing says how images are prepared for this net
    say it: --preprocess=resize=256,crop=224,scale=1/255,mean=...,std=... or write tiny.json beside \
the model" tiny.mnet broken.jpg
expect 1 "$mnc" run tiny.mnet broken.jpg --preprocess=resize=2
has err "broken.jpg: error: is not a JPEG file that can be read: "
expect 1 "$mnc" run tiny.mnet broken.jpg --preprocess=rezise=2
has err "error: preprocess: there is no setting 'rezise'; there are resize, filter, crop, mean, std,"
has err "    did you mean 'resize'?"
echo '{"labels": 3}' >tiny.json
wrong 'tiny.json: error: "labels" is not the name of a file in this folder' tiny.mnet x.npy
rm tiny.json

# the compiler
with=CC=no-such-compiler
wrong \
    "error: cannot find the C compiler 'no-such-compiler', which CC names" tiny.mnet x.npy
cat >badcc <<'EOF'
#!/bin/sh
[ "$1" = --version ] || { echo "badcc: out of cheese"; exit 4; }
EOF
chmod +x badcc
with=CC=./badcc
wrong "error: the C compiler './badcc' failed with exit status 4; it said:
note: badcc: out of cheese" tiny.mnet x.npy
with=PATH=/nowhere
wrong "error: there is no C compiler: neither cc, gcc nor clang is in PATH
    install gcc or clang, or let CC name one" tiny.mnet x.npy
with=

# where the answer goes
wrong "no/y.npy: error: cannot write: No such file or directory" tiny.mnet x.npy --output=no/y.npy
code=0
"$mnc" run tiny.mnet x.npy >/dev/full 2>err || code=$?
[ "$code" = 1 ] || fail "a full disk is exit code $code"
has err "standard output: error: cannot write: No space left on device"
# a reader that is gone before anything is written
{ { sleep 1; "$mnc" run tiny.mnet x.npy 2>err; echo $? >code; } | :; } || true
[ "$(cat code)" = 1 ] || fail "a broken pipe is exit code $(cat code)"
has err "standard output: error: cannot write: Broken pipe"

# a cache that cannot be used is no reason to fail
: >file
expect 0 env XDG_CACHE_HOME="$dir/file" "$mnc" run tiny.mnet x.npy
with="TMPDIR=/nowhere XDG_CACHE_HOME=$dir/none"
wrong \
    "/nowhere: error: cannot make a temporary folder there: No such file or directory" \
    tiny.mnet x.npy
