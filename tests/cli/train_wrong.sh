# SPDX-License-Identifier: Apache-2.0
# mnc train with what cannot be: recipes, folders and options, each with its message; all are found
# before anything is compiled.
. "$(dirname "$0")/lib.sh"
cat >tiny.mnet <<'EOF'
batch = 1
x = input [batch, 1, 8, 8]
conv k=3 out=4 stride=2 bn relu
flatten
y = dense out=3
output y
EOF

# Every recipe names a net that is there, and nothing but its data is missing.
n=0
for r in "$MNC_MODELS"/recipes/*.json; do
    name=$(basename "$r" .json)
    expect 2 "$mnc" train --recipe "$name"
    has err "error: train needs --data"
    net=$(sed -n 's/.*"net": "\(.*\)",/\1/p' "$r")
    [ -f "$MNC_MODELS/recipes/$net" ] || fail "$name names no net"
    n=$((n + 1))
done
[ $n -ge 10 ] || fail "only $n recipes"

expect 2 "$mnc" train
has err "train takes a net, or --recipe of one"
expect 1 "$mnc" train --recipe nobody --data x
has err "nobody: error: there is no such recipe, neither in models/recipes nor"
expect 1 "$mnc" train --recipe ./nobody.json --data x
has err "./nobody.json: error: there is no such recipe"

# All mistakes of a file at once, with what there is.
cat >wrong.json <<'EOF'
{ "net": "tiny.mnet", "epoch": 3, "optimizer": { "kind": "lion", "rate": 1 }, "batch": 0 }
EOF
expect 1 "$mnc" train --recipe wrong.json
is err <<'EOF'
wrong.json: error: a recipe has no 'epoch'
    there is: net data define optimizer.kind optimizer.learning_rate optimizer.momentum optimizer.weight_decay optimizer.nesterov optimizer.betas optimizer.eps schedule.kind schedule.unit schedule.total_steps schedule.total_epochs schedule.gamma schedule.step_size schedule.eta_min schedule.warmup_steps schedule.warmup_epochs schedule.warmup_factor schedule.max_learning_rate schedule.pct_start schedule.div_factor schedule.final_div_factor schedule.anneal schedule.cycle_momentum schedule.base_momentum schedule.max_momentum loss label_smoothing clip_norm bn_momentum average trainable freeze cache_features eval_mode augment test_augment normalise share shuffle batch workers seed bad_images epochs steps report_every test_every test_batches patience save_every keep log_format
wrong.json: error: 'optimizer.kind' is one of: sgd adam adamw
wrong.json: error: a recipe has no 'optimizer.rate'
    there is: kind learning_rate momentum weight_decay nesterov betas eps
wrong.json: error: 'batch' is a whole number from 1 to 1e+06
EOF

# Options are keys too.
expect 1 "$mnc" train tiny.mnet --data x --epochs=0 --schedule=cosine,total=5 --optimizer=adam,betas=1
has err "--epochs: error: 'epochs' is a whole number from 1 to 1e+09"
has err "--schedule: error: a recipe has no 'schedule.total'"
has err "--optimizer: error: 'optimizer.betas' is two numbers from 0 to 1"
expect 2 "$mnc" train tiny.mnet --data x
has err "tiny.mnet: error: train needs --epochs or --steps"
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 --threads=many
has err "error: --threads is a number from 1 to 64, not 'many'"
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 --freeze='zz*'
has err "tiny.mnet: error: freeze: no parameter is called 'zz*'"
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 --freeze='*'
has err "tiny.mnet: error: nothing is left to train"

# What a frozen part gives can be kept only where there is one, and images that stay the same.
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 --cache-features --freeze='conv*' --augment=flip
has err "cache_features: images of an augmentation by chance, 'flip', are not the same twice"
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 --cache-features --freeze='y*'
has err "no part of the net in front of what is trained is frozen"

# What stands behind something trained must have a gradient.
cat >moved.mnet <<'EOF'
x = input [2, 3, 8, 8]
c = conv k=1 out=4
r = resize size=[2, 4, 16, 16]
flatten
dense out=3
output
EOF
expect 1 "$mnc" compile moved.mnet --train -o moved.c
has err "moved.mnet:3:5: error: 'r': resize has no gradient"
[ ! -e moved.c ] || fail "a file was written"

# Folders.
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 -o tiny.mnet
has err "tiny.mnet: error: cannot be made"
mkdir used && touch used/step-000000005.safetensors
expect 1 "$mnc" train tiny.mnet --data x --epochs=1 -o used
has err "used: error: has checkpoints of a run"
has err "--resume=last goes on from them; -o names another folder"

# Test images that do not fit are found before the first epoch.
mkdir -p images/a images/b
for class in a b; do
    for i in 1 2 3; do cp "$MNC_MODELS/photos/chelsea.png" images/$class/$i.png; done
done
sed 's/batch, 1,/batch, 3,/' tiny.mnet >colour.mnet
expect 1 "$mnc" train colour.mnet --data folder:images --epochs=1 --batch=2 --augment=resize=8,8 -o no
has err 'pixels (height x width) in the end, where the net takes 8x8; resize=8,8 fits it'
has err 'it is for testing: --test-augment says how those are prepared'
has err 'images/'
expect 1 "$mnc" train colour.mnet --data folder:images --epochs=1 --batch=2 --share=0 -o no
has err "--share: error: 'share' is a number from 1e-06 to 1"
expect 1 "$mnc" train colour.mnet --data folder:nowhere --epochs=1 -o no
has err 'nowhere: error: is no folder'

expect 2 "$mnc" eval
expect 2 "$mnc" predict tiny.mnet
has err "predict takes a net and images"
