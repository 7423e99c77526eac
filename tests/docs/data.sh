# SPDX-License-Identifier: Apache-2.0
# data.sh: in the current folder, files of the form of CIFAR-10 with ten images each, and photos of
# five classes, three each.  Sourced; models/photos must be there.
mkdir cifar-10-batches-bin
for part in data_batch_1 data_batch_2 data_batch_3 data_batch_4 data_batch_5 test_batch; do
    for label in 0 1 2 3 4 5 6 7 10 11; do             # octal
        printf "\\$label"
        head -c 3072 /dev/zero | tr '\0' "\\1$label"
    done >cifar-10-batches-bin/$part.bin
done
printf '%s\n' a b c d e f g h i j >cifar-10-batches-bin/batches.meta.txt
tar czf cifar-10-python.tar.gz cifar-10-batches-bin
for class in a b c d e; do
    mkdir -p photos/$class
    cp models/photos/* photos/$class
done
