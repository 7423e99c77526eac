# SPDX-License-Identifier: Apache-2.0
# mnc train, eval and predict on a small set in IDX format: it learns, what was killed goes on with
# the same bits, and what cannot go on says why.
. "$(dirname "$0")/lib.sh"

# net FILE OUT: from 8x8 grey images to 3 classes, with OUT channels inside.
net() {
    cat >"$1" <<EOF
batch = 1
x = input [batch, 1, 8, 8]
conv k=3 out=$2 stride=2 pad=1 bn relu
flatten
y = dense out=3
output y
EOF
}
net small.mnet 4
net large.mnet 6

# idx DIR N LABELS: N images; image i is of class i % LABELS, which brightens two rows.
idx() {
    mkdir -p "$1"
    for part in train t10k; do
        awk -v n="$2" -v classes="$3" -v part=$part 'BEGIN {
            printf "\\0\\0\\10\\3\\0\\0\\0\\%o\\0\\0\\0\\10\\0\\0\\0\\10", n
            s = part == "train" ? 1 : 2
            for (i = 0; i < n; i++)
                for (k = 0; k < 64; k++) {
                    s = (s * 16807) % 2147483647
                    printf "\\%o", s % 100 + (int(k / 16) == i % classes ? 120 : 0)
                }
        }' >text
        printf "$(cat text)" >"$1/$part-images-idx3-ubyte"
        awk -v n="$2" -v classes="$3" 'BEGIN {
            printf "\\0\\0\\10\\1\\0\\0\\0\\%o", n
            for (i = 0; i < n; i++) printf "\\%o", i % classes
        }' >text
        printf "$(cat text)" >"$1/$part-labels-idx1-ubyte"
    done
}
idx data 90 3
idx four 40 4
idx few 5 3

# With how=exec the shell that runs it becomes mnc, so that $! is its number.
train() { # FOLDER ARGUMENT...
    folder=$1
    shift
    ${how-} "$mnc" train small.mnet --data idx:data --batch=8 --epochs=6 --seed=7 --workers=1 \
        --normalise=scale=1/255,mean=.3,std=.3 --learning-rate=.05 \
        --optimizer=sgd,momentum=0.9 --schedule=one_cycle -o "$folder" "$@"
}
# The weights alone: the header has times.
bits() { tail -c 1900 "$1"/step-000000066.safetensors; }
same_bits() { bits "$1" >bits1; bits "$2" >bits2; cmp bits1 bits2 || fail "$2 has other bits"; }

expect 0 train whole
grep -qE '^epoch 6  step 66  train loss .* test loss .* recall .* auc ' out || fail 'no line'
[ "$(wc -l <out)" = 6 ] || fail 'not a line for each epoch'
[ "$(wc -l <whole/log.csv)" = 7 ] || fail 'not a row for each epoch'

# In the least memory there is a step for, which another limit's refusal names: the same bits.
sed 's/^flatten/conv k=3 out=8 pad=1 bn relu\nconv k=3 out=8 pad=1 bn relu\nflatten/' small.mnet >deep.mnet
deep() {
    folder=$1
    shift
    "$mnc" train deep.mnet --data idx:data --batch=32 --epochs=3 --seed=7 -o "$folder" "$@"
}
expect 0 deep deep
expect 3 deep little --max-ram=1
least=$(sed -n 's/.*the smallest state found takes \([0-9]*\) bytes.*/\1/p' err)
expect 0 deep little --max-ram="$least"
has err 'results are computed again'
for f in deep little; do tail -c 5000 $f/step-000000006.safetensors >$f.bits; done
cmp deep.bits little.bits || fail 'other bits in little memory'
has whole/log.json '"net": "small"'
has whole/curves.svg '</svg>'
[ "$(ls whole | tr '\n' ' ')" = "best.safetensors curves.svg log.csv log.json \
step-000000055.safetensors step-000000066.safetensors " ] || fail "$(ls whole)"

# ---- eval, predict, export ----

expect 0 "$mnc" eval small.mnet --params whole/best.safetensors --data idx:data
has out '90 samples'
top1=$(sed -n 's/.*top-1 \([0-9.]*\).*/\1/p' out)
awk "BEGIN { exit !($top1 > .9) }" || fail "top-1 $top1"
expect 0 "$mnc" export small.mnet --params whole/best.safetensors -o out.onnx
expect 0 "$mnc" eval out.onnx --data idx:data --normalise=scale=1/255,mean=.3,std=.3
has out "top-1 $top1"
expect 0 "$mnc" eval small.mnet --params whole/best.safetensors --data idx:data --json
has out '"confusion": ['
expect 0 "$mnc" predict small.mnet --params whole/best.safetensors \
    --test-augment=resize=8,8 "$MNC_MODELS/photos/coffee.png" "$MNC_MODELS/photos/rocket.jpg" --top=1
[ "$(grep -cE 'coffee.png|rocket.jpg' out)" = 2 ] || fail 'not two answers'

# ---- stopped and gone on ----

expect 0 train threads --threads=2
same_bits whole threads
for i in 1 2 3 4 5 6; do
    how=exec train killed --save-every=1 --resume=last >log 2>&1 &
    pid=$!
    sleep 0.$i
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
done
expect 0 train killed --save-every=1 --resume=last
same_bits whole killed

for signal in TERM HUP; do
    how=exec train stopped$signal --save-every=1000 --epochs=2000 >out 2>err &
    pid=$!
    while [ ! -s stopped$signal/log.csv ]; do sleep 0.05; done
    kill -$signal $pid
    code=0
    wait $pid || code=$?
    [ "$(kill -l $code)" = $signal ] || fail "exit code $code"
    has err 'The same command with --resume=last goes on from there.'
    [ "$(ls stopped$signal | grep -c ^step-)" = 1 ] || fail 'nothing was saved'
done

# Moments of Adam, averages and the limit of the norm go on as well; the rate falls by epochs.
more() {
    "$mnc" train small.mnet --data idx:data --batch=8 --seed=7 --epochs=6 --average=.9 --clip-norm=1 \
        --label-smoothing=.1 --optimizer=adamw,weight_decay=.01 --schedule=exponential,gamma=.5 "$@"
}
expect 0 more -o more
expect 0 more -o half --steps=33
expect 0 more -o half --resume=last
same_bits more half
[ "$(cut -d, -f2 more/log.csv | tail -n 2 | tr '\n' ' ')" = "6.25e-05 3.125e-05 " ] || fail 'rates'
cmp more/best.safetensors whole/best.safetensors >/dev/null 2>&1 && fail 'the same as sgd'

# What is frozen keeps its bits: in the file, conv.* (208 bytes) stands before y.*.
expect 0 "$mnc" train small.mnet --data idx:data --epochs=1 --batch=8 --freeze='conv.*' -o frozen
"$mnc" export small.mnet --params frozen/best.safetensors -o after.safetensors
"$mnc" export small.mnet -o before.safetensors
head=$(($(od -An -tu4 -N4 before.safetensors) + 8))
cmp -n $((head + 208)) before.safetensors after.safetensors || fail 'frozen weights have changed'
! cmp -s before.safetensors after.safetensors || fail 'nothing has learnt'
"$mnc" export small.mnet --params whole/best.safetensors -o trained.safetensors
! cmp -s -n $((head + 208)) before.safetensors trained.safetensors || fail 'the test is blind'

# What the frozen part gives, computed once: the same bits, all of the file's numbers.
frozen() {
    folder=$1
    shift
    "$mnc" train small.mnet --data idx:data --epochs=3 --batch=8 --freeze='conv*' -o "$folder" "$@"
}
expect 0 frozen each
expect 0 frozen once --cache-features
has err 'what the frozen part gives for 90 images, 23040 bytes'
expect 0 frozen again --cache-features --steps=20 --threads=2
expect 0 frozen again --cache-features --resume=last
for f in each once again; do
    "$mnc" export small.mnet --params $f/step-000000033.safetensors -o $f.safetensors
    cmp each.safetensors $f.safetensors || fail "other bits with kept features: $f"
done

# What nothing depends on has no gradient: it stays, without decay, also where gradients are kept.
printf 'batch = 1\nx = input [batch,1,8,8]\nf = flatten x\nz = dense f out=5\ny = dense f out=3\n' >dead.mnet
echo 'output y' >>dead.mnet
for clip in '' --clip-norm=1; do
    expect 0 "$mnc" train dead.mnet --data idx:data --epochs=1 --batch=8 $clip \
        --optimizer=adam,weight_decay=.1 -o "dead$clip"
    "$mnc" export dead.mnet --params "dead$clip/best.safetensors" -o after.safetensors
    "$mnc" export dead.mnet -o before.safetensors
    head=$(($(od -An -tu4 -N4 before.safetensors) + 8))
    cmp -n $((head + 1300)) before.safetensors after.safetensors || fail 'an unused parameter moved'
    ! cmp -s before.safetensors after.safetensors || fail 'nothing has learnt'
done

# It stops when nothing gets better.
expect 0 train early --epochs=50 --patience=3 --schedule=constant
[ "$(wc -l <early/log.csv)" -lt 40 ] || fail 'it went on and on'

# A spec's seed draws other weights.
sed 's/^batch = 1/&\nseed = 0/' small.mnet >seeded.mnet
for seed in 1 2 1; do
    rm -rf seeded
    expect 0 "$mnc" train seeded.mnet --data idx:data --steps=1 --batch=8 --seed=$seed \
        --learning-rate=0 -o seeded
    tail -c 900 seeded/step-000000001.safetensors >seed$seed.$(ls | grep -c "^seed$seed\.")
done
cmp seed1.0 seed1.1 || fail 'one seed, other weights'
! cmp -s seed1.0 seed2.0 || fail 'two seeds, the same weights'

# ---- checkpoints that are none ----

cp -r whole damaged
printf X | dd of=damaged/step-000000066.safetensors bs=1 seek=3000 conv=notrunc 2>/dev/null
expect 1 "$mnc" export small.mnet --params damaged/step-000000066.safetensors -o no.onnx
has err 'damaged/step-000000066.safetensors: error: is damaged'
expect 1 train damaged --resume=last
is err <<'EOF'
damaged/step-000000066.safetensors: error: is damaged: its content is not what was written
    the one before it is whole: --resume=damaged/step-000000055.safetensors
EOF
expect 0 train damaged --resume=damaged/step-000000055.safetensors
same_bits whole damaged
expect 1 train killed --resume=small.mnet
has err 'small.mnet: error: is no checkpoint, or only a part of one'
expect 1 train killed --resume=last --seed=8
has err 'cannot be gone on from: the seed was 7, now 8'
expect 1 "$mnc" train large.mnet --data idx:data --epochs=1 --batch=8 --seed=7 -o whole \
    --resume=whole/best.safetensors
has err "whole/best.safetensors: error: belongs to another net, or to another optimiser: 'small'"
expect 1 "$mnc" run large.mnet --params whole/best.safetensors x.npy
has err 'conv.weight'

# ---- data and numbers that cannot be ----

expect 1 "$mnc" train small.mnet --data idx:four --epochs=1 -o x
has err "four: error: has 10 labels beyond the net's 3 classes; the first is 3"
expect 1 "$mnc" train small.mnet --data idx:few --epochs=1 --batch=8 -o x
has err 'idx:few: error: has 5 samples, fewer than a batch of 8'
expect 1 train nan --learning-rate=1e30 --schedule=constant
grep -qE 'small.mnet: error: the loss is -?(nan|inf) at step [0-9]* \(epoch 1, batch' err || fail 'no place'
[ "$(ls nan | grep -c ^step-)" = 0 ] || fail 'lost weights were saved'
cp -r whole later
expect 1 train later --resume=last --epochs=9 --learning-rate=1e30 --schedule=constant
grep -qE 'the loss is -?(nan|inf) at step [0-9]* \(epoch 7, batch .* at rate 1e.30; it was' err || fail 'no place'
has err 'the last good checkpoint is later/step-000000066.safetensors'
cmp whole/step-000000066.safetensors later/step-000000066.safetensors || fail 'it was not kept'
expect 1 sh -c "trap '' XFSZ; ulimit -f 3; '$mnc' train small.mnet --data idx:data --epochs=1 --batch=8 -o full"
has err 'cannot write: File too large'
[ "$(ls full | wc -l)" = 0 ] || fail "left: $(ls full)"

# ---- several nets ----

expect 0 "$mnc" train small.mnet large.mnet --data idx:data --epochs=1 --batch=8 -o both
grep -qE '^net +train acc  test acc  time per epoch' out || fail 'no table'
grep -qE '^large.mnet +0\.[0-9]{4} ' out || fail 'no row'
[ -f both/large/log.csv ] || fail 'no folder of its own'
expect 1 "$mnc" train none.mnet small.mnet --data idx:data --epochs=1 --batch=8 -o one --json
has out '"done": false'
has out '"done": true'
expect 0 "$mnc" train small.mnet --data idx:data --steps=4 --report-every=2 --test-every=4 --batch=8 \
    --log-format=step -o step
[ "$(cut -d: -f1,2 out | sed 's/,.*//' | tr '\n' '|')" = \
    '[Train] Step: 2|[Train] Step: 4|[Test ] Step: 4|' ] || fail 'other lines'
expect 0 "$mnc" train small.mnet --data idx:data --epochs=1 --batch=8 --log-format=epoch -o epoch
grep -qE '^train epoch\[1/1\] loss:[0-9.]*, acc:[0-9.]*: 100%\|███\| 11/11 \[00:0[0-9]<00:00, ' out || fail train
grep -qE '^valid epoch\[1/1\] loss:.* 12/12 \[' out || fail valid
expect 0 "$mnc" train small.mnet --data idx:data --epochs=1 --batch=8 --log-format=iter -o iter
grep -qE '^Epoch:0 Iter 88/90 Train ACC: 0.[0-9]{5} Used_Time:00:00:0[0-9] / Total_Time:00:00:0' out || fail iter
