//@ params

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
