/* tiny_infer.c: tiny as C, made by mnc 0.1.0.
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
static const struct {
    NET_ALIGN(64) float w0[216];    /* at 0: weights of stem */
    NET_ALIGN(64) float w1[16];    /* at 896: bias of stem */
    NET_ALIGN(64) float w2[128];    /* at 960: weights of inverted.expand */
    NET_ALIGN(64) float w3[144];    /* at 1472: weights of inverted.depth */
    NET_ALIGN(64) float w4[128];    /* at 2048: weights of inverted.add */
    NET_ALIGN(64) float w5[64];    /* at 2560: weights of dense */
} tiny_infer_weights_data NET_SECTION = {
    { -0.2064902f, 0.37666282f, 0.12181389f, 0.018392568f, -0.13459592f, 0.0306351f, -0.37128243f,
      0.32564986f, -0.1530676f, -0.30092028f, -0.3095303f, -0.3739798f, 0.048862226f,
      -0.18361637f, -0.25332397f, -0.4058521f, -0.4089667f, -0.2848726f, -0.5230121f,
      -0.38181302f, -0.03701531f, 0.13707031f, 0.43028682f, -0.20304474f, 0.31885967f,
      -0.03458407f, 0.12679866f, -0.27862185f, -0.5561f, 0.14890283f, -0.24606623f, -0.19675085f,
      -0.4488952f, 0.24626043f, -0.20759073f, -0.07075061f, 0.09022932f, -0.04036007f,
      -0.09696919f, 0.30243078f, 0.06928323f, -0.34076962f, 0.01138656f, 0.37838915f,
      -0.44278112f, -0.19985823f, 0.0111132255f, -0.31689596f, 0.2374418f, 0.169144f,
      0.21775448f, 0.15246339f, -0.32125494f, 0.20564862f, -0.23023438f, 0.31939912f,
      0.21336673f, 0.006056528f, 0.007221798f, -0.7718908f, 0.323866f, -0.05440805f, -0.23643477f,
      -0.050430305f, -0.42194292f, 0.42907122f, -0.33163446f, -0.5083311f, -0.07809469f,
      0.583412f, 0.09290513f, 0.5104819f, 0.35751498f, -0.21385586f, 0.31954297f, 0.0760159f,
      0.25535962f, 0.041201655f, 0.32814586f, -0.08638105f, 0.08077049f, 0.115261056f,
      -0.47249553f, 0.053249974f, 0.23953497f, -0.08642421f, 0.61222726f, 0.2780608f,
      -0.039662346f, -0.11027628f, 0.001078954f, -0.12127443f, -0.25493523f, -0.26760215f,
      0.020356264f, -0.01975205f, -0.05307734f, -0.13302782f, -0.100875f, 0.24531816f,
      0.5901374f, 0.21179865f, 0.079468556f, 0.08064821f, -0.028613858f, -0.06191757f,
      -0.6429846f, -0.2702492f, -0.238046f, -0.124647945f, -0.20028262f, 0.038489882f,
      0.18965133f, 0.06490267f, -0.01647203f, -0.27882326f, -0.46904284f, 0.41955483f,
      0.5632643f, -0.56336504f, 0.021111531f, -0.24386516f, 0.16961876f, -0.11387999f,
      -0.2829305f, 0.057738423f, 0.1134628f, 0.08503596f, 0.09718498f, -0.24834643f, 0.05304857f,
      0.14136454f, 0.18899676f, 0.5587399f, -0.023226282f, 0.13643013f, -0.27334937f,
      -0.37766266f, -0.1943268f, 0.27840608f, -0.39811242f, -0.13776085f, -0.18095495f,
      -0.109966986f, 0.10967207f, -0.38984045f, -0.15685831f, -0.57280225f, -0.04752432f,
      0.014227807f, 0.22720613f, 0.34050348f, 0.106859595f, 0.234543f, 0.29658285f, 0.1558441f,
      0.034634423f, 0.25286365f, 0.4110167f, -0.31746423f, 0.061478794f, 0.1842134f, -0.15075144f,
      -0.6453152f, -0.1402712f, 0.24623886f, 0.035576705f, 0.2518638f, 0.18742149f, 0.13736522f,
      -0.09722094f, -0.004071253f, 0.30517852f, -0.12564059f, 0.06677286f, 0.11475754f,
      0.5708457f, -0.022967331f, 0.4204971f, 0.07751205f, -0.46697128f, 0.02773631f, -0.07152026f,
      -0.34581912f, -0.219898f, -0.2072023f, 0.39899716f, 0.30371115f, 0.6051853f, 0.0062651257f,
      0.45682907f, -0.19635522f, 0.35383937f, 0.6686134f, 0.17115088f, 0.31703982f, -0.6942853f,
      0.080979094f, 0.42118764f, 0.0032080896f, -0.58216757f, 0.8653714f, 0.3686138f,
      -0.3321092f, -0.43514213f, -0.57117665f, -0.13833629f, 0.22027923f, 0.047215026f,
      -0.21538079f, 0.32176563f, 0.098040946f, 0.30970293f, -0.54951125f, -0.50360537f,
      -0.06433443f },
    { 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
      0.0f },
    { -0.79953927f, -0.7661068f, 0.13314863f, -0.8899392f, 0.9846074f, 0.23019542f, -0.081427336f,
      -0.75573343f, 0.51412076f, -0.44026527f, 0.015645888f, 0.67279965f, 1.0632333f,
      -0.9326086f, -0.12614498f, 0.32491645f, -0.120396696f, 0.10399759f, 0.055421334f,
      0.0028014597f, 0.5059807f, 0.23532262f, -0.8211713f, -0.08854992f, -0.1322104f,
      -0.070829354f, 0.3404963f, 0.4662977f, -0.4649366f, -0.7532095f, 0.14846416f, -0.0032903936f,
      -0.2511403f, -0.12729463f, -0.3591815f, -0.4127264f, 0.049316265f, -0.39271972f,
      -0.41860682f, -0.98895496f, -0.03421217f, -0.5831001f, -0.23410688f, -0.2539021f,
      0.09986147f, -0.006197569f, 0.94748807f, 0.19493932f, 0.0024578844f, -0.84676766f,
      0.6400939f, 0.5214944f, -0.26595366f, 0.7832194f, -0.2852071f, -0.60045063f, 0.31756926f,
      1.1602404f, 0.015196597f, 0.18002023f, -0.63213885f, -1.0544589f, -0.07522977f,
      0.013069075f, 0.28407064f, -0.13158932f, 0.6408207f, 0.68836623f, -0.73514533f,
      -0.09530249f, -0.10846406f, 0.32314575f, 0.5173583f, -0.06424858f, 0.011377627f,
      -0.17785305f, 0.2313715f, -0.031080347f, 0.8070318f, -0.5943984f, -0.08848385f,
      0.516724f, -0.82006127f, 0.13117968f, -0.2336444f, -0.84123075f, -0.3313651f, 0.57518464f,
      0.3193532f, -0.8653471f, -0.47821712f, 0.44491673f, 0.103799365f, 1.0970887f, 0.11589058f,
      0.18773745f, 1.1116642f, 1.1357672f, -0.4898326f, 0.4008202f, -0.19866578f, -0.29889727f,
      0.81695586f, 0.5982306f, -0.95052737f, -0.32666078f, 1.0687965f, 0.28889394f, -0.8429751f,
      0.5254059f, -0.090003505f, 0.33622804f, 0.47174203f, -0.4805032f, -0.6932556f, -0.5995124f,
      -0.2503342f, -0.45458972f, -0.40996456f, 1.0180663f, -0.7052675f, 0.32354218f, 0.06156604f,
      -0.08605239f, 0.77115464f, 0.4922244f, -0.45044035f, -0.62694556f },
    { -0.22031942f, -0.46322644f, 0.13922583f, 0.3418913f, 0.23403643f, 0.51772076f, 0.48897853f,
      -0.9146171f, 0.1905307f, 0.5656618f, 0.11601529f, 0.06338979f, 0.74557763f, -0.19820525f,
      0.9345635f, 0.5326213f, -0.2913339f, -0.61761445f, -0.11602775f, 0.809553f, -1.0528836f,
      0.034772195f, 0.20260316f, -0.15321694f, -0.6774535f, -0.22335933f, -0.6611078f,
      0.30173692f, -0.5001041f, 0.18969595f, -0.51122975f, 0.11013479f, -0.028306136f,
      -0.024356734f, -0.15219532f, 0.84650546f, 0.25654927f, 1.0445113f, -0.2682729f,
      0.3763271f, 0.34214047f, -0.6999913f, -0.528809f, 0.44433904f, -0.2881819f, -0.18532297f,
      -0.8363641f, -0.23737535f, -0.873653f, 0.70133686f, 0.09915868f, -0.088132754f,
      0.2546057f, -0.029875932f, -0.31339824f, -0.7365949f, -0.5953259f, -0.03595577f,
      0.35421294f, 0.06275441f, -0.5612016f, 0.8137516f, -0.13487774f, 0.34802097f, 0.58007646f,
      0.02816909f, 0.071463026f, -0.060324963f, -0.250756f, 0.08007198f, -0.2913464f,
      0.75766253f, -0.7416532f, 0.42540187f, 0.17467079f, -0.09199494f, -0.5639674f, -0.4499081f,
      0.46399885f, -0.002142894f, 0.19370766f, 0.046134517f, 0.6069f, -0.38418853f, -0.037612777f,
      -0.5305407f, 0.43119517f, 0.3444204f, -0.06291637f, 0.12839922f, -1.2880414f, 0.7204111f,
      0.51497984f, -0.14503157f, 0.15673028f, 0.0024543612f, -0.33973593f, -0.5363465f,
      -0.09626827f, -0.39659736f, -0.62335795f, -0.22115415f, -1.473302f, -0.6297243f,
      -0.18764028f, -0.20108321f, -1.0163672f, -0.03956879f, 0.59368134f, 0.034074508f,
      0.34961566f, -0.011349863f, 0.11034659f, -0.2908356f, 0.10824107f, 0.0033887627f,
      -0.80706125f, 0.4831728f, 0.15836237f, -0.00049834745f, 0.1165261f, -0.20900694f,
      0.6767434f, -0.20323856f, -0.05121766f, 0.78199434f, -0.11256423f, -0.20921873f,
      0.4351944f, 0.6244294f, -0.57302487f, -0.34955338f, -0.6570712f, 0.090437606f, 0.24010381f,
      0.13330795f, -1.0939101f, 0.4123078f, -0.2764458f, -0.25088057f, -0.18482462f, -0.49520788f,
      -0.5941797f, -0.08417089f },
    { 0.8815798f, 0.67423606f, -0.38887924f, -0.32553613f, 0.08460071f, 0.5388133f, 0.18443216f,
      -0.4247042f, 0.7683958f, -0.70837915f, 0.6548566f, 0.44236436f, 0.11797754f, -0.18218027f,
      0.36684602f, -0.7389434f, -0.49432644f, -0.31852815f, 0.3331048f, 0.15189631f, 0.5309269f,
      0.43841183f, -0.554343f, -0.07240677f, -0.5169857f, 0.7614064f, 0.112754226f, 0.4981201f,
      0.6001848f, -0.030900657f, -0.1988126f, -0.28135765f, -0.274957f, 0.38817844f, -0.06238999f,
      0.12662075f, 0.23977678f, -0.10673668f, -0.2873098f, -0.5615286f, -0.024266407f,
      -0.34657887f, 0.076910585f, 0.18799224f, 0.2488031f, 0.5453167f, -0.55594087f, -0.45004514f,
      0.2817127f, -0.1596238f, 0.08798324f, -0.073088884f, 0.22257443f, 0.13088162f, 0.3203035f,
      0.0070266994f, -0.57303107f, 0.5804128f, -0.45346504f, 0.043206725f, -0.44911075f,
      -0.64445674f, 0.19568236f, -0.52127457f, -0.22986278f, -0.18020868f, 0.1460563f,
      0.21793047f, -0.6823093f, -0.29692477f, -0.45139068f, -0.098906405f, -0.58304787f,
      0.5576041f, -0.0992895f, -0.43565536f, 0.15948364f, -0.2704999f, -0.41007143f, -0.17154677f,
      0.28489903f, 0.5056701f, 0.14594418f, 0.021668771f, 0.5857109f, 0.5246384f, -0.32067725f,
      0.24110362f, 0.115594804f, 0.6008949f, 0.017529372f, 0.056148186f, -0.42323717f,
      0.13553494f, -0.26451972f, -0.2563624f, 0.5439712f, -0.25515702f, -0.22969458f,
      -0.19642054f, -0.064305514f, 0.33516982f, -0.44656917f, 0.12248135f, -0.057428315f,
      0.09069301f, 0.17217281f, 0.09451471f, 0.30005503f, 0.3410659f, 0.1425336f, -0.02972331f,
      -0.23836583f, -0.11642643f, -0.33734697f, 0.78135586f, 0.011530515f, 0.5985589f,
      -0.24190721f, -0.27039713f, -0.1464394f, 0.26384696f, -0.020846497f, -0.26331434f,
      -0.596008f, -0.16665985f, -0.4126504f, 0.43353426f },
    { 0.4576049f, -0.3516246f, -0.5600172f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.32259235f, -0.052302986f,
      0.68381065f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.16399193f, 0.8530752f, 0.015619538f,
      0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.029296543f, 0.5987093f, 0.5086657f, 0.0f, 0.0f,
      0.0f, 0.0f, 0.0f, 0.042418543f, 0.21540955f, 0.6056337f, 0.0f, 0.0f, 0.0f, 0.0f,
      0.0f, -1.0654982f, -0.5670341f, -0.2708708f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, -0.8739541f,
      -0.32532775f, 0.64066535f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, -0.81847966f, -0.27878627f,
      0.08210168f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f },
};
#define tiny_infer_weights ((const unsigned char *)(const void *)&tiny_infer_weights_data)

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

NET_FN v_f32 clip_v3_1(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
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
            v_store(y + i * t.yw + j * V, clip_v3_1(a[i][j]));
        }
}

/* Convolution, 4 rows in register tiles along each, by panels of output channels.
 * Tiles at the border leave out kernel columns, rows at the border kernel rows.
 */
NET_FN void conv_v3_3(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 3, t.xw = 2, t.xc = 64, t.panel = 432, t.ahead = 0;
    t.s = 3, t.xr = 8, t.xq = 1, t.ring = 0, t.dil_h = 1;
    t.step = 2, t.dil = 1;
    t.yw = 8, t.sw = 0, t.add = 0;
    for (int row = (int)NET_FROM(4); row < (int)NET_TO(4); row++) {
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

/* 6 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_4(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const float *next,
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
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                v_prefetch(next + k * t.share + j * t.panel);
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
            v_store(y + i * t.yw + j * V, clip_v3_1(a[i][j]));
        }
}

/* 5 pixels x 16 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_5(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const float *next,
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
            NET_UNROLL
            for (int j = 0; j < 1; j++)
                v_prefetch(next + k * t.share + j * t.panel);
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
            v_store(y + i * t.yw + j * V, clip_v3_1(a[i][j]));
        }
}

/* Convolution, 1 rows in register tiles along each, by panels of output channels.
 */
NET_FN void conv_v3_6(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 8;
    t.share = 8;
    t.yw = 16, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 16;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)128 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)256 + c;
        for (int i = 0; i < 6; i += 6)
            tile_v3_4(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, wc + 128
                    + (row * 16 + i) * (ptrdiff_t)8 / 16 * 16, t);
        for (int i = 6; i < 16; i += 5)
            tile_v3_5(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, wc + 128
                    + (row * 16 + i) * (ptrdiff_t)8 / 16 * 16, t);
        }
    }
}

/* Depthwise: 4 columns of output x V channels, row by row and tap by tap of the kernel.
 * Of the columns of x that meet the tile those from left to right are in the image. */
NET_INLINE void depthwise_tile_v3_7(const float *x, ptrdiff_t at, const float *w, const float *b, float *y,
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
        v_store(y + i * t.yw, clip_v3_1(a[i]));
}

/* Depthwise, 4 rows of output, blocks of channels, tiles of columns.  A last block that is
 * not whole overlaps the one before it, so that all are whole vectors. */
NET_FN void depthwise_v3_8(const float *x, const float *w, const float *b, float *y,
    int part, int parts)
{
    net_tile t;

    t.xr = 64, t.xw = 16, t.panel = 16, t.yw = 16;
    t.step = 1, t.dil = 1, t.ring = 0, t.dil_h = 1;
    for (int row = (int)NET_FROM(4); row < (int)NET_TO(4); row++) {
        const int top = row * 1 - 1;
        const int r0 = top < 0 ? (-top + 0) / 1 : 0;
        const int r1 = top + 2 < 4 ? 3 : (4 - top) / 1;
        const ptrdiff_t at = row * (ptrdiff_t)64 - 80;
        float *yr = y + row * (ptrdiff_t)64;

        for (int k = 0; k < 16; k += 8) {
            const int c = k;
            for (int i = 0; i < 4; i += 4)
                depthwise_tile_v3_7(x, at + i * t.step * t.xw + c, w + c, b + c,
                    yr + i * t.yw + c, r0, r1, top, 1, 5, t);
        }
    }
}

/* 8 pixels x 8 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_9(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[8][1];

    NET_UNROLL
    for (int i = 0; i < 8; i++)
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
            for (int i = 0; i < 8; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 8; i++)
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
NET_FN void conv_v3_10(const float *x, const float *w, const float *b,
    const float *s,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 16, t.xw = 16, t.xc = 1, t.panel = 256, t.ahead = 8;
    t.yw = 8, t.sw = 8, t.add = 1;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 8;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)256 - 0;
        const float *wc = w + (ptrdiff_t)c * 16;
        float *yr = y + row * (ptrdiff_t)128 + c;
        const float *sr = s + row * (ptrdiff_t)128 + c;
        for (int i = 0; i < 16; i += 8)
            tile_v3_9(x, at + i * t.xw, wc, b + c,
                sr + i * t.sw,
                yr + i * t.yw, t);
        }
    }
}

/* y = mean of x over 16 elements each. */
NET_FN void reduce_v3_11(const float *x0, float *y0, int part, int parts)
{
    const ptrdiff_t end = NET_TO16(8);
    for (ptrdiff_t i = NET_FROM16(8); i < end; i += V) {
        const int n = (int)(end - i < V ? end - i : V);
        const float *r0 = x0 + i;
        v_f32 a = v_set1(0.0f), p;
        for (ptrdiff_t k0 = 0; k0 < 16; k0++) {
            const float *r1 = r0 + k0 * 8;
            p = n == V ? v_load(r1) : v_load_n(r1, n);
            a = v_add(a, p);
        }
        a = v_div(a, v_set1(16.0f));
        if (n == V)
            v_store(y0 + i, a);
        else
            v_store_n(y0 + i, a, n);
    }
}

/* 1 pixels x 3 channels: b + the sum over the input channels of each tap
 * in order. */
NET_INLINE void tile_v3_12(const float *x, ptrdiff_t at, const float *w, const float *b,
    const float *s, float *y,
    const net_tile t)
{
    v_f32 a[1][1];

    NET_UNROLL
    for (int i = 0; i < 1; i++)
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
            for (int i = 0; i < 1; i++) {
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < 1; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += 8;
    }

    NET_UNROLL
    for (int i = 0; i < 1; i++)
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
NET_FN void dense_v3_13(const float *x, const float *w, const float *b,
    float *y, int part, int parts)
{
    net_tile t;

    t.c = 8, t.xw = 8, t.xc = 1, t.panel = 128, t.ahead = 96;
    t.yw = 3, t.sw = 0, t.add = 0;
    for (int k = (int)NET_FROM(1); k < (int)NET_TO(1); k++) {
        const int c = 0 + k * 3;
        for (int row = 0; row < 1; row++) {
        const ptrdiff_t at = row * (ptrdiff_t)8 - 0;
        const float *wc = w + (ptrdiff_t)c * 8;
        float *yr = y + row * (ptrdiff_t)3 + c;
        for (int i = 0; i < 1; i += 1)
            tile_v3_12(x, at + i * t.xw, wc, b + c,
                NULL,
                yr + i * t.yw, t);
        }
    }
}

static void run_v3(const tiny_infer_inputs *in, const tiny_infer_outputs *out,
    const unsigned char *w, unsigned char *a)
{
    enum { part = 0, parts = 1 };

    (void)in, (void)out, (void)w, (void)a;
    /* stem: conv + clip, (1,3,8,8) -> (1,8,4,4) */
    conv_v3_3(in->image + 0, AT(const float, w, 0), AT(const float, w, 896),
        AT(float, a, 2048), part, parts);
    NET_LAYER(1, "stem");
    /* inverted.expand: conv + clip, (1,8,4,4) -> (1,16,4,4) */
    conv_v3_6(AT(const float, a, 2048), AT(const float, w, 960), AT(const float, w, 896),
        AT(float, a, 0), part, parts);
    NET_LAYER(2, "inverted.expand");
    /* inverted.depth: conv + clip, (1,16,4,4) -> (1,16,4,4) */
    depthwise_v3_8(AT(const float, a, 0), AT(const float, w, 1472), AT(const float, w, 896),
        AT(float, a, 1024), part, parts);
    NET_LAYER(3, "inverted.depth");
    /* inverted.add: conv + add, (1,16,4,4) -> (1,8,4,4) */
    conv_v3_10(AT(const float, a, 1024), AT(const float, w, 2048), AT(const float, w, 896),
        AT(const float, a, 2048), AT(float, a, 2048), part, parts);
    NET_LAYER(4, "inverted.add");
    /* global_avg_pool: reduce_mean, (1,8,4,4) -> (1,8) */
    reduce_v3_11(AT(const float, a, 2048), AT(float, a, 0), part, parts);
    NET_LAYER(5, "global_avg_pool");
    /* dense: dense, (1,8) -> (1,3) */
    dense_v3_13(AT(const float, a, 0), AT(const float, w, 2560), AT(const float, w, 896),
        out->dense + 0, part, parts);
    NET_LAYER(6, "dense");
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

static void net_dispatch(const tiny_infer_inputs *in, const tiny_infer_outputs *out,
    const unsigned char *w, unsigned char *a)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (variant() == 1) {
        run_v3(in, out, w, a);
        return;
    }
#endif
    (void)in, (void)out, (void)w, (void)a;
}

static int net_check(const tiny_infer_inputs *in, const tiny_infer_outputs *out,
    const unsigned char *w, const unsigned char *a)
{
    if (!in || !out || !w || !a)
        return MNC_NET_NULL;
    if (!in->image)
        return MNC_NET_NULL;
    if (!out->dense)
        return MNC_NET_NULL;
    if (((uintptr_t)w | (uintptr_t)a) % 64)
        return MNC_NET_MISALIGNED;
    return variant() ? MNC_NET_OK : MNC_NET_CPU;
}

int tiny_infer_run(const tiny_infer_inputs *in, const tiny_infer_outputs *out,
    const void *weights, void *arena)
{
    const unsigned char *w = (const unsigned char *)(weights ? weights : tiny_infer_weights);
    unsigned char *a = (unsigned char *)arena;
    int code = net_check(in, out, w, a);

    if (code != MNC_NET_OK)
        return code;
    net_dispatch(in, out, w, a);
    return MNC_NET_OK;
}

static const int64_t input_dim0[] = { 1, 3, 8, 8, 0 };
static const mnc_tensor input_table[] = {
    { "image", 1, 4, input_dim0, 768 },
    { 0, 0, 0, 0, 0 }
};
static const int64_t output_dim0[] = { 1, 3, 0 };
static const mnc_tensor output_table[] = {
    { "dense", 1, 2, output_dim0, 12 },
    { 0, 0, 0, 0, 0 }
};

static int run_by_position(const void *const *in, void *const *out,
    const void *weights, void *arena)
{
    tiny_infer_inputs x;
    tiny_infer_outputs y;

    x.image = (const float *)in[0];
    y.dense = (float *)out[0];
    return tiny_infer_run(&x, &y, weights, arena);
}

const mnc_net *tiny_infer_describe(void)
{
    static const mnc_net net = {
        MNC_NET_ABI, "tiny", "0.1.0", variant_name,
        1, 1, input_table, output_table,
        tiny_infer_ARENA_BYTES, tiny_infer_WEIGHT_BYTES, tiny_infer_weights,
        run_by_position,
        tiny_infer_SELFTEST_BYTES, tiny_infer_selftest,
        0, 0, 0, 0,
        0
    };

    return &net;
}

static const float expect0[] = {
    0.27880424f, 0.42050412f, 1.0014147f,
};

/* Element i of each sample input, from a hash of i: floats in [-1, 1), integers 0 and 1. */
NET_UNUSED static float sample(int64_t i)
{
    uint32_t u = (uint32_t)i * 2654435761u;

    u ^= u >> 15;
    u *= 2246822519u;
    u ^= u >> 13;
    return (float)(u >> 8) / 8388608.0f - 1.0f;
}
#define SAMPLE_f32(i) sample(i)
#define SAMPLE_f64(i) sample(i)
#define SAMPLE_i8(i) ((i) % 2)
#define SAMPLE_u8(i) ((i) % 2)
#define SAMPLE_i16(i) ((i) % 2)
#define SAMPLE_u16(i) ((i) % 2)
#define SAMPLE_i32(i) ((i) % 2)
#define SAMPLE_u32(i) ((i) % 2)
#define SAMPLE_i64(i) ((i) % 2)
#define SAMPLE_u64(i) ((i) % 2)
#define SAMPLE_bool(i) ((i) % 2)

/* Every step'th element of y, n in all, must equal expect within 1e-4 of the largest; NaN and
 * infinities must be in the same places. */
#define SAMPLE_COMPARE(y, expect, n) \
    do { \
        int64_t step = (n) / 4096 + 1, k; \
        double most = 0; \
        for (i = k = 0; i < (n); i += step, k++) \
            if (fabs((double)expect[k]) > most && !isinf(expect[k])) \
                most = fabs((double)expect[k]); \
        for (i = k = 0; i < (n); i += step, k++) { \
            double a = (double)(y)[i], b = (double)expect[k]; \
            if (!(fabs(a - b) <= 1e-4 * most) && !(isnan(a) && isnan(b)) && !(isinf(b) && a == b)) \
                return MNC_NET_DIFFERS; \
        } \
    } while (0)

int tiny_infer_selftest(const void *weights, void *memory)
{
    unsigned char *m = (unsigned char *)memory;
    tiny_infer_inputs in;
    tiny_infer_outputs out;
    int64_t i;
    int code;

    if (!m)
        return MNC_NET_NULL;
    in.image = AT(float, m, tiny_infer_ARENA_BYTES + 0);
    for (i = 0; i < 192; i++)
        AT(float, m, tiny_infer_ARENA_BYTES + 0)[i] = (float)SAMPLE_f32(i);
    out.dense = AT(float, m, tiny_infer_ARENA_BYTES + 768);
    code = tiny_infer_run(&in, &out, weights, memory);
    if (code != MNC_NET_OK)
        return code;
    SAMPLE_COMPARE(out.dense, expect0, 3);
    return MNC_NET_OK;
}
