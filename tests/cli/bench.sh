#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc bench: a line for each net, a table of layers, JSON, a picture, threads, batches, wrong usage.
# What it measures is not tested, but that it is there, and that parts belong to their whole.
. "$(dirname "$0")/lib.sh"
tiny=$MNC_MODELS/tiny.mnet

expect 0 "$mnc" bench --rounds=3 "$tiny" "$MNC_MODELS/sepcnn_cifar10.mnet"
[ "$(grep -c '\.mnet ' out)" = 2 ] || fail "two nets, two lines"
grep -q 'sepcnn_cifar10.mnet .*%  *11530  *1729536 ' out || fail figures
grep -q ', 1 thread, 3 rounds, peak [1-9][0-9.]* GFLOP/s$' out || fail "no peak"

# A layer for each call of the generated file; the times of all add up to the last line's.
expect 0 "$mnc" bench --rounds=3 --layers --target=portable "$tiny"
grep -q '^portable, ' out || fail target
for layer in stem inverted.expand inverted.depth inverted.add global_avg_pool dense; do
    grep -q "^$layer  *[a-z_+ ]*  *[0-9.]*  *[0-9.]*%" out || fail "no layer $layer"
done
grep -q '^inverted.depth .* depthwise_c_[0-9]*  *1x8x4$' out || fail "kernel and tile"
awk '/^layer / { on = 1; next } on && /^all / { all = $2; next }
     on { for (i = 1; $(i + 1) !~ /%/; i++) ; sum += $i }
     END { exit !(all > 0 && sum - all < 0.001 && all - sum < 0.001) }' out || fail "the sum"

expect 0 "$mnc" bench --rounds=3 --threads=2 --json --layers --fresh --batch=3 "$tiny"
has out '"threads": 2'
has out '"schema": 1'
has out '"mult_adds": 29640'
has out '"peak_share": '
has out '"layer": "inverted.depth"'
[ "$(grep -c '"layer": ' out)" = 6 ] || fail "six layers"
grep -q '"cc_seconds": [0-9]' out || fail "--fresh compiles, and says how long"
expect 0 "$mnc" bench --rounds=3 --json "$tiny"
expect 0 "$mnc" bench --rounds=3 --json "$tiny"
has out '"cc_seconds": null'

expect 0 "$mnc" bench --rounds=3 --format=svg "$tiny"
[ "$(grep -c '<rect ' out)" = 9 ] || fail "a ground, the net, four blocks, three layers in one of them"
[ "$(head -c 4 out) $(tail -c 7 out)" = "<svg </svg>" ] || fail "no picture"

# The peak alone, and of a target that there is not.
expect 0 "$mnc" bench --peak --rounds=2 --threads=2 --target=portable
grep -q '^portable, 2 threads, peak [1-9][0-9.]* GFLOP/s$' out || fail "no peak"
expect 0 "$mnc" bench --peak --rounds=1 --json
has out '"peak_gflops": '
expect 1 "$mnc" bench --peak --target=x86-64-v9
expect 2 "$mnc" bench --peak "$tiny"

# The time to the first answer; the cache makes it shorter than the compiler does.
expect 0 "$mnc" bench --start "$tiny"
[ "$(head -n 1 out)" = 'ms to the first answer' ] || fail 'no heading'
awk '/mnet/ { ok = $2 > $3 && $3 > 0 && ($4 == "-" || ($4 > $5 && $5 > 0)) } END { exit !ok }' out ||
    fail 'the cache is no faster'
expect 0 "$mnc" bench --start --json "$tiny"
has out '"seconds_cached": 0.'
CC=/bin/false expect 1 "$mnc" bench --start "$tiny"
has err "the C compiler '/bin/false' failed"
expect 2 "$mnc" bench --start --peak

expect 2 "$mnc" bench
expect 2 "$mnc" bench --threads=0 "$tiny"
expect 2 "$mnc" bench --threads=65 "$tiny"
expect 2 "$mnc" bench --format=dot "$tiny"
expect 2 "$mnc" bench --format=svg --json "$tiny"
expect 2 "$mnc" bench --rounds=x "$tiny"
has err "--rounds is a positive number, not 'x'"
expect 1 "$mnc" bench "$tiny" none.onnx
has err 'none.onnx: error: cannot read'
expect 1 sh -c "'$mnc' bench --rounds=3 '$tiny' > /dev/full"
