# SPDX-License-Identifier: Apache-2.0
# mnc check --training: steps that PyTorch has done come out again, and what differs, or is damaged,
# is found out.
here=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/lib.sh"

n=0
for d in "$here"/../training/*/; do
    expect 0 "$mnc" check --training "$d"
    has out 'all within tolerance'
    n=$((n + 1))
done
[ $n -ge 11 ] || fail "only $n folders"
for name in sepcnn_cifar10 mobilenet_v1_cifar mobilenet_v2_cifar100 mobilenet_v2_landuse_035; do
    if [ -d "$MNC_FIXTURES/training/$name" ]; then
        expect 0 "$mnc" check --training "$MNC_FIXTURES/training/$name"
        has out 'all within tolerance'
    else
        echo "no $name: left out"
    fi
done

good=$here/../training/adamw
expect 0 "$mnc" check --training "$good" --json
[ "$(grep -c '"learning_rate"' out)" = 6 ] || fail 'not six steps'
has out '"ok": true,'
changed() { rm -rf x; cp -r "$good" x; chmod -R u+w x; }

# One loss is off by 1e-4.
changed
awk -F, -v OFS=, '$1 == "3" { $3 += 1e-4 } { print }' "$good"/losses.csv >x/losses.csv
expect 3 "$mnc" check --training x
[ "$(grep -c OUTSIDE out)" = 1 ] || fail 'not one loss'
has out 'outside the tolerance'
expect 0 "$mnc" check --training x --rtol=1e-3

# Another optimiser: everything after the first step differs.
changed
sed 's/adamw/adam/' "$good"/recipe.json >x/recipe.json
expect 3 "$mnc" check --training x --json
has out '"ok": false,'
# Other gradients, and none.
changed
cp "$here"/../training/clipped/gradients_step_0.onnx x/
expect 3 "$mnc" check --training x
has out 'gradient conv.weight  off by'
rm x/gradients_step_0.onnx x/scores_after.pb
expect 0 "$mnc" check --training x
# Another schedule is said, not compared.
changed
sed 's/"learning_rate": 0.01/"learning_rate": 0.02/' "$good"/recipe.json >x/recipe.json
expect 1 "$mnc" check --training x
has err 'x: error: step 0 was done at rate 0.01'

changed
cp x/x.pb x/y.pb
expect 1 "$mnc" check --training x
has err 'x/y.pb: error: is float32 of shape (6,8,3,10,10), but x.pb has 6 steps of 8 samples'
changed
head -n 3 "$good"/losses.csv >x/losses.csv
expect 1 "$mnc" check --training x
has err 'x/losses.csv:4:1: error: there are more batches than lines'
rm x/y.pb x/recipe.json
expect 1 "$mnc" check --training x
has err 'x/recipe.json: error: cannot read'
has err 'x/y.pb: error: cannot read'
changed
head -c 500 "$good"/gradients_step_0.onnx >x/gradients_step_0.onnx
expect 1 "$mnc" check --training x
has err 'x/gradients_step_0.onnx: error: is not a tensor that can be read'
# A model that does not fit.
expect 1 "$mnc" check --training "$good" "$MNC_MODELS/tiny.mnet"
