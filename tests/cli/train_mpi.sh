# SPDX-License-Identifier: Apache-2.0
# mpirun mnc train: a batch that 2 and 4 processes share trains the net that one of them trains, to
# rounding; the same bits each time; when a process is killed all end, and a resumed run ends with
# the bits of one that nobody stopped, also with another number of processes, to rounding.
. "$(dirname "$0")/lib.sh"
has_mpi
ldd "$mnc" | grep -q libmpi && fail 'who does not ask for MPI must not load it'

cat >net.mnet <<EOF
batch = 1
x = input [batch, 1, 8, 8]
conv k=3 out=4 stride=2 pad=1 bn relu
flatten
y = dense out=3
output y
EOF
mkdir data
for part in train t10k; do
    awk -v part=$part 'BEGIN {
        printf "\\0\\0\\10\\3\\0\\0\\0\\140\\0\\0\\0\\10\\0\\0\\0\\10"
        s = part == "train" ? 1 : 2
        for (i = 0; i < 96; i++)
            for (k = 0; k < 64; k++) {
                s = (s * 16807) % 2147483647
                printf "\\%o", s % 100 + (int(k / 16) == i % 3 ? 120 : 0)
            }
    }' >text
    printf "$(cat text)" >data/$part-images-idx3-ubyte
    awk 'BEGIN { printf "\\0\\0\\10\\1\\0\\0\\0\\140"; for (i = 0; i < 96; i++) printf "\\%o", i % 3 }' \
        >text
    printf "$(cat text)" >data/$part-labels-idx1-ubyte
done

options="net.mnet --data idx:data --batch=20 --optimizer=momentum=0.9 --learning-rate=0.02
    --augment=pad=1,crop=8,flip --seed=5 --save-every=4 --workers=1"
# figures DIR: of the log, all but the seconds
figures() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "seconds") skip = i }
             { for (i = 1; i <= NF; i++) if (i != skip) printf "%s ", $i; print "" }' "$1/log.csv"
}
# near DIR DIR: the same figures to four digits
near() {
    figures "$1" >a
    figures "$2" >b
    paste -d' ' a b | awk 'NR > 1 { for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2)
        if (d * d > 1e-8) { print "differ: " $0; bad = 1 } } } END { exit bad || NR < 3 }'
}

"$mnc" train $options --epochs=3 -o one >text
for n in 2 4; do
    ranks $n "$mnc" train $options --epochs=3 -o n$n >text 2>err || { cat err; exit 1; }
    [ "$(grep -c 'train loss' text)" = 3 ] || { echo "other ranks speak, too"; cat text; exit 1; }
    near one n$n
done
ranks 4 "$mnc" train $options --epochs=3 -o again >text 2>&1
[ "$(figures n4)" = "$(figures again)" ] || { echo "other figures the second time"; exit 1; }

# less memory, in which results are computed again: the same bits
cat >deep.mnet <<EOF
batch = 1
x = input [batch, 1, 8, 8]
conv k=3 out=6 pad=1 bn relu
conv k=3 out=6 pad=1 bn relu
conv k=3 out=6 pad=1 bn relu
global_avg_pool
dense out=3
output
EOF
deep="deep.mnet ${options#* } --epochs=1"
ranks 2 "$mnc" train $deep -o deep >text 2>err
state=$(sed -n 's/.*batch [0-9]*, \([0-9]*\) bytes.*/\1/p' err)
ranks 2 "$mnc" train $deep --max-ram=$((state - 1)) -o little >text 2>err || { cat err; exit 1; }
[ "$(figures deep)" = "$(figures little)" ] || { echo "other figures in less memory"; exit 1; }

# what cannot be is said once
ranks 3 "$mnc" train $options --epochs=3 -o n3 >text 2>&1 && exit 1
[ "$(grep -c 'cannot be shared evenly by 3 ranks' text)" = 1 ] || { cat text; exit 1; }

# processes of a launcher that MPI knows nothing of would each train alone
PMI_SIZE=2 "$mnc" train $options --epochs=3 -o alone >text 2>&1 && exit 1
grep -q 'the launcher has started 2 processes, of which MPI knows 1' text || { cat text; exit 1; }

# rank 1 is killed in the middle: it ends by itself
status=0
ranks 2 sh -c '[ "$OMPI_COMM_WORLD_RANK" = 0 ] || echo $$ >pid; exec "$@"' sh \
    "$mnc" train $options --epochs=100000 --test-every=1000 -o killed >text 2>err &
run=$!
i=0
until ls killed/step-*4.safetensors >/dev/null 2>&1; do
    i=$((i + 1))
    [ $i -lt 200 ] || { echo "no checkpoint"; cat err; kill $run; exit 1; }
    sleep 0.1
done
kill -9 "$(cat pid)"
wait $run || status=$?
[ $status != 0 ] || { echo "nobody has noticed"; exit 1; }
grep -q 'another process of this training has died' err || { cat err; exit 1; }

# from one checkpoint, with as many and with another number
last=$(ls n4/step-*.safetensors | head -n 1)
for n in 4 2; do
    mkdir go$n
    cp "$last" n4/log.csv go$n
    ranks $n "$mnc" train $options --epochs=3 --resume=last -o go$n >text 2>&1 || { cat text; exit 1; }
done
[ "$(figures n4)" = "$(figures go4)" ] || { echo "other figures after a resume"; exit 1; }
near n4 go2
