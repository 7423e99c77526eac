#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# training.sh SOURCE_DIR MNC: the commands of doc/training.md about Fashion-MNIST, as they stand there;
# but for the training's length, which is cut to seconds.
set -eu
src=$1 mnc=$2
[ -f /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ] ||
    { echo 'skipped: there is no dataset-fashion-mnist'; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir bin
ln -s "$mnc" bin/mnc
ln -s "$src/models" models

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
export PATH="$dir/bin:$PATH" XDG_CACHE_HOME="$dir/cache"

# Indented commands, with their continuation lines.
sed -n '/^    mnc /{:more
/\\$/{N
b more
}
p}' "$src/doc/training.md" | sed ':more
/\\$/{N
s/\\\n//
b more
}' | grep -E 'fashion|mobilenet_mnist' | sed '/mnc train/s/$/ --steps=40 --test-batches=10 --schedule=constant/' >commands
[ "$(wc -l <commands)" = 5 ] || { cat commands; echo 'FAILED: five commands were there'; exit 1; }
sh -ex commands >out 2>&1 || { cat out; exit 1; }
for f in best.safetensors log.csv log.json curves.svg; do
    [ -s mobilenet_mnist.train/$f ] || { echo "FAILED: no $f"; exit 1; }
done
grep -q '^epoch ' out || { cat out; echo 'FAILED: no line of the training'; exit 1; }
cc -c net.c -o net.o
[ -s net.onnx ]
