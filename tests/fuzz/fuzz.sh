#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh SOURCE_DIR BUILD_DIR NAME SECONDS: builds the libFuzzer target for files called NAME
# (x.onnx, x.mnet, x.pickle, x.idx, x.tar) with clang and the sanitizers, and hunts from the corpus
# for so long; 0 seconds runs the corpus alone, which is the same each time.  What a hunt finds new
# stays in the build folder.  An input that fails is printed in base64, for machines whose folders
# nobody sees.  Exit code 77, skipped, without clang.
set -eu
src=$1 build=$2 kind=${3#x.} seconds=$4
command -v clang >/dev/null || { echo "skipped: no clang"; exit 77; }
found=$build/found_$kind corpus=$src/tests/fuzz/corpus_$kind
mkdir -p "$build/corpus_$kind" "$found"
touch "$build/begin"
cmake -S "$src" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMNC_SANITIZE=ON -DMNC_FUZZ=ON -DBUILD_TESTING=OFF >/dev/null
cmake --build "$build" --target "fuzz_$kind" >"$build/log" || { cat "$build/log"; exit 1; }
set -- -timeout=20 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -artifact_prefix="$found/"
if [ "$seconds" = 0 ]; then
    set -- "$@" -runs=0 "$corpus"
else
    set -- "$@" -max_total_time="$seconds" "$build/corpus_$kind" "$corpus"
fi
"$build/fuzz_$kind" "$@" 2>"$build/log" && exit 0
cat "$build/log"
find "$found" -type f -newer "$build/begin" -print -exec base64 {} \;
exit 1
