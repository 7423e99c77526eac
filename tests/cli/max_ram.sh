#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc compile --max-ram, --no-fuse: how small the arena of known nets becomes, and exit code 3.
. "$(dirname "$0")/lib.sh"

# most BYTES WHAT MODEL OPTION...: the arena of that net is no larger, by the plan and in the file.
most() {
    bytes=$1 what=$2
    shift 2
    expect 0 "$mnc" dump --stage=plan "$@" -o plan.txt
    [ "$(awk '/^arena/ { print $2 }' plan.txt)" -le "$bytes" ] || fail "$what"
    expect 0 "$mnc" compile "$@" --target=portable --no-selftest --weights=file -o net.c
    arena=$(awk '$2 == "arena" { print $3 }' net.h)
    [ "$arena" -le "$bytes" ] || fail "$what: $arena bytes in the file"
}
v2=$MNC_MODELS/mobilenet_v2.mnet
small="$MNC_MODELS/mobilenet_v1.mnet -D width=0.25 -D size=128"

most 6100000 'MobileNetV2 layer by layer' "$v2" --no-fuse
[ "$arena" = 6021120 ] || fail 'the 112x112x96 tensor and what becomes of it'
most 2500000 'MobileNetV2 by blocks' "$v2"
most 700000 'MobileNetV2 in little memory' "$v2" --max-ram=700000
most 270000 'MobileNetV1 0.25 128 in pairs' $small --max-ram=270000
most 140000 'MobileNetV1 0.25 128 in cascades' $small --max-ram=140000
has plan.txt 'by bands of rows'

expect 3 "$mnc" compile $small --max-ram=50k --no-selftest -o small.c
has err 'bytes, more than the 51200 that are allowed'
[ ! -e small.c ] || fail 'a file is left'
expect 3 "$mnc" compile "$v2" --max-ram=1M --no-selftest -O0 -o small.c
expect 3 "$mnc" compile "$v2" --max-ram=1M --no-selftest --no-fuse -o small.c
expect 3 "$mnc" dump --stage=plan $small --max-ram=50k
expect 3 "$mnc" run $small --max-ram=50k x.npy
expect 2 "$mnc" compile "$v2" --max-ram=much -o small.c

# A frozen beginning is computed by bands in a step as well; what trains behind it is not.
state() { "$mnc" compile "$@" --train --target=portable -o step.c && awk '$2 == "step_STATE_BYTES" { print $3 }' step.h; }
lite="$MNC_MODELS/efficientnet_lite0_transfer.mnet -D classes=4 --batch=4"
[ "$(state $lite)" -lt 12000000 ] || fail 'a step behind a frozen net takes more memory'
[ "$(state $lite --no-fuse)" -gt 24000000 ] || fail 'the test is blind'
expect 0 "$mnc" compile "$v2" --batch=2 --train --max-ram=60M -o step.c
has err 'results are computed again'
expect 3 "$mnc" compile "$v2" --batch=2 --train --max-ram=20M -o small.c
has err 'the smallest state found takes'
[ ! -e small.c ] || fail 'a file is left'
