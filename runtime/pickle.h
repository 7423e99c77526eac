/* SPDX-License-Identifier: Apache-2.0 */
/* pickle: what a Python pickle of plain data holds: numbers, strings, lists, tuples, dicts, and
 * numpy arrays of uint8.
 *
 * A pickle is a program.  This reader runs only the part of the language that makes such data, and
 * of the functions that a pickle may call knows only those that make an array; it calls nothing.
 * Everything else is refused by name.  Protocols 0 to 5 share the opcodes; text ones (protocol 0)
 * are not read.  Reference: CPython's Lib/pickletools.py.
 */
#ifndef MNC_RT_PICKLE_H
#define MNC_RT_PICKLE_H

#include "base/file.h"

#include <stdbool.h>

typedef enum {
    PY_NONE, PY_INT, PY_FLOAT,         /* bool is an int */
    PY_TEXT,                           /* str and bytes: p, n */
    PY_LIST, PY_TUPLE, PY_DICT,        /* item, n; a dict's keys and values in turn */
    PY_GLOBAL,                         /* a function or class: p is "module name" */
    PY_DTYPE,                          /* f 1: uint8; 0: another */
    PY_ARRAY                           /* uint8: p, n bytes; item: its shape, of cap numbers */
} PyKind;

typedef struct PyValue {
    PyKind kind;
    int64_t i;
    double f;
    const unsigned char *p;            /* into the file; not null-terminated */
    struct PyValue **item;
    size_t n, cap;
} PyValue;

/* The one value of a pickle, or NULL with the byte's number and the reason in d.  A list may hold
 * itself: whoever walks it must not go down without a limit. */
const PyValue *rt_pickle(Arena *a, const char *path, Bytes file, Diag *d);

/* The value of a dict's key; NULL: it has none, or is no dict. */
const PyValue *rt_py_get(const PyValue *dict, const char *key);

#endif
