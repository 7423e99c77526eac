# SPDX-License-Identifier: Apache-2.0
# mnc run on photos: the real EfficientNet-Lite0 knows what it sees.
. "$(dirname "$0")/lib.sh"
model=$MNC_MODELS/efficientnet_lite0.onnx photos=$MNC_MODELS/photos
[ -f "$model" ] || { echo "skipped: there is no $model"; exit 77; }

expect 0 "$mnc" run "$model" "$photos/coffee.png" "$photos/chelsea.png" "$photos/rocket.jpg" --top=1
is out <<'EOF'
coffee.png    967 espresso 0.951
chelsea.png   282 tiger cat 0.386
rocket.jpg    657 missile 0.296
EOF
is err </dev/null
# the second time nothing is compiled
expect 0 "$mnc" run "$model" "$photos/coffee.png" --json --top=1
has out '"label": "espresso"'
has out '"index": 967'
has out '"softmax": true'
[ "$(ls cache/mnc/*.so | wc -l)" = 1 ]

# what is saved are the scores themselves, a row per photo: 128 bytes of head, 2 x 1000 floats
expect 0 "$mnc" run "$model" --output=scores.npy "$photos/coffee.png" "$photos/chelsea.png"
[ "$(wc -c <scores.npy)" = 8128 ] || fail "scores.npy has another size"
has scores.npy "'shape': (2, 1000)"
