#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc tune: a small net is searched, listed, merged; compile, run and bench take what was found, with
# the same bits as without; interrupted and continued; logs that are damaged, of another CPU, or have
# no place; wrong usage.  How much is gained is not tested: on a busy machine that is nothing.
. "$(dirname "$0")/lib.sh"
log=cache/mnc/tune/log.json
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
export CC=cc
awk 'BEGIN { for (i = 0; i < 1200; i++) printf "%c%c%c%c", 1 + i % 120, 1, 1, 60 }' >x.bin

expect 0 "$mnc" run --no-tune net.mnet x.bin --output=before.npy
expect 0 "$mnc" tune net.mnet --budget=2s --threads=1 --svg=gains.svg
grep -q '^net.mnet: by the rules [0-9.]* ms, tuned [0-9.]* ms: [-+][0-9.]* %' out || fail "no result"
grep -q 's of 2 s: [0-9]* ways tried, [0-9]* better; best so far' err || fail "no progress"
[ "$(head -c 4 gains.svg) $(tail -c 7 gains.svg)" = "<svg </svg>" ] || fail "no picture"
has "$log" '"schema": 1'
has "$log" '"kernel": "conv"'
has "$log" '"kernel": "depthwise"'
has "$log" '"kernel": "net"'
tried=$(grep -o 'pixels=' "$log" | wc -l)

# It goes on where it stopped, and does not forget what it has tried.
expect 0 "$mnc" tune net.mnet --budget=2s --json
has out '"schema": 1'
has out '"gain": '
[ "$(grep -o 'pixels=' "$log" | wc -l)" -ge "$tried" ] || fail "something was forgotten"
expect 0 "$mnc" tune --list
has out ' tried  1x3x20x20 by 16x3x3x3 stride 2x2 pad 1x1x1x1 + clip'
expect 0 "$mnc" tune --list --json
has out '"features": '

# Something surely found, whatever was: compile, run and bench take it.  The bits stay.
sed 's/"knobs": "[^"]*"/"knobs": "pixels=2 order=1"/; s/"sure": false/"sure": true/
     /"kernel": "net"/s/"knobs": "[^"]*"/"knobs": ""/' "$log" >chosen.json
expect 0 "$mnc" compile net.mnet --target=native --log=chosen.json -o tuned.c
expect 0 "$mnc" compile net.mnet --target=native --no-tune --log=chosen.json -o rule.c --prefix=tuned
expect 0 "$mnc" compile net.mnet --target=native -O0 --log=chosen.json -o plain.c
cmp -s tuned.c rule.c && fail "the log made no difference"
expect 0 "$mnc" run --log=chosen.json net.mnet x.bin --output=after.npy
cmp before.npy after.npy || fail "other bits"
expect 0 "$mnc" run net.mnet x.bin --output=after.npy
cmp before.npy after.npy || fail "other bits"
expect 0 "$mnc" bench --log=chosen.json --layers --rounds=3 net.mnet
grep -q '^depth .* 1x2x[0-9]*$' out || fail "bench does not follow the log"
expect 0 "$mnc" bench --no-tune --log=chosen.json --layers --rounds=3 net.mnet
grep -q '^depth .* 1x8x[0-9]*$' out || fail "--no-tune follows the log"
expect 0 "$mnc" report --log=chosen.json --rounds=3 net.mnet -o page.html
has page.html '<section id="tuning"'
has page.html '<td class="text">pixels=2 order=1</td>'
expect 0 "$mnc" report --no-tune --log=chosen.json --rounds=3 net.mnet -o page.html
! grep -q 'id="tuning"' page.html || fail "--no-tune follows the log"

# Logs of several machines in one; the note that another CPU's is of no use, and none without one.
sed 's/"cpu": "/"cpu": "another /' "$log" >foreign.json
expect 0 "$mnc" run --log=foreign.json net.mnet x.bin --output=after.npy
has err "foreign.json: note: the tuning log is of another CPU, and ignored"
cmp before.npy after.npy || fail "other bits"
sed 's/"compiler": "/"compiler": "another /' "$log" >compilers.json
expect 0 "$mnc" compile --log=compilers.json net.mnet -o tuned.c
has err "compilers.json: note: the tuning log is of other compilers than "
n=$(grep -c '"compiler"' "$log")
expect 0 "$mnc" tune --merge foreign.json compilers.json --log=all.json
expect 0 "$mnc" tune --list --log=all.json
has out "all.json: $((2 * n)) records"
expect 0 "$mnc" tune --merge all.json all.json "$log" --log=all.json
[ "$(grep -c '"compiler"' all.json)" = $((3 * n)) ] || fail "merged wrongly"
expect 0 "$mnc" run --log=all.json net.mnet x.bin --output=after.npy
[ ! -s err ] || fail "a note about a log that is of use"

# Two at once: of what they write nothing is lost.
add() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        record='"compiler": "c", "cpu": "x", "features": "", "gain": 1, "kernel": "conv", "knobs": ""'
        echo "{\"schema\": 1, \"records\": [{$record, \"rule\": \"\", \"shape\": \"$1 $i\",
            \"target\": \"\", \"sure\": true, \"tried\": []}]}" >"$1-$i.json"
        "$mnc" tune --merge "$1-$i.json" --log=both.json || exit 1
    done
}
add left & left=$!
add right || fail "cannot be merged"
wait $left || fail "cannot be merged"
[ "$(grep -c '"compiler"' both.json)" = 40 ] || fail "lost: $(grep -c '"compiler"' both.json) of 40"

# Damaged: said, ignored, and not written over.
head -c 300 "$log" >cut.json
expect 0 "$mnc" run --log=cut.json net.mnet x.bin --output=after.npy
has err "cut.json: note: the tuning log is ignored: it is damaged"
cmp before.npy after.npy || fail "other bits"
expect 1 "$mnc" tune net.mnet --log=cut.json
has err "cut.json: error: is not written over: remove it, or name another --log"
[ "$(wc -c <cut.json)" = 300 ] || fail "it was written over"
expect 1 "$mnc" tune net.mnet --log=net.mnet
expect 1 "$mnc" tune --merge cut.json --log=all.json
[ "$(grep -c '"compiler"' all.json)" = $((3 * n)) ] || fail "merged something damaged"
printf '{"schema": 1, "records": [{"knobs": 7}]}' >odd.json
expect 0 "$mnc" run --log=odd.json net.mnet x.bin --output=after.npy
has err "odd.json: note: 1 of 1 records of this tuning log are damaged, and ignored"

# Ctrl-C, and on.
rm -f "$log"
code=0
timeout -s INT 4 "$mnc" tune net.mnet --budget=1h >out 2>err || code=$?
[ $code = 124 ] || fail "exit code $code"
has err 'mnc: stopped; what was tried is in'
[ -z "$(ls tmp)" ] || fail "left in the temporary folder: $(ls tmp)"
! grep -q '"sure": true' "$log" || fail "sure of what was not compared"
expect 0 "$mnc" tune net.mnet --budget=2s

# What is slower than the rule does not stay, whoever says that it was faster.
cat >wide.mnet <<'EOF'
name wide
image = input [1, 64, 28, 28]
wide = pointwise out=64
output
EOF
expect 0 "$mnc" tune wide.mnet --budget=1s --log=wide.json
sed 's/"knobs": "[^"]*", "rule": "pixels=\([0-9]*\)\([^"]*\)"/"knobs": "pixels=1\2", "rule": "pixels=\1\2"/
     /"kernel": "conv"/s/"sure": false/"sure": true/' wide.json >slow.json
has slow.json '"knobs": "pixels=1 '
expect 0 "$mnc" tune wide.mnet --budget=3s --log=slow.json
! grep -q '"knobs": "pixels=1 ' slow.json || fail "a tile of one pixel stays"
grep -q '"tried": \[.*"pixels=1 ' slow.json || fail "nor was it tried"

# No place for the log is said before anything is searched.
expect 1 env XDG_CACHE_HOME=/dev/null/x HOME=/dev/null "$mnc" tune net.mnet
has err 'error: there is no folder to keep a tuning log in'
expect 1 "$mnc" tune net.mnet --log=/dev/full
has err '/dev/full: error: '
expect 1 "$mnc" tune net.mnet --log=none/log.json
expect 1 "$mnc" tune net.mnet --log=/proc/log.json
expect 0 env XDG_CACHE_HOME=/dev/null/x HOME=/dev/null "$mnc" run net.mnet x.bin --output=after.npy
expect 1 sh -c "'$mnc' tune --list > /dev/full"

# Other mistakes, too, are not found out in the end.
expect 1 "$mnc" tune net.mnet --svg=none/gains.svg
has err 'none/gains.svg: error: cannot write'
[ "$(wc -l <err)" = 1 ] || fail "it searched before"
case $(uname -m) in x86_64) other=armv8-a ;; *) other=x86-64-v3 ;; esac
expect 1 "$mnc" tune net.mnet --target=$other --budget=1s
grep -q "is compiled for $other, which this CPU is not\|failed with exit status" err ||
    fail "no word of the target"
expect 2 "$mnc" tune net.mnet --budgt=1s
has err "did you mean '--budget'?"
expect 0 "$mnc" tune net.mnet --budget=0.001s --log=short.json
has out 'nothing was tried: it takes a longer --budget'

expect 1 "$mnc" tune none.mnet --budget=1s
has err 'none.mnet: error: cannot read'
expect 1 "$mnc" tune net.mnet --target=x86-64-v9
expect 1 env CC=/none/cc "$mnc" tune net.mnet

# Without $CC the compiler is a choice, too.
unset CC
expect 0 "$mnc" tune net.mnet --budget=1s --log=new.json
grep -q '"knobs": "\(compiler=[a-z]*\)*", "rule": "compiler="' new.json || fail "no compiler"
sed '/"kernel": "net"/s/"knobs": "[^"]*"/"knobs": "compiler=none"/' new.json >none.json
expect 0 "$mnc" run --log=none.json net.mnet x.bin --output=after.npy
cmp before.npy after.npy || fail "other bits"
rm none.json
for wrong in "" "a b" "--budget=0 net.mnet" "--budget=x net.mnet" "--budget=1d net.mnet" \
    "--budget=-1s net.mnet" "--threads=0 net.mnet" "--list net.mnet" "--merge"; do
    expect 2 "$mnc" tune $wrong
done
has err "--merge takes one log or more"
expect 1 "$mnc" tune --list --log=none.json
expect 1 "$mnc" tune --merge none.json
