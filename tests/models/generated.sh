#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# generated.sh MNC MODEL SOURCE_DIR: what the generated file promises, for one model: it is the same
# bytes each time, valid C99, C11 and C++17 without a warning from gcc and clang, right under the
# sanitizers, with weights in a file, at -O0, with another prefix, and on aarch64.
set -eu
mnc=$1 model=$2 src=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
warn="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
main=$src/tests/models/selftest_main.c
cd "$dir"

try() { echo "+ $*"; "$@"; }
have() { command -v "$1" >/dev/null 2>&1; }

try "$mnc" compile "$model" -o net.c
mkdir again
try "$mnc" compile "$model" -o again/net.c
try cmp net.c again/net.c
try cmp net.h again/net.h

build() { # compiler and flags...: build and run the self-test
    try "$@" $warn -I. "$main" net.c -lm -o run
    try ./run
}
build gcc -O2 -std=c99
for c in clang; do
    have $c && build $c -O2 -std=c11
done
build g++ -O1 -x c++ -std=c++17
build gcc -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined

for target in portable x86-64-v3; do
    try "$mnc" compile "$model" --target=$target -o net.c
    build gcc -O2 -std=c11
done
for target in portable armv8-a auto; do
    try "$mnc" compile "$model" --target=$target -o net.c
    if have aarch64-linux-gnu-gcc && have qemu-aarch64; then
        try aarch64-linux-gnu-gcc -O2 $warn -static -I. "$main" net.c -lm -o run
        try qemu-aarch64 ./run
        have clang && try clang --target=aarch64-linux-gnu $warn -fsyntax-only net.c
    else
        echo "no aarch64-linux-gnu-gcc or no qemu-aarch64: not run on aarch64"
    fi
done
try "$mnc" compile "$model" -O0 -o net.c
build gcc -O2 -std=c11
try "$mnc" compile "$model" --weights=file -o net.c
try gcc -O1 $warn -I. "$main" net.c -lm -o run
try ./run net.weights
try "$mnc" compile "$model" --threads -o net.c
try gcc -O2 -std=gnu11 $warn -I. "$src/tests/models/threads_main.c" net.c -lm -pthread -o run
try ./run
try gcc -O1 -g -fsanitize=thread -I. "$src/tests/models/threads_main.c" net.c -lm -pthread -o run
try ./run
try "$mnc" compile "$model" --prefix=other -o net.c
nm -g --defined-only $(gcc -O0 -c net.c -o net.o && echo net.o) | awk '{ print $3 }' > names
if grep -v '^other_' names; then echo "names without the prefix"; exit 1; fi
echo ok
