/* SPDX-License-Identifier: Apache-2.0 */
/* npy: numpy's file of one array, versions 1.0 to 3.0.
 *
 *     \x93NUMPY  major minor  header length (2 bytes; 4 from version 2 on)  header  data
 *
 * The header is a Python dict literal with exactly the keys descr, fortran_order and shape; see
 * numpy.lib.format.  Data of the other byte order is swapped, of Fortran order transposed.
 */
#include "tensor.h"

#include <string.h>

static const char magic[6] = { '\x93', 'N', 'U', 'M', 'P', 'Y' };

/* A place in the header; what the literal says is collected as it is met. */
typedef struct Header {
    const char *p, *end;
    char order, kind;          /* of descr: '<', '>', '|' or '=', and 'f' ... */
    size_t size;
    bool fortran;
    int rank;
    int64_t dim[RT_MAX_RANK];
    unsigned seen;             /* bit i: keys[i] was there */
    const char *problem;
} Header;

bool rt_is_npy(Bytes file)
{
    return file.n >= sizeof magic && !memcmp(file.p, magic, sizeof magic);
}

/* Keeps the reason and gives what a failing reader returns. */
static bool problem(Header *h, const char *text)
{
    h->problem = text;
    return false;
}

/* What Python allows between tokens, as far as numpy writes it. */
static void skip_space(Header *h)
{
    while (h->p < h->end && (*h->p == ' ' || *h->p == '\n' || *h->p == '\t'))
        h->p++;
}

/* Moves over word if it is next. */
static bool take(Header *h, const char *word)
{
    size_t n = strlen(word);

    skip_space(h);
    if ((size_t)(h->end - h->p) < n || memcmp(h->p, word, n))
        return false;
    h->p += n;
    return true;
}

/* 'text' or "text", without escapes, which numpy does not write here. */
static bool string(Header *h, const char **s, size_t *n)
{
    char quote;

    skip_space(h);
    if (h->p == h->end || (*h->p != '\'' && *h->p != '"'))
        return false;
    quote = *h->p++;
    *s = h->p;
    while (h->p < h->end && *h->p != quote)
        h->p++;
    *n = (size_t)(h->p - *s);
    return h->p++ < h->end;
}

/* A decimal number without a sign: no dimension is negative.  False on overflow too. */
static bool number(Header *h, int64_t *out)
{
    const char *first;

    skip_space(h);
    first = h->p;
    *out = 0;
    while (h->p < h->end && *h->p >= '0' && *h->p <= '9') {
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, *h->p - '0', out))
            return false;
        h->p++;
    }
    return h->p > first;
}

/* '<f4': byte order, kind, bytes of an element. */
static bool descr(Header *h)
{
    const char *s;
    size_t n;

    if (!string(h, &s, &n))
        return problem(h, "its elements are records, which no net takes");
    if (n >= 2 && s[1] == 'O')
        return problem(h, "it holds pickled objects, which are not read");
    if (n < 3 || !strchr("<>|=", s[0]))
        return problem(h, "its descr is damaged");
    h->order = s[0];
    h->kind = s[1];
    h->size = 0;
    for (size_t i = 2; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || h->size > 1000)
            return problem(h, "its descr is damaged");
        h->size = h->size * 10 + (size_t)(s[i] - '0');
    }
    if (!rt_type_by_kind(h->kind, h->size))
        return problem(h, "its element type is none of float16 to 64, int, uint and bool");
    return true;
}

/* True: the first index runs fastest. */
static bool fortran_order(Header *h)
{
    h->fortran = take(h, "True");
    return h->fortran || take(h, "False") || problem(h, "its fortran_order is damaged");
}

/* (), (3,) or (3, 4) */
static bool shape(Header *h)
{
    if (!take(h, "("))
        return problem(h, "its shape is damaged");
    for (h->rank = 0; !take(h, ")"); h->rank++) {
        if (h->rank == RT_MAX_RANK)
            return problem(h, "it has more than 16 dimensions");
        if (!number(h, &h->dim[h->rank]))
            return problem(h, "its shape is damaged");
        if (!take(h, ",")) {
            h->rank++;
            return take(h, ")") || problem(h, "its shape is damaged");
        }
    }
    return true;
}

/* The dict.  A key may come in any order but only once; the last comma may be missing. */
static bool parse(Header *h)
{
    static const struct {
        const char *name;
        bool (*read)(Header *);
    } keys[] = { { "descr", descr }, { "fortran_order", fortran_order }, { "shape", shape } };
    const char *s;
    size_t n, k;

    if (!take(h, "{"))
        return problem(h, "its header is damaged");
    while (!take(h, "}")) {
        if (!string(h, &s, &n) || !take(h, ":"))
            return problem(h, "its header is damaged");
        for (k = 0; k < 3 && (strlen(keys[k].name) != n || memcmp(keys[k].name, s, n)); k++)
            ;
        if (k == 3 || h->seen & 1U << k)
            return problem(h, "its header has an unknown or doubled key");
        h->seen |= 1U << k;
        if (!keys[k].read(h))
            return false;
        if (!take(h, ","))
            return take(h, "}") || problem(h, "its header is damaged");
    }
    return true;
}

/* Where the data begins; 0 when the head is damaged. */
static size_t read_head(Bytes file, Header *h)
{
    size_t at = 8, n;

    if (file.n < 12 || file.p[6] < 1 || file.p[6] > 3)
        return 0;
    n = file.p[8] | (size_t)file.p[9] << 8;
    at += 2;
    if (file.p[6] > 1) {
        n |= (size_t)file.p[10] << 16 | (size_t)file.p[11] << 24;
        at += 2;
    }
    if (n > file.n - at)
        return 0;
    h->p = (const char *)file.p + at;
    h->end = h->p + n;
    return at + n;
}

/* n bytes of elements of size bytes each, in place. */
static void swap_bytes(unsigned char *p, size_t n, size_t size)
{
    for (size_t i = 0; i < n; i += size)
        for (size_t k = 0; k < size / 2; k++) {
            unsigned char c = p[i + k];
            p[i + k] = p[i + size - 1 - k];
            p[i + size - 1 - k] = c;
        }
}

/* y[i0][i1]...[ir] = x[ir]...[i1][i0]: walks y in order and keeps the place in x beside it. */
static void transpose(unsigned char *y, const unsigned char *x, const RtTensor *t, size_t size)
{
    int64_t at[RT_MAX_RANK] = { 0 }, stride[RT_MAX_RANK], step = 1, from = 0, n = rt_count(t);

    for (int i = 0; i < t->rank; i++) {
        stride[i] = step;
        step *= t->dim[i];
    }
    for (int64_t k = 0; k < n; k++) {
        memcpy(y + (size_t)k * size, x + (size_t)from * size, size);
        for (int i = t->rank - 1; i >= 0; i--) {
            from += stride[i];
            if (++at[i] < t->dim[i])
                break;
            from -= stride[i] * t->dim[i];
            at[i] = 0;
        }
    }
}

/* p holds exactly t->bytes.  Other bools than 0 and 1 would be undefined behaviour in C. */
static void take_data(Arena *a, const Header *h, const unsigned char *p, RtTensor *t)
{
    unsigned char *data = arena_alloc(a, t->bytes);

    if (h->fortran && t->rank > 1)
        transpose(data, p, t, h->size);
    else if (t->bytes)
        memcpy(data, p, t->bytes);
    if (h->order == '>')
        swap_bytes(data, t->bytes, h->size);
    if (t->dtype == RT_BOOL)
        for (size_t i = 0; i < t->bytes; i++)
            data[i] = data[i] != 0;
    t->data = data;
}

/* The data must be exactly as long as the shape says: shorter is damage, longer is another file. */
bool rt_read_npy(Arena *a, const char *path, Bytes file, RtTensor *out, Diag *d)
{
    Header h = { .p = NULL };
    Pos pos = { .file = path };
    size_t at = read_head(file, &h);

    if (!at)
        problem(&h, "its head is cut short or of an unknown version");
    else if (parse(&h)) {
        if (h.seen != 7)
            problem(&h, "its header lacks descr, fortran_order or shape");
        else if (!rt_tensor_shape(out, rt_type_by_kind(h.kind, h.size)->dtype, h.rank, h.dim))
            problem(&h, "its shape is too large");
    }
    if (h.problem) {
        diag_error(d, pos, "is not a .npy file that can be read: %s", h.problem);
        return false;
    }
    if (out->bytes != file.n - at) {
        diag_error(d, pos, "has %zu bytes of data, but %s of shape %s needs %zu", file.n - at,
                   rt_type_name(out->dtype), rt_shape_text(a, out->rank, out->dim), out->bytes);
        return false;
    }
    take_data(a, &h, file.p + at, out);
    return true;
}

/* The header is padded with blanks and ends with a line feed, as numpy pads it. */
void rt_write_npy(Buf *out, const RtTensor *t)
{
    enum { PREFIX = 10, ALIGN = 64 };      /* numpy aligns the data to 64 bytes, for mmap */
    const RtType *type = rt_type(t->dtype);
    unsigned char head[PREFIX] = { 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 };
    size_t n;
    Buf h;

    buf_init(&h, out->arena);
    buf_printf(&h, "{'descr': '%c%c%zu', 'fortran_order': False, 'shape': (",
               type->size == 1 ? '|' : '<', type->kind, type->size);
    for (int i = 0; i < t->rank; i++)
        buf_printf(&h, i ? " %lld," : "%lld,", (long long)t->dim[i]);
    if (t->rank > 1)
        h.n--;                             /* numpy writes (3,) but (3, 4) */
    buf_str(&h, "), }");
    while ((PREFIX + h.n + 1) % ALIGN)
        buf_char(&h, ' ');
    buf_char(&h, '\n');
    n = h.n;
    memcpy(head, magic, sizeof magic);
    head[8] = (unsigned char)(n & 255);
    head[9] = (unsigned char)(n >> 8);
    buf_put(out, head, PREFIX);
    buf_put(out, h.p, n);
    buf_put(out, t->data, t->bytes);
}
