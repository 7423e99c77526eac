/* tiny_plain.c: tiny as C, made by mnc 0.1.0.
 * SPDX-License-Identifier: 0BSD
 *
 * model       7d0d4bb5dc023e2e
 * options     -O0 --target=auto --weights=embed
 * passes      fold_const dce layout plan_memory
 * parameters  739
 * mult-adds   9880
 * weights     2944 bytes
 * arena       2560 bytes
 */
#ifndef tiny_plain_NET_H
#define tiny_plain_NET_H

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

#define tiny_plain_INPUT_image_COUNT 192    /* (1,3,8,8), f32 */
#define tiny_plain_INPUT_image_BYTES 768
#define tiny_plain_OUTPUT_dense_COUNT 3    /* (1,3), f32 */
#define tiny_plain_OUTPUT_dense_BYTES 12
#define tiny_plain_ARENA_BYTES 2560
#define tiny_plain_WEIGHT_BYTES 2944
#define tiny_plain_SELFTEST_BYTES 3392

typedef struct tiny_plain_inputs {
    const float *image;    /* image: f32 (1,3,8,8) */
} tiny_plain_inputs;

typedef struct tiny_plain_outputs {
    float *dense;    /* dense: f32 (1,3) */
} tiny_plain_outputs;

/* Computes the outputs.  All tensors are row-major, aligned as their element type.
 * weights: NULL for the embedded ones, or a copy of them, 64-byte aligned.
 * arena: tiny_plain_ARENA_BYTES of memory for this call alone, 64-byte aligned; not kept.
 * Returns MNC_NET_OK, MNC_NET_NULL, MNC_NET_MISALIGNED or MNC_NET_CPU. */
int tiny_plain_run(const tiny_plain_inputs *in, const tiny_plain_outputs *out, const void *weights, void *arena);

/* Runs a sample input and compares with what the reference implementation gave.
 * memory: tiny_plain_SELFTEST_BYTES, 64-byte aligned.  MNC_NET_OK or MNC_NET_DIFFERS. */
int tiny_plain_selftest(const void *weights, void *memory);

/* Names, shapes and sizes. */
const mnc_net *tiny_plain_describe(void);

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
    NET_ALIGN(64) float w0[216];    /* at 0: stem.weight */
    NET_ALIGN(64) float w1[8];    /* at 896: scale of stem.bn */
    NET_ALIGN(64) float w2[8];    /* at 960: shift of stem.bn */
    NET_ALIGN(64) float w3[128];    /* at 1024: inverted.expand.weight */
    NET_ALIGN(64) float w4[16];    /* at 1536: scale of inverted.expand.bn */
    NET_ALIGN(64) float w5[16];    /* at 1600: shift of inverted.expand.bn */
    NET_ALIGN(64) float w6[144];    /* at 1664: inverted.depth.weight */
    NET_ALIGN(64) float w7[128];    /* at 2240: inverted.project.weight */
    NET_ALIGN(64) float w8[24];    /* at 2752: dense.weight */
    NET_ALIGN(64) float w9[3];    /* at 2880: dense.bias */
} tiny_plain_weights_data NET_SECTION = {
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
    { 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f },
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
    { 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f,
      0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f, 0.999995f },
    { 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
      0.0f },
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
#define tiny_plain_weights ((const unsigned char *)(const void *)&tiny_plain_weights_data)

/* ---- portable ---- */

/* No particular machine: 4 floats, which a GNU compiler puts into whatever vector registers there
 * are, and others take one by one. */
#define NET_FN NET_UNUSED static
#define V 4
#define v_hold(a) ((void)0)
#define v_stream(p, x) v_store(p, x)
#define v_fence() ((void)0)
#if defined(__GNUC__)
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
typedef float v_f32 __attribute__((vector_size(16)));
typedef int32_t v_i32 __attribute__((vector_size(16)));
#define v_lane(x, i) (x)[i]
#define v_prefetch(p) __builtin_prefetch(p)
#define v_add(a, b) ((a) + (b))
#define v_sub(a, b) ((a) - (b))
#define v_mul(a, b) ((a) * (b))
#define v_div(a, b) ((a) / (b))
#define v_neg(a) (-(a))
#define v_pick(m, a, b) ((v_f32)(((v_i32)(a) & (m)) | ((v_i32)(b) & ~(m))))
#define v_max(a, b) v_pick((a) > (b), a, b)
#define v_min(a, b) v_pick((a) < (b), a, b)
#define v_if_less(a, b, x, y) v_pick((a) < (b), x, y)
#define v_if_number(a, x, y) v_pick((a) == (a), x, y)
#else
#define NET_INLINE inline NET_FN
typedef struct v_f32 { float f[4]; } v_f32;
#define v_lane(x, i) (x).f[i]
#define v_prefetch(p) ((void)(p))
#define V_LANES(name, args, expr) \
    NET_FN v_f32 name args \
    { \
        v_f32 y_; \
        for (int i = 0; i < 4; i++) \
            y_.f[i] = (expr); \
        return y_; \
    }
V_LANES(v_add, (v_f32 a, v_f32 b), a.f[i] + b.f[i])
V_LANES(v_sub, (v_f32 a, v_f32 b), a.f[i] - b.f[i])
V_LANES(v_mul, (v_f32 a, v_f32 b), a.f[i] * b.f[i])
V_LANES(v_div, (v_f32 a, v_f32 b), a.f[i] / b.f[i])
V_LANES(v_neg, (v_f32 a), -a.f[i])
V_LANES(v_max, (v_f32 a, v_f32 b), a.f[i] > b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_min, (v_f32 a, v_f32 b), a.f[i] < b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_if_less, (v_f32 a, v_f32 b, v_f32 x, v_f32 y), a.f[i] < b.f[i] ? x.f[i] : y.f[i])
V_LANES(v_if_number, (v_f32 a, v_f32 x, v_f32 y), a.f[i] == a.f[i] ? x.f[i] : y.f[i])
#endif

#if defined(__GNUC__) && !defined(NET_EXACT)
/* Contracted to one rounding by the compiler where the machine has fused multiply-add. */
#define v_fma(a, b, c) ((a) * (b) + (c))
#else
NET_FN v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    for (int i = 0; i < 4; i++)
        v_lane(c, i) = NET_FMA(v_lane(a, i), v_lane(b, i), v_lane(c, i));
    return c;
}
#endif

#define s_fma(a, b, c) NET_FMA(a, b, c)
#define d_fma(a, b, c) NET_FMA64(a, b, c)

NET_FN v_f32 v_load(const float *p)
{
    v_f32 y;

    memcpy(&y, p, sizeof y);
    return y;
}

NET_FN void v_store(float *p, v_f32 x)
{
    memcpy(p, &x, sizeof x);
}

NET_FN v_f32 v_set1(float x)
{
    v_f32 y;

    for (int i = 0; i < 4; i++)
        v_lane(y, i) = x;
    return y;
}

NET_FN v_f32 v_load_n(const float *p, int n)
{
    v_f32 y = v_set1(0.0f);

    for (int i = 0; i < 4 && i < n; i++)
        v_lane(y, i) = p[i];
    return y;
}

NET_FN void v_store_n(float *p, v_f32 x, int n)
{
    for (int i = 0; i < 4 && i < n; i++)
        p[i] = v_lane(x, i);
}

#define V_EACH_LANE(name, f) \
    NET_FN v_f32 name(v_f32 x) \
    { \
        for (int i = 0; i < 4; i++) \
            v_lane(x, i) = f(v_lane(x, i)); \
        return x; \
    }
V_EACH_LANE(v_sqrt, sqrtf)
V_EACH_LANE(v_abs, fabsf)
V_EACH_LANE(v_round, rintf)
V_EACH_LANE(v_floor, floorf)
V_EACH_LANE(v_ceil, ceilf)

/* 2 to the power of a whole number in [-126, 127] */
NET_FN v_f32 v_pow2(v_f32 n)
{
    float y[4];

    for (int i = 0; i < 4; i++) {
        int32_t k = v_lane(n, i) > -127.0f ? (int32_t)v_lane(n, i) : 0;   /* NaN has no integer */
        uint32_t u = (uint32_t)(k + 127) << 23;
        memcpy(&y[i], &u, sizeof u);
    }
    return v_load(y);
}
#define v_same(x) (x)
#define v_each v_each_c
#define v_most v_most_c
#define v_least v_least_c
#define v_exp_parts v_exp_parts_c
#define v_exp v_exp_c
#define v_sigmoid v_sigmoid_c
#define v_silu v_silu_c
#define v_tanh v_tanh_c
#define v_erf v_erf_c

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

#define v_prelu v_prelu_c
NET_FN v_f32 v_prelu(v_f32 x, v_f32 slope)
{
    return v_if_less(x, v_set1(0.0f), v_mul(x, slope), x);
}

/* The kernels: each once, called by the layers further down. */

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_1(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(4); o0 < NET_TO(4); o0++) {
        const ptrdiff_t i0 = o0 * 2 - 1;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (8 - i0) / 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
    for (ptrdiff_t o1 = 0; o1 < 4; o1++) {
        const ptrdiff_t i1 = o1 * 2 - 1;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (8 - i1) / 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        for (ptrdiff_t k = 0; k < 8; k++) {
            const ptrdiff_t c0 = 0;
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 3; c++)
                sum = s_fma(x[n * 192 + (c0 + c) * 64
                    + (i0 + r0 * 1) * 8
                    + (i1 + r1 * 1) * 1
                    ], w[k * 27 + c * 9
                    + r0 * 3
                    + r1 * 1
                    ], sum);
            y[n * 128 + k * 1
                + o0 * 32
                + o1 * 8
                ] = (sum);
        }
    }
    }
}

/* y = x s + t, s and t per channel, and what is fused to it. */
NET_FN void batch_norm_c_2(const float *x0, const float *s0, const float *t0, float *y0,
    int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(16); i0 < NET_TO(16); i0++) {
        const float *x1 = x0 + i0 * 8;
        const float *s1 = s0 + i0 * 0, *t1 = t0 + i0 * 0;
        float *y1 = y0 + i0 * 8;
    for (ptrdiff_t i1 = 0; i1 < 8; i1++) {
        const float *x2 = x1 + i1 * 1;
        const float *s2 = s1 + i1 * 1, *t2 = t1 + i1 * 1;
        float *y2 = y1 + i1 * 1;
        *y2 = (s_fma(*x2, *s2, *t2));
    }
    }
}

NET_FN v_f32 clip_c_3(v_f32 x)
{
    return v_min(v_set1(6.0f), v_max(v_set1(0.0f), x));
}

/* y = f(x), element by element. */
NET_FN void map_c_4(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(128);
        ptrdiff_t i = NET_FROM16(128);
        for (; i + V <= n; i += V)
            v_store(y0 + i, clip_c_3(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, clip_c_3(v_load_n(x0 + i, left)), left);
        }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_5(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(4); o0 < NET_TO(4); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (4 - i0) / 1;
        const ptrdiff_t end0 = room0 < 1 ? room0 : 1;
    for (ptrdiff_t o1 = 0; o1 < 4; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (4 - i1) / 1;
        const ptrdiff_t end1 = room1 < 1 ? room1 : 1;
        for (ptrdiff_t k = 0; k < 16; k++) {
            const ptrdiff_t c0 = 0;
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 8; c++)
                sum = s_fma(x[n * 128 + (c0 + c) * 1
                    + (i0 + r0 * 1) * 32
                    + (i1 + r1 * 1) * 8
                    ], w[k * 8 + c * 1
                    + r0 * 1
                    + r1 * 1
                    ], sum);
            y[n * 256 + k * 1
                + o0 * 64
                + o1 * 16
                ] = (sum);
        }
    }
    }
}

/* y = x s + t, s and t per channel, and what is fused to it. */
NET_FN void batch_norm_c_6(const float *x0, const float *s0, const float *t0, float *y0,
    int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(16); i0 < NET_TO(16); i0++) {
        const float *x1 = x0 + i0 * 16;
        const float *s1 = s0 + i0 * 0, *t1 = t0 + i0 * 0;
        float *y1 = y0 + i0 * 16;
    for (ptrdiff_t i1 = 0; i1 < 16; i1++) {
        const float *x2 = x1 + i1 * 1;
        const float *s2 = s1 + i1 * 1, *t2 = t1 + i1 * 1;
        float *y2 = y1 + i1 * 1;
        *y2 = (s_fma(*x2, *s2, *t2));
    }
    }
}

/* y = f(x), element by element. */
NET_FN void map_c_7(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(256);
        ptrdiff_t i = NET_FROM16(256);
        for (; i + V <= n; i += V)
            v_store(y0 + i, clip_c_3(v_load(x0 + i)));
        if (i < n) {
            const int left = (int)(n - i);
            v_store_n(y0 + i, clip_c_3(v_load_n(x0 + i, left)), left);
        }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_8(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(4); o0 < NET_TO(4); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 1;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (4 - i0) / 1;
        const ptrdiff_t end0 = room0 < 3 ? room0 : 3;
    for (ptrdiff_t o1 = 0; o1 < 4; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 1;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (4 - i1) / 1;
        const ptrdiff_t end1 = room1 < 3 ? room1 : 3;
        for (ptrdiff_t k = 0; k < 16; k++) {
            const ptrdiff_t c0 = k / 1 * 1;
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 1; c++)
                sum = s_fma(x[n * 256 + (c0 + c) * 1
                    + (i0 + r0 * 1) * 64
                    + (i1 + r1 * 1) * 16
                    ], w[k * 9 + c * 9
                    + r0 * 3
                    + r1 * 1
                    ], sum);
            y[n * 256 + k * 1
                + o0 * 64
                + o1 * 16
                ] = (sum);
        }
    }
    }
}

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void conv_c_9(const float *x, const float *w,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
    for (ptrdiff_t o0 = NET_FROM(4); o0 < NET_TO(4); o0++) {
        const ptrdiff_t i0 = o0 * 1 - 0;
        const ptrdiff_t first0 = i0 < 0 ? (0 - i0) / 1 : 0;
        const ptrdiff_t room0 = (4 - i0) / 1;
        const ptrdiff_t end0 = room0 < 1 ? room0 : 1;
    for (ptrdiff_t o1 = 0; o1 < 4; o1++) {
        const ptrdiff_t i1 = o1 * 1 - 0;
        const ptrdiff_t first1 = i1 < 0 ? (0 - i1) / 1 : 0;
        const ptrdiff_t room1 = (4 - i1) / 1;
        const ptrdiff_t end1 = room1 < 1 ? room1 : 1;
        for (ptrdiff_t k = 0; k < 8; k++) {
            const ptrdiff_t c0 = 0;
            float sum = 0;

            for (ptrdiff_t r0 = first0; r0 < end0; r0++)
            for (ptrdiff_t r1 = first1; r1 < end1; r1++)
            for (ptrdiff_t c = 0; c < 16; c++)
                sum = s_fma(x[n * 256 + (c0 + c) * 1
                    + (i0 + r0 * 1) * 64
                    + (i1 + r1 * 1) * 16
                    ], w[k * 16 + c * 1
                    + r0 * 1
                    + r1 * 1
                    ], sum);
            y[n * 128 + k * 1
                + o0 * 32
                + o1 * 8
                ] = (sum);
        }
    }
    }
}

/* y = f(a, b), element by element, broadcast by steps of 0. */
NET_FN void zip_c_10(const float *a0, const float *b0, float *y0, int part, int parts)
{
        const ptrdiff_t n = NET_TO16(128);
        ptrdiff_t i = NET_FROM16(128);
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
NET_FN void reduce_c_11(const float *x0, float *y0, int part, int parts)
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

/* Convolution of any kind, in plain loops.  Each output is a sum in the order of the kernel's
 * dimensions, then the input channels.  Output o reads the inputs i + r * dilation, i = o * stride
 * - pad, for the r in [first, end) that lie inside the image. */
NET_FN void dense_c_12(const float *x, const float *w,
    const float *b,
    float *y, int part, int parts)
{
    for (ptrdiff_t n = 0; n < 1; n++)
        for (ptrdiff_t k = NET_FROM(3); k < NET_TO(3); k++) {
            const ptrdiff_t c0 = 0;
            float sum = b[k * 1];

            for (ptrdiff_t c = 0; c < 8; c++)
                sum = s_fma(x[n * 8 + (c0 + c) * 1
                    ], w[k * 8 + c * 1
                    ], sum);
            y[n * 3 + k * 1
                ] = (sum);
        }
}

static void run_c(const tiny_plain_inputs *in, const tiny_plain_outputs *out,
    const unsigned char *w, unsigned char *a)
{
    enum { part = 0, parts = 1 };

    (void)in, (void)out, (void)w, (void)a;
    /* stem.conv: conv, (1,3,8,8) -> (1,8,4,4) */
    conv_c_1(in->image + 0, AT(const float, w, 0), AT(float, a, 2048), part, parts);
    NET_LAYER(1, "stem.conv");
    /* stem.bn: batch_norm, (1,8,4,4) -> (1,8,4,4) */
    batch_norm_c_2(AT(const float, a, 2048), AT(const float, w, 896), AT(const float, w, 960),
        AT(float, a, 2048), part, parts);
    NET_LAYER(2, "stem.bn");
    /* stem: clip, (1,8,4,4) -> (1,8,4,4) */
    map_c_4(AT(const float, a, 2048), AT(float, a, 2048), part, parts);
    NET_LAYER(3, "stem");
    /* inverted.expand.conv: conv, (1,8,4,4) -> (1,16,4,4) */
    conv_c_5(AT(const float, a, 2048), AT(const float, w, 1024), AT(float, a, 0), part, parts);
    NET_LAYER(4, "inverted.expand.conv");
    /* inverted.expand.bn: batch_norm, (1,16,4,4) -> (1,16,4,4) */
    batch_norm_c_6(AT(const float, a, 0), AT(const float, w, 1536), AT(const float, w, 1600),
        AT(float, a, 0), part, parts);
    NET_LAYER(5, "inverted.expand.bn");
    /* inverted.expand: clip, (1,16,4,4) -> (1,16,4,4) */
    map_c_7(AT(const float, a, 0), AT(float, a, 0), part, parts);
    NET_LAYER(6, "inverted.expand");
    /* inverted.depth.conv: conv, (1,16,4,4) -> (1,16,4,4) */
    conv_c_8(AT(const float, a, 0), AT(const float, w, 1664), AT(float, a, 1024), part, parts);
    NET_LAYER(7, "inverted.depth.conv");
    /* inverted.depth.bn: batch_norm, (1,16,4,4) -> (1,16,4,4) */
    batch_norm_c_6(AT(const float, a, 1024), AT(const float, w, 1536),
        AT(const float, w, 1600), AT(float, a, 1024), part, parts);
    NET_LAYER(8, "inverted.depth.bn");
    /* inverted.depth: clip, (1,16,4,4) -> (1,16,4,4) */
    map_c_7(AT(const float, a, 1024), AT(float, a, 1024), part, parts);
    NET_LAYER(9, "inverted.depth");
    /* inverted.project.conv: conv, (1,16,4,4) -> (1,8,4,4) */
    conv_c_9(AT(const float, a, 1024), AT(const float, w, 2240), AT(float, a, 0), part, parts);
    NET_LAYER(10, "inverted.project.conv");
    /* inverted.project: batch_norm, (1,8,4,4) -> (1,8,4,4) */
    batch_norm_c_2(AT(const float, a, 0), AT(const float, w, 896), AT(const float, w, 960),
        AT(float, a, 0), part, parts);
    NET_LAYER(11, "inverted.project");
    /* inverted.add: add, (1,8,4,4) -> (1,8,4,4) */
    zip_c_10(AT(const float, a, 0), AT(const float, a, 2048), AT(float, a, 0), part, parts);
    NET_LAYER(12, "inverted.add");
    /* global_avg_pool: reduce_mean, (1,8,4,4) -> (1,8) */
    reduce_c_11(AT(const float, a, 0), AT(float, a, 512), part, parts);
    NET_LAYER(13, "global_avg_pool");
    /* dense: dense, (1,8) -> (1,3) */
    dense_c_12(AT(const float, a, 512), AT(const float, w, 2752), AT(const float, w, 2880),
        out->dense + 0, part, parts);
    NET_LAYER(14, "dense");
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

/* Which of the variants above this CPU runs; 0: none. */
static int variant(void)
{
    if (1)
        return 1;
    return 0;
}

static const char *variant_name(void)
{
    if (variant() == 1)
        return "portable";
    return "none";
}

static void net_dispatch(const tiny_plain_inputs *in, const tiny_plain_outputs *out,
    const unsigned char *w, unsigned char *a)
{
    if (variant() == 1) {
        run_c(in, out, w, a);
        return;
    }
    (void)in, (void)out, (void)w, (void)a;
}

static int net_check(const tiny_plain_inputs *in, const tiny_plain_outputs *out,
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

int tiny_plain_run(const tiny_plain_inputs *in, const tiny_plain_outputs *out,
    const void *weights, void *arena)
{
    const unsigned char *w = (const unsigned char *)(weights ? weights : tiny_plain_weights);
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
    tiny_plain_inputs x;
    tiny_plain_outputs y;

    x.image = (const float *)in[0];
    y.dense = (float *)out[0];
    return tiny_plain_run(&x, &y, weights, arena);
}

const mnc_net *tiny_plain_describe(void)
{
    static const mnc_net net = {
        MNC_NET_ABI, "tiny", "0.1.0", variant_name,
        1, 1, input_table, output_table,
        tiny_plain_ARENA_BYTES, tiny_plain_WEIGHT_BYTES, tiny_plain_weights,
        run_by_position,
        tiny_plain_SELFTEST_BYTES, tiny_plain_selftest,
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

int tiny_plain_selftest(const void *weights, void *memory)
{
    unsigned char *m = (unsigned char *)memory;
    tiny_plain_inputs in;
    tiny_plain_outputs out;
    int64_t i;
    int code;

    if (!m)
        return MNC_NET_NULL;
    in.image = AT(float, m, tiny_plain_ARENA_BYTES + 0);
    for (i = 0; i < 192; i++)
        AT(float, m, tiny_plain_ARENA_BYTES + 0)[i] = (float)SAMPLE_f32(i);
    out.dense = AT(float, m, tiny_plain_ARENA_BYTES + 768);
    code = tiny_plain_run(&in, &out, weights, memory);
    if (code != MNC_NET_OK)
        return code;
    SAMPLE_COMPARE(out.dense, expect0, 3);
    return MNC_NET_OK;
}
