# SPDX-License-Identifier: Apache-2.0
# mnc --jit: the same bits as the shared object, by either compiler; the cache; threads; and what is
# said where mnc has no LLVM, which a copy of it has not.
. "$(dirname "$0")/lib.sh"
tiny
npy x.npy '<f4' '(1, 3, 2, 2)' "$one$one$one$one$two$two$two$two$zero$zero$zero$zero"

mkdir alone
cp "$mnc" alone/mnc
expect 1 env -u LD_LIBRARY_PATH alone/mnc run --jit tiny.mnet x.npy
has err 'error: there is no JIT: mnc was built without LLVM'
has err 'build with -DMNC_LLVM=ON'
"$mnc" run --jit tiny.mnet x.npy >out 2>err || {
    has err 'error: there is no JIT'
    echo 'skipped: mnc was built without LLVM'
    exit 77
}
is out <<'EOF'
y  float32 (1,4)  min 0  max 3  mean 1.625
EOF

# Objects in the cache, no shared ones; a damaged one is made again.
ls cache/mnc/*.so >/dev/null 2>&1 && fail 'a shared object in the cache'
object=$(find cache/mnc -name '*.o')
size=$(wc -c <"$object")
truncate -s 100 "$object"
expect 0 "$mnc" run --jit tiny.mnet x.npy
[ "$(wc -c <"$object")" = "$size" ] || fail 'the damaged object stays'
chmod a-w cache/mnc
expect 0 "$mnc" run --jit tiny.mnet x.npy
chmod u+w cache/mnc

# The same bits: a trained net on a photo, with the usual compilers, and with gcc.
lite0=$MNC_MODELS/efficientnet_lite0.onnx photo=$MNC_MODELS/photos/coffee.png
expect 0 "$mnc" run "$lite0" "$photo" --output=shared.npy
expect 0 "$mnc" run --jit "$lite0" "$photo" --output=jit.npy
has out '967 espresso 0.951'
cmp shared.npy jit.npy
CC=cc expect 0 "$mnc" run --jit "$lite0" "$photo" --output=gcc.npy
cmp shared.npy gcc.npy

expect 0 "$mnc" check --jit --layers tiny.mnet
expect 0 "$mnc" bench --jit --threads=2 --layers --rounds=3 tiny.mnet
grep -q '^r  *conv + relu ' out || fail 'no layer of that net'
CC=/bin/false expect 1 "$mnc" run --jit tiny.mnet x.npy
has err "the C compiler '/bin/false' failed with exit status 1"
expect 1 sh -c "'$mnc' run --jit tiny.mnet x.npy > /dev/full"
