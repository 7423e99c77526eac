/* SPDX-License-Identifier: 0BSD */
/* The last layer of a net learns on a microcontroller: the rest of the net, in flash, stays as it
 * is.  Images of two kinds, as a sensor might give them, come in; the loss must fall, and images
 * that were not trained on must be told apart. */
#include "net.h"

#include <stdio.h>

#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
#pragma message("state: " NUMBER(net_STATE_BYTES) " bytes of RAM, of which " \
                NUMBER(net_KEPT_BYTES) " are kept between steps")

/* What the board has, less the images below, the stack, and the C library's own. */
#ifndef RAM_FOR_NET
#define RAM_FOR_NET (160 * 1024)
#endif
_Static_assert(net_STATE_BYTES <= RAM_FOR_NET, "training needs more RAM than it may have");

enum { SIZE = 32, CHANNELS = 3, STEPS = 40, TESTS = 8 };
_Static_assert(net_IMAGE_COUNT == CHANNELS * SIZE * SIZE, "made for images of this size");

static _Alignas(64) unsigned char state[net_STATE_BYTES];
static float images[net_BATCH * net_IMAGE_COUNT];
static int32_t labels[net_BATCH];

/* Numbers in [0, n): the upper bits of Knuth's generator. */
static unsigned random_below(unsigned n)
{
    static uint64_t r = 1;

    r = r * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(r >> 33) % n;
}

/* Under reddish (0) or bluish (1) light: as far as a backbone of drawn weights sees. */
static void take_picture(float *x, int label)
{
    static const float light[2][CHANNELS] = { { 0.6f, 0.4f, 0.2f }, { 0.2f, 0.4f, 0.6f } };

    for (unsigned c = 0; c < CHANNELS; c++)
        for (unsigned i = 0; i < SIZE * SIZE; i++)
            *x++ = light[label][c] * (0.5f + (float)random_below(1000) / 1000);
}

static void fill_batch(void)
{
    for (int i = 0; i < net_BATCH; i++) {
        labels[i] = (int32_t)random_below(2);
        take_picture(images + i * net_IMAGE_COUNT, labels[i]);
    }
}

/* The scores of the last eval: (net_BATCH, net_CLASSES). */
static const float *scores(void)
{
    const mnc_trainer *t = net_describe()->trainer;

    for (int i = 0; i < t->n_slot; i++)
        if (t->slot[i].kind == MNC_SLOT_SCORES)
            return (const float *)(const void *)(state + t->slot[i].offset);
    return NULL;
}

/* How many of a batch are right; -1: an error. */
static int count_right(void)
{
    const float *s = scores();
    int right = 0;

    if (!s || net_eval(state, images, labels, NULL) != MNC_NET_OK)
        return -1;
    for (int i = 0; i < net_BATCH; i++, s += net_CLASSES)
        right += (s[1] > s[0]) == (labels[i] == 1);
    return right;
}

int main(void)
{
    float loss = 0, first = 0, last = 0;
    int right = 0, code = net_init(state, 1);

    ((mnc_head *)(void *)state)->rate = 1;       /* drawn weights give small features */
    for (int i = 0; i < STEPS && code == MNC_NET_OK; i++) {
        fill_batch();
        code = net_train_step(state, images, labels, &loss);
        *(i < STEPS / 2 ? &first : &last) += loss / (STEPS / 2);
    }
    if (code != MNC_NET_OK) {
        printf("error %d\n", code);
        return 1;
    }
    for (int i = 0; i < TESTS; i++) {
        fill_batch();
        right += count_right();
    }
    printf("loss %.4f, then %.4f; %d of %d right\n", (double)first, (double)last, right,
           TESTS * net_BATCH);
    return !(last < first / 2 && right >= TESTS * net_BATCH * 9 / 10);
}
