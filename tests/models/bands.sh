#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bands.sh MNC SOURCE_DIR SPEC OPTION...: layers that are computed together by bands of rows give the
# bits that they give one by one: as the compiler chooses, and with less and less memory, down to
# where there is no schedule any more.  The limit is kept; the smallest arena that the message then
# names is one that works.
set -eu
mnc=$1 src=$2 spec=$3
shift 3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
common="--target=portable --no-selftest"

arena() { sed -n 's/^ \* arena *\([0-9]*\) bytes$/\1/p' "$1"; }
compare() { # compiler's flags...: bands.c against whole.c
    gcc -std=gnu11 "$@" -I. "$src/tests/models/bands_main.c" bands.c whole.o -lm -pthread -o run
    ASAN_OPTIONS=detect_leaks=0 ./run      # its memory lives as long as it does
}

"$mnc" compile "$spec" "$@" $common --no-fuse -o whole.c
gcc -O1 -c whole.c -o whole.o
"$mnc" compile "$spec" "$@" $common --threads -o bands.c
compare -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror

limit=$(arena whole.h) smaller=0
while limit=$((limit * 3 / 4)); do
    code=0
    "$mnc" compile "$spec" "$@" $common --threads --max-ram=$limit -o bands.c 2> said || code=$?
    [ $code != 3 ] || break
    [ $code = 0 ] && [ "$(arena bands.h)" -le $limit ]
    echo "$limit bytes allowed, $(arena bands.h) used, $(grep -c 'while (row' bands.c) loops"
    compare -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
    smaller=$((smaller + 1))
done
cat said
least=$(sed -n 's/.*takes \([0-9]*\) bytes, more.*/\1/p' said)
[ "$least" -gt $limit ] && [ $smaller -ge 2 ]
"$mnc" compile "$spec" "$@" $common --threads --max-ram=$least -o bands.c
[ "$(arena bands.h)" -le "$least" ]
compare -O1 -g -fsanitize=thread
echo "$smaller limits kept; $(arena whole.h) bytes layer by layer, $least at least"
