# SPDX-License-Identifier: Apache-2.0
# mnc run on tensor files: each format, inputs by order and by name, what is shown and saved.
. "$(dirname "$0")/lib.sh"
tiny
data=$one$one$one$one$two$two$two$two$zero$zero$zero$zero
npy x.npy '<f4' '(1, 3, 2, 2)' "$data"
printf "$data" >x.bin

expect 0 "$mnc" run tiny.mnet x.npy
is out <<'EOF'
y  float32 (1,4)  min 0  max 3  mean 1.625
EOF
is err </dev/null
expect 0 "$mnc" run tiny.mnet x.bin --output=y.npy
expect 0 "$mnc" run tiny.mnet x=x.bin --output=z.npz
expect 0 "$mnc" run tiny.mnet --top=2 x=x.npy
is out <<'EOF'
tiny     3 0.558, 1 0.339
EOF
has err "the scores of 'y' are no probabilities; what is shown went through softmax"
expect 0 "$mnc" run tiny.mnet --top=2 --softmax=no x.npy
is out <<'EOF'
tiny     3 3, 1 2.5
EOF
is err </dev/null

# the saved answer is a .npy file of the four numbers 1, 2.5, 0, 3
npy want.npy '<f4' '(1, 4)' "$one"'\0\0\040\100'"$zero$three"
cmp y.npy want.npy
[ "$(head -c 2 z.npz)" = PK ]

# labels by number of classes
printf 'red\ngreen\nblue\ngr\303\244y\n' >labels.txt
expect 0 "$mnc" run tiny.mnet x.npy --labels=labels.txt --softmax=no
is out <<'EOF'
tiny     3 gräy 3, 1 green 2.5, 0 red 1, 2 blue 0
EOF
printf 'red\n' >labels.txt
expect 1 "$mnc" run tiny.mnet x.npy --labels=labels.txt
is err <<'EOF'
tiny.mnet: error: output 'y' has 4 scores, but there are 1 labels
EOF

# JSON: sorted keys, a schema
expect 0 "$mnc" run tiny.mnet x.npy --json
sed -i 's/"target": "[a-z0-9-]*"/"target": "TARGET"/' out
is out <<'EOF'
{
  "model": "tiny",
  "runs": [
    {
      "inputs": [],
      "outputs": [
        {
          "dtype": "float32",
          "max": 3.0,
          "mean": 1.625,
          "min": 0.0,
          "name": "y",
          "nan": 0,
          "shape": [
            1,
            4
          ],
          "values": [
            1.0,
            2.5,
            0.0,
            3.0
          ]
        }
      ]
    }
  ],
  "schema": 1,
  "target": "TARGET"
}
EOF
