/* SPDX-License-Identifier: Apache-2.0 */
/* preprocess: from a decoded image to the net's input, as it was done in training.
 *
 * In this order: the short side is resized to `resize` (or both sides, when it has two numbers),
 * the middle is cropped to `crop`, then each value becomes (value * scale - mean) / std.
 *
 * Rounding is one pixel here or there, which moves a probability by percents; so the model's
 * maker's way is a setting:
 *   torchvision  the long side is cut, int(resize * long / short); the crop begins at
 *                round((size - crop) / 2), halves to even
 *   nearest      the long side is rounded; the crop begins at (size - crop) / 2, cut
 *
 * The settings come from MODEL.json beside the model, and --preprocess overrides them:
 *     {"preprocess": {"resize": 256, "filter": "bicubic", "crop": 224, "mean": [127, 127, 127],
 *                     "std": [128, 128, 128], "scale": 1, "order": "RGB", "layout": "NCHW",
 *                     "rounding": "torchvision"},
 *      "labels": "classes.txt", "softmax": true}
 *     --preprocess=resize=256,filter=bicubic,crop=224,mean=0.485,0.456,0.406,std=...,scale=1/255
 */
#ifndef MNC_RT_PREPROCESS_H
#define MNC_RT_PREPROCESS_H

#include "image.h"
#include "tensor.h"

typedef enum { RT_RGB, RT_BGR, RT_GRAY } RtOrder;
typedef enum { RT_TORCHVISION, RT_NEAREST } RtRounding;
typedef enum { RT_ANY_LAYOUT, RT_NCHW, RT_NHWC } RtLayout;

typedef struct RtPreprocess {
    int64_t resize[2];       /* height, width; width 0: the short side; both 0: not at all */
    int64_t crop[2];         /* height, width; 0: what the net's input has */
    const RtFilter *filter;
    double mean[3], std[3];  /* of the channels in the net's order, after scale */
    double scale;
    RtOrder order;
    RtRounding rounding;
    RtLayout layout;         /* RT_ANY_LAYOUT: as the net's input shape tells */
} RtPreprocess;

typedef struct RtModelFile {
    bool has_preprocess;
    RtPreprocess preprocess;
    const char *labels;      /* path of the labels, one a line; NULL: none */
    int softmax;             /* 1: the scores need it, 0: they do not; -1: it does not say */
} RtModelFile;

/* No resizing, crop to the input, values 0 to 255, RGB. */
void rt_preprocess_default(RtPreprocess *p);

/* Settings as text: key=value[,value...],key=...  Unknown keys and bad values are errors. */
bool rt_preprocess_text(Arena *a, const char *text, RtPreprocess *p, Diag *d);

/* Reads MODEL.json beside the model; it is no error when there is none. */
bool rt_model_file(Arena *a, const char *model_path, RtModelFile *out, Diag *d);

/* What an input of a net wants from an image: sizes and layout from its shape (rank 4, 1 or 3
 * channels).  False, with a message, when it cannot be an image. */
typedef struct RtImageInput {
    int64_t batch, channels, height, width;
    RtLayout layout;
    int dtype;               /* float32, or uint8 for nets that do the rest themselves */
} RtImageInput;
bool rt_image_input(Arena *a, const RtTensor *shape, const RtPreprocess *p, RtImageInput *out,
                    Diag *d);

/* Where an image goes: number i (of in->batch) of data, which has the whole input's bytes. */
typedef struct RtImageTarget {
    const RtImageInput *in;
    int64_t i;
    void *data;
} RtImageTarget;

/* Fills the target.  path is for messages. */
bool rt_preprocess(Arena *a, const char *path, const RtImage *image, const RtPreprocess *p,
                   const RtImageTarget *to, Diag *d);

#endif
