/* tiny_infer.h: tiny as C, made by mnc 0.1.0.
 * SPDX-License-Identifier: 0BSD
 *
 * model       7d0d4bb5dc023e2e
 * options     -O2 --target=x86-64-v3 --weights=embed
 * passes      train fold_const dce fold_identity cse recognise sink_transpose global_pool to_dense sink_reshape fold_bn fold_pad autodiff lower_grad fuse_grad fuse_residual fuse_act recompute layout pad_stride winograd fuse_block plan_memory
 * parameters  739
 * mult-adds   9880
 * weights     2816 bytes
 * arena       2560 bytes
 */
#ifndef tiny_infer_NET_H
#define tiny_infer_NET_H

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

#ifdef __cplusplus
extern "C" {
#endif

#define tiny_infer_INPUT_image_COUNT 192    /* (1,3,8,8), f32 */
#define tiny_infer_INPUT_image_BYTES 768
#define tiny_infer_OUTPUT_dense_COUNT 3    /* (1,3), f32 */
#define tiny_infer_OUTPUT_dense_BYTES 12
#define tiny_infer_ARENA_BYTES 2560
#define tiny_infer_WEIGHT_BYTES 2816
#define tiny_infer_SELFTEST_BYTES 3392

typedef struct tiny_infer_inputs {
    const float *image;    /* image: f32 (1,3,8,8) */
} tiny_infer_inputs;

typedef struct tiny_infer_outputs {
    float *dense;    /* dense: f32 (1,3) */
} tiny_infer_outputs;

/* Computes the outputs.  All tensors are row-major, aligned as their element type.
 * weights: NULL for the embedded ones, or a copy of them, 64-byte aligned.
 * arena: tiny_infer_ARENA_BYTES of memory for this call alone, 64-byte aligned; not kept.
 * Returns MNC_NET_OK, MNC_NET_NULL, MNC_NET_MISALIGNED or MNC_NET_CPU. */
int tiny_infer_run(const tiny_infer_inputs *in, const tiny_infer_outputs *out, const void *weights, void *arena);

/* Runs a sample input and compares with what the reference implementation gave.
 * memory: tiny_infer_SELFTEST_BYTES, 64-byte aligned.  MNC_NET_OK or MNC_NET_DIFFERS. */
int tiny_infer_selftest(const void *weights, void *memory);

/* Names, shapes and sizes. */
const mnc_net *tiny_infer_describe(void);

#ifdef __cplusplus
}
#endif
#endif
