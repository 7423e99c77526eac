/* SPDX-License-Identifier: Apache-2.0 */
/* augment: the steps, as torchvision.transforms (v1) defines them for PIL images.
 *
 * A step draws a fixed number of random numbers whatever the image is, so that a sample's stream
 * is easy to reproduce elsewhere: crop 2, flip 1, jitter 3 for the order and 1 for each factor.
 * Only resized draws until a part fits, ten times at most.
 */
#include "augment.h"

#include <math.h>
#include <string.h>

/* low <= high. */
static int clamp(int x, int low, int high)
{
    return x < low ? low : x > high ? high : x;
}

/* The window of h x w pixels at (top,left), which may lie outside: padding is a crop that does. */
static void window(RtView *v, int top, int left, int h, int w)
{
    v->at += top * v->row + left * v->col;
    v->top = clamp(v->top - top, 0, h);
    v->bottom = clamp(v->bottom - top, v->top, h);
    v->left = clamp(v->left - left, 0, w);
    v->right = clamp(v->right - left, v->left, w);
    v->height = h;
    v->width = w;
}

/* The borders of black change sides with the pixels. */
static void flip(RtView *v)
{
    int left = v->left;

    v->at += (v->width - 1) * v->col;
    v->col = -v->col;
    v->left = v->width - v->right;
    v->right = v->width - left;
}

/* The pixels that one sees, as an image of their own; a view of a whole image needs no copy. */
static RtImage image_of(Arena *a, const RtView *v)
{
    RtImage m = { v->width, v->height, NULL };

    /* interleaved, contiguous: a decoder or the resampler has made it, for this sample alone */
    if (v->col == 3 && v->plane == 1 && v->row == (ptrdiff_t)v->width * 3 && v->at == 0
        && v->top == 0 && v->bottom == v->height && v->left == 0 && v->right == v->width) {
        m.rgb = (unsigned char *)(uintptr_t)v->u8;
        return m;
    }
    m.rgb = arena_array(a, (size_t)v->width * (size_t)v->height, 3);
    for (int i = v->top; i < v->bottom; i++)
        for (int x = v->left; x < v->right; x++)
            for (int c = 0; c < 3; c++)
                m.rgb[((ptrdiff_t)i * v->width + x) * 3 + c] =
                    v->u8[v->at + i * v->row + x * v->col + (v->channels == 3 ? c * v->plane : 0)];
    return m;
}

/* A grey image stays grey: its three channels are equal, and one of them is looked at.  So there is
 * one resampler and one jitter, at three times the work for images that are small anyway. */
static void see(RtView *v, const RtImage *m)
{
    int channels = v->channels;

    rt_view_image(v, m);
    v->channels = channels;
}

/* Bit for bit as Pillow; what the view did before is done now. */
static void resize(Arena *a, const RtStep *s, RtView *v, int h, int w)
{
    RtImage m = image_of(a, v);

    rt_image_resize(a, &m, s->filter, w, h, &m);
    see(v, &m);
}

/* One side: the short one, the other int(side * long / short). */
static const char *do_resize(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    int64_t h = v->height, w = v->width, side = (int)s->v[0];

    (void)r;
    if (s->n == 2) {
        resize(a, s, v, (int)side, (int)s->v[1]);
        return NULL;
    }
    if (h <= w) {
        w = side * w / h;
        h = side;
    } else {
        h = side * h / w;
        w = side;
    }
    if (h > RT_MAX_SIDE || w > RT_MAX_SIDE || h * w > RT_MAX_PIXELS)
        return "would have too many pixels after resizing";
    resize(a, s, v, (int)h, (int)w);
    return NULL;
}

/* The fill is 0, as torchvision has it by default. */
static const char *do_pad(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    int n = (int)s->v[0];

    (void)a, (void)r;
    window(v, -n, -n, v->height + 2 * n, v->width + 2 * n);
    return NULL;
}

/* Halves of what is cut go to the even side, as Python's round has it; of what is added, to the
 * bottom and the right. */
static int middle(int size, int wanted)
{
    return size < wanted ? -((wanted - size) / 2) : (int)rint((size - wanted) / 2.);
}

/* Never fails: what is missing is padded. */
static const char *do_center(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    int h = (int)s->v[0], w = (int)s->v[1];

    (void)a, (void)r;
    window(v, middle(v->height, h), middle(v->width, w), h, w);
    return NULL;
}

/* The number of places is what is left of each side, plus one. */
static const char *do_crop(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    int h = (int)s->v[0], w = (int)s->v[1], top, left;

    if (v->height < h || v->width < w)
        return arena_printf(a, "has %dx%d pixels (height x width), too few to crop %dx%d",
                            v->height, v->width, h, w);
    top = (int)rng_below(r, (uint64_t)(v->height - h) + 1);
    left = (int)rng_below(r, (uint64_t)(v->width - w) + 1);
    window(v, top, left, h, w);
    return NULL;
}

/* Draws also for probabilities 0 and 1. */
static const char *do_flip(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    (void)a;
    if (rng_unit(r) < s->v[0])
        flip(v);
    return NULL;
}

/* The middle, cut so that its width over its height lies between low and high. */
static void cut_ratio(RtView *v, double low, double high)
{
    double ratio = (double)v->width / v->height;
    int h = v->height, w = v->width;

    if (ratio < low)
        h = clamp((int)rint(w / low), 1, h);
    else if (ratio > high)
        w = clamp((int)rint(h * high), 1, w);
    window(v, (v->height - h) / 2, (v->width - w) / 2, h, w);
}

/* RandomResizedCrop.get_params: a share of the area, uniform; a ratio, uniform in its logarithm. */
static void random_part(const RtStep *s, Rng *r, RtView *v)
{
    double area = (double)v->height * v->width;

    for (int i = 0; i < 10; i++) {
        double target = area * rng_between(r, s->v[1], s->v[2]);
        double ratio = exp(rng_between(r, log(s->v[3]), log(s->v[4])));
        double w = rint(sqrt(target * ratio)), h = rint(sqrt(target / ratio));
        if (w >= 1 && h >= 1 && w <= v->width && h <= v->height) {
            int top = (int)rng_below(r, (uint64_t)(v->height - (int)h) + 1);
            int left = (int)rng_below(r, (uint64_t)(v->width - (int)w) + 1);
            window(v, top, left, (int)h, (int)w);
            return;
        }
    }
    cut_ratio(v, s->v[3], s->v[4]);
}

/* The part, then a resize of that part alone: pixels around it do not count. */
static const char *do_resized(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    random_part(s, r, v);
    resize(a, s, v, (int)s->v[0], (int)s->v[0]);
    return NULL;
}

/* ---- jitter ---- */

/* from + factor * (to - from), cut to a byte; within [0,1] no cut is needed (Pillow's blend). */
static unsigned char blend(int from, int to, float factor)
{
    float x = (float)from + factor * (float)(to - from);

    return (unsigned char)(x <= 0 ? 0 : x >= 255 ? 255 : (int)x);
}

/* ITU-R 601-2 luma, in the 16-bit fixed point of Pillow's convert("L"). */
static int grey(const unsigned char *p)
{
    return (int)((p[0] * 19595U + p[1] * 38470U + p[2] * 7471U + 0x8000) >> 16);
}

/* All values alike, by table: away from black, or from the mean grey. */
static void blend_all(const RtImage *m, int from, float factor)
{
    size_t n = (size_t)m->width * (size_t)m->height * 3;
    unsigned char table[256];

    for (int x = 0; x < 256; x++)
        table[x] = blend(from, x, factor);
    for (size_t i = 0; i < n; i++)
        m->rgb[i] = table[m->rgb[i]];
}

/* ImageEnhance.Brightness: away from black. */
static void brightness(const RtImage *m, float factor)
{
    blend_all(m, 0, factor);
}

/* ImageEnhance.Contrast: away from the mean of the greys, rounded. */
static void contrast(const RtImage *m, float factor)
{
    size_t n = (size_t)m->width * (size_t)m->height;
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (uint64_t)grey(m->rgb + 3 * i);
    blend_all(m, (int)((double)sum / (double)n + 0.5), factor);
}

/* Each pixel away from its own grey. */
static void saturation(const RtImage *m, float factor)
{
    size_t n = (size_t)m->width * (size_t)m->height;

    for (unsigned char *p = m->rgb; n > 0; n--, p += 3) {
        int g = grey(p);
        for (int c = 0; c < 3; c++)
            p[c] = blend(g, p[c], factor);
    }
}

/* The factors are drawn first, then the order of the three (Fisher and Yates' shuffle).  Also those
 * that are 0, and then change nothing, are drawn: the stream does not depend on the settings. */
static const char *do_jitter(Arena *a, const RtStep *s, Rng *r, RtView *v)
{
    static void (*const change[3])(const RtImage *, float) = { brightness, contrast, saturation };
    int order[3] = { 0, 1, 2 };
    float factor[3];
    RtImage m = image_of(a, v);

    for (int i = 0; i < 3; i++) {
        double low = s->v[i] < 1 ? 1 - s->v[i] : 0;
        factor[i] = (float)rng_between(r, low, 1 + s->v[i]);
    }
    for (int i = 2; i >= 0; i--) {
        int k = (int)rng_below(r, (uint64_t)i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    for (int i = 0; i < 3; i++)
        if (s->v[order[i]] > 0)
            change[order[i]](&m, factor[order[i]]);
    see(v, &m);
    return NULL;
}

/* One step on a view; NULL, or what cannot be done.  New pixels live in the arena. */
typedef const char *Step(Arena *a, const RtStep *s, Rng *r, RtView *v);

static Step *const steps[] = {
    [ST_RESIZE] = do_resize,   [ST_PAD] = do_pad,   [ST_CENTER] = do_center,
    [ST_CROP] = do_crop,       [ST_RESIZED] = do_resized,
    [ST_FLIP] = do_flip,       [ST_JITTER] = do_jitter,
};

/* Stops at the first step that cannot be done. */
const char *rt_augment(Arena *a, const RtSteps *s, Rng *r, RtView *v)
{
    const char *why = NULL;

    for (int i = 0; i < s->n && !why; i++) {
        why = steps[s->step[i].kind](a, &s->step[i], r, v);
        if (!why && (int64_t)v->height * v->width > RT_MAX_PIXELS)
            why = "would have too many pixels";
    }
    return why;
}
