#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# golden.sh MNC SPEC: the kernels that the templates make for a small net, as they are in SPEC's
# neighbour NAME.c; and they compile without a warning.  A line '# options: ...' in SPEC adds options.  GOLDEN_UPDATE=1 rewrites NAME.c.
set -eu
mnc=$1 spec=$2 want=${2%.mnet}.c
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
options=$(sed -n 's/^# options: //p' "$spec")
"$mnc" compile "$spec" --target=portable --no-selftest $options -o "$dir/net.c"
gcc -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -c "$dir/net.c" -o "$dir/net.o"
sed -n '/^\/\* The kernels/,/^static void \(run\|step\)_/p' "$dir/net.c" | sed '1,2d;$d' > "$dir/got"
[ -s "$dir/got" ] || { echo "$spec: no kernels"; exit 1; }
if [ -n "${GOLDEN_UPDATE:-}" ]; then
    { echo '/* SPDX-License-''Identifier: 0BSD */'; cat "$dir/got"; } > "$want"
else
    tail -n +2 "$want" | diff -u - "$dir/got"
fi
