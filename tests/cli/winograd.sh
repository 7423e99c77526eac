#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --winograd: which layers it takes, what it says, and that it is not there where it cannot be.
. "$(dirname "$0")/lib.sh"

# layers OPTION...: how many of a small net's layers have memory for it.
layers() { "$mnc" dump --stage=plan net.mnet "$@" | grep -c '\.winograd ' || true; }
cat >net.mnet <<'EOF'
name net
x = input [1, 32, 20, 20]
conv k=3 out=32 pad=1 relu
conv k=3 out=32 pad=1 stride=2
conv k=3 out=32 pad=1 group=2
conv k=1 out=64
conv k=3 out=48
output
EOF
[ "$(layers)" = 0 ] || fail 'without being asked'
[ "$(layers --winograd)" = 2 ] || fail 'not the two that gain by it'
[ "$(layers --winograd -O0)" = 0 ] || fail 'plain loops are something else'
[ "$(layers --winograd --max-ram=150k)" = 0 ] || fail 'more memory than is allowed'
[ "$(layers --winograd --max-ram=1M)" = 2 ] || fail 'there is memory enough'

expect 0 "$mnc" compile net.mnet --winograd --no-selftest -o net.c
has net.c '--weights=embed --winograd'
has net.c 'winograd_v3_'
expect 0 "$mnc" compile net.mnet --winograd --dtype=f64 --no-selftest -o wide.c
! grep -q 'winograd_c' wide.c || fail 'double is for comparing with'
expect 2 "$mnc" compile net.mnet --winograd --train -o step.c
has err '--winograd is not for --train'
expect 0 "$mnc" bench net.mnet --winograd --rounds=2 --layers
has out 'winograd_'

# Where no layer gains by it, it changes nothing but what the file says of its options.
sed 's/k=3 out=\(..\) pad=1 relu/k=5 out=\1/; s/k=3 out=48/k=1 out=48/' net.mnet >none.mnet
expect 0 "$mnc" compile none.mnet --no-selftest --prefix=net -o without.c
expect 0 "$mnc" compile none.mnet --no-selftest --prefix=net --winograd -o with.c
sed 's/ --winograd$//' with.c >got
cmp -s without.c got || fail 'something else'
