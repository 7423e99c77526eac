#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# corpus.sh MNC DIR: whatever of the corpus the compiler takes becomes C that compiles without a
# warning; whatever it refuses, it refuses with exit code 1, a message, and no file left.
set -eu
mnc=$1 dir=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
taken=0 refused=0
for f in "$dir"/corpus_onnx/* "$dir"/corpus_mnet/*; do
    code=0
    "$mnc" compile "$f" --prefix=net -o "$tmp/net.c" 2>"$tmp/err" || code=$?
    case $code in
    0)  taken=$((taken + 1))
        gcc -O0 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -c "$tmp/net.c" \
            -o "$tmp/net.o" || { echo "$f: its C does not compile"; exit 1; } ;;
    1)  refused=$((refused + 1))
        grep -q error: "$tmp/err" || { echo "$f: refused without a message"; exit 1; }
        [ "$(ls "$tmp" | grep -v -e err -e net.o | wc -l)" = 0 ] || { ls "$tmp"; exit 1; } ;;
    *)  echo "$f: exit code $code"; cat "$tmp/err"; exit 1 ;;
    esac
    rm -f "$tmp"/net.*
done
echo "$taken compiled, $refused refused"
[ "$taken" -gt 10 ] && [ "$refused" -gt 10 ]
