#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# math.sh MNC SOURCE_DIR FUNCTION STEP: the error of a vector function stays below its bound, for
# every STEP-th of all floats, on the portable target, with and without fused multiply-add, and on
# the best that this machine has.
set -eu
mnc=$1 src=$2 name=$3 step=$4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
warn="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
op=$name
[ "$name" = gelu_tanh ] && op="gelu approximate=tanh"
printf 'x = input [1, 65536]\ny = %s\noutput y\n' "$op" > "$dir/net.mnet"

sweep() { # TARGET FLAGS...
    target=$1
    shift
    "$mnc" compile "$dir/net.mnet" --target="$target" --no-selftest -o "$dir/net.c"
    gcc -O2 -std=gnu11 $warn "$@" -I"$dir" "$src/tests/math/sweep.c" "$dir/net.c" -lm -o "$dir/sweep"
    "$dir/sweep" "$name" "$step"
}
sweep portable
[ "$step" = 1 ] || sweep portable -DNET_EXACT -ffp-contract=off
sweep native
