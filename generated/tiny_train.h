/* tiny_train.h: tiny as C, made by mnc 0.1.0.
 * SPDX-License-Identifier: 0BSD
 *
 * model       7d0d4bb5dc023e2e
 * options     -O2 --target=x86-64-v3 --weights=embed
 * passes      train fold_const dce fold_identity cse recognise sink_transpose global_pool to_dense sink_reshape fold_bn fold_pad autodiff lower_grad fuse_grad fuse_residual fuse_act recompute layout pad_stride winograd fuse_block plan_memory
 * parameters  739
 * mult-adds   19760
 * weights     3008 bytes
 * arena       13376 bytes
 */
#ifndef tiny_train_NET_H
#define tiny_train_NET_H

/* SPDX-License-Identifier: 0BSD */
/* net.h: what each generated file exports, beside its own typed functions.
 *
 * The same text stands in each generated file, so that the file needs no header of ours; the guard
 * lets several nets, and this header, meet in one program.
 *
 * A generated net NAME has
 *     const mnc_net *NAME_describe(void);
 *     int NAME_run(const NAME_inputs *in, const NAME_outputs *out, const void *weights, void
 * *arena);
 *     int NAME_selftest(const void *weights, void *memory);
 *     NAME_ARENA_BYTES, NAME_SELFTEST_BYTES, NAME_INPUT_x_BYTES ...
 */
#ifndef MNC_NET_ABI
#define MNC_NET_ABI 2

#include <stddef.h>
#include <stdint.h>

/* Return codes of NAME_run and NAME_selftest. */
enum {
    MNC_NET_OK = 0,
    MNC_NET_NULL = 1,            /* a pointer is missing */
    MNC_NET_MISALIGNED = 2,      /* weights or arena are not 64-byte aligned */
    MNC_NET_CPU = 3,             /* made for one target, which this CPU is not */
    MNC_NET_DIFFERS = 4,         /* the self-test's result is wrong */
    MNC_NET_NO_SAMPLE = 5,       /* made without a self-test */
    MNC_NET_THREADS = 6          /* no such number of threads, or the system gave none */
};

struct mnc_trainer;

typedef struct mnc_tensor {
    const char *name;
    int dtype;                   /* ONNX TensorProto.DataType: 1 float, 7 int64, 9 bool ... */
    int rank;
    const int64_t *dim;          /* [rank], ONNX order; the data is row-major */
    size_t bytes;
} mnc_tensor;

typedef struct mnc_net {
    int abi;                     /* MNC_NET_ABI */
    const char *name, *version;  /* the model's name, the compiler's version */
    const char *(*target)(void); /* what runs on this CPU: "x86-64-v3" */
    int n_input, n_output;
    const mnc_tensor *input, *output;
    size_t arena_bytes;          /* 64-byte aligned memory that run needs */
    size_t weight_bytes;
    const void *weights;         /* 64-byte aligned; NULL when they are in a file of their own */
    /* in[i], out[i] in the order of input and output. */
    int (*run)(const void *const *in, void *const *out, const void *weights, void *arena);
    size_t selftest_bytes;
    int (*selftest)(const void *weights, void *memory);
    /* Made with --threads, else 0 and NULL: open makes threads that wait, in context_bytes of the
     * caller's memory; run_with is run on all of them; close ends them.  A context serves one call
     * at a time. */
    size_t context_bytes;
    int (*open)(void *context, int threads);
    int (*run_with)(void *context, const void *const *in, void *const *out, const void *weights,
                    void *arena);
    void (*close)(void *context);
    const struct mnc_trainer *trainer;   /* made with --train, else NULL: see train.h */
} mnc_net;

#endif
/* SPDX-License-Identifier: 0BSD */
/* train.h: what a file made with --train exports beside net.h's.
 *
 * The same text stands in each such file.  A net NAME that trains has
 *     int NAME_init(void *state, uint64_t seed);
 *     int NAME_train_step(void *state, const float *x, const int32_t *labels, float *loss);
 *     int NAME_eval(void *state, const float *x, const int32_t *labels, float *loss);
 *     NAME_STATE_BYTES, NAME_BATCH ...
 * and the same by pointers in mnc_net.trainer.  All memory is the state, which is the caller's:
 * first what is kept between steps (mnc_head, then the slots), then what is used during a step.
 * Saving the first kept_bytes, and later copying them back, goes on bit for bit.
 */
#ifndef MNC_TRAIN_ABI
#define MNC_TRAIN_ABI 2

/* The state begins with it.  init sets all of it; afterwards the caller may change the numbers
 * between steps, as a schedule does with rate. */
typedef struct mnc_head {
    uint64_t layout;             /* of the slots: a state of another net is refused */
    int64_t step;                /* steps done */
    double beta1_power, beta2_power;   /* beta^step */
    double rate;                 /* the learning rate */
    double momentum;             /* of momentum and nesterov */
    double decay;                /* weight decay: added to the gradient; adamw: to the weights */
    double beta1, beta2, eps;    /* of adam and adamw */
    double clip;                 /* the most that the norm of all gradients may be; 0: any */
    double smoothing;            /* of labels: 0 is none */
    double statistics;           /* weight of the newest batch in the running statistics of all
                                    batch norms; below 0: each one's own, as the net says */
    double average;              /* decay of the averaged weights, where there are such */
} mnc_head;

typedef enum mnc_slot_kind {
    MNC_SLOT_PARAM = 1,          /* trained */
    MNC_SLOT_STATISTIC,          /* running mean or variance of a batch normalisation */
    MNC_SLOT_MOMENT,             /* of the optimiser: NAME.momentum, NAME.m, NAME.v */
    MNC_SLOT_AVERAGE,            /* exponential moving average of a parameter: NAME.average */
    MNC_SLOT_GRADIENT,           /* NAME.grad: with --keep-gradients; not kept between steps */
    MNC_SLOT_SCORES              /* the net's output of the last step or eval, (batch, classes) */
} mnc_slot_kind;

/* A tensor in the state: row-major, in ONNX order. */
typedef struct mnc_slot {
    mnc_tensor tensor;
    int kind;                    /* mnc_slot_kind */
    size_t offset;               /* bytes from the start of the state, a multiple of 64 */
} mnc_slot;

/* With --ranks=N: the other processes of a training that N of them do together, each on its part of
 * every batch, in step.  A step calls these, on the caller's thread and on all ranks in the same
 * order; how numbers get from one to the other is the caller's.  The loss and the statistics of
 * batch norms are those of the whole batch, so a step is, to rounding, what it is for one process
 * with all of it; and the same bits each time, if the sums are. */
typedef struct mnc_ranks {
    void *user;
    /* Each of the n numbers becomes the sum of all ranks', before it returns. */
    void (*sum)(void *user, double *x, size_t n);
    /* These n numbers, a gradient, are complete, and have to be the sum of all ranks' when finish
     * returns; meanwhile the backward pass goes on.  They lie in the state in the order in which
     * they come, one close behind the other, so that several may travel together. */
    void (*begin)(void *user, float *x, size_t n);
    void (*finish)(void *user);
} mnc_ranks;

/* x: (batch, C, H, W) as mnc_net.input[0] says; labels: batch numbers in [0, classes).
 * loss: mean over the batch, that of all ranks.  state: 64-byte aligned.
 * All return MNC_NET_OK, _NULL, _MISALIGNED, _CPU, MNC_NET_STATE, _LABEL or _ALONE; after an error
 * the state is as before. */
typedef struct mnc_trainer {
    int abi;                     /* MNC_TRAIN_ABI */
    const char *optimizer;       /* "sgd", "momentum", "nesterov", "adam", "adamw" */
    int batch, classes;
    int n_slot;
    const mnc_slot *slot;
    size_t kept_bytes;           /* what a checkpoint has to hold, from the start of the state */
    size_t state_bytes;          /* all of it */
    /* The file's own initial weights.  seed: of the parameters that are drawn. */
    int (*init)(void *state, uint64_t seed);
    /* Forward, backward, update.  context: NULL, or one that mnc_net.open has made. */
    int (*step)(void *context, void *state, const float *x, const int32_t *labels, float *loss);
    /* The same in two halves; between them a program may change the gradients.  NULL without
     * --keep-gradients. */
    int (*gradients)(void *context, void *state, const float *x, const int32_t *labels,
                     float *loss);
    int (*update)(void *context, void *state);
    /* Forward alone, with the running statistics.  labels and loss may both be NULL. */
    int (*eval)(void *context, void *state, const float *x, const int32_t *labels, float *loss);
    int ranks;                   /* N of --ranks, and batch is one's part; 1: it is alone */
    /* After init, before the first step: who the others are, as long as the state is used.  NULL
     * when it is alone. */
    int (*join)(void *state, const mnc_ranks *others);
} mnc_trainer;

/* Return codes beside net.h's. */
enum {
    MNC_NET_STATE = 7,           /* the state is not this net's, or was never initialised */
    MNC_NET_LABEL = 8,           /* a label out of range */
    MNC_NET_ALONE = 9            /* made with --ranks: a step before join */
};

#endif

#ifdef __cplusplus
extern "C" {
#endif

#define tiny_train_BATCH 2
#define tiny_train_CLASSES 3
#define tiny_train_IMAGE_COUNT 192    /* floats of one image */
#define tiny_train_KEPT_BYTES 3840    /* of the state, what is kept between steps */
#define tiny_train_STATE_BYTES 17280

/* state: tiny_train_STATE_BYTES, 64-byte aligned, the caller's.  Its first tiny_train_KEPT_BYTES,
 * saved and copied back, go on bit for bit.  x: tiny_train_BATCH images; labels: as many numbers in
 * [0, tiny_train_CLASSES).  loss: the mean over the batch.
 * All return MNC_NET_OK, MNC_NET_NULL, MNC_NET_MISALIGNED, MNC_NET_CPU, MNC_NET_STATE or
 * MNC_NET_LABEL, and after an error the state is as it was. */

/* The file's initial weights, if it was made with them, else zeros; with a seed other than 0,
 * weights of two or more dimensions are drawn anew (He et al. 2015). */
int tiny_train_init(void *state, uint64_t seed);
/* Forward, backward, update, by what stands in the state's head (mnc_head). */
int tiny_train_train_step(void *state, const float *x, const int32_t *labels, float *loss);
/* Forward alone, with running statistics; labels and loss may be NULL.  The scores are in the
 * slot of that kind. */
int tiny_train_eval(void *state, const float *x, const int32_t *labels, float *loss);

/* Names, shapes and sizes; .trainer has the slots. */
const mnc_net *tiny_train_describe(void);

#ifdef __cplusplus
}
#endif
#endif
