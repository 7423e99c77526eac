/* tiny_train.c: tiny as C, made by mnc 0.1.0.
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
#include <math.h>
#include <string.h>

/* Each of these may be defined from outside: for a linker section in flash, another compiler. */
#ifndef NET_ALIGN
#if defined(__GNUC__)
#define NET_ALIGN(n) __attribute__((aligned(n)))
#else
#define NET_ALIGN(n)
#endif
#endif
#ifndef NET_SECTION
#define NET_SECTION
#endif
#ifndef NET_UNUSED
#if defined(__GNUC__)
#define NET_UNUSED __attribute__((unused))
#else
#define NET_UNUSED
#endif
#endif
/* In front of a loop over a register tile: its bounds are constants, so it becomes straight code,
 * and an array that only such loops index becomes registers. */
#ifndef NET_UNROLL
#if defined(__clang__)
#define NET_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define NET_UNROLL _Pragma("GCC unroll 256")
#else
#define NET_UNROLL
#endif
#endif
/* Before a short loop that must stay one: unrolled, gcc finds loads to share between its rounds,
 * and keeps what it loaded on the stack. */
#if defined(__clang__)
#define NET_ROLLED _Pragma("clang loop unroll(disable)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define NET_ROLLED _Pragma("GCC unroll 1")
#else
#define NET_ROLLED
#endif
/* What a register tile knows of its layer: constants, and so those of its code, which is inlined.
 * Steps are in elements. */
typedef struct net_tile {
    int c, s;                  /* input channels, kernel columns */
    int step, dil, dil_h;      /* columns from pixel to pixel; columns, rows from tap to tap */
    unsigned ring;             /* x is a ring of so many rows; 0: it is whole */
    ptrdiff_t xr, xq, xw, xc;  /* in x to the next kernel row, kernel column, pixel, channel */
    ptrdiff_t panel;           /* in w to the next panel; depthwise: to the next tap */
    ptrdiff_t yw, sw;          /* to the next pixel of y; of what is added */
    int add, ahead;            /* is something?  weights to fetch early, in rows; 0: none */
    int share;                 /* of the next panel fetch so many floats per row of this one */
} net_tile;

/* The share of n rows, or of n elements in blocks of 16, that falls to one of several threads. */
#define NET_FROM(n) ((ptrdiff_t)(n) * part / parts)
#define NET_TO(n) ((ptrdiff_t)(n) * (part + 1) / parts)
#define NET_FROM16(n) (((ptrdiff_t)(n) + 15) / 16 * part / parts * 16)
#define NET_TO16(n) (part + 1 == parts ? (ptrdiff_t)(n) \
                     : ((ptrdiff_t)(n) + 15) / 16 * (part + 1) / parts * 16)
/* Of image n's rows those that fall to this thread when all images' are shared: what follows from
 * a thread's rows is then read by the same one, out of its own cache. */
#define NET_ROW(at, rows) NET_LEAST(NET_MOST((at) - n * (ptrdiff_t)(rows), 0), (ptrdiff_t)(rows))
#define NET_ROW_FROM(batch, rows) NET_ROW(NET_FROM((batch) * (ptrdiff_t)(rows)), rows)
#define NET_ROW_TO(batch, rows) NET_ROW(NET_TO((batch) * (ptrdiff_t)(rows)), rows)
/* The first of n rows that fall to thread number k, of which at most m take part. */
#define NET_LEAST(a, b) ((a) < (b) ? (a) : (b))
#define NET_MOST(a, b) ((a) > (b) ? (a) : (b))
#define NET_SHARE(n, k, m) (int)((ptrdiff_t)(n) * NET_LEAST(k, NET_LEAST(parts, m)) \
                            / NET_LEAST(parts, m))
/* Where row r lies among the n rows of a ring. */
#define NET_RING(r, n) (ptrdiff_t)((unsigned)(r) % (n))

/* What happens after each layer, number i in the order of the graph: nothing, or a time is
 * taken. */
#ifndef NET_LAYER
#define NET_LAYER(i, name) ((void)0)
#endif

/* A pointer to elements of type T, n bytes into the block p. */
#define AT(T, p, n) ((T *)(uintptr_t)((p) + (n)))

/* One rounding for multiply and add: the same bits on every machine that has it in hardware. */
#if defined(FP_FAST_FMAF) || defined(NET_EXACT)
#define NET_FMA(a, b, c) fmaf(a, b, c)
#else
#define NET_FMA(a, b, c) ((a) * (b) + (c))
#endif
#if defined(FP_FAST_FMA) || defined(NET_EXACT)
#define NET_FMA64(a, b, c) fma(a, b, c)
#else
#define NET_FMA64(a, b, c) ((a) * (b) + (c))
#endif
/* One number in the words of the vectors, for kernels that are written once for both. */
#define s_load(p) (*(p))
#define s_store(p, x) (*(p) = (x))
#define s_set1(x) (x)
#define s_add(a, b) ((a) + (b))
#define s_sub(a, b) ((a) - (b))
#define s_mul(a, b) ((a) * (b))
#define s_div(a, b) ((a) / (b))
#define s_sqrt(a) sqrtf(a)
#define s_exp(a) expf(a)
#define s_neg(a) (-(a))
#define s_if_less(a, b, x, y) ((a) < (b) ? (x) : (y))
/* One number in the words of the vectors, for kernels that are written once for both. */
#define d_load(p) (*(p))
#define d_store(p, x) (*(p) = (x))
#define d_set1(x) (x)
#define d_add(a, b) ((a) + (b))
#define d_sub(a, b) ((a) - (b))
#define d_mul(a, b) ((a) * (b))
#define d_div(a, b) ((a) / (b))
#define d_sqrt(a) sqrt(a)
#define d_exp(a) exp(a)
#define d_neg(a) (-(a))
#define d_if_less(a, b, x, y) ((a) < (b) ? (x) : (y))

typedef struct tiny_train_inputs {
    const float *x;
    const int32_t *labels;
} tiny_train_inputs;

typedef struct tiny_train_outputs {
    float *loss, *scores;
} tiny_train_outputs;
static const struct {
    NET_ALIGN(64) float w0[16];    /* at 0: bias of stem.conv */
    NET_ALIGN(64) float w1[1];    /* at 64: share */
    NET_ALIGN(64) float w2[216];    /* at 128: stem.weight */
    NET_ALIGN(64) float w3[8];    /* at 1024: stem.bn.gamma */
    NET_ALIGN(64) float w4[8];    /* at 1088: stem.bn.beta */
    NET_ALIGN(64) float w5[128];    /* at 1152: inverted.expand.weight */
    NET_ALIGN(64) float w6[16];    /* at 1664: inverted.expand.bn.gamma */
    NET_ALIGN(64) float w7[144];    /* at 1728: inverted.depth.weight */
    NET_ALIGN(64) float w8[128];    /* at 2304: inverted.project.weight */
    NET_ALIGN(64) float w9[24];    /* at 2816: dense.weight */
    NET_ALIGN(64) float w10[3];    /* at 2944: dense.bias */
} tiny_train_weights_data NET_SECTION = {
    { 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
      0.0f },
    { 0.0625f },
    { -0.20649123f, 0.31886125f, 0.23744299f, 0.35751677f, -0.053077605f, 0.021111637f, 0.10967262f,
      0.18742242f, 0.35384113f, -0.15306836f, -0.44889742f, 0.2133678f, 0.080770895f,
      -0.028614001f, 0.09718546f, 0.10686013f, 0.5708486f, -0.5821705f, -0.40896875f,
      0.069283575f, -0.42194504f, -0.039662544f, 0.18965228f, -0.27335075f, 0.061479103f,
      -0.2198991f, 0.04721526f, 0.3766647f, -0.034584243f, 0.16914485f, -0.21385694f,
      -0.13302849f, -0.24386638f, -0.3898424f, 0.1373659f, 0.6686167f, -0.30092177f, 0.24626167f,
      0.0060565583f, 0.11526163f, -0.06191788f, -0.24834767f, 0.23454417f, -0.022967447f,
      0.86537576f, -0.28487402f, -0.34077132f, 0.42907336f, -0.11027683f, 0.064903f, -0.37766454f,
      0.18421432f, -0.20720334f, -0.21538186f, 0.121814504f, 0.1267993f, 0.21775557f,
      0.31954458f, -0.100875504f, 0.1696196f, -0.1568591f, -0.09722143f, 0.17115173f,
      -0.30953184f, -0.20759177f, 0.0072218343f, -0.47249788f, -0.64298785f, 0.053048834f,
      0.29658434f, 0.4204992f, 0.36861566f, -0.5230147f, 0.011386617f, -0.33163613f, 0.0010789593f,
      -0.016472112f, -0.19432777f, -0.1507522f, 0.39899915f, 0.32176724f, 0.01839266f,
      -0.27862325f, 0.15246415f, 0.07601628f, 0.24531938f, -0.11388056f, -0.5728051f,
      -0.0040712734f, 0.3170414f, -0.37398168f, -0.07075096f, -0.7718947f, 0.05325024f,
      -0.27025053f, 0.14136524f, 0.15584488f, 0.077512436f, -0.33211088f, -0.38181493f,
      0.37839103f, -0.5083337f, -0.12127503f, -0.27882466f, 0.27840748f, -0.6453184f,
      0.30371267f, 0.09804144f, -0.13459659f, -0.5561028f, -0.32125655f, 0.2553609f, 0.5901404f,
      -0.2829319f, -0.04752456f, 0.30518004f, -0.69428873f, 0.048862472f, 0.09022977f,
      0.32386762f, 0.23953617f, -0.2380472f, 0.1889977f, 0.034634594f, -0.4669736f, -0.4351443f,
      -0.037015498f, -0.44278333f, -0.07809508f, -0.25493652f, -0.4690452f, -0.3981144f,
      -0.1402719f, 0.6051883f, 0.30970448f, 0.030635253f, 0.14890358f, 0.20564964f, 0.04120186f,
      0.21179971f, 0.05773871f, 0.014227877f, -0.12564121f, 0.080979496f, -0.1836173f,
      -0.040360272f, -0.054408323f, -0.08642464f, -0.12464857f, 0.5587427f, 0.2528649f,
      0.027736448f, -0.5711795f, 0.137071f, -0.19985923f, 0.5834149f, -0.2676035f, 0.41955692f,
      -0.13776153f, 0.2462401f, 0.006265157f, -0.549514f, -0.37128428f, -0.24606746f,
      -0.23023553f, 0.3281475f, 0.07946895f, 0.113463365f, 0.22720726f, 0.0667732f, 0.42118976f,
      -0.25332525f, -0.09696967f, -0.23643595f, 0.6122303f, -0.20028362f, -0.023226397f,
      0.41101876f, -0.07152062f, -0.13833697f, 0.43028897f, 0.011113281f, 0.09290559f,
      0.020356366f, 0.5632671f, -0.18095586f, 0.035576884f, 0.45683137f, -0.50360787f,
      0.3256515f, -0.19675183f, 0.31940073f, -0.08638148f, 0.080648616f, 0.08503638f,
      0.34050518f, 0.11475811f, 0.0032081057f, -0.40585414f, 0.3024323f, -0.05043056f,
      0.2780622f, 0.038490076f, 0.13643081f, -0.3174658f, -0.34582084f, 0.22028033f, -0.20304576f,
      -0.31689754f, 0.51048446f, -0.019752149f, -0.56336784f, -0.10996754f, 0.25186506f,
      -0.1963562f, -0.06433475f },
    { 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f },
    { 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f },
    { -0.79954326f, -0.1203973f, -0.25114155f, 0.0024578967f, 0.28407207f, -0.08848429f, 1.1116698f,
      0.4717444f, -0.7661106f, 0.10399811f, -0.12729527f, -0.8467719f, -0.13158998f, 0.51672655f,
      1.135773f, -0.48050562f, 0.1331493f, 0.05542161f, -0.35918328f, 0.64009714f, 0.6408239f,
      -0.8200654f, -0.48983505f, -0.69325906f, -0.88994366f, 0.0028014737f, -0.41272846f,
      0.521497f, 0.6883697f, 0.13118033f, 0.4008222f, -0.5995154f, 0.98461235f, 0.5059832f,
      0.04931651f, -0.265955f, -0.735149f, -0.23364556f, -0.19866678f, -0.25033545f, 0.23019657f,
      0.2353238f, -0.39272168f, 0.78322333f, -0.09530297f, -0.841235f, -0.29889876f, -0.454592f,
      -0.081427746f, -0.8211754f, -0.4186089f, -0.28520852f, -0.108464606f, -0.33136678f,
      0.81696f, -0.40996662f, -0.7557372f, -0.08855036f, -0.9889599f, -0.6004536f, 0.32314736f,
      0.5751875f, 0.5982336f, 1.0180714f, 0.5141233f, -0.13221106f, -0.03421234f, 0.31757084f,
      0.51736087f, 0.3193548f, -0.95053214f, -0.705271f, -0.44026747f, -0.07082971f, -0.583103f,
      1.1602463f, -0.0642489f, -0.86535144f, -0.32666242f, 0.3235438f, 0.015645966f, 0.340498f,
      -0.23410806f, 0.015196674f, 0.011377684f, -0.4782195f, 1.0688019f, 0.06156635f,
      0.672803f, 0.4663f, -0.2539034f, 0.18002112f, -0.17785394f, 0.44491896f, 0.28889537f,
      -0.08605282f, 1.0632386f, -0.46493894f, 0.09986197f, -0.632142f, 0.23137267f, 0.10379989f,
      -0.8429793f, 0.7711585f, -0.93261325f, -0.7532132f, -0.0061976f, -1.0544641f, -0.031080501f,
      1.0970942f, 0.5254085f, 0.49222687f, -0.1261456f, 0.1484649f, 0.9474928f, -0.075230144f,
      0.80703586f, 0.11589116f, -0.09000395f, -0.4504426f, 0.3249181f, -0.0032904102f,
      0.19494028f, 0.01306914f, -0.59440136f, 0.18773839f, 0.3362297f, -0.6269487f },
    { 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f,
      1.0f },
    { -0.22032052f, -0.29133537f, -0.028306277f, -0.87365735f, 0.5800794f, 0.19370863f, -0.33973762f,
      0.110347144f, 0.43519658f, -0.46322876f, -0.61761755f, -0.024356855f, 0.7013404f,
      0.028169231f, 0.046134748f, -0.5363492f, -0.29083705f, 0.6244325f, 0.13922653f,
      -0.11602833f, -0.15219608f, 0.09915918f, 0.071463384f, 0.606903f, -0.09626875f,
      0.10824161f, -0.57302773f, 0.341893f, 0.8095571f, 0.8465097f, -0.08813319f, -0.060325265f,
      -0.38419044f, -0.39659935f, 0.0033887797f, -0.34955513f, 0.23403761f, -1.0528889f,
      0.25655055f, 0.254607f, -0.25075725f, -0.037612963f, -0.62336105f, -0.8070653f,
      -0.65707445f, 0.5177233f, 0.03477237f, 1.0445166f, -0.029876081f, 0.08007238f, -0.5305434f,
      -0.22115526f, 0.48317522f, 0.09043806f, 0.48898098f, 0.20260417f, -0.26827425f,
      -0.31339982f, -0.29134786f, 0.43119732f, -1.4733094f, 0.15836316f, 0.24010502f,
      -0.9146217f, -0.1532177f, 0.37632897f, -0.7365986f, 0.75766635f, 0.34442213f, -0.6297275f,
      -0.00049834995f, 0.13330862f, 0.19053166f, -0.6774569f, 0.34214216f, -0.59532887f,
      -0.7416569f, -0.06291668f, -0.18764122f, 0.11652668f, -1.0939156f, 0.5656646f, -0.22336045f,
      -0.6999948f, -0.03595595f, 0.42540398f, 0.12839986f, -0.20108421f, -0.20900798f,
      0.41230986f, 0.116015874f, -0.66111106f, -0.52881163f, 0.3542147f, 0.17467166f,
      -1.2880478f, -1.0163723f, 0.6767468f, -0.27644718f, 0.06339011f, 0.30173844f, 0.44434127f,
      0.06275472f, -0.0919954f, 0.7204147f, -0.039568987f, -0.20323958f, -0.25088182f,
      0.7455814f, -0.50010663f, -0.28818333f, -0.5612044f, -0.5639702f, 0.5149824f, 0.5936843f,
      -0.051217917f, -0.18482554f, -0.19820625f, 0.18969691f, -0.1853239f, 0.81375563f,
      -0.44991034f, -0.1450323f, 0.03407468f, 0.7819983f, -0.49521035f, 0.93456817f, -0.5112323f,
      -0.83636826f, -0.13487841f, 0.46400118f, 0.15673107f, 0.34961742f, -0.112564795f,
      -0.59418267f, 0.532624f, 0.11013534f, -0.23737654f, 0.3480227f, -0.0021429048f,
      0.0024543735f, -0.01134992f, -0.20921977f, -0.08417131f },
    { 0.8815842f, 0.7683996f, -0.49432892f, -0.5169883f, -0.27495837f, -0.024266528f, 0.2817141f,
      -0.5730339f, -0.22986393f, -0.5830508f, 0.28490046f, 0.115595385f, 0.5439739f, -0.057428602f,
      -0.23836702f, -0.14644013f, 0.67423946f, -0.70838267f, -0.31852973f, 0.76141024f,
      0.38818038f, -0.3465806f, -0.1596246f, 0.5804157f, -0.18020958f, 0.5576069f, 0.5056726f,
      0.6008979f, -0.2551583f, 0.09069347f, -0.11642701f, 0.26384827f, -0.38888118f, 0.6548599f,
      0.33310646f, 0.11275479f, -0.0623903f, 0.07691097f, 0.08798368f, -0.4534673f, 0.14605702f,
      -0.09929f, 0.14594491f, 0.01752946f, -0.22969572f, 0.17217368f, -0.33734867f, -0.020846602f,
      -0.32553777f, 0.44236657f, 0.15189707f, 0.4981226f, 0.12662138f, 0.18799318f, -0.07308925f,
      0.04320694f, 0.21793155f, -0.43565753f, 0.02166888f, 0.056148466f, -0.19642152f,
      0.09451518f, 0.7813598f, -0.26331565f, 0.084601134f, 0.117978126f, 0.53092957f,
      0.6001878f, 0.23977797f, 0.24880433f, 0.22257555f, -0.44911298f, -0.6823127f, 0.15948445f,
      0.5857138f, -0.4232393f, -0.064305834f, 0.30005652f, 0.011530573f, -0.596011f, 0.538816f,
      -0.18218118f, 0.43841404f, -0.030900812f, -0.10673722f, 0.54531944f, 0.13088228f,
      -0.64445996f, -0.29692626f, -0.27050126f, 0.52464104f, 0.13553561f, 0.3351715f,
      0.3410676f, 0.5985619f, -0.16666068f, 0.18443309f, 0.36684787f, -0.5543458f, -0.1988136f,
      -0.28731123f, -0.55594367f, 0.3203051f, 0.19568335f, -0.45139295f, -0.4100735f,
      -0.32067886f, -0.26452103f, -0.4465714f, 0.14253432f, -0.24190842f, -0.41265246f,
      -0.4247063f, -0.7389471f, -0.072407134f, -0.28135905f, -0.5615314f, -0.4500474f,
      0.0070267343f, -0.5212772f, -0.0989069f, -0.17154764f, 0.24110483f, -0.2563637f,
      0.122481965f, -0.02972346f, -0.27039847f, 0.43353644f },
    { 0.4576049f, 0.32259235f, 0.16399193f, 0.029296543f, 0.042418543f, -1.0654982f, -0.8739541f,
      -0.81847966f, -0.3516246f, -0.052302986f, 0.8530752f, 0.5987093f, 0.21540955f, -0.5670341f,
      -0.32532775f, -0.27878627f, -0.5600172f, 0.68381065f, 0.015619538f, 0.5086657f,
      0.6056337f, -0.2708708f, 0.64066535f, 0.08210168f },
    { 0.0f, 0.0f, 0.0f },
};
#define tiny_train_weights ((const unsigned char *)(const void *)&tiny_train_weights_data)

/* ---- x86-64-v3 ---- */

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
/* AVX2 and FMA: 8 floats in a register. */
#define NET_FN NET_UNUSED static __attribute__((target("avx2,fma")))
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
#define V 8
#define v_f32 __m256
#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, x) _mm256_storeu_ps(p, x)
#define v_stream(p, x) _mm256_stream_ps(p, x)
#define v_fence() _mm_sfence()
/* a is wanted in a register here: keeps gcc from holding constants for later in its place */
#define v_hold(a) __asm__("" : "+x"(a))
#define v_prefetch(p) _mm_prefetch((const char *)(p), _MM_HINT_T0)
#define v_set1(x) _mm256_set1_ps(x)
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_div(a, b) _mm256_div_ps(a, b)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
/* The same for one number. */
#define s_fma(a, b, c) __builtin_fmaf(a, b, c)
#define d_fma(a, b, c) __builtin_fma(a, b, c)
/* a > b ? a : b, and so b when one of them is NaN */
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_sqrt(a) _mm256_sqrt_ps(a)
#define v_abs(a) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)
#define v_neg(a) _mm256_xor_ps(_mm256_set1_ps(-0.0f), a)
#define v_round(a) _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define v_floor(a) _mm256_floor_ps(a)
#define v_ceil(a) _mm256_ceil_ps(a)
/* a < b ? x : y; a is a number ? x : y */
#define v_if_less(a, b, x, y) _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ))
#define v_if_number(a, x, y) _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, a, _CMP_ORD_Q))
/* 2 to the power of a whole number in [-126, 127] */
#define v_pow2(n) _mm256_castsi256_ps(_mm256_slli_epi32( \
    _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23))

/* The first n lanes. */
NET_FN __m256i v_mask_v3(int n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#define v_load_n(p, n) _mm256_maskload_ps(p, v_mask_v3(n))
#define v_store_n(p, x, n) _mm256_maskstore_ps(p, v_mask_v3(n), x)
#define v_same(x) (x)
#define v_each v_each_v3
#define v_most v_most_v3
#define v_least v_least_v3
#define v_exp_parts v_exp_parts_v3
#define v_exp v_exp_v3
#define v_sigmoid v_sigmoid_v3
#define v_silu v_silu_v3
#define v_tanh v_tanh_v3
#define v_erf v_erf_v3

/* A function of libm, lane by lane. */
NET_FN v_f32 v_each(float (*f)(float), v_f32 x)
{
    float lane[V];

    v_store(lane, x);
    for (int i = 0; i < V; i++)
        lane[i] = f(lane[i]);
    return v_load(lane);
}

/* The larger and the smaller one; NaN where either is. */
NET_FN v_f32 v_most(v_f32 a, v_f32 b)
{
    return v_if_number(a, v_max(a, b), a);
}

NET_FN v_f32 v_least(v_f32 a, v_f32 b)
{
    return v_if_number(a, v_min(a, b), a);
}

/* e to the x as the product of what it returns and scale, a power of 2: where that product has no
 * normal number, its parts have.  x = n ln 2 + r, |r| <= ln 2 / 2; e^r by its Taylor polynomial of
 * degree 7; 2^n in two factors.  Below -110 the scale is 0. */
NET_FN v_f32 v_exp_parts(v_f32 x, v_f32 *scale)
{
    const v_f32 tiny = v_set1(-110.0f);
    v_f32 top, n, half, r, y;

    top = v_min(v_set1(89.0f), v_max(tiny, x));
    n = v_round(v_mul(top, v_set1(1.44269504f)));
    r = v_fma(n, v_set1(-0.693359375f), top);
    r = v_fma(n, v_set1(2.12194440e-4f), r);
    y = v_set1(1.98412698e-4f);
    y = v_fma(y, r, v_set1(1.38888889e-3f));
    y = v_fma(y, r, v_set1(8.33333333e-3f));
    y = v_fma(y, r, v_set1(4.16666667e-2f));
    y = v_fma(y, r, v_set1(1.66666667e-1f));
    y = v_fma(y, r, v_set1(0.5f));
    y = v_fma(y, r, v_set1(1.0f));
    y = v_fma(y, r, v_set1(1.0f));
    half = v_floor(v_mul(n, v_set1(0.5f)));
    *scale = v_if_less(x, tiny, v_set1(0.0f), v_pow2(v_sub(n, half)));
    return v_mul(y, v_pow2(half));
}

/* e to the x, below 1.25 ulp, denormals included. */
NET_FN v_f32 v_exp(v_f32 x)
{
    v_f32 scale, y = v_exp_parts(x, &scale);

    return v_mul(y, scale);
}

/* 1 / (1 + z) or, where x < 0, z / (1 + z), z = e^-|x|: below 2.5 ulp, and nothing overflows. */
NET_FN v_f32 v_sigmoid(v_f32 x)
{
    v_f32 one = v_set1(1.0f), z = v_exp(v_neg(v_abs(x)));

    return v_div(v_if_less(x, v_set1(0.0f), z, one), v_add(one, z));
}

/* x sigmoid(x), below 3 ulp: z's small factor comes in last, so that it loses no digits. */
NET_FN v_f32 v_silu(v_f32 x)
{
    v_f32 one = v_set1(1.0f), zero = v_set1(0.0f), scale, z = v_exp_parts(v_neg(v_abs(x)), &scale);
    v_f32 below = v_add(one, v_mul(z, scale));

    x = v_div(v_mul(x, v_if_less(x, zero, z, one)), below);
    return v_mul(x, v_if_less(x, zero, scale, one));
}

/* For small |x| a polynomial in x^2 (Cephes, tanhf), else 1 - 2 / (e^2|x| + 1) with x's sign: below
 * 1.7 ulp. */
NET_FN v_f32 v_tanh(v_f32 x)
{
    v_f32 a = v_abs(x), s = v_mul(x, x), small, large;

    small = v_set1(-5.70498872745e-3f);
    small = v_fma(small, s, v_set1(2.06390887954e-2f));
    small = v_fma(small, s, v_set1(-5.37397155531e-2f));
    small = v_fma(small, s, v_set1(1.33314422036e-1f));
    small = v_fma(small, s, v_set1(-3.33332819422e-1f));
    small = v_fma(v_mul(small, s), x, x);
    large = v_add(v_exp(v_add(a, a)), v_set1(1.0f));
    large = v_sub(v_set1(1.0f), v_div(v_set1(2.0f), large));
    large = v_if_less(x, v_set1(0.0f), v_neg(large), large);
    return v_if_less(a, v_set1(0.625f), small, large);
}

/* For small |x| x + x p(x^2), else 1 - e^-q(|x|) with x's sign; p and q are minimax polynomials for
 * the relative error of the result.  Below 1.5 ulp; from 4 on it is 1. */
NET_FN v_f32 v_erf(v_f32 x)
{
    v_f32 a = v_abs(x), s = v_mul(x, x), top = v_min(v_set1(4.0f), a), small, large;

    small = v_set1(-5.9994226e-4f);
    small = v_fma(small, s, v_set1(4.99483436e-3f));
    small = v_fma(small, s, v_set1(-2.67677235e-2f));
    small = v_fma(small, s, v_set1(1.12818461e-1f));
    small = v_fma(small, s, v_set1(-3.76124965e-1f));
    small = v_fma(small, s, v_set1(1.2837915e-1f));
    small = v_fma(small, x, x);
    large = v_set1(-1.98039144e-4f);
    large = v_fma(large, top, v_set1(3.06373664e-3f));
    large = v_fma(large, top, v_set1(-2.23082948e-2f));
    large = v_fma(large, top, v_set1(1.04099485e-1f));
    large = v_fma(large, top, v_set1(6.36992064e-1f));
    large = v_fma(large, top, v_set1(1.12778787f));
    large = v_fma(large, top, v_set1(1.68685681e-4f));
    large = v_sub(v_set1(1.0f), v_exp(v_neg(large)));
    large = v_if_less(x, v_set1(0.0f), v_neg(large), large);
    return v_if_less(a, v_set1(0.92f), small, large);
}

#define v_prelu v_prelu_v3
NET_FN v_f32 v_prelu(v_f32 x, v_f32 slope)
{
    return v_if_less(x, v_set1(0.0f), v_mul(x, slope), x);
}

/* The kernels: each once, called by the layers further down. */

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_1(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)27;

        for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)27 + c * (ptrdiff_t)(9)
                + r * (ptrdiff_t)(3) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)27];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 4 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_2(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    int r0, int r1, int top,
    int left, int right,
    const net_tile t)
{
    v_f32 a[4][1];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    for (int r = r0; r < r1; r++)
    NET_UNROLL
    for (int q = 0; q < t.s; q++) {
        const ptrdiff_t row = t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r;
        const float *xq = x + at + row * t.xr + q * t.xq, *wq = w + (r * t.s + q) * t.c * 8;
        NET_ROLLED
        for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 4; i++) {
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
        }
    }

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 4 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_v3_3(const float *xs, const float *ws, const float *bs,
    float *ys, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 2, t.xc = 64, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 8, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 2, t.dil = 1;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int n = 0; n < 2; n++)
    for (int g = 0; g < 1; g++) {
    const float *x = xs + n * (ptrdiff_t)192 + g * 192, *w = ws + g * 216;
    const float *b = bs + g * 16;
    float *y = ys + n * (ptrdiff_t)128 + g * 8;
    for (int row = (int)NET_ROW_FROM(2, 4);
         row < (int)NET_ROW_TO(2, 4); row++) {
    for (int c = 0; c < 8; c += 8) {
        const int top = row * 2 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 8 ? 3 : (8 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)16 - 9;
        const float *wc = w + (ptrdiff_t)c * 27;
        float *yr = y + row * (ptrdiff_t)32 + c;
        for (int i = 0; i < 4; i += 4)
            tile_v3_2(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, r0, r1, top, 1, 9, t);
    }
    }
    }
}

/* bn_stats of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_v3_4(const float *x,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    v_f32 mean[1], left[1];
    v_f32 squares[1], old, d;
    const float all = (float)(before + n);

    for (int k = 0; k < 1; k++)
        mean[k] = left[k] = squares[k] = v_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++)
            mean[k] = v_add(mean[k], v_load(x + i * 8 + c * 1));
    for (int k = 0; k < 1; k++)
        mean[k] = v_mul(mean[k], v_set1(1 / (float)n));
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            (void)k;
            d = v_sub(v, mean[k]);
            left[k] = v_add(left[k], d);
            squares[k] = v_fma(d, d, squares[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
        mean[k] = v_fma(left[k], v_set1(1 / (float)n), mean[k]);
        old = v_load(y + c);
        d = v_sub(mean[k], old);
        squares[k] = v_add(squares[k], v_load(y + 8 + c));
        squares[k] = v_fma(v_mul(d, d),
            v_set1((float)before * ((float)n / all)), squares[k]);
        v_store(y + c, v_fma(d, v_set1((float)n / all), old));
        v_store(y + 8 + c, squares[k]);
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_stats_v3_5(const float *x0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)32 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)32 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            float *y = y0 + k * 16;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 32;
            rest /= 32;
            x += i * 8;
            bn_stats_v3_4(x,
                y, n, p - from);
        }
    }
}

/* Mean and variance from those of 16 parts (Chan, Golub, LeVeque 1979). */
NET_FN void bn_merge_v3_6(const float *x, float *mean, float *variance)
{
    for (int c = 0; c < 8; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 16; k++) {
            const double more = (double)((ptrdiff_t)32 * (k + 1) / 16
                                         - (ptrdiff_t)32 * k / 16);
            const double d = (double)x[k * 16 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 16 + 8 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        mean[c] = (float)m;
        variance[c] = (float)(squares / 32);
    }
}

/* s = scale / sqrt(variance + eps) */
NET_FN void bn_factor_v3_7(const float *scale, const float *variance, float *s)
{
    for (int c = 0; c < 8; c++)
        s[c] = (float)((double)scale[c] / sqrt((double)variance[c] + 1e-05));
}

NET_FN v_f32 clip_v3_8(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* bn_apply of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_v3_9(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 8 + c * 1, clip_v3_8(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_v3_10(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            float *y = y0;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 32;
            rest /= 32;
            x += i * 8;
            y += i * 8;
            bn_apply_v3_9(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_11(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 16; first += 16) {
        const int left = 16 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)8 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)8];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 6 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_12(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[6][2];

    NET_UNROLL
    for (int i = 0; i < 6; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[2];
            NET_UNROLL
            for (int j = 0; j < 2; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 16);
            NET_UNROLL
            for (int i = 0; i < 6; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
    }

    NET_UNROLL
    for (int i = 0; i < 6; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* 5 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_13(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[5][2];

    NET_UNROLL
    for (int i = 0; i < 5; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[2];
            NET_UNROLL
            for (int j = 0; j < 2; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 16);
            NET_UNROLL
            for (int i = 0; i < 5; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 2; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 16;
    }

    NET_UNROLL
    for (int i = 0; i < 5; i++)
        NET_UNROLL
        for (int j = 0; j < 2; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_v3_14(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.yw = 16, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)256 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)512 + c;
        for (int i = 0; i < 12; i += 6)
            tile_v3_12(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        for (int i = 12; i < 32; i += 5)
            tile_v3_13(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* bn_stats of n pixels, channels 0 to 16, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_stats_v3_15(const float *x,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    /* the block's own mean first: squares of what is far from 0 would lose their digits; what is
     * left of it is the rounding of the mean */
    v_f32 mean[2], left[2];
    v_f32 squares[2], old, d;
    const float all = (float)(before + n);

    for (int k = 0; k < 2; k++)
        mean[k] = left[k] = squares[k] = v_set1(0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++)
            mean[k] = v_add(mean[k], v_load(x + i * 16 + c * 1));
    for (int k = 0; k < 2; k++)
        mean[k] = v_mul(mean[k], v_set1(1 / (float)n));
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
            const v_f32 v = v_load(x + i * 16 + c * 1);
            (void)k;
            d = v_sub(v, mean[k]);
            left[k] = v_add(left[k], d);
            squares[k] = v_fma(d, d, squares[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
        mean[k] = v_fma(left[k], v_set1(1 / (float)n), mean[k]);
        old = v_load(y + c);
        d = v_sub(mean[k], old);
        squares[k] = v_add(squares[k], v_load(y + 16 + c));
        squares[k] = v_fma(v_mul(d, d),
            v_set1((float)before * ((float)n / all)), squares[k]);
        v_store(y + c, v_fma(d, v_set1((float)n / all), old));
        v_store(y + 16 + c, squares[k]);
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_stats_v3_16(const float *x0,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)32 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)32 * (k + 1) / 16;

        for (int c = 0; c < 32; c++)
            y0[k * 32 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            float *y = y0 + k * 32;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 32;
            rest /= 32;
            x += i * 16;
            bn_stats_v3_15(x,
                y, n, p - from);
        }
    }
}

/* Mean and variance from those of 16 parts (Chan, Golub, LeVeque 1979). */
NET_FN void bn_merge_v3_17(const float *x, float *mean, float *variance)
{
    for (int c = 0; c < 16; c++) {
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < 16; k++) {
            const double more = (double)((ptrdiff_t)32 * (k + 1) / 16
                                         - (ptrdiff_t)32 * k / 16);
            const double d = (double)x[k * 32 + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * 32 + 16 + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
        mean[c] = (float)m;
        variance[c] = (float)(squares / 32);
    }
}

/* s = scale / sqrt(variance + eps) */
NET_FN void bn_factor_v3_18(const float *scale, const float *variance, float *s)
{
    for (int c = 0; c < 16; c++)
        s[c] = (float)((double)scale[c] / sqrt((double)variance[c] + 1e-05));
}

/* bn_apply of n pixels, channels 0 to 16, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_v3_19(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
            const v_f32 v = v_load(x + i * 16 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 16 + c * 1, clip_v3_8(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_v3_20(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            float *y = y0;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 32;
            rest /= 32;
            x += i * 16;
            y += i * 16;
            bn_apply_v3_19(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_v3_21(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 9; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 16 ? end : 16;
            const ptrdiff_t last = c + 16 < 9 ? c + 16 : 9;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 16 + i] = x0[i * 9 + j];
        }
}

/* Depthwise: 4 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_v3_22(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
    int r0, int r1, int top, int left, int right, const net_tile t)
{
    v_f32 a[4], wq[3];

    NET_UNROLL
    for (int i = 0; i < 4; i++)
        a[i] = v_load(b);
    for (int r = r0; r < r1; r++) {
        const float *xj = x + at + (t.ring ? NET_RING(top + r * t.dil_h, t.ring) : r) * t.xr;

        NET_UNROLL
        for (int q = 0; q < 3; q++)
            wq[q] = v_load(w + (r * 3 + q) * t.panel);
        NET_UNROLL
        for (int j = left; j < right; j++) {
            v_f32 p = v_load(xj + j * t.xw);
            v_hold(p);      /* or it is loaded again for each product */
            NET_UNROLL
            for (int q = 0; q < 3; q++)
                if (j >= q * t.dil && (j - q * t.dil) % t.step == 0
                    && (j - q * t.dil) / t.step < 4)
                    a[(j - q * t.dil) / t.step] = v_fma(p, wq[q], a[(j - q * t.dil) / t.step]);
        }
    }
    NET_UNROLL
    for (int i = 0; i < 4; i++)
        v_store(y + i * t.yw, v_same(a[i]));
}

/* Depthwise, 4 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_v3_23(const float *xs, const float *w, const float *b, float *ys,
    int part, int parts)
{
    net_tile t;

    t.xr = 64, t.xw = 16, t.panel = 16, t.yw = 16;
    t.step = 1, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int n = 0; n < 2; n++) {
    const float *x = xs + n * (ptrdiff_t)256;
    float *y = ys + n * (ptrdiff_t)256;
    for (int row = (int)NET_ROW_FROM(2, 4);
         row < (int)NET_ROW_TO(2, 4); row++) {
        const int top = row * 1 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 4 ? 3 : (4 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)64 - 80;
        float *yr = y + row * (ptrdiff_t)64;

        for (int k = 0; k < 16; k += 8) {
            const int c = k;
            for (int i = 0; i < 4; i += 4)
                depthwise_tile_v3_22(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 5, t);
        }
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_24(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)16;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 16; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)16 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)16];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 11 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_25(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[11][1];

    NET_UNROLL
    for (int i = 0; i < 11; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 11; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 11; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* 10 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_26(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[10][1];

    NET_UNROLL
    for (int i = 0; i < 10; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 10; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 10; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_v3_27(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 16, t.xw = 16, t.xc = 1, t.panel = 256, t.ahead = 8;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)512 - 0;
        const float *wc = w + (ptrdiff_t)c * 16;
        float *yr = y + row * (ptrdiff_t)256 + c;
        for (int i = 0; i < 22; i += 11)
            tile_v3_25(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        for (int i = 22; i < 32; i += 10)
            tile_v3_26(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* bn_apply of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_apply_v3_28(const float *x,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            v_store(y + i * 8 + c * 1, v_same(v_fma(v_sub(v, k0), k1, k2)));
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_apply_v3_29(const float *x0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            float *y = y0;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 32;
            rest /= 32;
            x += i * 8;
            y += i * 8;
            bn_apply_v3_28(x,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_v3_30(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(256);
        ptrdiff_t i = NET_FROM16(256);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            const v_f32 b = v_load(b0 + i);
            v_store(y0 + i, v_same(v_add(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            const v_f32 b = v_load_n(b0 + i, left);
            v_store_n(y0 + i, v_same(v_add(a, b)), left);
        }
}

/* y = mean of x over 16 elements each. */
NET_FN void reduce_v3_31(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *x1 = x0 + i0 * 128;
        float *y1 = y0 + i0 * 8;
    const ptrdiff_t end = 8;
    for (ptrdiff_t i = 0; i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x1 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 16; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        a = v_div(a, v_set1(16.0f));
        if (n == V)
            v_store(y1 + i, a);
        else
            v_store_n(y1 + i, a, n);
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_32(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 3; first += 16) {
        const int left = 3 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)8 + c * (ptrdiff_t)(1)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)8];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 2 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_33(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[2][1];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 2; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (j == 0) {
                if (t.add)
                    a[i][j] = v_add(a[i][j], v_load_n(s + i * t.sw + j * V, 3));
                v_store_n(y + i * t.yw + j * V, v_same(a[i][j]), 3);
                continue;
            }
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void dense_v3_34(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 0;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)16 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)6 + c;
        for (int i = 0; i < 2; i += 2)
            tile_v3_33(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Running statistics, the variance that of a sample. */
NET_FN void bn_track_v3_35(float *running_mean, float *running_variance, const float *mean,
    const float *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? 0.1 : h->statistics;

    for (int c = 0; c < 8; c++) {
        const double v = (double)variance[c] * (32 / (double)31);

        running_mean[c] = (float)((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (float)((1 - m) * (double)running_variance[c] + m * v);
    }
}

/* Running statistics, the variance that of a sample. */
NET_FN void bn_track_v3_36(float *running_mean, float *running_variance, const float *mean,
    const float *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? 0.1 : h->statistics;

    for (int c = 0; c < 16; c++) {
        const double v = (double)variance[c] * (32 / (double)31);

        running_mean[c] = (float)((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (float)((1 - m) * (double)running_variance[c] + m * v);
    }
}

/* Mean over 2 rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
NET_FN void cross_entropy_v3_37(const float *x, const int32_t *labels,
    const mnc_head *h,
    float *loss, float *dx)
{
    const double smooth = h->smoothing;
    double total = 0;

    for (int n = 0; n < 2; n++) {
        const float *xn = x + n * (ptrdiff_t)3;
        float *dn = dx + n * (ptrdiff_t)3;
        const int32_t label = labels[n * 1];
        double most = (double)xn[0], sum = 0, mean = 0;

        for (int k = 1; k < 3; k++) {
            const double v = (double)xn[k * (ptrdiff_t)1];
            most = v > most ? v : most;
        }
        for (int k = 0; k < 3; k++) {
            const double d = (double)xn[k * (ptrdiff_t)1] - most;
            const double e = exp(d);
            dn[k * (ptrdiff_t)1] = (float)e;
            sum += e;
            mean += d;
        }
        if (label >= 0 && label < 3)
            total += log(sum) - (1 - smooth) * ((double)xn[label * (ptrdiff_t)1] - most)
                - smooth * (mean / 3);
        for (int k = 0; k < 3; k++) {
            const double target = (k == label ? 1 - smooth : 0) + smooth / 3;
            dn[k * (ptrdiff_t)1] = (float)(((double)dn[k * (ptrdiff_t)1] / sum - target)
                / 2);
        }
    }
    *loss = (float)(total / 2);
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_38(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)3;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 3; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(8)
                + r * (ptrdiff_t)(0) + s * (ptrdiff_t)(0);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* 2 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_39(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[2][1];

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++)
            a[i][j] = v_load(b + j * V);

    const float *xq = x + at, *wq = w;
    for (int k = 0; k < t.c; k++) {
            v_f32 wj[1];
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * 8);
            NET_UNROLL
            for (int i = 0; i < 2; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 2; i++)
        NET_UNROLL
        for (int j = 0; j < 1; j++) {
            v_hold(a[i][j]);
            if (t.add)
                a[i][j] = v_add(a[i][j], v_load(s + i * t.sw + j * V));
            v_store(y + i * t.yw + j * V, v_same(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void dense_v3_40(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 3, t.xc = 1, t.panel = 48, t.ahead = 0;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)6 - 0;
        const float *wc = w + (ptrdiff_t)c * 3;
        float *yr = y + row * (ptrdiff_t)16 + c;
        for (int i = 0; i < 2; i += 2)
            tile_v3_39(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

/* Adds the products of 3 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_v3_41(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s2_0 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        p = v_set1(a[2]);
        s2_0 = v_fma(p, b0, s2_0);
        a += 3;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 16, v_add(v_load(y + 16), s2_0));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_v3_42(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        2,
    };
    const int from = (int)NET_FROM(1);
    const int to = (int)NET_TO(1);

    for (int k = from; k < to; k++) {
        const int tap = k / 1, t = k % 1;
        const int row = t * 3 + (t < 0 ? t : 0);
        memset(dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 0 ? 4 : 3) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 1, t = k % 1;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 3 + (t < 0 ? t : 0), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 2 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)8 + h * (ptrdiff_t)16 - 0
            + first * (ptrdiff_t)8 + s * (ptrdiff_t)8;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)3 + o * (ptrdiff_t)6
            + first * (ptrdiff_t)3;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 8; c += 8)
                grad_tile_v3_41(gr, xr + c, y + c, count);
    }
    }
}

/* y = sum of x over 2 elements each. */
NET_FN void reduce_v3_43(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(3);
    for (ptrdiff_t i = NET_FROM16(3); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 2; k0++) {
            const float *r1 = r0 + k0 * 3;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_v3_44(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const v_f32 step = v_set1((float)-h->rate), decay = v_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 8) {
        v_f32 x = v_load(w + i), d = v_load(g + i * 1);

        d = v_fma(x, decay, d);
        x = v_fma(d, step, x);
        v_store(w + i, x);
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_v3_45(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 1);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_46(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(24), to = NET_TO16(24);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_v3_44(w + wi,
            g + gi,
            h, from, whole);
        sgd_v3_45(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_47(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(3), to = NET_TO16(3);
        const ptrdiff_t whole = from;
        sgd_v3_45(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_v3_48(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(16);
        ptrdiff_t i = NET_FROM16(16);
        const v_f32 b = v_set1(*b0);
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a0 + i);
            v_store(y0 + i, v_same(v_mul(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a0 + i, left);
            v_store_n(y0 + i, v_same(v_mul(a, b)), left);
        }
}

/* bn_grad_sums of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_v3_49(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[1], moment[1];

    for (int k = 0; k < 1; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 0 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 8 + c, v_add(v_load(y + 8 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_v3_50(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)32 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)32 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 16;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 16;

            n = 16 - i < to - p ? 16 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 16;
            rest /= 16;
            x += i * 8;
            g += i * 0;
            i = rest % 2;
            rest /= 2;
            x += i * 128;
            g += i * 8;
            bn_grad_sums_v3_49(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void bn_grad_fold_v3_51(const float *x, const float *s, const float *variance, float *dscale, float *dbias,
    float *p, float *q)
{
    for (int c = 0; c < 8; c++) {
        const double k = 1 / sqrt((double)variance[c] + 1e-05);
        double g = 0, moment = 0;

        for (int i = 0; i < 16; i++) {
            g += (double)x[i * 16 + c];
            moment += (double)x[i * 16 + 8 + c];
        }
        dscale[c] = (float)(moment * k);
        dbias[c] = (float)g;
        p[c] = (float)(-(double)s[c] * k * k * moment / 32);
        q[c] = (float)(-(double)s[c] * g / 32);
    }
}

/* bn_grad of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_v3_52(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 0 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 8 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_v3_53(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 16;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 16 - i < to - p ? 16 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 16;
            rest /= 16;
            x += i * 8;
            g += i * 0;
            y += i * 8;
            i = rest % 2;
            rest /= 2;
            x += i * 128;
            g += i * 8;
            y += i * 128;
            bn_grad_v3_52(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_54(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(8), to = NET_TO16(8);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_v3_44(w + wi,
            g + gi,
            h, from, whole);
        sgd_v3_45(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* Adds the products of 4 x 16 channels, summed over n pixels. */
NET_FN void grad_tile_v3_55(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s0_1 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s1_1 = v_set1(0.0f);
    v_f32 s2_0 = v_set1(0.0f);
    v_f32 s2_1 = v_set1(0.0f);
    v_f32 s3_0 = v_set1(0.0f);
    v_f32 s3_1 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        const v_f32 b1 = v_load(b + 8);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        s0_1 = v_fma(p, b1, s0_1);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        s1_1 = v_fma(p, b1, s1_1);
        p = v_set1(a[2]);
        s2_0 = v_fma(p, b0, s2_0);
        s2_1 = v_fma(p, b1, s2_1);
        p = v_set1(a[3]);
        s3_0 = v_fma(p, b0, s3_0);
        s3_1 = v_fma(p, b1, s3_1);
        a += 8;
        b += 16;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 8, v_add(v_load(y + 8), s0_1));
    v_store(y + 16, v_add(v_load(y + 16), s1_0));
    v_store(y + 24, v_add(v_load(y + 24), s1_1));
    v_store(y + 32, v_add(v_load(y + 32), s2_0));
    v_store(y + 40, v_add(v_load(y + 40), s2_1));
    v_store(y + 48, v_add(v_load(y + 48), s3_0));
    v_store(y + 56, v_add(v_load(y + 56), s3_1));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_v3_56(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        32,
    };
    const int from = (int)NET_FROM(2);
    const int to = (int)NET_TO(2);

    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int row = t * 4 + (t < 0 ? t : 0);
        memset(dw + tap * (ptrdiff_t)128 + row * (ptrdiff_t)16, 0,
            (size_t)(t < 0 ? 5 : 4) * 16 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 2, t = k % 2;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 4 + (t < 0 ? t : 0), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 32 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)256 + h * (ptrdiff_t)512 - 0
            + first * (ptrdiff_t)16 + s * (ptrdiff_t)16;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)128 + o * (ptrdiff_t)256
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)128 + row * (ptrdiff_t)16;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 16; c += 16)
                grad_tile_v3_55(gr, xr + c, y + c, count);
    }
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_57(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 16; first += 16) {
        const int left = 16 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)8;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 8; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(16)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_58(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(128), to = NET_TO16(128);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_v3_44(w + wi,
            g + gi,
            h, from, whole);
        sgd_v3_45(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* The gradient at the operand z, or where that tells as much the result,
 * of clip. */
NET_FN v_f32 d_clip_v3_59(v_f32 z, v_f32 dy)
{
    NET_UNUSED const v_f32 zero = v_set1(0);

    return v_if_less(z, v_set1(6.0f), v_if_less(v_set1(0.0f), z, dy, zero), zero);
}

/* bn_grad_sums of n pixels, channels 0 to 16, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_v3_60(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[2], moment[2];

    for (int k = 0; k < 2; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
            const v_f32 v = v_load(x + i * 16 + c * 1);
            v_f32 z = v_load(g + i * 16 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_clip_v3_59(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 16 + c, v_add(v_load(y + 16 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_v3_61(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)32 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)32 * (k + 1) / 16;

        for (int c = 0; c < 32; c++)
            y0[k * 32 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 32;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 32;
            rest /= 32;
            x += i * 16;
            g += i * 16;
            bn_grad_sums_v3_60(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void bn_grad_fold_v3_62(const float *x, const float *s, const float *variance, float *dscale, float *dbias,
    float *p, float *q)
{
    for (int c = 0; c < 16; c++) {
        const double k = 1 / sqrt((double)variance[c] + 1e-05);
        double g = 0, moment = 0;

        for (int i = 0; i < 16; i++) {
            g += (double)x[i * 32 + c];
            moment += (double)x[i * 32 + 16 + c];
        }
        dscale[c] = (float)(moment * k);
        dbias[c] = (float)g;
        p[c] = (float)(-(double)s[c] * k * k * moment / 32);
        q[c] = (float)(-(double)s[c] * g / 32);
    }
}

/* bn_grad of n pixels, channels 0 to 16, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_v3_63(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 16; c += 8, k++) {
            const v_f32 v = v_load(x + i * 16 + c * 1);
            v_f32 z = v_load(g + i * 16 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_clip_v3_59(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 16 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_v3_64(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 32;
            rest /= 32;
            x += i * 16;
            g += i * 16;
            y += i * 16;
            bn_grad_v3_63(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_65(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    {
        const ptrdiff_t wi = 0
            , gi = 0
            ;
        const ptrdiff_t from = NET_FROM16(16), to = NET_TO16(16);
        const ptrdiff_t whole = from + (to - from) / V * V;

        sgd_v3_44(w + wi,
            g + gi,
            h, from, whole);
        sgd_v3_45(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* Row o of dy, all taps of one block of channels. */
NET_FN void depthwise_grad_v3_66_0(const float *x, const float *g, float *dw, int o)
{
    for (int r = 0; r < 3; r++) {
        const int h = o * 1 - 1 + r * 1;
        const float *xr = x + h * (ptrdiff_t)64;

        if (h < 0 || h >= 4)
            continue;
        if (1 < 4) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)16;
            const float *gq = g + 1 * (ptrdiff_t)16;
            float *p = dw + (r * 3 + 0) * (ptrdiff_t)16;
            int i = 1;

            for (; i + 4 <= 4; i += 4, xq += 64, gq += 64) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 16), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 32), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 48), d);
            }
            for (; i < 4; i++, xq += 16, gq += 16)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 4) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (0) * (ptrdiff_t)16;
            const float *gq = g + 0 * (ptrdiff_t)16;
            float *p = dw + (r * 3 + 1) * (ptrdiff_t)16;
            int i = 0;

            for (; i + 4 <= 4; i += 4, xq += 64, gq += 64) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 16), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 32), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 48), d);
            }
            for (; i < 4; i++, xq += 16, gq += 16)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
        if (0 < 3) {
            v_f32 a = v_set1(0.0f), b = a, c = a, d = a;
            const float *xq = xr + (1) * (ptrdiff_t)16;
            const float *gq = g + 0 * (ptrdiff_t)16;
            float *p = dw + (r * 3 + 2) * (ptrdiff_t)16;
            int i = 0;

            for (; i + 4 <= 3; i += 4, xq += 64, gq += 64) {
                a = v_fma(v_load(xq), v_load(gq), a);
                b = v_fma(v_load(xq + 16), v_load(gq + 16), b);
                c = v_fma(v_load(xq + 32), v_load(gq + 32), c);
                d = v_fma(v_load(xq + 48), v_load(gq + 48), d);
            }
            for (; i < 3; i++, xq += 16, gq += 16)
                a = v_fma(v_load(xq), v_load(gq), a);
            a = v_add(v_add(a, b), v_add(c, d));
            v_store(p, v_add(v_load(p), a));
        }
    }
}

/* Gradient of depthwise weights: threads share channels, each of which is one sum per tap. */
NET_FN void depthwise_grad_v3_66(const float *x, const float *g, float *dw, int part, int parts)
{
    const int from = (int)NET_FROM(2), to = (int)NET_TO(2);

    for (int k = from; k < to; k++)
        for (int t = 0; t < 9; t++)
            for (int c = k * 8; c < (k + 1) * 8 && c < 16; c++)
                dw[t * 16 + c] = 0.0f;
    for (int n = 0; n < 2; n++)
    for (int o = 0; o < 4; o++) {
        const float *xn = x + n * (ptrdiff_t)256;
        const float *gn = g + n * (ptrdiff_t)256 + o * (ptrdiff_t)64;

        for (int k = from; k < to; k++)
            depthwise_grad_v3_66_0(xn + k * 8, gn + k * 8, dw + k * 8, o);
    }
}

/* y = f(x), element by element. */
NET_FN void map_v3_67(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(9); i0 < NET_TO(9); i0++) {
        const float *x1 = x0 + i0 * -1;
        float *y1 = y0 + i0 * 16;
    for (ptrdiff_t i1 = 0; i1 < 16; i1++) {
        const float *x2 = x1 + i1 * 9;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(x);
    }
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_v3_68(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 16);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_69(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(16); i0 < NET_TO(16); i0++)
    {
        const ptrdiff_t wi = 0
            + i0 * 9
            , gi = 0
            + i0 * 1
            ;
        const ptrdiff_t from = 0, to = 9;
        const ptrdiff_t whole = from;
        sgd_v3_68(w + wi,
            g + gi,
            h, whole, to);
    }
}

/* Weights into panels of 16 output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void pack_v3_70(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(1) * 16;
    const int to = (int)NET_TO(1) * 16;

    for (int first = from; first < to && first < 8; first += 16) {
        const int left = 8 - first, n = left < 16 ? left : 16;
        const int width = (n + 7) / 8 * 8;
        float *p = y + first * (ptrdiff_t)16;

        for (int r = 0; r < 1; r++)
        for (int s = 0; s < 1; s++)
        for (int c = 0; c < 16; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)1 + c * (ptrdiff_t)(8)
                + r * (ptrdiff_t)(1) + s * (ptrdiff_t)(1);
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)1];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_v3_71(const float *a0, const float *b0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const float *a1 = a0 + i0 * 8;
        const float *b1 = b0 + i0 * 128;
        float *y1 = y0 + i0 * 128;
    for (ptrdiff_t i1 = 0; i1 < 16; i1++) {
        const float *a2 = a1 + i1 * 0;
        const float *b2 = b1 + i1 * 8;
        float *y2 = y1 + i1 * 8;
        const ptrdiff_t n = 8;
        ptrdiff_t i = 0;
        for (; i + V <= n; i += V) {
            const v_f32 a = v_load(a2 + i);
            const v_f32 b = v_load(b2 + i);
            v_store(y2 + i, v_same(v_add(a, b)));
        }
        if (i < n) {
            const int left = (int)(n - i);
            const v_f32 a = v_load_n(a2 + i, left);
            const v_f32 b = v_load_n(b2 + i, left);
            v_store_n(y2 + i, v_same(v_add(a, b)), left);
        }
    }
    }
}

/* Adds the products of 6 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_v3_72(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s2_0 = v_set1(0.0f);
    v_f32 s3_0 = v_set1(0.0f);
    v_f32 s4_0 = v_set1(0.0f);
    v_f32 s5_0 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        p = v_set1(a[2]);
        s2_0 = v_fma(p, b0, s2_0);
        p = v_set1(a[3]);
        s3_0 = v_fma(p, b0, s3_0);
        p = v_set1(a[4]);
        s4_0 = v_fma(p, b0, s4_0);
        p = v_set1(a[5]);
        s5_0 = v_fma(p, b0, s5_0);
        a += 16;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 16, v_add(v_load(y + 16), s2_0));
    v_store(y + 24, v_add(v_load(y + 24), s3_0));
    v_store(y + 32, v_add(v_load(y + 32), s4_0));
    v_store(y + 40, v_add(v_load(y + 40), s5_0));
}

/* Adds the products of 5 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_v3_73(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s2_0 = v_set1(0.0f);
    v_f32 s3_0 = v_set1(0.0f);
    v_f32 s4_0 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[1]);
        s1_0 = v_fma(p, b0, s1_0);
        p = v_set1(a[2]);
        s2_0 = v_fma(p, b0, s2_0);
        p = v_set1(a[3]);
        s3_0 = v_fma(p, b0, s3_0);
        p = v_set1(a[4]);
        s4_0 = v_fma(p, b0, s4_0);
        a += 16;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 16, v_add(v_load(y + 16), s2_0));
    v_store(y + 24, v_add(v_load(y + 24), s3_0));
    v_store(y + 32, v_add(v_load(y + 32), s4_0));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_v3_74(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        0,
    }, hi[] = {
        32,
    };
    const int from = (int)NET_FROM(3);
    const int to = (int)NET_TO(3);

    for (int k = from; k < to; k++) {
        const int tap = k / 3, t = k % 3;
        const int row = t * 5 + (t < 1 ? t : 1);
        memset(dw + tap * (ptrdiff_t)128 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 1 ? 6 : 5) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 1; n++)
    for (int o = 0; o < 1; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 3, t = k % 3;
        const int r = tap / 1, s = tap % 1, h = o * 1 - 0 + r * 1;
        const int row = t * 5 + (t < 1 ? t : 1), first = lo[s];
        const ptrdiff_t count = (o == 0 ? 32 : hi[s]) - first;
        const ptrdiff_t at = n * (ptrdiff_t)128 + h * (ptrdiff_t)256 - 0
            + first * (ptrdiff_t)8 + s * (ptrdiff_t)8;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)256 + o * (ptrdiff_t)512
            + first * (ptrdiff_t)16;
        float *y = dw + tap * (ptrdiff_t)128 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 1 || count <= 0)
            continue;
        gr += row * (ptrdiff_t)1;
        for (int c = 0; c < 8; c += 8)
            if (t < 1)
                grad_tile_v3_72(gr, xr + c, y + c, count);
            else
                grad_tile_v3_73(gr, xr + c, y + c, count);
    }
    }
}

/* bn_grad_sums of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_sums_v3_75(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    v_f32 sum[1], moment[1];

    for (int k = 0; k < 1; k++)
        sum[k] = moment[k] = v_set1(0);
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            z = d_clip_v3_59(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            sum[k] = v_add(sum[k], z);
            moment[k] = v_fma(z, v_sub(v, k0), moment[k]);
        }
    for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
        v_store(y + c, v_add(v_load(y + c), sum[k]));
        v_store(y + 8 + c, v_add(v_load(y + 8 + c), moment[k]));
    }
}

/* Pixels by channels, in runs of at most 64 pixels. */
NET_FN void bn_grad_sums_v3_76(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    float *y0, int part, int parts)
{
    for (ptrdiff_t k = NET_FROM(16); k < NET_TO(16); k++) {
        const ptrdiff_t from = (ptrdiff_t)32 * k / 16;
        const ptrdiff_t to = (ptrdiff_t)32 * (k + 1) / 16;

        for (int c = 0; c < 16; c++)
            y0[k * 16 + c] = 0;
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            const float *g = g0;
            float *y = y0 + k * 16;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 64 ? n : 64;
            i = rest % 32;
            rest /= 32;
            x += i * 8;
            g += i * 8;
            bn_grad_sums_v3_75(x,
                g,
                c0,
                c1,
                c2,
                y, n, p - from);
        }
    }
}

/* bn_grad of n pixels, channels 0 to 8, in the order in which they lie in memory: a strided
 * walk would leave the fetching ahead to too few buffers. */
NET_FN void bn_grad_v3_77(const float *x,
    const float *g,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y, ptrdiff_t n, ptrdiff_t before)
{
    (void)before;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t c = 0, k = 0; c < 8; c += 8, k++) {
            const v_f32 v = v_load(x + i * 8 + c * 1);
            v_f32 z = v_load(g + i * 8 + c * 1);
            NET_UNUSED const v_f32 k0 = v_load(c0 + c);
            NET_UNUSED const v_f32 k1 = v_load(c1 + c);
            NET_UNUSED const v_f32 k2 = v_load(c2 + c);
            NET_UNUSED const v_f32 k3 = v_load(c3 + c);
            NET_UNUSED const v_f32 k4 = v_load(c4 + c);
            z = d_clip_v3_59(v_fma(v_sub(v, k0), k1, k2), z);
            (void)k;
            z = v_fma(z, k1, v_fma(v_sub(v, k0), k3, k4));
            v_store(y + i * 8 + c * 1, z);
        }
}

/* Pixels by channels, in runs of at most 256 pixels. */
NET_FN void bn_grad_v3_78(const float *x0,
    const float *g0,
    const float *c0,
    const float *c1,
    const float *c2,
    const float *c3,
    const float *c4,
    float *y0, int part, int parts)
{
    {
        const ptrdiff_t from = NET_FROM(32), to = NET_TO(32);

        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % 32;
            const float *x = x0;
            const float *g = g0;
            float *y = y0;

            n = 32 - i < to - p ? 32 - i : to - p;
            n = n < 256 ? n : 256;
            i = rest % 32;
            rest /= 32;
            x += i * 8;
            g += i * 8;
            y += i * 8;
            bn_grad_v3_77(x,
                g,
                c0,
                c1,
                c2,
                c3,
                c4,
                y, n, p - from);
        }
    }
}

/* Adds the products of 3 x 8 channels, summed over n pixels. */
NET_FN void grad_tile_v3_79(const float *a, const float *b, float *y, ptrdiff_t n)
{
    v_f32 s0_0 = v_set1(0.0f);
    v_f32 s1_0 = v_set1(0.0f);
    v_f32 s2_0 = v_set1(0.0f);

    for (; n > 0; n--) {
        v_f32 p;
        const v_f32 b0 = v_load(b + 0);
        p = v_set1(a[0]);
        s0_0 = v_fma(p, b0, s0_0);
        p = v_set1(a[64]);
        s1_0 = v_fma(p, b0, s1_0);
        p = v_set1(a[128]);
        s2_0 = v_fma(p, b0, s2_0);
        a += 2;
        b += 8;
    }
    v_store(y + 0, v_add(v_load(y + 0), s0_0));
    v_store(y + 8, v_add(v_load(y + 8), s1_0));
    v_store(y + 16, v_add(v_load(y + 16), s2_0));
}

/* Gradient of weights: for each tap a product of matrices, summed over the pixels of all images,
 * a row of pixels at a time.  Threads share taps and tiles, never a sum. */
NET_FN void conv_grad_v3_80(const float *x, const float *g, float *dw, int part, int parts)
{
    static const int lo[] = {
        1,
        0,
        0,
    }, hi[] = {
        4,
        4,
        4,
    };
    const int from = (int)NET_FROM(9);
    const int to = (int)NET_TO(9);

    for (int k = from; k < to; k++) {
        const int tap = k / 1, t = k % 1;
        const int row = t * 3 + (t < 0 ? t : 0);
        memset(dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8, 0,
            (size_t)(t < 0 ? 4 : 3) * 8 * sizeof *dw);
    }
    for (int n = 0; n < 2; n++)
    for (int o = 0; o < 4; o++) {
    for (int k = from; k < to; k++) {
        const int tap = k / 1, t = k % 1;
        const int r = tap / 3, s = tap % 3, h = o * 2 - 1 + r * 1;
        const int row = t * 3 + (t < 0 ? t : 0), first = lo[s];
        const ptrdiff_t count = hi[s] - first;
        const ptrdiff_t at = n * (ptrdiff_t)192 + h * (ptrdiff_t)8 - 1
            + first * (ptrdiff_t)2 + s * (ptrdiff_t)1;
        const float *xr = x + at;
        const float *gr = g + n * (ptrdiff_t)128 + o * (ptrdiff_t)32
            + first * (ptrdiff_t)8;
        float *y = dw + tap * (ptrdiff_t)24 + row * (ptrdiff_t)8;

        if (h < 0 || h >= 8 || count <= 0)
            continue;
        xr += row * (ptrdiff_t)64;
        for (int c = 0; c < 8; c += 8)
                grad_tile_v3_79(xr, gr + c, y + c, count);
    }
    }
}

/* sgd of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void sgd_v3_81(float *w,
    const float *g,
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
    const float step = s_set1((float)-h->rate), decay = s_set1((float)h->decay);

    for (ptrdiff_t i = from; i < to; i += 1) {
        float x = s_load(w + i), d = s_load(g + i * 24);

        d = s_fma(x, decay, d);
        x = s_fma(d, step, x);
        s_store(w + i, x);
    }
}

/* A parameter and its moments, by its gradient. */
NET_FN void update_v3_82(float *w,
    const float *g,
    const mnc_head *h, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(8); i0 < NET_TO(8); i0++)
    for (ptrdiff_t i1 = 0; i1 < 3; i1++)
    {
        const ptrdiff_t wi = 0
            + i0 * 27
            + i1 * 9
            , gi = 0
            + i0 * 1
            + i1 * 8
            ;
        const ptrdiff_t from = 0, to = 9;
        const ptrdiff_t whole = from;
        sgd_v3_81(w + wi,
            g + gi,
            h, whole, to);
    }
}

static void step_v3(const tiny_train_inputs *in, const tiny_train_outputs *out,
    const unsigned char *w, unsigned char *s, unsigned char *a)
{
    enum { part = 0, parts = 1 };

    (void)in, (void)out, (void)w, (void)s, (void)a;
    /* copy: identity, (8,3,3,3) -> (8,3,3,3) */
    pack_v3_1(AT(const float, s, 128), AT(float, a, 0), part, parts);
    NET_LAYER(1, "copy");
    /* stem.conv: conv, (2,3,8,8) -> (2,8,4,4) */
    conv_v3_3(in->x + 0, AT(const float, a, 0), AT(const float, w, 0), AT(float, a, 10240),
        part, parts);
    NET_LAYER(2, "stem.conv");
    /* stem.bn.parts: bn_stats, (2,8,4,4) -> (16,2,8) */
    bn_stats_v3_5(AT(const float, a, 10240), AT(float, a, 0), part, parts);
    NET_LAYER(3, "stem.bn.parts");
    /* stem.bn.mean_2: bn_merge, (16,2,8) -> (8) */
    bn_merge_v3_6(AT(const float, a, 0), AT(float, a, 12352), AT(float, a, 12416));
    NET_LAYER(4, "stem.bn.mean_2");
    /* stem.bn.factor: bn_factor, (8) -> (8) */
    bn_factor_v3_7(AT(const float, s, 1024), AT(const float, a, 12416), AT(float, a, 12480));
    NET_LAYER(5, "stem.bn.factor");
    /* stem: bn_apply + clip, (2,8,4,4) -> (2,8,4,4) */
    bn_apply_v3_10(AT(const float, a, 10240), AT(const float, a, 12352),
        AT(const float, a, 12480), AT(const float, s, 1088), AT(float, a, 11264),
        part, parts);
    NET_LAYER(6, "stem");
    /* copy_2: identity, (16,8,1,1) -> (16,8,1,1) */
    pack_v3_11(AT(const float, s, 1280), AT(float, a, 2048), part, parts);
    NET_LAYER(7, "copy_2");
    /* inverted.expand.conv: conv, (2,8,4,4) -> (2,16,4,4) */
    conv_v3_14(AT(const float, a, 11264), AT(const float, a, 2048), AT(const float, w, 0),
        AT(float, a, 0), part, parts);
    NET_LAYER(8, "inverted.expand.conv");
    /* inverted.expand.bn.parts: bn_stats, (2,16,4,4) -> (16,2,16) */
    bn_stats_v3_16(AT(const float, a, 0), AT(float, a, 2048), part, parts);
    NET_LAYER(9, "inverted.expand.bn.parts");
    /* inverted.expand.bn.mean_2: bn_merge, (16,2,16) -> (16) */
    bn_merge_v3_17(AT(const float, a, 2048), AT(float, a, 12544), AT(float, a, 12608));
    NET_LAYER(10, "inverted.expand.bn.mean_2");
    /* inverted.expand.bn.factor: bn_factor, (16) -> (16) */
    bn_factor_v3_18(AT(const float, s, 1792), AT(const float, a, 12608), AT(float, a, 12672));
    NET_LAYER(11, "inverted.expand.bn.factor");
    /* inverted.expand: bn_apply + clip, (2,16,4,4) -> (2,16,4,4) */
    bn_apply_v3_20(AT(const float, a, 0), AT(const float, a, 12544),
        AT(const float, a, 12672), AT(const float, s, 1856), AT(float, a, 2048),
        part, parts);
    NET_LAYER(12, "inverted.expand");
    /* copy_3: identity, (16,1,3,3) -> (16,1,3,3) */
    transpose_v3_21(AT(const float, s, 2048), AT(float, a, 6144), part, parts);
    NET_LAYER(13, "copy_3");
    /* inverted.depth.conv: conv, (2,16,4,4) -> (2,16,4,4) */
    depthwise_v3_23(AT(const float, a, 2048), AT(const float, a, 6144), AT(const float, w, 0),
        AT(float, a, 4096), part, parts);
    NET_LAYER(14, "inverted.depth.conv");
    /* inverted.depth.bn.parts: bn_stats, (2,16,4,4) -> (16,2,16) */
    bn_stats_v3_16(AT(const float, a, 4096), AT(float, a, 6144), part, parts);
    NET_LAYER(15, "inverted.depth.bn.parts");
    /* inverted.depth.bn.mean_2: bn_merge, (16,2,16) -> (16) */
    bn_merge_v3_17(AT(const float, a, 6144), AT(float, a, 12736), AT(float, a, 12800));
    NET_LAYER(16, "inverted.depth.bn.mean_2");
    /* inverted.depth.bn.factor: bn_factor, (16) -> (16) */
    bn_factor_v3_18(AT(const float, s, 2624), AT(const float, a, 12800), AT(float, a, 12864));
    NET_LAYER(17, "inverted.depth.bn.factor");
    /* inverted.depth: bn_apply + clip, (2,16,4,4) -> (2,16,4,4) */
    bn_apply_v3_20(AT(const float, a, 4096), AT(const float, a, 12736),
        AT(const float, a, 12864), AT(const float, s, 2688), AT(float, a, 6144),
        part, parts);
    NET_LAYER(18, "inverted.depth");
    /* copy_4: identity, (8,16,1,1) -> (8,16,1,1) */
    pack_v3_24(AT(const float, s, 2880), AT(float, a, 9216), part, parts);
    NET_LAYER(19, "copy_4");
    /* inverted.project.conv: conv, (2,16,4,4) -> (2,8,4,4) */
    conv_v3_27(AT(const float, a, 6144), AT(const float, a, 9216), AT(const float, w, 0),
        AT(float, a, 8192), part, parts);
    NET_LAYER(20, "inverted.project.conv");
    /* inverted.project.parts: bn_stats, (2,8,4,4) -> (16,2,8) */
    bn_stats_v3_5(AT(const float, a, 8192), AT(float, a, 9216), part, parts);
    NET_LAYER(21, "inverted.project.parts");
    /* inverted.project.mean: bn_merge, (16,2,8) -> (8) */
    bn_merge_v3_6(AT(const float, a, 9216), AT(float, a, 12928), AT(float, a, 12992));
    NET_LAYER(22, "inverted.project.mean");
    /* inverted.project.factor: bn_factor, (8) -> (8) */
    bn_factor_v3_7(AT(const float, s, 3392), AT(const float, a, 12992), AT(float, a, 13056));
    NET_LAYER(23, "inverted.project.factor");
    /* inverted.project: bn_apply, (2,8,4,4) -> (2,8,4,4) */
    bn_apply_v3_29(AT(const float, a, 8192), AT(const float, a, 12928),
        AT(const float, a, 13056), AT(const float, s, 3456), AT(float, a, 9216),
        part, parts);
    NET_LAYER(24, "inverted.project");
    /* inverted.add: add, (2,8,4,4) -> (2,8,4,4) */
    zip_v3_30(AT(const float, a, 9216), AT(const float, a, 11264), AT(float, a, 9216),
        part, parts);
    NET_LAYER(25, "inverted.add");
    /* global_avg_pool: reduce_mean, (2,8,4,4) -> (2,8) */
    reduce_v3_31(AT(const float, a, 9216), AT(float, a, 12288), part, parts);
    NET_LAYER(26, "global_avg_pool");
    /* copy_5: identity, (3,8) -> (3,8) */
    pack_v3_32(AT(const float, s, 3648), AT(float, a, 9216), part, parts);
    NET_LAYER(27, "copy_5");
    /* dense: dense, (2,8) -> (2,3) */
    dense_v3_34(AT(const float, a, 12288), AT(const float, a, 9216), AT(const float, s, 3776),
        out->scores + 0, part, parts);
    NET_LAYER(28, "dense");
    /* stem.bn.new_mean: bn_track, (8) -> (8) */
    bn_track_v3_35(AT(float, s, 1152), AT(float, s, 1216), AT(const float, a, 12352),
        AT(const float, a, 12416), AT(const mnc_head, s, 0));
    NET_LAYER(29, "stem.bn.new_mean");
    /* inverted.expand.bn.new_mean: bn_track, (16) -> (16) */
    bn_track_v3_36(AT(float, s, 1920), AT(float, s, 1984), AT(const float, a, 12544),
        AT(const float, a, 12608), AT(const mnc_head, s, 0));
    NET_LAYER(30, "inverted.expand.bn.new_mean");
    /* inverted.depth.bn.new_mean: bn_track, (16) -> (16) */
    bn_track_v3_36(AT(float, s, 2752), AT(float, s, 2816), AT(const float, a, 12736),
        AT(const float, a, 12800), AT(const mnc_head, s, 0));
    NET_LAYER(31, "inverted.depth.bn.new_mean");
    /* inverted.project.new_mean: bn_track, (8) -> (8) */
    bn_track_v3_35(AT(float, s, 3520), AT(float, s, 3584), AT(const float, a, 12928),
        AT(const float, a, 12992), AT(const mnc_head, s, 0));
    NET_LAYER(32, "inverted.project.new_mean");
    /* loss: cross_entropy, (2,3) -> () */
    cross_entropy_v3_37(out->scores + 0, in->labels + 0, AT(const mnc_head, s, 0),
        out->loss + 0, AT(float, a, 9344));
    NET_LAYER(33, "loss");
    /* copy_6: identity, (8,3) -> (8,3) */
    pack_v3_38(AT(const float, s, 3648), AT(float, a, 9216), part, parts);
    NET_LAYER(35, "copy_6");
    /* global_avg_pool.delta: dense, (2,3) -> (2,8) */
    dense_v3_40(AT(const float, a, 9344), AT(const float, a, 9216), AT(const float, w, 0),
        AT(float, a, 13120), part, parts);
    NET_LAYER(36, "global_avg_pool.delta");
    /* dense.weight.delta_2: conv_grad, (2,8) -> (3,8) */
    conv_grad_v3_42(AT(const float, a, 12288), AT(const float, a, 9344), AT(float, a, 9216),
        part, parts);
    NET_LAYER(37, "dense.weight.delta_2");
    /* dense.bias.delta: reduce_sum, (2,3) -> (3) */
    reduce_v3_43(AT(const float, a, 9344), AT(float, a, 12288), part, parts);
    NET_LAYER(38, "dense.bias.delta");
    /* dense.weight.new0: sgd, (3,8) -> (3,8) */
    update_v3_46(AT(float, s, 3648), AT(const float, a, 9216), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(39, "dense.weight.new0");
    /* dense.bias.new0: sgd, (3) -> (3) */
    update_v3_47(AT(float, s, 3776), AT(const float, a, 12288), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(40, "dense.bias.new0");
    /* inverted.add.delta: mul, (2,8) -> (2,8) */
    zip_v3_48(AT(const float, a, 13120), AT(const float, w, 64), AT(float, a, 13120),
        part, parts);
    NET_LAYER(41, "inverted.add.delta");
    /* inverted.project.delta: bn_grad_sums, (2,8,4,4) -> (16,2,8) */
    bn_grad_sums_v3_50(AT(const float, a, 8192), AT(const float, a, 13120),
        AT(const float, a, 12928), AT(const float, a, 13056), AT(const float, s, 3456),
        AT(float, a, 9216), part, parts);
    NET_LAYER(44, "inverted.project.delta");
    /* inverted.project.dscale: bn_grad_fold, (16,2,8) -> (8) */
    bn_grad_fold_v3_51(AT(const float, a, 9216), AT(const float, a, 13056),
        AT(const float, a, 12992), AT(float, a, 12288), AT(float, a, 13184),
        AT(float, a, 13248), AT(float, a, 13312));
    NET_LAYER(45, "inverted.project.dscale");
    /* inverted.project.conv.delta: bn_grad, (2,8,4,4) -> (2,8,4,4) */
    bn_grad_v3_53(AT(const float, a, 8192), AT(const float, a, 13120),
        AT(const float, a, 12928), AT(const float, a, 13056), AT(const float, s, 3456),
        AT(const float, a, 13248), AT(const float, a, 13312), AT(float, a, 8192),
        part, parts);
    NET_LAYER(46, "inverted.project.conv.delta");
    /* inverted.project.bn.beta.new0: sgd, (8) -> (8) */
    update_v3_54(AT(float, s, 3456), AT(const float, a, 13184), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(47, "inverted.project.bn.beta.new0");
    /* inverted.project.bn.gamma.new0: sgd, (8) -> (8) */
    update_v3_54(AT(float, s, 3392), AT(const float, a, 12288), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(48, "inverted.project.bn.gamma.new0");
    /* inverted.project.weight.delta: conv_grad, (2,16,4,4) -> (8,16,1,1) */
    conv_grad_v3_56(AT(const float, a, 6144), AT(const float, a, 8192), AT(float, a, 9216),
        part, parts);
    NET_LAYER(49, "inverted.project.weight.delta");
    /* copy_7: identity, (16,8,1,1) -> (16,8,1,1) */
    pack_v3_57(AT(const float, s, 2880), AT(float, a, 9728), part, parts);
    NET_LAYER(51, "copy_7");
    /* inverted.depth.delta: conv, (2,8,4,4) -> (2,16,4,4) */
    conv_v3_14(AT(const float, a, 8192), AT(const float, a, 9728), AT(const float, w, 0),
        AT(float, a, 6144), part, parts);
    NET_LAYER(52, "inverted.depth.delta");
    /* inverted.project.weight.new0: sgd, (8,16,1,1) -> (8,16,1,1) */
    update_v3_58(AT(float, s, 2880), AT(const float, a, 9216), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(53, "inverted.project.weight.new0");
    /* inverted.depth.bn.delta_2: bn_grad_sums, (2,16,4,4) -> (16,2,16) */
    bn_grad_sums_v3_61(AT(const float, a, 4096), AT(const float, a, 6144),
        AT(const float, a, 12736), AT(const float, a, 12864), AT(const float, s, 2688),
        AT(float, a, 8192), part, parts);
    NET_LAYER(54, "inverted.depth.bn.delta_2");
    /* inverted.depth.bn.dscale: bn_grad_fold, (16,2,16) -> (16) */
    bn_grad_fold_v3_62(AT(const float, a, 8192), AT(const float, a, 12864),
        AT(const float, a, 12800), AT(float, a, 12288), AT(float, a, 12928),
        AT(float, a, 12992), AT(float, a, 13056));
    NET_LAYER(55, "inverted.depth.bn.dscale");
    /* inverted.depth.conv.delta: bn_grad, (2,16,4,4) -> (2,16,4,4) */
    bn_grad_v3_64(AT(const float, a, 4096), AT(const float, a, 6144),
        AT(const float, a, 12736), AT(const float, a, 12864), AT(const float, s, 2688),
        AT(const float, a, 12992), AT(const float, a, 13056), AT(float, a, 4096),
        part, parts);
    NET_LAYER(56, "inverted.depth.conv.delta");
    /* inverted.depth.bn.beta.new0: sgd, (16) -> (16) */
    update_v3_65(AT(float, s, 2688), AT(const float, a, 12928), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(57, "inverted.depth.bn.beta.new0");
    /* inverted.depth.bn.gamma.new0: sgd, (16) -> (16) */
    update_v3_65(AT(float, s, 2624), AT(const float, a, 12288), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(58, "inverted.depth.bn.gamma.new0");
    /* inverted.depth.weight.delta: conv_grad, (2,16,4,4) -> (16,1,3,3) */
    depthwise_grad_v3_66(AT(const float, a, 2048), AT(const float, a, 4096),
        AT(float, a, 6144), part, parts);
    NET_LAYER(59, "inverted.depth.weight.delta");
    /* copy_8: identity, (16,1,3,3) -> (16,1,3,3) */
    map_v3_67(AT(const float, s, 2080), AT(float, a, 6720), part, parts);
    NET_LAYER(61, "copy_8");
    /* inverted.expand.delta: conv, (2,16,4,4) -> (2,16,4,4) */
    depthwise_v3_23(AT(const float, a, 4096), AT(const float, a, 6720), AT(const float, w, 0),
        AT(float, a, 2048), part, parts);
    NET_LAYER(62, "inverted.expand.delta");
    /* inverted.depth.weight.new0: sgd, (16,1,3,3) -> (16,1,3,3) */
    update_v3_69(AT(float, s, 2048), AT(const float, a, 6144), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(63, "inverted.depth.weight.new0");
    /* inverted.expand.bn.delta_2: bn_grad_sums, (2,16,4,4) -> (16,2,16) */
    bn_grad_sums_v3_61(AT(const float, a, 0), AT(const float, a, 2048),
        AT(const float, a, 12544), AT(const float, a, 12672), AT(const float, s, 1856),
        AT(float, a, 4096), part, parts);
    NET_LAYER(64, "inverted.expand.bn.delta_2");
    /* inverted.expand.bn.dscale: bn_grad_fold, (16,2,16) -> (16) */
    bn_grad_fold_v3_62(AT(const float, a, 4096), AT(const float, a, 12672),
        AT(const float, a, 12608), AT(float, a, 12288), AT(float, a, 12736),
        AT(float, a, 12800), AT(float, a, 12864));
    NET_LAYER(65, "inverted.expand.bn.dscale");
    /* inverted.expand.conv.delta: bn_grad, (2,16,4,4) -> (2,16,4,4) */
    bn_grad_v3_64(AT(const float, a, 0), AT(const float, a, 2048), AT(const float, a, 12544),
        AT(const float, a, 12672), AT(const float, s, 1856), AT(const float, a, 12800),
        AT(const float, a, 12864), AT(float, a, 0), part, parts);
    NET_LAYER(66, "inverted.expand.conv.delta");
    /* inverted.expand.bn.beta.new0: sgd, (16) -> (16) */
    update_v3_65(AT(float, s, 1856), AT(const float, a, 12736), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(67, "inverted.expand.bn.beta.new0");
    /* inverted.expand.bn.gamma.new0: sgd, (16) -> (16) */
    update_v3_65(AT(float, s, 1792), AT(const float, a, 12288), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(68, "inverted.expand.bn.gamma.new0");
    /* copy_9: identity, (8,16,1,1) -> (8,16,1,1) */
    pack_v3_70(AT(const float, s, 1280), AT(float, a, 3072), part, parts);
    NET_LAYER(70, "copy_9");
    /* stem.delta: conv, (2,16,4,4) -> (2,8,4,4) */
    conv_v3_27(AT(const float, a, 0), AT(const float, a, 3072), AT(const float, w, 0),
        AT(float, a, 2048), part, parts);
    NET_LAYER(71, "stem.delta");
    /* stem.delta_2: add, (2,8,1,1) -> (2,8,4,4) */
    zip_v3_71(AT(const float, a, 13120), AT(const float, a, 2048), AT(float, a, 2048),
        part, parts);
    NET_LAYER(72, "stem.delta_2");
    /* inverted.expand.weight.delta: conv_grad, (2,8,4,4) -> (16,8,1,1) */
    conv_grad_v3_74(AT(const float, a, 11264), AT(const float, a, 0), AT(float, a, 3072),
        part, parts);
    NET_LAYER(73, "inverted.expand.weight.delta");
    /* inverted.expand.weight.new0: sgd, (16,8,1,1) -> (16,8,1,1) */
    update_v3_58(AT(float, s, 1280), AT(const float, a, 3072), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(74, "inverted.expand.weight.new0");
    /* stem.bn.delta_2: bn_grad_sums, (2,8,4,4) -> (16,2,8) */
    bn_grad_sums_v3_76(AT(const float, a, 10240), AT(const float, a, 2048),
        AT(const float, a, 12352), AT(const float, a, 12480), AT(const float, s, 1088),
        AT(float, a, 0), part, parts);
    NET_LAYER(75, "stem.bn.delta_2");
    /* stem.bn.dscale: bn_grad_fold, (16,2,8) -> (8) */
    bn_grad_fold_v3_51(AT(const float, a, 0), AT(const float, a, 12480),
        AT(const float, a, 12416), AT(float, a, 1024), AT(float, a, 1088),
        AT(float, a, 1152), AT(float, a, 1216));
    NET_LAYER(76, "stem.bn.dscale");
    /* stem.conv.delta: bn_grad, (2,8,4,4) -> (2,8,4,4) */
    bn_grad_v3_78(AT(const float, a, 10240), AT(const float, a, 2048),
        AT(const float, a, 12352), AT(const float, a, 12480), AT(const float, s, 1088),
        AT(const float, a, 1152), AT(const float, a, 1216), AT(float, a, 10240),
        part, parts);
    NET_LAYER(77, "stem.conv.delta");
    /* stem.bn.beta.new0: sgd, (8) -> (8) */
    update_v3_54(AT(float, s, 1088), AT(const float, a, 1088), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(78, "stem.bn.beta.new0");
    /* stem.bn.gamma.new0: sgd, (8) -> (8) */
    update_v3_54(AT(float, s, 1024), AT(const float, a, 1024), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(79, "stem.bn.gamma.new0");
    /* stem.weight.delta: conv_grad, (2,3,8,8) -> (8,3,3,3) */
    conv_grad_v3_80(in->x + 0, AT(const float, a, 10240), AT(float, a, 0), part, parts);
    NET_LAYER(80, "stem.weight.delta");
    /* stem.weight.new0: sgd, (8,3,3,3) -> (8,3,3,3) */
    update_v3_82(AT(float, s, 128), AT(const float, a, 0), AT(const mnc_head, s, 0),
        part, parts);
    NET_LAYER(81, "stem.weight.new0");
}
static void eval_v3(const tiny_train_inputs *in, const tiny_train_outputs *out,
    const unsigned char *w, unsigned char *s, unsigned char *a)
{
    enum { part = 0, parts = 1 };

    (void)in, (void)out, (void)w, (void)s, (void)a;
    /* copy: identity, (8,3,3,3) -> (8,3,3,3) */
    pack_v3_1(AT(const float, s, 128), AT(float, a, 0), part, parts);
    NET_LAYER(1, "copy");
    /* stem.conv: conv, (2,3,8,8) -> (2,8,4,4) */
    conv_v3_3(in->x + 0, AT(const float, a, 0), AT(const float, w, 0), AT(float, a, 4096),
        part, parts);
    NET_LAYER(2, "stem.conv");
    /* stem.bn.factor: bn_factor, (8) -> (8) */
    bn_factor_v3_7(AT(const float, s, 1024), AT(const float, s, 1216), AT(float, a, 0));
    NET_LAYER(3, "stem.bn.factor");
    /* stem: bn_apply + clip, (2,8,4,4) -> (2,8,4,4) */
    bn_apply_v3_10(AT(const float, a, 4096), AT(const float, s, 1152), AT(const float, a, 0),
        AT(const float, s, 1088), AT(float, a, 4096), part, parts);
    NET_LAYER(4, "stem");
    /* copy_2: identity, (16,8,1,1) -> (16,8,1,1) */
    pack_v3_11(AT(const float, s, 1280), AT(float, a, 2048), part, parts);
    NET_LAYER(5, "copy_2");
    /* inverted.expand.conv: conv, (2,8,4,4) -> (2,16,4,4) */
    conv_v3_14(AT(const float, a, 4096), AT(const float, a, 2048), AT(const float, w, 0),
        AT(float, a, 0), part, parts);
    NET_LAYER(6, "inverted.expand.conv");
    /* inverted.expand.bn.factor: bn_factor, (16) -> (16) */
    bn_factor_v3_18(AT(const float, s, 1792), AT(const float, s, 1984), AT(float, a, 2048));
    NET_LAYER(7, "inverted.expand.bn.factor");
    /* inverted.expand: bn_apply + clip, (2,16,4,4) -> (2,16,4,4) */
    bn_apply_v3_20(AT(const float, a, 0), AT(const float, s, 1920), AT(const float, a, 2048),
        AT(const float, s, 1856), AT(float, a, 0), part, parts);
    NET_LAYER(8, "inverted.expand");
    /* copy_3: identity, (16,1,3,3) -> (16,1,3,3) */
    transpose_v3_21(AT(const float, s, 2048), AT(float, a, 5120), part, parts);
    NET_LAYER(9, "copy_3");
    /* inverted.depth.conv: conv, (2,16,4,4) -> (2,16,4,4) */
    depthwise_v3_23(AT(const float, a, 0), AT(const float, a, 5120), AT(const float, w, 0),
        AT(float, a, 2048), part, parts);
    NET_LAYER(10, "inverted.depth.conv");
    /* inverted.depth.bn.factor: bn_factor, (16) -> (16) */
    bn_factor_v3_18(AT(const float, s, 2624), AT(const float, s, 2816), AT(float, a, 0));
    NET_LAYER(11, "inverted.depth.bn.factor");
    /* inverted.depth: bn_apply + clip, (2,16,4,4) -> (2,16,4,4) */
    bn_apply_v3_20(AT(const float, a, 2048), AT(const float, s, 2752), AT(const float, a, 0),
        AT(const float, s, 2688), AT(float, a, 2048), part, parts);
    NET_LAYER(12, "inverted.depth");
    /* copy_4: identity, (8,16,1,1) -> (8,16,1,1) */
    pack_v3_24(AT(const float, s, 2880), AT(float, a, 1024), part, parts);
    NET_LAYER(13, "copy_4");
    /* inverted.project.conv: conv, (2,16,4,4) -> (2,8,4,4) */
    conv_v3_27(AT(const float, a, 2048), AT(const float, a, 1024), AT(const float, w, 0),
        AT(float, a, 0), part, parts);
    NET_LAYER(14, "inverted.project.conv");
    /* inverted.project.factor: bn_factor, (8) -> (8) */
    bn_factor_v3_7(AT(const float, s, 3392), AT(const float, s, 3584), AT(float, a, 1024));
    NET_LAYER(15, "inverted.project.factor");
    /* inverted.project: bn_apply, (2,8,4,4) -> (2,8,4,4) */
    bn_apply_v3_29(AT(const float, a, 0), AT(const float, s, 3520), AT(const float, a, 1024),
        AT(const float, s, 3456), AT(float, a, 0), part, parts);
    NET_LAYER(16, "inverted.project");
    /* inverted.add: add, (2,8,4,4) -> (2,8,4,4) */
    zip_v3_30(AT(const float, a, 0), AT(const float, a, 4096), AT(float, a, 0), part, parts);
    NET_LAYER(17, "inverted.add");
    /* global_avg_pool: reduce_mean, (2,8,4,4) -> (2,8) */
    reduce_v3_31(AT(const float, a, 0), AT(float, a, 1024), part, parts);
    NET_LAYER(18, "global_avg_pool");
    /* copy_5: identity, (3,8) -> (3,8) */
    pack_v3_32(AT(const float, s, 3648), AT(float, a, 0), part, parts);
    NET_LAYER(19, "copy_5");
    /* dense: dense, (2,8) -> (2,3) */
    dense_v3_34(AT(const float, a, 1024), AT(const float, a, 0), AT(const float, s, 3776),
        out->scores + 0, part, parts);
    NET_LAYER(20, "dense");
    /* loss: cross_entropy, (2,3) -> () */
    cross_entropy_v3_37(out->scores + 0, in->labels + 0, AT(const mnc_head, s, 0),
        out->loss + 0, AT(float, a, 0));
    NET_LAYER(21, "loss");
}
#undef NET_FN
#undef NET_INLINE
#undef V
#undef v_f32
#undef v_load
#undef v_store
#undef v_stream
#undef v_fence
#undef v_set1
#undef v_add
#undef v_sub
#undef v_mul
#undef v_div
#undef v_fma
#undef s_fma
#undef d_fma
#undef v_max
#undef v_min
#undef v_sqrt
#undef v_abs
#undef v_neg
#undef v_round
#undef v_floor
#undef v_ceil
#undef v_if_less
#undef v_if_number
#undef v_pow2
#undef v_load_n
#undef v_store_n
#undef v_same
#undef v_each
#undef v_most
#undef v_least
#undef v_exp_parts
#undef v_exp
#undef v_silu
#undef v_sigmoid
#undef v_tanh
#undef v_erf
#undef v_prelu
#undef v_pick
#undef v_lane
#undef v_prefetch
#undef v_hold
#endif

/* Which of the variants above this CPU runs; 0: none. */
static int variant(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return 1;
#endif
    return 0;
}

static const char *variant_name(void)
{
    if (variant() == 1)
        return "x86-64-v3";
    return "none";
}

static void net_dispatch(const tiny_train_inputs *in, const tiny_train_outputs *out,
    const unsigned char *w, unsigned char *s, unsigned char *a, int program)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (variant() == 1 && program == 0) {
        step_v3(in, out, w, s, a);
        return;
    }
#endif
#if defined(__x86_64__) && defined(__GNUC__)
    if (variant() == 1 && program == 1) {
        eval_v3(in, out, w, s, a);
        return;
    }
#endif
    (void)in, (void)out, (void)w, (void)s, (void)program, (void)a;
}
static const int64_t input_dim0[] = { 2, 3, 8, 8, 0 };
static const int64_t output_dim0[] = { 2, 3, 0 };
static const mnc_tensor input_table[] = { { "image", 1, 4, input_dim0, 1536 } };
static const mnc_tensor output_table[] = { { "dense", 1, 2, output_dim0, 24 } };
static const int64_t slot_dim0[] = { 8, 3, 3, 3, 0 };
static const int64_t slot_dim1[] = { 8, 0 };
static const int64_t slot_dim2[] = { 8, 0 };
static const int64_t slot_dim3[] = { 8, 0 };
static const int64_t slot_dim4[] = { 8, 0 };
static const int64_t slot_dim5[] = { 16, 8, 1, 1, 0 };
static const int64_t slot_dim6[] = { 16, 0 };
static const int64_t slot_dim7[] = { 16, 0 };
static const int64_t slot_dim8[] = { 16, 0 };
static const int64_t slot_dim9[] = { 16, 0 };
static const int64_t slot_dim10[] = { 16, 1, 3, 3, 0 };
static const int64_t slot_dim11[] = { 16, 0 };
static const int64_t slot_dim12[] = { 16, 0 };
static const int64_t slot_dim13[] = { 16, 0 };
static const int64_t slot_dim14[] = { 16, 0 };
static const int64_t slot_dim15[] = { 8, 16, 1, 1, 0 };
static const int64_t slot_dim16[] = { 8, 0 };
static const int64_t slot_dim17[] = { 8, 0 };
static const int64_t slot_dim18[] = { 8, 0 };
static const int64_t slot_dim19[] = { 8, 0 };
static const int64_t slot_dim20[] = { 3, 8, 0 };
static const int64_t slot_dim21[] = { 3, 0 };
static const int64_t slot_dim22[] = { 2, 3, 0 };
static const mnc_slot slot_table[] = {
    { { "stem.weight", 1, 4, slot_dim0, 864 }, 1, 128 },
    { { "stem.bn.gamma", 1, 1, slot_dim1, 32 }, 1, 1024 },
    { { "stem.bn.beta", 1, 1, slot_dim2, 32 }, 1, 1088 },
    { { "stem.bn.mean", 1, 1, slot_dim3, 32 }, 2, 1152 },
    { { "stem.bn.var", 1, 1, slot_dim4, 32 }, 2, 1216 },
    { { "inverted.expand.weight", 1, 4, slot_dim5, 512 }, 1, 1280 },
    { { "inverted.expand.bn.gamma", 1, 1, slot_dim6, 64 }, 1, 1792 },
    { { "inverted.expand.bn.beta", 1, 1, slot_dim7, 64 }, 1, 1856 },
    { { "inverted.expand.bn.mean", 1, 1, slot_dim8, 64 }, 2, 1920 },
    { { "inverted.expand.bn.var", 1, 1, slot_dim9, 64 }, 2, 1984 },
    { { "inverted.depth.weight", 1, 4, slot_dim10, 576 }, 1, 2048 },
    { { "inverted.depth.bn.gamma", 1, 1, slot_dim11, 64 }, 1, 2624 },
    { { "inverted.depth.bn.beta", 1, 1, slot_dim12, 64 }, 1, 2688 },
    { { "inverted.depth.bn.mean", 1, 1, slot_dim13, 64 }, 2, 2752 },
    { { "inverted.depth.bn.var", 1, 1, slot_dim14, 64 }, 2, 2816 },
    { { "inverted.project.weight", 1, 4, slot_dim15, 512 }, 1, 2880 },
    { { "inverted.project.bn.gamma", 1, 1, slot_dim16, 32 }, 1, 3392 },
    { { "inverted.project.bn.beta", 1, 1, slot_dim17, 32 }, 1, 3456 },
    { { "inverted.project.bn.mean", 1, 1, slot_dim18, 32 }, 2, 3520 },
    { { "inverted.project.bn.var", 1, 1, slot_dim19, 32 }, 2, 3584 },
    { { "dense.weight", 1, 2, slot_dim20, 96 }, 1, 3648 },
    { { "dense.bias", 1, 1, slot_dim21, 12 }, 1, 3776 },
    { { "dense", 1, 2, slot_dim22, 24 }, 6, 3840 },
};
static const struct { size_t to, from, bytes; } initial_table[] = {
    { 128, 128, 864 },
    { 1024, 1024, 32 },
    { 1088, 1088, 32 },
    { 1152, 1088, 32 },
    { 1216, 1024, 32 },
    { 1280, 1152, 512 },
    { 1792, 1664, 64 },
    { 1856, 0, 64 },
    { 1920, 0, 64 },
    { 1984, 1664, 64 },
    { 2048, 1728, 576 },
    { 2624, 1664, 64 },
    { 2688, 0, 64 },
    { 2752, 0, 64 },
    { 2816, 1664, 64 },
    { 2880, 2304, 512 },
    { 3392, 1024, 32 },
    { 3456, 1088, 32 },
    { 3520, 1088, 32 },
    { 3584, 1024, 32 },
    { 3648, 2816, 96 },
    { 3776, 2944, 12 },
};

static const uint64_t net_layout = (uint64_t)3604461377u << 32 | 4136541106u;

/* Runs one of the programs on the calling thread, or on those of a context. */
static void net_train(void *context, int program, unsigned char *s, const float *x,
    const int32_t *labels, float *loss)
{
    tiny_train_inputs in;
    tiny_train_outputs out;
    const unsigned char *w = (const unsigned char *)tiny_train_weights;

    in.x = x;
    in.labels = labels;
    out.loss = loss;
    out.scores = AT(float, s, 3840);
    (void)context;
    net_dispatch(&in, &out, w, s, s + 3904, program);
}

static int net_check(const void *state, int first)
{
    if (!state)
        return MNC_NET_NULL;
    if ((uintptr_t)state % 64)
        return MNC_NET_MISALIGNED;
    if (!variant())
        return MNC_NET_CPU;
    return first || ((const mnc_head *)state)->layout == net_layout ? MNC_NET_OK : MNC_NET_STATE;
}

static int net_check_batch(const void *state, const float *x, const int32_t *labels,
    const float *loss)
{
    const int code = net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    if (!x || !labels || !loss)
        return MNC_NET_NULL;
    for (int i = 0; i < 2; i++)
        if (labels[i] < 0 || labels[i] >= 3)
            return MNC_NET_LABEL;
    return MNC_NET_OK;
}

/* Another step begins. */
static void net_count(mnc_head *h)
{
    h->step++;
    h->beta1_power *= h->beta1;
    h->beta2_power *= h->beta2;
}

static int train_step(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    const int code = net_check_batch(state, x, labels, loss);

    if (code != MNC_NET_OK)
        return code;
    net_count((mnc_head *)state);
    net_train(context, 0, (unsigned char *)state, x, labels, loss);
    return MNC_NET_OK;
}

static int train_eval(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    static const int32_t none[2] = { 0 };
    float ignored = 0;
    const int code = labels ? net_check_batch(state, x, labels, loss ? loss : &ignored)
                            : net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    if (!x)
        return MNC_NET_NULL;
    net_train(context, 1, (unsigned char *)state, x, labels ? labels : none,
        labels && loss ? loss : &ignored);
    return MNC_NET_OK;
}

/* ---- initial values ---- */

/* splitmix64 (Steele, Lea, Flood 2014), jumped to element i of stream key. */
static uint64_t net_bits(uint64_t key, uint64_t i)
{
    uint64_t z = key + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Variance 2 / fan in; the sum of four uniform numbers stands for a normal one. */
static void net_draw(float *p, const mnc_slot *slot, uint64_t key)
{
    const size_t n = slot->tensor.bytes / sizeof *p;
    const double deviation = sqrt(2.0 * (double)slot->tensor.dim[0] / (double)n);

    for (size_t i = 0; i < n; i++) {
        const uint64_t z = net_bits(key, i);
        const int64_t sum = (int64_t)((z & 65535) + (z >> 16 & 65535) + (z >> 32 & 65535)
                                      + (z >> 48)) - 131070;
        p[i] = (float)((double)sum * (deviation / 37837.22723720648));
    }
}

static int train_init(void *state, uint64_t seed)
{
    static const mnc_head head = { 0, 0, 1, 1, 0.001, 0.9, 0, 0.9, 0.999, 1e-8, 0, 0, -1, 0.999 };
    const int code = net_check(state, 1);
    unsigned char *s = (unsigned char *)state;

    if (code != MNC_NET_OK)
        return code;
    memset(s, 0, 3840);
    *(mnc_head *)state = head;
    ((mnc_head *)state)->layout = net_layout;
    for (int i = 0; i < 22; i++)
        memcpy(s + initial_table[i].to,
            (const unsigned char *)tiny_train_weights + initial_table[i].from, initial_table[i].bytes);
    for (int i = 0; seed && i < 23; i++)
        if (slot_table[i].kind == MNC_SLOT_PARAM && slot_table[i].tensor.rank > 1)
            net_draw(AT(float, s, slot_table[i].offset), &slot_table[i],
                net_bits(seed, (uint64_t)i));
    return MNC_NET_OK;
}

/* ---- the same by name ---- */

int tiny_train_init(void *state, uint64_t seed)
{
    return train_init(state, seed);
}

int tiny_train_train_step(void *state, const float *x, const int32_t *labels, float *loss)
{
    return train_step(NULL, state, x, labels, loss);
}

int tiny_train_eval(void *state, const float *x, const int32_t *labels, float *loss)
{
    return train_eval(NULL, state, x, labels, loss);
}

/* mnc_net.run of a net that trains: weights is its state. */
static int run_by_position(const void *const *in, void *const *out, const void *weights,
    void *arena)
{
    unsigned char *s = (unsigned char *)(uintptr_t)weights;
    const int code = train_eval(NULL, s, (const float *)in[0], NULL, NULL);

    (void)arena;
    if (code == MNC_NET_OK)
        memcpy(out[0], s + 3840, output_table[0].bytes);
    return code;
}

static int net_selftest(const void *weights, void *memory)
{
    (void)weights, (void)memory;
    return MNC_NET_NO_SAMPLE;
}

const mnc_net *tiny_train_describe(void)
{
    static const mnc_trainer trainer = {
        MNC_TRAIN_ABI, "sgd", 2, 3, 23, slot_table,
        3840, 17280, train_init, train_step,
        0, 0,
        train_eval,
        1, 0
    };
    static const mnc_net net = {
        MNC_NET_ABI, "tiny", "0.1.0", variant_name, 1, 1, input_table, output_table,
        0, 0, 0, run_by_position, 0, net_selftest,
        0, 0, 0, 0,
        &trainer
    };

    return &net;
}
