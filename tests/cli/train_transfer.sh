# SPDX-License-Identifier: Apache-2.0
# Transfer learning: the backbone with its ImageNet weights stays, a new head learns three photos from
# random parts of them, and knows the whole ones; and the recipe of mobilenet_v2_landuse on a folder.
. "$(dirname "$0")/lib.sh"
for class in chelsea coffee rocket; do
    mkdir -p photos/$class
    for i in 1 2 3 4 5 6 7 8; do
        cp "$MNC_MODELS"/photos/$class.* photos/$class/$i.$(ls "$MNC_MODELS"/photos/$class.* | sed 's/.*\.//')
    done
done
lite="$MNC_MODELS/efficientnet_lite0_transfer.mnet -D classes=3"
learn() { # FOLDER OPTION...
    folder=$1
    shift
    "$mnc" train $lite --data folder:photos --params "$MNC_MODELS/efficientnet_lite0.onnx" --by-shape \
        --partial --test-augment=resize=256,center=224 --normalise=mean=127,std=128 \
        --optimizer=adam --learning-rate=.01 --batch=6 --share=.75 --seed=3 -o "$folder" "$@"
}
expect 0 learn parts --augment=resized=224,.3,1,flip --epochs=2
grep -qE '^epoch 2 .* test loss [0-9.]*  acc 1\.0000' out || fail 'it has not learnt'
expect 0 "$mnc" predict $lite --params parts/best.safetensors "$MNC_MODELS/photos/rocket.jpg" --top=1
has out rocket

# The backbone's answers to whole photos, computed once, give the same weights.
expect 0 learn each --augment=resize=256,center=224 --epochs=1
expect 0 learn once --augment=resize=256,center=224 --epochs=1 --cache-features
for f in each once; do
    "$mnc" export $lite --params $f/step-000000003.safetensors -o $f.safetensors
done
cmp each.safetensors once.safetensors || fail 'other bits with kept features'

expect 0 "$mnc" train --recipe mobilenet_v2_landuse --data folder:photos --epochs=1 --batch=6 -o land
grep -qE '^train epoch\[1/1\] loss:[0-9.]*, acc:[0-9.]*: 100%\|███\| 3/3 \[' out || fail 'no line of training'
grep -qE '^valid epoch\[1/1\] loss:[0-9.]*, acc:[0-9.]*: 100%\|███\| 1/1 \[' out || fail 'no line of validation'
