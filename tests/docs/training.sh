#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# training.sh SOURCE_DIR MNC fashion|others: the commands of doc/training.md, as they stand there, but
# for the trainings' lengths, which are cut to seconds.  fashion: those about Fashion-MNIST, where that
# is; others: on files of the form of CIFAR-10, and on a folder of photos.
set -eu
src=$1 mnc=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir bin
ln -s "$mnc" bin/mnc
ln -s "$src/models" models
export PATH="$dir/bin:$PATH" XDG_CACHE_HOME="$dir/cache"

"$src/tests/docs/indented.sh" "$src/doc/training.md" >all
# do_them N: the commands on standard input, N of them.
do_them() {
    cat >commands
    [ "$(wc -l <commands)" = "$1" ] || { cat commands; echo "FAILED: $1 commands were there"; exit 1; }
    sh -ex commands >out 2>&1 || { cat out; exit 1; }
    cat out
}

if [ "$3" = others ]; then
    . "$src/tests/docs/data.sh"
    grep -v 'fashion\|mobilenet_mnist' all | sed 's/$/ --steps=2 --batch=5 --test-batches=1/' | do_them 2
    [ -s mobilenet_v1_cifar.train/log.csv ]
    [ -s efficientnet_lite0_transfer.train/best.safetensors ]
    exit 0
fi

[ -f /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ] ||
    { echo 'skipped: there is no dataset-fashion-mnist'; exit 77; }

# A photo of a shoe, of sorts, of the size that the net takes.
cat >shoe.c <<'EOF'
#include <png.h>
#include <string.h>
int main(void)
{
    static unsigned char pixel[28][28];
    png_image image = { .version = PNG_IMAGE_VERSION, .width = 28, .height = 28,
                        .format = PNG_FORMAT_GRAY };

    for (int y = 14; y < 24; y++)
        memset(pixel[y] + 2, 200, y < 19 ? 10 : 24);
    return !png_image_write_to_file(&image, "shoe.png", 0, pixel, 0, NULL);
}
EOF
cc shoe.c $(pkg-config --cflags --libs libpng) -o shoe
./shoe

# Under mpirun as it is for who is not root and has processors enough; left out without MPI.
mpirun=$(command -v mpirun || :) n=6
if [ -n "$mpirun" ] && [ -e "$(dirname "$mnc")/libmncmpi.so.0" ]; then
    printf '#!/bin/sh\nOMPI_MCA_plm_rsh_agent=sh exec %s --allow-run-as-root --oversubscribe "$@"\n' "$mpirun" >bin/mpirun
    chmod +x bin/mpirun
else
    sed -i '/^ *mpirun/d' all
    n=5
fi
grep 'fashion\|mobilenet_mnist' all | sed '/mnc train/s/$/ --steps=40 --test-batches=10 --schedule=constant/
    /mpirun/s/$/ -o ranks/' | do_them $n
for f in best.safetensors log.csv log.json curves.svg; do
    [ -s mobilenet_mnist.train/$f ] || { echo "FAILED: no $f"; exit 1; }
done
grep -q '^epoch ' out || { echo 'FAILED: no line of the training'; exit 1; }
cc -c net.c -o net.o
[ -s net.onnx ]
[ $n = 5 ] || [ -s ranks/log.csv ]
