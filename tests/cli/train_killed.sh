# SPDX-License-Identifier: Apache-2.0
# A run is killed at fifty random moments, in steps and in the writing of checkpoints, and gone on with
# each time: it ends with the bits of a run that nobody disturbed.
. "$(dirname "$0")/lib.sh"
printf 'batch = 1\nx = input [batch,1,8,8]\nconv k=3 out=4 stride=2 pad=1 bn relu\nflatten\n' >net.mnet
printf 'y = dense out=3\noutput y\n' >>net.mnet
mkdir data
for part in train t10k; do
    awk 'BEGIN { printf "\\0\\0\\10\\3\\0\\0\\0\\110\\0\\0\\0\\10\\0\\0\\0\\10"; s = 1
        for (i = 0; i < 72 * 64; i++) { s = (s * 16807) % 2147483647; printf "\\%o", s % 200 } }' >text
    printf "$(cat text)" >data/$part-images-idx3-ubyte
    awk 'BEGIN { printf "\\0\\0\\10\\1\\0\\0\\0\\110"; for (i = 0; i < 72; i++) printf "\\%o", i % 3 }' >text
    printf "$(cat text)" >data/$part-labels-idx1-ubyte
done

# exec: $! is then the number of mnc itself.
train() { # FOLDER OPTION...
    folder=$1
    shift
    exec "$mnc" train net.mnet --data idx:data --batch=8 --epochs=60 --workers=2 --average=.9 \
        --optimizer=adam --schedule=cosine --augment=pad=1,crop=8,flip --save-every=1 -o "$folder" "$@"
}
(train whole >log 2>&1)
[ -f whole/step-000000540.safetensors ] || fail 'the undisturbed run'

newest() { ls killed 2>/dev/null | grep ^step- | tail -n 1; }

# Each run is let go on until it has saved something, however slow the machine is, and is killed up
# to a tenth of a second later.  A kill counts that meets it.
killed=0 round=0
while [ $killed -lt 50 ]; do
    [ $round -lt 200 ] || fail "only $killed of 200 met a run"
    round=$((round + 1))
    before=$(newest)
    [ "$before" != step-000000540.safetensors ] || { rm -r killed; before=; }
    (train killed --resume=last >log 2>&1) &
    pid=$!
    while [ "$before" = "$(newest)" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
    sleep 0.0$((10 + $(od -An -tu1 -N1 /dev/urandom) % 90))
    ! kill -9 $pid 2>/dev/null || killed=$((killed + 1))
    wait $pid 2>/dev/null || true
done
echo "$killed of $round kills met a run that had gone on; it is at $(newest)"
(train killed --resume=last >log 2>&1)
for f in whole killed; do        # numbers alone: what stands before them has times
    tail -c 3800 $f/step-000000540.safetensors >$f.bits
done
cmp whole.bits killed.bits || fail 'other bits'
! ls killed | grep -v '^\(step-[0-9]*\|best\).safetensors$' | grep -v '^\(log.csv\|log.json\|curves.svg\)$' ||
    fail 'something is left'
