/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_call: numpy arrays of uint8, in the ways that numpy has had of pickling them.
 *
 *   _reconstruct(ndarray, (0,), b"b"), then its state (version, shape, dtype, fortran, bytes)
 *   _frombuffer(bytes, dtype, shape, order)                     protocol 5
 *   dtype("u1", ...), then a state of its own that says the byte order
 *   encode(text, "latin1"): Python 3 writes bytes so into protocol 2
 *
 * None of them is Python's function: each only fills in a value from others.  So what is not in the
 * table below cannot happen, whatever a file says.
 */
#include "pickle_call.h"

#include <string.h>

/* out comes as a value of no kind; NULL when it is made, else why not. */
typedef const char *Call(Arena *a, const PyValue *args, PyValue *out);

/* An argument of a kind; NULL when there is none. */
static const PyValue *arg(const PyValue *args, size_t i, PyKind kind)
{
    return i < args->n && args->item[i]->kind == kind ? args->item[i] : NULL;
}

static bool is_text(const PyValue *v, const char *text)
{
    return v->n == strlen(text) && !memcmp(v->p, text, v->n);
}

/* The bytes must be as many as the shape says; n counts 1 for a shape of ().  Nothing is copied: v
 * shares the bytes with the file, and the numbers of its shape with the tuple. */
static const char *set_array(PyValue *v, const PyValue *shape, const PyValue *type,
                             const PyValue *data)
{
    size_t n = 1;

    if (!shape || !type || !data)
        return "an array's state is damaged";
    if (type->f != 1)
        return "an array is not of uint8";
    for (size_t i = 0; i < shape->n; i++) {
        const PyValue *x = shape->item[i];
        if (x->kind != PY_INT || x->i < 0 || __builtin_mul_overflow(n, (size_t)x->i, &n))
            return "an array's shape is damaged";
    }
    if (n != data->n)
        return "an array has other bytes than its shape says";
    v->item = shape->item;
    v->cap = shape->n;
    v->p = data->p;
    v->n = n;
    return NULL;
}

/* Empty until its state is set; the arguments are always the same. */
static const char *reconstruct(Arena *a, const PyValue *args, PyValue *out)
{
    (void)a, (void)args;
    out->kind = PY_ARRAY;
    return NULL;
}

static const char *from_buffer(Arena *a, const PyValue *args, PyValue *out)
{
    const PyValue *order = arg(args, 3, PY_TEXT);

    (void)a;
    out->kind = PY_ARRAY;
    if (!order || !is_text(order, "C"))
        return "an array is not in C's order";
    return set_array(out, arg(args, 2, PY_TUPLE), arg(args, 1, PY_DTYPE), arg(args, 0, PY_TEXT));
}

/* f 1: it is uint8, which has no byte order. */
static const char *dtype(Arena *a, const PyValue *args, PyValue *out)
{
    const PyValue *name = arg(args, 0, PY_TEXT);

    (void)a;
    out->kind = PY_DTYPE;
    out->f = name && (is_text(name, "u1") || is_text(name, "|u1"));
    return NULL;
}

/* UTF-8 of code points below 256, which take two bytes from 128 on: C2 xx and C3 xx. */
static const char *encode(Arena *a, const PyValue *args, PyValue *out)
{
    const PyValue *text = arg(args, 0, PY_TEXT);
    unsigned char *y;

    if (!text)
        return "bytes are encoded from no text";
    y = arena_alloc(a, text->n);
    out->kind = PY_TEXT;
    out->p = y;
    for (size_t i = 0; i < text->n; i++) {
        unsigned c = text->p[i];
        if (c >= 0x80) {
            if ((c != 0xc2 && c != 0xc3) || i + 1 == text->n || (text->p[i + 1] & 0xc0) != 0x80)
                return "a text is not Latin-1";
            c = (c & 3) << 6 | (text->p[++i] & 0x3f);
        }
        y[out->n++] = (unsigned char)c;
    }
    return NULL;
}

/* What Python 3 writes for b'' in protocols before 3. */
static const char *no_bytes(Arena *a, const PyValue *args, PyValue *out)
{
    out->kind = PY_TEXT;
    out->p = arena_alloc(a, 1);
    return arg(args, 0, PY_TEXT) ? "bytes are made of an argument" : NULL;
}

/* A class is named, but not called. */
static const char *none(Arena *a, const PyValue *args, PyValue *out)
{
    (void)a, (void)args, (void)out;
    return "it calls ndarray itself";
}

/* numpy 2 has moved some. */
static const struct Known {
    const char *name;
    Call *call;
} known[] = {
    { "numpy.core.multiarray _reconstruct", reconstruct },
    { "numpy._core.multiarray _reconstruct", reconstruct },
    { "numpy.core.numeric _frombuffer", from_buffer },
    { "numpy._core.numeric _frombuffer", from_buffer },
    { "numpy ndarray", none },
    { "numpy dtype", dtype },
    { "_codecs encode", encode },
    { "__builtin__ bytes", no_bytes },
};

/* NULL: it is refused. */
static const struct Known *find(const PyValue *v)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_text(v, known[i].name))
            return &known[i];
    return NULL;
}

/* The name is kept even when it is refused, for the message. */
bool py_global(Arena *a, PyValue *v, Bytes module, Bytes name)
{
    enum { LONGEST = 200 };        /* a hostile name need not be copied whole */
    int m = (int)(module.n < LONGEST ? module.n : LONGEST);
    int n = (int)(name.n < LONGEST ? name.n : LONGEST);
    const char *text = arena_printf(a, "%.*s %.*s", m, (const char *)module.p, n,
                                    (const char *)name.p);

    v->p = (const unsigned char *)text;
    v->n = strlen(text);
    return find(v) != NULL;
}

/* diag_quote makes control bytes visible. */
const char *py_refused(Arena *a, const PyValue *global)
{
    return arena_printf(a, "it would call '%s', which is refused,",
                        diag_quote(a, (const char *)global->p));
}

/* f was found when it was made, so it is found again. */
const char *py_call(Arena *a, const PyValue *f, const PyValue *args, PyValue *out)
{
    if (f->kind != PY_GLOBAL || args->kind != PY_TUPLE)
        return "it calls what is no function";
    return find(f)->call(a, args, out);
}

/* (version, shape, dtype, in Fortran's order?, bytes) */
const char *py_build(PyValue *object, const PyValue *state)
{
    const PyValue *order;

    if (object->kind == PY_DTYPE)
        return NULL;
    if (object->kind != PY_ARRAY || state->kind != PY_TUPLE)
        return "it sets the state of what is no array";
    order = arg(state, 3, PY_INT);
    if (!order || order->i)
        return "an array is not in C's order";
    return set_array(object, arg(state, 1, PY_TUPLE), arg(state, 2, PY_DTYPE),
                     arg(state, 4, PY_TEXT));
}
