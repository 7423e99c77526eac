#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# asan.sh SOURCE_DIR BUILD_DIR
set -eu
cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMNC_SANITIZE=ON >/dev/null
cmake --build "$2" >"$2/log" 2>&1 || { cat "$2/log"; exit 1; }
exec ctest --test-dir "$2" --output-on-failure -R '^(unit|ir|bad|onnx|cli)\.'
