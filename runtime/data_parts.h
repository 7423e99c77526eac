/* SPDX-License-Identifier: Apache-2.0 */
/* data_parts: the readers of data sets, and what they share; for data_*.c alone. */
#ifndef MNC_RT_DATA_PARTS_H
#define MNC_RT_DATA_PARTS_H

#include "data.h"

#include "base/file.h"

/* A kind of data set.  open gets the path without the prefix, and fills in all of *out but spec and
 * kind.  is: what lies at path looks like one, told from names and first bytes. */
typedef struct RtKind {
    const char *name;
    bool (*open)(Arena *a, const char *path, const RtDataOptions *o, RtData *out, Diag *d);
    bool (*is)(Arena *a, const char *path);
} RtKind;

extern const RtKind rt_cifar10, rt_cifar100, rt_idx, rt_folder, rt_npz;

/* An IDX file: elements of uint8, size of them, row-major. */
enum { RT_IDX_RANK = 4 };
typedef struct RtIdx {
    int rank;
    uint64_t dim[RT_IDX_RANK], size;
    unsigned char *data;
} RtIdx;
bool rt_idx_read(Arena *a, const char *path, Bytes file, RtIdx *x, Diag *d);

/* Names, as they are found. */
typedef struct RtNames {
    const char **v;
    size_t n, cap;
} RtNames;
void rt_names_add(Arena *a, RtNames *s, const char *name);

/* The names in a folder that are wanted (NULL: all), sorted by their bytes; hidden ones never are.
 * None when there is no such folder. */
typedef bool RtWantName(Arena *scratch, const char *dir, const char *name);
RtNames rt_list(Arena *a, const char *dir, RtWantName *want);
int rt_by_bytes(const void *x, const void *y);     /* qsort's order of such names */

/* "0", "1" ... */
const char *const *rt_class_numbers(Arena *a, int classes);

/* Of n samples, the numbers of those that are in o->part, in order; *n becomes their number.  Of
 * each class round(share * samples) are for training, drawn by o->seed and the class alone, so that
 * another class more moves nothing. */
int64_t *rt_split(Arena *a, const int32_t *label, int64_t *n, int classes,
                  const RtDataOptions *o);

/* The largest label + 1; 0, with messages that name the samples, when one is below 0 or above
 * RT_MAX_CLASSES. */
enum { RT_MAX_CLASSES = 1 << 20 };
int rt_count_classes(const char *path, const int64_t *label, int64_t n, Diag *d);

#endif
