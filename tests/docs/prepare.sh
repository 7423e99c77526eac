# SPDX-License-Identifier: Apache-2.0
# prepare.sh: the files that the documents take for granted, in the current folder.  Sourced by run.sh.
cp -r "$src/models" "$src/examples" "$src/python" .
mkdir build
ln -s "$build" build/release
cp models/photos/coffee.png models/photos/chelsea.png .
cp models/photos/rocket.jpg photo.jpg

# What a PyTorch user would have: MobileNetV2 with an input "image" and an output "logits".
sed 's/^dense out=classes/logits = dense out=classes/' models/mobilenet_v2.mnet >v2.mnet
mnc export v2.mnet -o mobilenet_v2.onnx

# npy FILE SHAPE BYTES: float32 zeros.
npy() {
    { printf '\223NUMPY\1\0\166\0'
      printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': $2, }"
      head -c "$3" /dev/zero; } >"$1"
}
npy x.npy '(1, 3, 224, 224)' 602112
npy size.npy '(1, 2)' 8
cat >two.mnet <<'EOF'
image = input [1, 3, 224, 224]
size = input [1, 2]
mean = reduce_mean image axes=[1 2 3] keep=0
sum = reduce_sum size axes=[1] keep=0
y = add mean sum
output y
EOF
mnc export two.mnet -o two.onnx
