#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# size.sh MNC SPEC KILOBYTES: the C of a net for all targets, without its weights, stays below that.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1" compile "$2" --weights=file -o "$dir/net.c"
size=$(wc -c < "$dir/net.c")
echo "$size bytes"
[ "$size" -lt $(($3 * 1000)) ]
