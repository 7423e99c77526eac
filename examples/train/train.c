/* SPDX-License-Identifier: 0BSD */
/* train DIR STEPS: the generated file learns Fashion-MNIST; no library of mnc is there.
 *
 * DIR has MNIST's four files, gzipped: 28x28 grey images, 16 bytes of head before them, and labels
 * of a byte, after 8.
 */
#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TRAIN = 60000, TEST = 10000, PIXELS = net_IMAGE_COUNT };

static _Alignas(64) unsigned char state[net_STATE_BYTES];
static unsigned char images[TRAIN * PIXELS], labels[TRAIN];
static float x[net_BATCH * PIXELS];
static int32_t y[net_BATCH];

/* n bytes of DIR/NAME behind its head. */
static int read_file(const char *dir, const char *name, int head, unsigned char *data, unsigned n)
{
    char path[4096];
    gzFile f;
    int ok;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = gzopen(path, "rb");
    ok = f && gzseek(f, head, SEEK_SET) == head && gzread(f, data, n) == (int)n;
    if (f)
        gzclose(f);
    if (!ok)
        fprintf(stderr, "cannot read %s\n", path);
    return ok;
}

static int read_part(const char *dir, const char *part, unsigned n)
{
    char image[64], label[64];

    snprintf(image, sizeof image, "%s-images-idx3-ubyte.gz", part);
    snprintf(label, sizeof label, "%s-labels-idx1-ubyte.gz", part);
    return read_file(dir, image, 16, images, n * PIXELS) && read_file(dir, label, 8, labels, n);
}

/* Image from, as row i of the batch, by the mean and deviation of all training images. */
static void take(int i, int from)
{
    for (int k = 0; k < PIXELS; k++)
        x[i * PIXELS + k] = ((float)images[(size_t)from * PIXELS + (size_t)k] / 255 - 0.286f) / 0.353f;
    y[i] = labels[from];
}

/* The net's output of the last step or eval, (batch, classes). */
static const float *scores(void)
{
    const mnc_trainer *t = net_describe()->trainer;

    for (int i = 0; i < t->n_slot; i++)
        if (t->slot[i].kind == MNC_SLOT_SCORES)
            return (const float *)(state + t->slot[i].offset);
    return NULL;
}

static int right(void)
{
    int n = 0;

    for (int i = 0; i < net_BATCH; i++) {
        const float *s = scores() + i * net_CLASSES;
        int best = 0;
        for (int k = 1; k < net_CLASSES; k++)
            best = s[k] > s[best] ? k : best;
        n += best == y[i];
    }
    return n;
}

int main(int argc, char **argv)
{
    int steps = argc == 3 ? atoi(argv[2]) : 0, hits = 0, seen = 0;
    float loss = 0;

    if (steps < 1 || !read_part(argv[1], "train", TRAIN) || net_init(state, 1) != MNC_NET_OK)
        return 2;
    ((mnc_head *)state)->rate = 0.002;
    for (int s = 0; s < steps; s++) {
        for (int i = 0; i < net_BATCH; i++)
            take(i, rand() % TRAIN);
        if (net_train_step(state, x, y, &loss) != MNC_NET_OK)
            return 1;
        if ((s + 1) % 50 == 0)
            printf("step %d, loss %.3f\n", s + 1, (double)loss);
    }
    if (!read_part(argv[1], "t10k", TEST))
        return 2;
    for (int from = 0; from + net_BATCH <= 20 * net_BATCH; from += net_BATCH) {
        for (int i = 0; i < net_BATCH; i++)
            take(i, from + i);
        if (net_eval(state, x, y, &loss) != MNC_NET_OK)
            return 1;
        hits += right();
        seen += net_BATCH;
    }
    printf("%d of %d test images are right: %.1f %%\n", hits, seen, 100.0 * hits / seen);
    return 0;
}
