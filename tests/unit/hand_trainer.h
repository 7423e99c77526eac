/* SPDX-License-Identifier: Apache-2.0 */
/* hand_trainer: a net that trains, written by hand against mnc/train.h: scores = W x + b, softmax,
 * cross-entropy, SGD with momentum.  x (4,1,2,3), W (3,6), b (3).
 *
 * Include after setjmp.h and cmocka.h.  `hand_layout` may be changed to make it another net, and
 * `hand_nan_at` to make a step's loss NaN.
 */
#ifndef MNC_TEST_HAND_TRAINER_H
#define MNC_TEST_HAND_TRAINER_H

#include "mnc/net.h"
#include "mnc/train.h"

#include <math.h>
#include <string.h>

enum { HAND_BATCH = 4, HAND_CLASSES = 3, HAND_IN = 6 };

typedef struct HandState {
    mnc_head head;
    _Alignas(64) float w[HAND_CLASSES][HAND_IN];
    _Alignas(64) float b[HAND_CLASSES];
    _Alignas(64) float mw[HAND_CLASSES][HAND_IN];
    _Alignas(64) float mb[HAND_CLASSES];
    _Alignas(64) float gw[HAND_CLASSES][HAND_IN];
    _Alignas(64) float gb[HAND_CLASSES];
    _Alignas(64) float scores[HAND_BATCH][HAND_CLASSES];
} HandState;

static uint64_t hand_layout = 77;
static int64_t hand_nan_at = -1;

static int hand_init(void *state, uint64_t seed)
{
    HandState *s = state;

    (void)seed;
    memset(s, 0, sizeof *s);
    s->head.layout = hand_layout;
    return MNC_NET_OK;
}

static void hand_forward(HandState *s, const float *x)
{
    for (int n = 0; n < HAND_BATCH; n++)
        for (int k = 0; k < HAND_CLASSES; k++) {
            float sum = s->b[k];
            for (int i = 0; i < HAND_IN; i++)
                sum += s->w[k][i] * x[n * HAND_IN + i];
            s->scores[n][k] = sum;
        }
}

/* d loss / d score = (softmax - one hot) / batch; also adds the sample's loss. */
static float hand_backward(HandState *s, const float *x, int n, int32_t label)
{
    float sum = 0, loss;

    for (int k = 0; k < HAND_CLASSES; k++)
        sum += expf(s->scores[n][k]);
    loss = logf(sum) - s->scores[n][label];
    for (int k = 0; k < HAND_CLASSES; k++) {
        float g = (expf(s->scores[n][k]) / sum - (float)(k == label)) / HAND_BATCH;
        s->gb[k] += g;
        for (int i = 0; i < HAND_IN; i++)
            s->gw[k][i] += g * x[n * HAND_IN + i];
    }
    return loss / HAND_BATCH;
}

static void hand_update(HandState *s, float *w, float *m, const float *g, int n)
{
    for (int i = 0; i < n; i++) {
        m[i] = (float)s->head.momentum * m[i] + g[i] + (float)s->head.decay * w[i];
        w[i] -= (float)s->head.rate * m[i];
    }
}

static int hand_step(void *context, void *state, const float *x, const int32_t *label,
                     float *loss)
{
    HandState *s = state;

    (void)context;
    for (int n = 0; n < HAND_BATCH; n++)
        if (label[n] < 0 || label[n] >= HAND_CLASSES)
            return MNC_NET_LABEL;
    memset(s->gw, 0, sizeof s->gw);
    memset(s->gb, 0, sizeof s->gb);
    hand_forward(s, x);
    *loss = 0;
    for (int n = 0; n < HAND_BATCH; n++)
        *loss += hand_backward(s, x, n, label[n]);
    hand_update(s, s->w[0], s->mw[0], s->gw[0], HAND_CLASSES * HAND_IN);
    hand_update(s, s->b, s->mb, s->gb, HAND_CLASSES);
    if (s->head.step++ == hand_nan_at)
        *loss = NAN;
    return MNC_NET_OK;
}

static int hand_eval(void *context, void *state, const float *x, const int32_t *label,
                     float *loss)
{
    (void)context;
    (void)label;
    (void)loss;
    hand_forward(state, x);
    return MNC_NET_OK;
}

#define HAND_SLOT(text, nd, shape, what, member) \
    { { text, 1, nd, shape, sizeof ((HandState *)0)->member }, what, offsetof(HandState, member) }
static const int64_t hand_w_dim[] = { HAND_CLASSES, HAND_IN }, hand_b_dim[] = { HAND_CLASSES };
static const int64_t hand_y_dim[] = { HAND_BATCH, HAND_CLASSES };
static const int64_t hand_x_dim[] = { HAND_BATCH, 1, 2, 3 };
static const mnc_slot hand_slot[] = {
    HAND_SLOT("fc.weight", 2, hand_w_dim, MNC_SLOT_PARAM, w),
    HAND_SLOT("fc.bias", 1, hand_b_dim, MNC_SLOT_PARAM, b),
    HAND_SLOT("fc.weight.momentum", 2, hand_w_dim, MNC_SLOT_MOMENT, mw),
    HAND_SLOT("fc.bias.momentum", 1, hand_b_dim, MNC_SLOT_MOMENT, mb),
    HAND_SLOT("fc.weight.grad", 2, hand_w_dim, MNC_SLOT_GRADIENT, gw),
    HAND_SLOT("fc.bias.grad", 1, hand_b_dim, MNC_SLOT_GRADIENT, gb),
    HAND_SLOT("scores", 2, hand_y_dim, MNC_SLOT_SCORES, scores),
};
static const mnc_tensor hand_x = { "x", 1, 4, hand_x_dim,
                                   HAND_BATCH * HAND_IN * sizeof(float) };
static const mnc_tensor hand_y = { "y", 1, 2, hand_y_dim,
                                   HAND_BATCH * HAND_CLASSES * sizeof(float) };
static const mnc_trainer hand_trainer = {
    .abi = MNC_TRAIN_ABI, .optimizer = "sgd", .batch = HAND_BATCH, .classes = HAND_CLASSES,
    .n_slot = sizeof hand_slot / sizeof hand_slot[0], .slot = hand_slot,
    .kept_bytes = offsetof(HandState, gw), .state_bytes = sizeof(HandState), .init = hand_init,
    .step = hand_step, .eval = hand_eval,
};
static const mnc_net hand_net = {
    .abi = MNC_NET_ABI, .name = "hand", .n_input = 1, .n_output = 1, .input = &hand_x,
    .output = &hand_y, .trainer = &hand_trainer,
};

#endif
