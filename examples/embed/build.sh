#!/bin/sh
# SPDX-License-Identifier: 0BSD
# build.sh MNC [DIR]: makes the nets' C files in DIR (default: a temporary folder), compiles and runs
# the programs.
set -eu
mnc=$1
src=$(cd "$(dirname "$0")" && pwd)
models=$src/../../models
dir=${2:-$(mktemp -d)}
[ $# -gt 1 ] || trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$mnc" compile "$models/tiny.mnet" -o tiny.c
"$mnc" compile "$models/tiny.mnet" --prefix=again -o again.c
"$mnc" compile "$models/sepcnn_cifar10.mnet" -o sepcnn.c
flags="-O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I."
for net in tiny again sepcnn; do
    ${CC:-cc} $flags -std=c11 -c $net.c
done
${CC:-cc} $flags -std=c11 "$src/one.c" tiny.o -lm -o one && ./one
${CC:-cc} $flags -std=c11 "$src/several.c" tiny.o again.o sepcnn.o -lm -o several && ./several
${CC:-cc} $flags -std=c11 "$src/threads.c" sepcnn.o -lm -pthread -o threads && ./threads
${CXX:-c++} $flags -std=c++17 "$src/main.cpp" tiny.o -lm -o main && ./main
