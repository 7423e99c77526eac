# SPDX-License-Identifier: Apache-2.0
# mpirun mnc tune: two processes share the ways that are tried, and know the same in the end; what only
# one of them knows, or has, is said once; when one is killed the other ends, and when both are told to
# stop what was tried is kept.  How much is gained is not tested, as in tune.sh.
. "$(dirname "$0")/lib.sh"
has_mpi
export CC=cc
cat >net.mnet <<'EOF'
name net
image = input [1, 3, 20, 20]
stem = conv k=3 out=16 stride=2 pad=1 bn relu6
depth = depthwise k=3 pad=1 bn relu6
project = pointwise out=24 bn
global_avg_pool
dense out=3
output
EOF
tried() { grep -o '"tried": \[[^]]*' "$1" | tr ',' '\n' | grep -c =; }

# Rank 0 alone speaks; others than it have no log.
expect 0 ranks 2 "$mnc" tune net.mnet --budget=5s --log=both.json --svg=gains.svg
[ "$(grep -c 'by the rules .* tuned' out)" = 1 ] || fail 'more than one speaks'
grep -q 's of 5 s: [0-9]* ways tried, [0-9]* better; best so far' err || fail "no progress"
grep '"kernel": "net"' both.json | grep -q '"rule": "compiler="' || fail 'no final comparison'
# A round of one process has three ways at most, of two six: the first line of progress tells.
count() { sed -n 's/.*: \([0-9]*\) ways tried.*/\1/p' err | head -n 1; }
two=$(count)
expect 0 "$mnc" tune net.mnet --budget=5s --log=one.json
[ "$two" -gt "$(count)" ] || fail "two tried $two in a round, one $(count)"

# What is wrong is said once.
once() { [ "$(grep -c -- "$1" err)" = 1 ] || fail "not said once: $1"; }
expect 1 ranks 2 "$mnc" tune none.mnet --budget=1s
once 'none.mnet: error: cannot read'
expect 1 ranks 2 "$mnc" tune net.mnet --log=/dev/full
once '/dev/full: error: '
# each ARGUMENTS: as rank 0 gives them; those of rank 1 have other.mnet.
sed 's/out=24/out=32/' net.mnet >other.mnet
each() {
    ranks 2 sh -c '[ $OMPI_COMM_WORLD_RANK = 0 ] || shift; exec "$0" tune "$1" --budget=1s --log=x.json' \
        "$mnc" "$@"
}
expect 1 each net.mnet other.mnet
once "is another net than rank 0's"
expect 1 ranks 2 sh -c 'exec "$0" tune net.mnet --threads=$((1 + OMPI_COMM_WORLD_RANK)) --log=x.json' \
    "$mnc"
once "what is fast here says nothing of rank 0's machine"

# Told to stop, or killed, after the first round.
start() {
    rm -f pid
    mpirun --allow-run-as-root -n 2 sh -c '[ $OMPI_COMM_WORLD_RANK = 0 ] || echo $$ >pid; exec "$@"' \
        sh "$mnc" tune net.mnet --budget=1h --log="$1" >out 2>err &
    run=$!
    i=0
    until grep -q 'ways tried' err; do
        i=$((i + 1))
        [ $i -lt 300 ] || { kill $run; fail 'no progress'; }
        sleep 0.1
    done
}
start stopped.json
code=0
kill -TERM $run
wait $run || code=$?
[ $code != 0 ] || fail 'exit code 0'
# mpirun gives them a second, then kills: who is slow has no time to say anything.
[ "$(tried stopped.json)" -gt 0 ] || fail 'nothing was kept'
start killed.json
code=0
kill -9 "$(cat pid)"
wait $run || code=$?
[ $code != 0 ] || fail 'exit code 0'
has err 'another process of this search has died'
[ "$(tried killed.json)" -gt 0 ] || fail 'nothing was kept'
