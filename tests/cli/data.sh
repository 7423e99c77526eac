# SPDX-License-Identifier: Apache-2.0
# mnc data: what sets hold, their sheets, and what is wrong with them.
. "$(dirname "$0")/lib.sh"

# Four images of 2x2 pixels, labels 0 1 2 0; two for testing.
mkdir set
printf '\0\0\10\3\0\0\0\4\0\0\0\2\0\0\0\2abcdefghijklmnop' >set/train-images-idx3-ubyte
printf '\0\0\10\1\0\0\0\4\0\1\2\0' >set/train-labels-idx1-ubyte
printf '\0\0\10\3\0\0\0\2\0\0\0\2\0\0\0\2abcdefgh' | gzip >set/t10k-images-idx3-ubyte.gz
printf '\0\0\10\1\0\0\0\2\2\0' | gzip >set/t10k-labels-idx1-ubyte.gz
expect 0 "$mnc" data set
is out <<'END'
kind      idx
images    1x2x2 uint8
classes   3

class      training       test
0                 2          1
1                 1          0
2                 1          1
all               4          2
END
expect 0 "$mnc" data idx:set --json
has out '"train": 4'
has out '"kind": "idx"'

# A sheet is a PNG, the same each time, another for another seed; and it is an image of a folder.
expect 0 "$mnc" data set --sheet=a.png --augment=pad=1,crop=3,flip
expect 0 "$mnc" data set --sheet=b.png --augment=pad=1,crop=3,flip
cmp -s a.png b.png || fail 'the sheets differ'
expect 0 "$mnc" data set --sheet=c.png --augment=pad=1,crop=3,flip --seed=1
! cmp -s a.png c.png || fail 'the seed changes nothing'
mkdir -p photos/cat photos/dog
for i in 1 2 3 4 5; do cp a.png photos/cat/$i.png; cp c.png photos/dog/$i.png; done
expect 0 "$mnc" data photos --share=0.6
has out 'all               6          4'
has out 'files of many sizes'
expect 0 "$mnc" data photos --share=1 --sheet=d.png --augment=resize=16,16
has out 'all              10          0'
expect 1 "$mnc" data photos --sheet=e.png
has err 'photos: error: has images of many sizes'
[ ! -e e.png ] || fail 'a sheet was written'

# An image that does not decode, and a class without one.
mkdir photos/emu
head -c 100 a.png >photos/dog/3.png
expect 1 "$mnc" data photos
has err 'photos/emu: error: is a class without an image'
has err 'photos/dog/3.png: error: is not a PNG file that can be read'
expect 0 "$mnc" data photos --bad-images=skip --share=0.5
has err 'photos/dog/3.png: note: is not a PNG file that can be read'
has out 'emu               0          0'

expect 1 "$mnc" data nowhere
has err 'nowhere: error: is not there'
expect 1 "$mnc" data set --augment=flop --sheet=f.png
has err "did you mean 'flip'?"
expect 1 "$mnc" data set --sheet=none/f.png
expect 1 sh -c "'$mnc' data set >/dev/full"
expect 2 "$mnc" data
expect 2 "$mnc" data set set
