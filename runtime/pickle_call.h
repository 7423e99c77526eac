/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_call: what a pickle may call, for pickle.c alone. */
#ifndef MNC_RT_PICKLE_CALL_H
#define MNC_RT_PICKLE_CALL_H

#include "pickle.h"

/* v becomes the function or class of that name; false when it is none that is known. */
bool py_global(Arena *a, PyValue *v, Bytes module, Bytes name);

/* Why: its name, made safe to print. */
const char *py_refused(Arena *a, const PyValue *global);

/* out = f(args); NULL, or why not. */
const char *py_call(Arena *a, const PyValue *f, const PyValue *args, PyValue *out);

/* The state of an object that py_call has made; NULL, or why not. */
const char *py_build(PyValue *object, const PyValue *state);

#endif
