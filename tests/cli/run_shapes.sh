# SPDX-License-Identifier: Apache-2.0
# mnc run with several inputs and outputs, batches, channels last, integers, and photos for them.
. "$(dirname "$0")/lib.sh"
photos=$MNC_MODELS/photos
tiny
npy x.npy '<f4' '(1, 3, 2, 2)' "$one$one$one$one$two$two$two$two$zero$zero$zero$zero"
npy two.npy '<f4' '(4,)' "$two$one$zero$three"

# two outputs fill a .npz, whose members are the two inputs of the next net
cat >split.mnet <<'EOF'
name split
x = input f32[4]
a = neg x
b = add x x
output a b
EOF
cat >join.mnet <<'EOF'
name join
b = input f32[4]
a = input f32[4]
y = sub b a
output y
EOF
expect 1 "$mnc" run split.mnet two.npy --output=ab.npy
is err <<'EOF'
ab.npy: error: cannot hold 2 outputs; a .npz file can
EOF
expect 0 "$mnc" run split.mnet two.npy --output=ab.npz
is out <<'EOF'
a  float32 (4)  min -3  max -0  mean -1.5
b  float32 (4)  min 0  max 6  mean 3
EOF
expect 0 "$mnc" run join.mnet ab.npz --output=y.npy
npy want.npy '<f4' '(4,)' '\0\0\300\100'"$three$zero"'\0\0\020\101'
cmp y.npy want.npy || fail "b - a is wrong"
expect 0 "$mnc" run join.mnet a=two.npy two.npy
has out "y  float32 (4)  min 0  max 0  mean 0"
expect 1 "$mnc" run tiny.mnet ab.npz
is err <<'EOF'
ab.npz: error: the net has no input 'a'
    it has 'x' float32 (1,3,2,2)
ab.npz: error: the net has no input 'b'
    it has 'x' float32 (1,3,2,2)
EOF
expect 1 "$mnc" run join.mnet a=two.npy
is err <<'EOF'
join.mnet: error: input 'b' is missing: float32 (4)
EOF

# an integer answer
cat >whole.mnet <<'EOF'
name whole
x = input f32[4]
i = cast x to=i64
output i
EOF
expect 0 "$mnc" run whole.mnet two.npy
is out <<'EOF'
i  int64 (4)  min 0  max 3  mean 1.5
EOF

# three photos: one at a time, two at a time, with channels last; the answers are the same
p=--preprocess=resize=8,crop=2,scale=1/255
sed 's/1,3,2,2/2,3,2,2/; s/\[1 4\]/[2 4]/' tiny.mnet >pairs.mnet
sed 's/x = input.*/i = input f32[1,2,2,3]\nx = transpose i perm=[0 3 1 2]/' tiny.mnet >last.mnet
set -- "$photos/coffee.png" "$photos/chelsea.png" "$photos/rocket.jpg"
for net in tiny pairs last; do
    expect 0 "$mnc" run $net.mnet "$@" $p --output=$net.npy
    mv out $net.out
done
has tiny.npy "'shape': (3, 4)"
cmp tiny.npy pairs.npy || fail "two at a time answer something else"
cmp tiny.npy last.npy || fail "channels last answer something else"
cmp tiny.out pairs.out || fail "two at a time are shown differently"
[ "$(wc -l <tiny.out)" = 3 ] || fail "not a line per photo"
expect 0 "$mnc" run last.mnet i="$1" $p,layout=NHWC
expect 1 "$mnc" run last.mnet "$1" $p,layout=NCHW
has err "input 'i', float32 of shape (1,2,2,3), does not take colour images"
expect 1 "$mnc" run tiny.mnet "$1" --preprocess=crop=5
has err "a crop of 5x5 does not fit the net's input of 2x2 (height x width)"
expect 1 "$mnc" run tiny.mnet x.npy "$1" $p
has err "tiny.mnet: error: no input is left for the images; the net has 'x' float32 (1,3,2,2)"
# photos of the same name are told apart by their folders
mkdir a b
cp "$1" a/p.png
cp "$2" b/p.png
expect 0 "$mnc" run tiny.mnet a/p.png b/p.png $p
has out "a/p.png  "
has out "b/p.png  "
