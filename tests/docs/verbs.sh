#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verbs.sh SOURCE_DIR MNC: the commands of the man pages, doc/verbs.txt, in their order, on small nets and
# cut short.
set -eu
src=$1 mnc=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir bin
ln -s "$mnc" bin/mnc
export PATH="$dir/bin:$PATH" XDG_CACHE_HOME="$dir/cache"

# What they take for granted; MobileNetV2 is the smallest net that there is.
cp -r "$src/models" models
cp models/tiny.mnet models/mobilenet_v2.mnet
mnc export models/mobilenet_v2.mnet -o mobilenet_v2.onnx
cp mobilenet_v2.onnx net.onnx
{ printf '\223NUMPY\1\0\166\0'
  printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 8, 8), }"
  head -c 768 /dev/zero; } >x.npy
cp models/photos/rocket.jpg photo.jpg
cp -r "$src/tests/training/adamw" DIR
echo '{"schema": 1, "records": []}' >other.json
. "$src/tests/docs/data.sh"
cat >net.mnet <<'EOF'
batch = 1
x = input [batch, 3, 224, 224]
conv k=16 out=4 stride=16 bn relu
global_avg_pool
y = dense out=5
output y
EOF

"$src/tests/docs/indented.sh" "$src/doc/verbs.txt" >all
[ "$(wc -l <all)" = 19 ] || { cat all; echo 'FAILED: 19 commands were there'; exit 1; }
mpirun=$(command -v mpirun || :)
if [ -n "$mpirun" ] && [ -e "$(dirname "$mnc")/libmncmpi.so.0" ]; then
    printf '#!/bin/sh\nOMPI_MCA_plm_rsh_agent=sh exec %s --allow-run-as-root "$@"\n' "$mpirun" >bin/mpirun
    chmod +x bin/mpirun
    echo 'localhost slots=4' >hosts
else
    sed -i '/^ *mpirun/d' all
fi
# Two that take long are those of README.md and doc/training.md, and done there.
sed '/efficientnet_lite0/d; /recipe mobilenet_v1_cifar/d
    /mnc train/s/$/ --steps=2 --batch=5 --test-batches=1/
    /mnc tune models/s/$/ --budget=1s/' all >commands
sh -ex commands >out 2>&1 || { cat out; exit 1; }
for f in net.o net.h y.npy net.train/best.safetensors gains.svg sheet.png plan.svg report.html; do
    [ -s $f ] || { cat out; echo "FAILED: no $f"; exit 1; }
done
