#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh SOURCE_DIR BUILD_DIR NAME SECONDS: builds the libFuzzer target for files called NAME
# (x.onnx, x.mnet, x.pickle, x.idx, x.tar) with clang and the sanitizers, and runs it on the corpus
# for so long, or 150,000 runs, from the same seed each time.  New inputs stay in the build folder.
# Exit code 77, skipped, without clang.
set -eu
src=$1 build=$2 kind=${3#x.} seconds=$4
command -v clang >/dev/null || { echo "skipped: no clang"; exit 77; }
mkdir -p "$build/found_$kind" "$build/corpus_$kind"
cmake -S "$src" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMNC_SANITIZE=ON -DMNC_FUZZ=ON -DBUILD_TESTING=OFF >/dev/null
cmake --build "$build" --target "fuzz_$kind" >"$build/log" || { cat "$build/log"; exit 1; }
exec "$build/fuzz_$kind" -seed=1 -runs=150000 -max_total_time="$seconds" \
    -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$build/found_$kind/" "$build/corpus_$kind" \
    "$src/tests/fuzz/corpus_$kind"
