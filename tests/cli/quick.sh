# SPDX-License-Identifier: Apache-2.0
# mnc run, the second time: neither compiler nor model is asked, and the answer is the same; and what
# must not be found again: another model, other options, other files, another compiler, damage.
. "$(dirname "$0")/lib.sh"
tiny
npy x.npy '<f4' '(1, 3, 2, 2)' "$one$one$one$one$two$two$two$two$zero$zero$zero$zero"

# A compiler that leaves a mark whenever it is started.
cat >mycc <<'EOF'
#!/bin/sh
echo "$*" >>"$0.log"
exec cc "$@"
EOF
chmod +x mycc
export CC="$dir/mycc"
# starts N COMMAND...: as expect 0, with N starts of the compiler.
starts() {
    n=$1
    shift
    : >mycc.log
    expect 0 "$@"
    [ "$(wc -l <mycc.log)" = "$n" ] || fail "$(wc -l <mycc.log) starts of the compiler, not $n"
}
starts 2 "$mnc" run tiny.mnet x.npy --output=first.npy
cp out want
starts 0 "$mnc" run tiny.mnet x.npy --output=second.npy
is_same <out
cmp first.npy second.npy
starts 0 "$mnc" run tiny.mnet x.npy --json --top=2

# Another weight, another answer; and back.
sed -i 's/0 0.5 -1 0/0 0.5 -1 4/' tiny.mnet
starts 2 "$mnc" run tiny.mnet x.npy
has out 'max 7'
starts 0 "$mnc" run tiny.mnet x.npy
has out 'max 7'
sed -i 's/0 0.5 -1 4/0 0.5 -1 0/' tiny.mnet
starts 0 "$mnc" run tiny.mnet x.npy
is_same <out

starts 2 "$mnc" run tiny.mnet x.npy --target=portable
starts 0 "$mnc" run tiny.mnet x.npy --target=portable
touch -d yesterday mycc                          # an update of the compiler
starts 1 "$mnc" run tiny.mnet x.npy
for f in cache/mnc/*.start; do
    truncate -s -1 "$f"
done
starts 1 "$mnc" run tiny.mnet x.npy
is_same <out
starts 0 "$mnc" run tiny.mnet x.npy
rm cache/mnc/*.so
starts 2 "$mnc" run tiny.mnet x.npy
is_same <out

# A model of two files is read each time.
printf "$zero$zero$zero$zero" >bias
sed 's/\[0 0.5 -1 0\]/@bias+0/' tiny.mnet >two.mnet
starts 2 "$mnc" run two.mnet x.npy
has out 'max 3'
printf "$zero$zero$zero$three" >bias
starts 1 "$mnc" run two.mnet x.npy
has out 'max 6'
expect 1 "$mnc" run none.mnet x.npy
has err 'none.mnet: error: cannot read'

# Parameters from a file: their bytes count.
params() {
    head='{"w":{"dtype":"F32","shape":[4,3,1,1],"data_offsets":[0,48]},"b":{"dtype":"F32","shape":[4],"data_offsets":[48,64]}}'
    { printf "\\$(printf %o ${#head})\0\0\0\0\0\0\0%s" "$head"
      head -c 48 /dev/zero
      printf "$1$1$1$1"; } >params.safetensors
}
params "$two"
starts 1 "$mnc" run tiny.mnet x.npy --params=params.safetensors
has out 'max 2'
starts 0 "$mnc" run tiny.mnet x.npy --params=params.safetensors
has out 'max 2'
params "$three"
starts 1 "$mnc" run tiny.mnet x.npy --params=params.safetensors
has out 'max 3'

# predict and eval start as quickly.
photo=$MNC_MODELS/photos/chelsea.png
starts 1 "$mnc" predict tiny.mnet "$photo" --test-augment=resize=2,center=2
cp out want
starts 0 "$mnc" predict tiny.mnet "$photo" --test-augment=resize=2,center=2
is_same <out
mkdir -p set/test/a set/train/a
cp "$photo" set/test/a
cp "$photo" set/train/a
starts 1 "$mnc" eval tiny.mnet --data=folder:set --test-augment=resize=2,center=2
starts 0 "$mnc" eval tiny.mnet --data=folder:set --test-augment=resize=2,center=2
