#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc bench: a line for each net, JSON, threads, wrong usage.  What it measures is not tested.
. "$(dirname "$0")/lib.sh"

expect 0 "$mnc" bench --rounds=3 "$MNC_MODELS/tiny.mnet" "$MNC_MODELS/sepcnn_cifar10.mnet"
[ "$(wc -l < out)" = 2 ] || fail "two nets, two lines"
grep -q 'sepcnn_cifar10.mnet .* images/s .* 11530 params .* 1729536 mult-adds' out || fail figures

expect 0 "$mnc" bench --rounds=3 --threads=2 --json "$MNC_MODELS/tiny.mnet"
has out '"threads": 2'
has out '"schema": 1'
has out '"mult_adds": 9880'

expect 2 "$mnc" bench
expect 2 "$mnc" bench --threads=0 "$MNC_MODELS/tiny.mnet"
expect 2 "$mnc" bench --threads=65 "$MNC_MODELS/tiny.mnet"
expect 2 "$mnc" bench --rounds=x "$MNC_MODELS/tiny.mnet"
has err "--rounds is a positive number, not 'x'"
expect 1 "$mnc" bench "$MNC_MODELS/tiny.mnet" none.onnx
has err 'none.onnx: error: cannot read'
expect 1 sh -c "'$mnc' bench --rounds=3 '$MNC_MODELS/tiny.mnet' > /dev/full"
