#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# generated.sh MNC SOURCE_DIR: generated/tiny_*.c and tiny.html are what the tool makes of
# models/tiny.mnet.
set -eu
mnc=$1 src=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$mnc" compile "$src/models/tiny.mnet" --target=x86-64-v3 -o "$dir/tiny_infer.c"
"$mnc" compile "$src/models/tiny.mnet" -O0 -o "$dir/tiny_plain.c"
"$mnc" compile "$src/models/tiny.mnet" --train --target=x86-64-v3 -D batch=2 -o "$dir/tiny_train.c"
for f in tiny_infer tiny_plain tiny_train; do
    if [ -n "${GOLDEN_UPDATE:-}" ]; then
        cp "$dir/$f.c" "$dir/$f.h" "$src/generated/"
    else
        diff -u "$src/generated/$f.c" "$dir/$f.c"
        diff -u "$src/generated/$f.h" "$dir/$f.h"
    fi
done
"$mnc" report "$src/models/tiny.mnet" --no-times --target=x86-64-v3 -o "$dir/tiny.html"
if [ -n "${GOLDEN_UPDATE:-}" ]; then
    cp "$dir/tiny.html" "$src/generated/"
else
    diff -u "$src/generated/tiny.html" "$dir/tiny.html"
fi
