/* SPDX-License-Identifier: Apache-2.0 */
#include "backend/weights.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

/* Arrays of numbers are readable but slow to compile; string literals are the reverse. */
enum { ALIGN = 64, READABLE = 64 * 1024, COLUMNS = 96 };

/* n_slot is a power of two, and four times what part can hold: find ends at an empty slot. */
void weights_init(Weights *w, Arena *a)
{
    memset(w, 0, sizeof *w);
    w->arena = a;
    w->cap = 64;
    w->part = arena_new_n(a, WeightPart, w->cap);
    w->n_slot = 256;
    w->slot = arena_new_n(a, uint32_t, w->n_slot);
}

/* Without the padding to ALIGN. */
static size_t part_bytes(const WeightPart *p)
{
    return (size_t)p->count * dtype_info[p->dtype].size;
}

/* The slot that holds p's equal, or the empty one where it belongs (linear probing).  A slot
 * holds the part's number plus one, 0 is empty.  The hash only saves comparisons: bytes decide. */
static uint32_t *find(Weights *w, const WeightPart *p)
{
    uint32_t i = (uint32_t)p->hash & (w->n_slot - 1);

    for (;; i = (i + 1) & (w->n_slot - 1)) {
        const WeightPart *q = &w->part[w->slot[i] - 1];
        if (!w->slot[i] || (q->hash == p->hash && q->dtype == p->dtype && q->count == p->count
                            && !memcmp(q->data, p->data, part_bytes(p))))
            return &w->slot[i];
    }
}

/* Parts keep their number, so only the slots have to be filled anew. */
static void grow(Weights *w)
{
    w->part = arena_resize(w->arena, w->part, w->cap * sizeof *w->part,
                           2 * w->cap * sizeof *w->part);
    w->cap *= 2;
    w->n_slot = 4 * w->cap;
    w->slot = arena_new_n(w->arena, uint32_t, w->n_slot);
    for (uint32_t i = 0; i < w->n; i++)
        *find(w, &w->part[i]) = i + 1;
}

static void widen(Weights *w, WeightPart *p)
{
    double *to = arena_new_n(w->arena, double, (size_t)p->count + 1);

    for (int64_t i = 0; i < p->count; i++)
        to[i] = (double)((const float *)p->data)[i];
    p->dtype = DT_F64;
    p->data = to;
}

/* data is not copied and must live as long as w.  Equal parts get one offset: layers that share
 * their weights, and the targets that pack alike. */
int64_t weights_add(Weights *w, DType t, const void *data, int64_t count, const char *what)
{
    WeightPart p = { .dtype = t, .data = data, .count = count, .what = what };
    int64_t bytes;
    uint32_t *slot;

    if (w->wide && t == DT_F32)
        widen(w, &p);
    bytes = (int64_t)part_bytes(&p);
    p.hash = XXH3_64bits(p.data, (size_t)bytes);
    slot = find(w, &p);
    if (*slot)
        return w->part[*slot - 1].offset;
    if (w->n == w->cap) {
        grow(w);
        slot = find(w, &p);
    }
    p.offset = w->bytes;
    w->bytes += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    w->part[w->n++] = p;
    *slot = w->n;
    return p.offset;
}

/* ---- as numbers ---- */

/* Written so that the C compiler reads the very same bits back: f32 as the shortest text that
 * does. */
static void put_number(const WeightPart *p, int64_t i, Buf *out)
{
    const Value v = { .dtype = p->dtype, .data = p->data };
    char text[32];

    switch (p->dtype) {
    case DT_F32: {
        const char *s = float_text(((const float *)p->data)[i], text);
        buf_str(out, s);
        buf_str(out, strpbrk(s, ".e") ? "f" : ".0f");
        break;
    }
    case DT_I64:
        buf_printf(out, "INT64_C(%" PRId64 ")", ((const int64_t *)p->data)[i]);
        break;
    case DT_U64:
        buf_printf(out, "UINT64_C(%" PRIu64 ")", ((const uint64_t *)p->data)[i]);
        break;
    default:
        buf_double(out, ir_element(&v, i));
    }
}

/* inf and nan have no literal, and INT64_MIN none either: such parts are written as bytes. */
static bool has_literals(const WeightPart *p)
{
    const Value v = { .dtype = p->dtype, .data = p->data };

    for (int64_t i = 0; i < p->count; i++) {
        double x = ir_element(&v, i);
        if (!(x > -9e18 && x < 1e300) && !(x > -1e300 && x < 1e300 && p->dtype == DT_F32))
            return false;
    }
    return true;
}

/* All parts or none: there is one struct, or one literal. */
static bool readable(const Weights *w)
{
    if (w->bytes > READABLE)
        return false;
    for (uint32_t i = 0; i < w->n; i++)
        if (!has_literals(&w->part[i]))
            return false;
    return true;
}

/* A line ends where there may be no room for one more f32. */
static void put_numbers(const WeightPart *p, Buf *out)
{
    size_t line = out->n;

    for (int64_t i = 0; i < p->count; i++) {
        if (i)
            buf_str(out, out->n - line > COLUMNS - 12 ? (line = out->n + 1, ",\n      ") : ", ");
        put_number(p, i, out);
    }
}

/* Each member is aligned by itself, so the offsets are those that weights_add gave.  C has no
 * empty array: a part without elements gets one that nobody reads. */
static void emit_struct(const Weights *w, const char *name, Buf *out)
{
    buf_str(out, "static const struct {\n");
    for (uint32_t i = 0; i < w->n; i++)
        buf_printf(out, "    NET_ALIGN(64) %s w%u[%" PRId64 "];    /* at %" PRId64 ": %s */\n",
                   dtype_info[w->part[i].dtype].c, i, w->part[i].count ? w->part[i].count : 1,
                   w->part[i].offset, w->part[i].what);
    buf_printf(out, "} %s_data NET_SECTION = {\n", name);
    for (uint32_t i = 0; i < w->n; i++) {
        buf_str(out, "    { ");
        if (w->part[i].count)
            put_numbers(&w->part[i], out);
        else
            buf_char(out, '0');
        buf_str(out, " },\n");
    }
    buf_printf(out, "};\n#define %s ((const unsigned char *)(const void *)&%s_data)\n", name, name);
}

/* ---- as a string literal ---- */

/* What each byte is written as.  Octal escapes have three digits where a digit follows.  A question
 * mark is escaped, or two would begin a trigraph. */
static void put_byte(Buf *out, unsigned char c, unsigned char next)
{
    bool three = c >= 64 || (next >= '0' && next <= '7');
    char esc[4] = { '\\' };
    size_t n = 1;

    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '?') {
        buf_char(out, (char)c);
        return;
    }
    if (three)
        esc[n++] = (char)('0' + (c >> 6));
    if (three || c >= 8)
        esc[n++] = (char)('0' + (c >> 3 & 7));
    esc[n++] = (char)('0' + (c & 7));
    buf_put(out, esc, n);
}

/* A line of source at a time: the text is a multiple of the weights' size. */
static void put_bytes(const unsigned char *p, int64_t n, Buf *out)
{
    for (int64_t i = 0; i < n;) {
        size_t line;

        buf_char(out, '"');
        for (line = 0; i < n && line < COLUMNS / 4; i++, line++)
            put_byte(out, p[i], i + 1 < n && line + 1 < COLUMNS / 4 ? p[i + 1] : 0);
        buf_str(out, "\"\n");
    }
}

/* Byte for byte what weights_raw writes, and a last 0 of the literal's own. */
static void emit_literal(const Weights *w, const char *name, Buf *out)
{
    static const unsigned char zero[ALIGN];

    buf_str(out, "#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__\n"
                 "#error \"these weights are little-endian\"\n#endif\n"
                 "#ifdef __GNUC__\n#pragma GCC diagnostic push\n"
                 "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n");
    buf_printf(out, "static const NET_ALIGN(64) unsigned char %s[%" PRId64 "] NET_SECTION =\n",
               name, w->bytes + 1);
    for (uint32_t i = 0; i < w->n; i++) {
        int64_t n = (int64_t)part_bytes(&w->part[i]);
        buf_printf(out, "/* at %" PRId64 ": %s */\n", w->part[i].offset, w->part[i].what);
        put_bytes(w->part[i].data, n, out);
        put_bytes(zero, (ALIGN - n % ALIGN) % ALIGN, out);
    }
    buf_str(out, ";\n#ifdef __GNUC__\n#pragma GCC diagnostic pop\n#endif\n");
}

void weights_emit(const Weights *w, const char *name, Buf *out)
{
    if (w->n == 0)
        buf_printf(out, "#define %s ((const unsigned char *)0)\n", name);
    else if (readable(w))
        emit_struct(w, name, out);
    else
        emit_literal(w, name, out);
}

/* The arena gives zeros, so the gaps are as weights_raw writes them.  ALIGN more, so that the
 * block is never empty. */
const void *weights_block(const Weights *w)
{
    unsigned char *block = arena_alloc(w->arena, (size_t)w->bytes + ALIGN);

    for (uint32_t i = 0; i < w->n; i++)
        memcpy(block + w->part[i].offset, w->part[i].data, part_bytes(&w->part[i]));
    return block;
}

void weights_raw(const Weights *w, Buf *out)
{
    static const unsigned char zero[ALIGN];

    for (uint32_t i = 0; i < w->n; i++) {
        size_t n = part_bytes(&w->part[i]);
        buf_put(out, w->part[i].data, n);
        buf_put(out, zero, (ALIGN - n % ALIGN) % ALIGN);
    }
}
