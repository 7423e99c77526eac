/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_data: the numbers of constants: written in the spec, or in a file beside it.
 *
 * Numbers are converted straight from their digits to the element type, so that what ir_print has
 * written is the same bits again.  A data file is read once, whole; constants point into it.
 */
#include "frontend/mnet_run.h"
#include "base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct DataFile {
    struct DataFile *next;
    Sym name;
    Bytes bytes;           /* p NULL: cannot be read; said */
} DataFile;

/* Round to nearest, ties to even, as IEEE 754 has it; 10 bits of fraction, exponent bias 15. */
static uint16_t to_half(float x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double a = fabs((double)x), scaled;
    int exp;

    if (isnan(x))
        return 0x7e00;
    if (a >= 65520)                            /* halfway to what would be 2^16 */
        return sign | 0x7c00;
    frexp(a, &exp);
    exp = a < 0x1p-14 ? -13 : exp;             /* subnormal: steps of 2^-24 */
    scaled = nearbyint(ldexp(a, 11 - exp));    /* [1024, 2048], or less when subnormal */
    return (uint16_t)(sign | (uint16_t)(scaled + (exp + 13) * 1024));
}

/* f is the number in double, single the same digits rounded once to float: converting f would
 * round twice.  A half is rounded from single; what ir_print writes is exact in all of them. */
static void put_float(void *to, DType t, double f, float single)
{
    switch (t) {
    case DT_F32: *(float *)to = single; break;
    case DT_F64: *(double *)to = f; break;
    default: *(uint16_t *)to = to_half(single); break;
    }
}

/* The lower bytes of the two's complement, which the caller has checked to fit. */
static void put_int(void *to, DType t, uint64_t bits)
{
    uint8_t b = (uint8_t)bits;
    uint16_t h = (uint16_t)bits;
    uint32_t w = (uint32_t)bits;

    switch (dtype_info[t].size) {
    case 1: memcpy(to, &b, 1); break;
    case 2: memcpy(to, &h, 2); break;
    case 4: memcpy(to, &w, 4); break;
    default: memcpy(to, &bits, 8); break;
    }
}

/* Types whose digits may have a fraction. */
static bool is_float(DType t)
{
    return t == DT_F32 || t == DT_F64 || t == DT_F16;
}

/* The largest magnitude of an integer type on the side of the sign. */
static uint64_t most(DType t, bool negative)
{
    uint64_t bits = 8 * dtype_info[t].size;

    if (t == DT_BOOL)
        return negative ? 0 : 1;
    if (t == DT_U8 || t == DT_U16 || t == DT_U32 || t == DT_U64)
        return negative ? 0 : UINT64_MAX >> (64 - bits);
    return (UINT64_MAX >> (65 - bits)) + negative;
}

/* A literal, straight from its digits. */
static bool put_digits(Mnet *m, const Expr *e, DType t, void *to)
{
    char *end;
    uint64_t u;

    if (is_float(t)) {
        float single = number_read_f32(e->text, NULL);
        put_float(to, t, e->f, e->negative ? -single : single);
        return true;
    }
    errno = 0;
    u = strtoull(e->text, &end, 10);
    if (*end || errno || u > most(t, e->negative)) {
        mnet_error(m, e->at, "%s%s is no %s", e->negative ? "-" : "", e->text,
                   dtype_info[t].name);
        return false;
    }
    put_int(to, t, e->negative ? -u : u);
    return true;
}

/* One element: digits as they stand, or what an expression gives. */
static bool put_element(Mnet *m, const Expr *e, DType t, void *to)
{
    int64_t i;
    double f;

    if (e->kind == E_NUMBER)
        return put_digits(m, e, t, to);
    if (is_float(t)) {
        if (!mnet_float(m, e, &f))
            return false;
        put_float(to, t, f, (float)f);
        return true;
    }
    if (!mnet_int(m, e, &i))
        return false;
    if ((i < 0 ? -(uint64_t)i : (uint64_t)i) > most(t, i < 0)) {
        mnet_error(m, e->at, "%" PRId64 " is no %s", i, dtype_info[t].name);
        return false;
    }
    put_int(to, t, (uint64_t)i);
    return true;
}

/* The count must be right: a list is no pattern to be repeated. */
const void *mnet_data_list(Mnet *m, const Expr *list, DType t, int64_t n)
{
    size_t size = dtype_info[t].size;
    int64_t given = 0;
    char *p;

    for (const Expr *e = list->kid; e; e = e->next)
        given++;
    if (given != n) {
        mnet_error(m, list->at, "here should be %" PRId64 " numbers, not %" PRId64, n, given);
        return NULL;
    }
    p = arena_array(m->arena, (size_t)n, size);
    for (const Expr *e = list->kid; e; e = e->next, given--)
        if (!put_element(m, e, t, p + (size_t)(n - given) * size))
            return NULL;
    return p;
}

/* What a short text can ask for is bounded: `repeat 1000 { dense out=30000 }` would be 100 GB. */
void *mnet_room(Mnet *m, At at, const Shape *s, DType t)
{
    size_t size = dtype_info[t].size;
    int64_t n = shape_count(s);

    if (n > (MNET_MAX_BYTES - m->bytes) / (int64_t)size) {
        mnet_error(m, at, "the constants that are made have more than %d bytes together",
                   MNET_MAX_BYTES);
        m->stop = true;
        return NULL;
    }
    m->bytes += n * (int64_t)size;
    return arena_array(m->arena, (size_t)n, size);
}

/* One conversion, then copies. */
const void *mnet_data_fill(Mnet *m, const Expr *e, DType t, const Shape *s)
{
    size_t size = dtype_info[t].size, n = (size_t)shape_count(s);
    uint64_t one = 0;
    char *p;

    if (!put_element(m, e, t, &one) || !(p = mnet_room(m, e->at, s, t)))
        return NULL;
    for (size_t i = 0; i < n; i++)
        memcpy(p + i * size, &one, size);
    return p;
}

/* ---- files ---- */

/* A name with a slash could lead anywhere; the data of a spec that was sent lie beside it. */
static DataFile *data_file(Mnet *m, At at, Sym name)
{
    DataFile *f = m->files;

    while (f && f->name != name)
        f = f->next;
    if (f)
        return f;
    f = arena_new(m->arena, DataFile);
    *f = (DataFile){ .next = m->files, .name = name };
    m->files = f;
    if (!m->o->dir || strchr(name, '/'))
        mnet_error(m, at, "the file '%s' is not in the spec's own folder",
                   diag_quote(m->arena, name));
    else
        file_read(m->arena, arena_printf(m->arena, "%s%s", m->o->dir, name), &f->bytes, m->d);
    return f;
}

/* A pointer into the file; offset and alignment are checked, since a spec can say anything. */
static const void *from_file(Mnet *m, const Stmt *s, size_t bytes)
{
    const DataFile *f = data_file(m, s->at, s->file);

    if (!f->bytes.p)
        return NULL;
    if ((uint64_t)s->offset > f->bytes.n || bytes > f->bytes.n - (size_t)s->offset) {
        mnet_error(m, s->at, "'%s' has %zu bytes, too few for %zu at offset %" PRId64,
                   diag_quote(m->arena, s->file), f->bytes.n, bytes, s->offset);
        return NULL;
    }
    if ((size_t)s->offset % dtype_info[s->type].size) {
        mnet_error(m, s->at, "the offset %" PRId64 " is no multiple of %zu", s->offset,
                   dtype_info[s->type].size);
        return NULL;
    }
    return f->bytes.p + s->offset;
}

/* ---- declarations ---- */

/* Dimensions are expressions: [batch, 3, size, size]. */
static bool shape(Mnet *m, const Expr *list, Shape *out)
{
    *out = (Shape){ .rank = 0 };
    for (const Expr *e = list->kid; e; e = e->next) {
        if (out->rank == IR_MAX_RANK) {
            mnet_error(m, list->at, "a shape has at most %d dimensions", IR_MAX_RANK);
            return false;
        }
        if (!mnet_int(m, e, &out->dim[out->rank]))
            return false;
        if (out->dim[out->rank++] < 0) {
            mnet_error(m, e->at, "a dimension cannot be negative");
            return false;
        }
    }
    if (!shape_ok(out))
        mnet_error(m, list->at, "the shape %s is too large", shape_text(m->arena, out));
    return shape_ok(out);
}

/* Inputs have no data, states may have some. */
static bool contents(Mnet *m, const Stmt *s, Sym name, const Shape *dims, const void **out)
{
    int64_t n = shape_count(dims);

    *out = NULL;
    if (s->value_kind == VAL_INPUT && (s->data || s->file)) {
        mnet_error(m, s->at, "an input has no numbers");
        return false;
    }
    if (s->file)
        *out = from_file(m, s, (size_t)n * dtype_info[s->type].size);
    else if (s->data && s->type == DT_F32)
        *out = init_data(m, s->data, dims, name);
    else if (s->data && s->data->kind == E_LIST)
        *out = mnet_data_list(m, s->data, s->type, n);
    else if (s->data)
        *out = mnet_data_fill(m, s->data, s->type, dims);
    else if (s->value_kind == VAL_PARAM || s->value_kind == VAL_CONST)
        mnet_error(m, s->at, "its numbers are missing");
    else
        return true;
    return *out != NULL;
}

Item mnet_data(Mnet *m, const Stmt *s, Sym name)
{
    Shape dims;
    const void *data;
    ValueId v;

    if (!shape(m, s->expr, &dims) || !contents(m, s, name, &dims, &data))
        return (Item){ .kind = I_FAILED };
    v = ir_value(m->g, name, s->value_kind, s->type, &dims, mnet_pos(m, s->at));
    ir_val(m->g, v)->data = data;
    return (Item){ .kind = I_VALUE, .u = { .v = v } };
}
