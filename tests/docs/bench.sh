#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bench.sh SOURCE_DIR MNC: the commands of bench/README.md on small nets and few rounds, where there is
# the environment with the peers that bench/setup makes.
set -eu
src=$1 mnc=$2
python=${MNC_BENCH_ENV:-$src/bench/env}/bin/python
[ -x "$python" ] || { echo "skipped: no $python: run bench/setup"; exit 77; }
# What is there already needs no network.
PIP_NO_INDEX=1 "$src/bench/setup" "${MNC_BENCH_ENV:-$src/bench/env}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$src/bench/exports" "$src/models/tiny.mnet" --mnc "$mnc"
"$python" -c 'import ai_edge_litert, ncnn, openvino, torch' 2>/dev/null ||
    { echo 'skipped: not all peers are there'; exit 77; }
small=mobilenet_v2:size=96,width=0.35
"$src/bench/peers" $small --rounds 3 --threads 1,2 --mnc "$mnc" --json all.json --svg all.svg --md all.md
[ -s all.json ] && [ -s all.svg ] && [ -s all.md ]
"$src/bench/layers" $small --rounds 3 --mnc "$mnc"
"$src/bench/peers" $small --target x86-64-v3 --rounds 3 --lanes mnc,onnxruntime --mnc "$mnc" --md v3.md
[ -s v3.md ]
"$src/bench/train" sepcnn_cifar10 --rounds 1 --threads 1 --lanes mnc,torch --mnc "$mnc" --md train.md
[ -s train.md ]
data=/usr/share/datasets/fashion-mnist
[ ! -d $data ] || sh "$src/bench/scale" "$mnc" "$src/models/mobilenet_mnist.mnet" idx:$data 128 |
    grep '^| 16 |'
