#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bits.sh MNC SOURCE_DIR SPEC [-D NAME=VALUE]...: the net's output has the same bits on every target,
# with 1, 2, 3 and 7 threads.  Targets that this machine cannot run are named and left out: armv8-a
# needs aarch64-linux-gnu-gcc and qemu-aarch64, the x86 ones a CPU that has them.
set -eu
mnc=$1 src=$2 spec=$3
shift 3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
warn="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
main=$src/tests/models/bits_main.c
touch "$dir/hashes"
n=0

have() { command -v "$1" >/dev/null 2>&1; }

bits() { # TARGET RUNNER COMPILER FLAGS...: adds the hashes of the target's outputs
    target=$1 runner=$2
    shift 2
    $mnc_compile --target="$target" -o "$dir/net.c"
    "$@" -O1 -std=gnu11 $warn -I"$dir" "$main" "$dir/net.c" -lm -pthread -o "$dir/run"
    code=0
    $runner "$dir/run" "$dir/net.weights" 1 2 3 7 > "$dir/got" || code=$?
    if [ $code = 77 ]; then
        echo "$target: not on this CPU"
        return
    fi
    [ $code = 0 ] || { echo "$target: exit code $code"; exit 1; }
    echo "$target: $(sort "$dir/got" | uniq -c | tr -s ' \n' ' ')"
    cat "$dir/got" >> "$dir/hashes"
    n=$((n + 4))
}

mnc_compile="$mnc compile $spec $* --threads --no-selftest --weights=file"
# without contraction by the compiler, and with fmaf: one rounding for each multiply-add
bits portable "" gcc -DNET_EXACT -ffp-contract=off
bits x86-64-v3 "" gcc
bits x86-64-v4 "" gcc
if have aarch64-linux-gnu-gcc && have qemu-aarch64; then
    bits armv8-a qemu-aarch64 aarch64-linux-gnu-gcc -static
else
    echo "armv8-a: no aarch64-linux-gnu-gcc or no qemu-aarch64"
fi
[ "$(wc -l < "$dir/hashes")" -ge 8 ] || { echo "nothing to compare"; exit 77; }
[ "$(wc -l < "$dir/hashes")" = $n ]
[ "$(sort -u "$dir/hashes" | wc -l)" = 1 ] || { echo "the bits differ"; exit 1; }
