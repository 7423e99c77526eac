/* SPDX-License-Identifier: Apache-2.0 */
/* data: labelled images, from a --data SPEC to batches in memory.
 *
 * SPEC is one of these; without the prefix, what lies at PATH decides:
 *   cifar10:PATH   cifar100:PATH   a folder with the files of the binary or the Python version, or
 *                                  the .tar.gz as it is downloaded (or .tar)
 *   idx:DIR        the four files of MNIST, Fashion-MNIST and their like, gzip or not
 *   folder:DIR     one folder a class, named by it, of JPEG and PNG files; or train/ and test/
 *                  (val/, valid/) with such folders in each
 *   npz:FILE       arrays x and y, or x_train, y_train, x_test and y_test: x (N,H,W), (N,H,W,C) or
 *                  (N,C,H,W) of uint8 or float32, y (N) or (N,1) of whole numbers
 * A set that does not say what is for training is split by share and seed, class by class.
 *
 * Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html; LeCun, MNIST, "The IDX format".
 */
#ifndef MNC_RT_DATA_H
#define MNC_RT_DATA_H

#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { RT_TRAIN, RT_TEST } RtPart;

/* What becomes of an image file that does not decode, and of a class without an image: */
typedef enum {
    RT_BAD_STOP,           /* all of them are named, and the set is not opened */
    RT_BAD_SKIP,           /* all of them are named in notes and left out; the class stays */
    RT_BAD_LATER           /* nobody looks beforehand: a loader stops at the first one it meets */
} RtBad;

typedef struct RtDataOptions {
    RtPart part;
    double share;          /* of a set without parts: for training; 0 counts as 0.7 */
    uint64_t seed;         /* of that split */
    int classes;           /* of the net: labels are below it; 0: as many as the set has */
    RtBad bad;
    int workers;           /* threads that try to decode image files; at least one works */
} RtDataOptions;

/* An open set: one part of it.  Lives in the arena; read-only, so that several loaders and threads
 * may share it. */
typedef struct RtData {
    const char *spec;
    const char *kind;                  /* "cifar10", "cifar100", "idx", "folder", "npz" */
    int64_t n;                         /* samples */
    int classes;                       /* as the options say, or as the set has */
    const char *const *class_name;     /* [classes]; "0", "1" ... where the set has no names */
    int channels;                      /* 1 or 3 */
    int height, width;                 /* 0: images of many sizes */
    const int32_t *label;              /* (n), each in 0..classes-1 */
    /* one of these three */
    const unsigned char *u8;           /* (n,C,H,W) */
    const float *f32;                  /* (n,C,H,W) */
    const char *const *path;           /* (n), decoded each time */
} RtData;

/* False with everything that is wrong in d, by file and offset or sample. */
bool rt_data_open(Arena *a, const char *spec, const RtDataOptions *o, RtData *out, Diag *d);

/* ---- batches ---- */

/* What is done to each sample, in this order, is a text:
 *   resize=N        the short side becomes N pixels       resize=H,W    both sides
 *   filter=NAME     bilinear (default), bicubic, lanczos, box: of the resizes behind it
 *   pad=N           N black pixels on each side
 *   center=N        the middle N x N pixels, padded where it has fewer     center=H,W
 *   crop=N          N x N pixels, anywhere                crop=H,W
 *   resized=N[,SMIN,SMAX[,RMIN,RMAX]]   a random part of SMIN to SMAX (.08, 1) of the area, its
 *                   width RMIN to RMAX (3/4, 4/3) of its height, resized to N x N
 *   flip            left to right, one time in two        flip=P: with probability P
 *   jitter=B,C,S    brightness, contrast, saturation, in random order, each by a factor from
 *                   max(0, 1 - X) to 1 + X
 * then the pixels, 0 to 255 (or what a float32 set holds), become (value * scale - mean) / std:
 *   scale=1/255     mean=X[,X,X]     std=X[,X,X]           default 1, 0, 1
 * Everything as torchvision.transforms defines it for PIL images; the random numbers are our own:
 * they follow from seed, epoch and sample alone. */
typedef struct RtLoaderOptions {
    int64_t batch;                     /* at least 1; of several ranks, each one's part */
    int rank, ranks;                   /* which part of each batch, of how many; 0, 0: all of it */
    int channels, height, width;       /* of the net's input; 0: as the samples come out */
    const char *steps;                 /* as above; NULL or "": none */
    const char *normalise;             /* more of it, behind steps; NULL or "": none */
    bool shuffle;                      /* anew in each epoch, by seed */
    bool drop_last;                    /* an epoch's last batch, when it is short */
    uint64_t seed;
    int workers;                       /* threads that work ahead; 0: rt_loader_next does it */
} RtLoaderOptions;

/* Where a loader is: the next batch begins with sample number index of that epoch's order. */
typedef struct RtPlace {
    int64_t epoch, index;
} RtPlace;

/* Belongs to the loader, and lives until the next call of rt_loader_next or rt_loader_seek. */
typedef struct RtBatch {
    const float *x;                    /* (batch,C,H,W); of a short batch the rest is 0 */
    const int32_t *label;              /* (batch); of a short batch the rest is -1 */
    const int64_t *sample;             /* (batch), the numbers in RtData; the rest is -1 */
    int64_t n;                         /* samples: batch, or fewer at an epoch's end */
    int64_t all;                       /* of all ranks */
    RtPlace place;                     /* of its first sample */
} RtBatch;

typedef struct RtLoader RtLoader;

/* What data points to must outlive the loader.  The threads end when the arena is destroyed, at the
 * latest.
 * NULL, with messages in d: a wrong step, sizes that do not fit the net, fewer samples than a
 * batch where short ones are dropped. */
RtLoader *rt_loader_open(Arena *a, const RtData *data, const RtLoaderOptions *o, Diag *d);

/* The next batch, on and on: after an epoch's last one comes the next epoch's first, and
 * rt_loader_place().index is 0 in between.  False with a message when a sample cannot be read. */
bool rt_loader_next(RtLoader *l, RtBatch *out, Diag *d);

int64_t rt_loader_batches(const RtLoader *l);      /* in an epoch */
RtPlace rt_loader_place(const RtLoader *l);        /* of the next batch */
void rt_loader_shape(const RtLoader *l, int *channels, int *height, int *width);

/* Goes on from there: the same batches come as if nobody had stopped.  False with a message when
 * the place is none of this loader's. */
bool rt_loader_seek(RtLoader *l, RtPlace to, Diag *d);

/* Do any of those steps draw random numbers?  A sample then looks different in each epoch. */
bool rt_steps_random(Arena *a, const char *steps);

void rt_loader_close(RtLoader *l);                 /* ends the threads; also done by the arena */

#endif
