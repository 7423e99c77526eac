#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# roundtrip.sh MNC SPEC: what mnc dump has written, with its numbers, is read and written the same.
set -u
mnc=$1 spec=$2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

mkdir "$dir/once" "$dir/twice"
"$mnc" dump --after=import "$spec" -o "$dir/once/net.mnet" || exit 1
"$mnc" dump --after=import "$dir/once/net.mnet" -o "$dir/twice/net.mnet" || exit 1
diff -u "$dir/once/net.mnet" "$dir/twice/net.mnet" | head -40
cmp "$dir/once/net.mnet" "$dir/twice/net.mnet" || exit 1
cmp "$dir/once/net.mnet.data" "$dir/twice/net.mnet.data"
