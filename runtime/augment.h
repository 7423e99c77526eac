/* SPDX-License-Identifier: Apache-2.0 */
/* augment: one sample from the set to its place in a batch: the steps of data.h.
 *
 * Crops, flips and padding do not touch pixels: they only change the view through which the pixels
 * are read in the end, or by the next step that needs them, a resize or a jitter.
 */
#ifndef MNC_RT_AUGMENT_H
#define MNC_RT_AUGMENT_H

#include "base/rng.h"
#include "image.h"

typedef enum { ST_RESIZE, ST_PAD, ST_CENTER, ST_CROP, ST_RESIZED, ST_FLIP, ST_JITTER } RtStepKind;

typedef struct RtStep {
    RtStepKind kind;
    double v[5];               /* the numbers in the order of the text, defaults filled in */
    int n;                     /* how many were written */
    const RtFilter *filter;
} RtStep;

enum { RT_MAX_STEPS = 16 };

typedef struct RtSteps {
    RtStep step[RT_MAX_STEPS];
    int n;
    const RtFilter *filter;    /* of the next resize */
    double scale, mean[3], std[3];
} RtSteps;

/* No steps, values 0 to 255. */
void rt_steps_none(RtSteps *s);

/* Appends what text says; false with a message for each word that is wrong. */
bool rt_steps_text(Arena *a, const char *text, RtSteps *s, Diag *d);

/* What a sample of height x width becomes; 0 is a size that is not known before.  False, with a
 * message, when a step cannot be done. */
bool rt_steps_size(const RtSteps *s, int *height, int *width, Diag *d);
bool rt_steps_need_bytes(const RtSteps *s);    /* a resize or a jitter, which float32 has not */

/* Pixel (y,x) of channel c is element at + y * row + x * col + c * plane of one of the arrays;
 * outside of [top,bottom) x [left,right) it is 0. */
typedef struct RtView {
    const unsigned char *u8;
    const float *f32;
    ptrdiff_t at, row, col, plane;
    int channels;              /* 1 or 3 */
    int height, width, top, bottom, left, right;
} RtView;

void rt_view_planes(RtView *v, int channels, int height, int width);   /* (C,H,W); set an array */
void rt_view_image(RtView *v, const RtImage *m);

/* Applies the steps; pixels that are made live in the arena.  An interleaved view's pixels may be
 * changed.  NULL, or what cannot be done with this sample. */
const char *rt_augment(Arena *a, const RtSteps *s, Rng *r, RtView *v);

/* value -> input for the channels of the net: of bytes by table, of floats by the formula. */
typedef struct RtNormalise {
    float table[3][256];
    float scale, mean[3], std[3];
    int channels;              /* of the net: 1 or 3 */
} RtNormalise;

void rt_normalise(RtNormalise *m, const RtSteps *s, int channels);

/* y (channels,height,width).  One channel goes to all three, three become one as grey. */
void rt_view_write(const RtView *v, const RtNormalise *m, float *y);

#endif
