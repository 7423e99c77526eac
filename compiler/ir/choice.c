/* SPDX-License-Identifier: Apache-2.0 */
/* choice: see the header.  in, out: texts like "pixels=6 vectors=2"; nothing of kernels is known
 * here but the names of their knobs and limits that keep the generated text short. */
#include "ir/choice.h"

#include <inttypes.h>
#include <string.h>

/* Limits: what multiplies the text of a tile is small; what only counts pixels or rows may be as
 * large as an image. */
static const struct { const char *name; int64_t least, most; } knob_info[KNOB_COUNT] = {
    [KNOB_pixels] = { "pixels", 1, 32 },
    [KNOB_vectors] = { "vectors", 1, 64 },
    [KNOB_narrow] = { "narrow", 1, 32 },
    [KNOB_row] = { "row", 1, INT32_MAX },
    [KNOB_order] = { "order", 0, 1 },
    [KNOB_ahead] = { "ahead", 0, 1 << 16 },
    [KNOB_next] = { "next", 0, 1 },
    [KNOB_block] = { "block", 1, INT32_MAX },
    [KNOB_rows] = { "rows", 0, 1 << 16 },
};

/* The knob of a rule is no number that a knob can have, so that a set one is told from it. */
Choice choice_none(void)
{
    Choice c;

    for (int k = 0; k < KNOB_COUNT; k++)
        c.knob[k] = KNOB_RULE;
    return c;
}

/* "name=123", n bytes; at most 10 digits, so that nothing overflows. */
static bool parse_knob(const char *s, size_t n, Choice *out)
{
    int64_t x = 0;
    size_t at;

    for (int k = 0; k < KNOB_COUNT; k++) {
        size_t name = strlen(knob_info[k].name);
        if (n < name + 2 || n > name + 11 || memcmp(s, knob_info[k].name, name) || s[name] != '=')
            continue;
        for (at = name + 1; at < n && s[at] >= '0' && s[at] <= '9'; at++)
            x = 10 * x + (s[at] - '0');
        out->knob[k] = x;
        return at == n && x >= knob_info[k].least && x <= knob_info[k].most;
    }
    return false;
}

/* All or nothing: half of a choice was never measured.  One space stands between two knobs; of two
 * equal ones the last counts. */
bool choice_parse(const char *text, Choice *out)
{
    *out = choice_none();
    while (*text) {
        size_t n = strcspn(text, " ");
        if (!parse_knob(text, n, out)) {
            *out = choice_none();
            return false;
        }
        text += n + (text[n] == ' ');
    }
    return true;
}

/* What choice_parse reads back as the same choice. */
const char *choice_text(Arena *a, const Choice *c)
{
    Buf b;

    buf_init(&b, a);
    for (int k = 0; k < KNOB_COUNT; k++)
        if (c->knob[k] != KNOB_RULE)
            buf_printf(&b, "%s%s=%" PRId64, b.n ? " " : "", knob_info[k].name, c->knob[k]);
    return b.p ? b.p : "";
}

/* " stride 2x2", unless all are the usual. */
static void put_ints(Buf *b, const Node *n, AttrName name, int64_t usual, const char *word)
{
    uint32_t count = 0;
    const int64_t *x = ir_ints(n, name, &count);
    bool all = true;

    for (uint32_t i = 0; i < count; i++)
        all = all && x[i] == usual;
    for (uint32_t i = 0; i < count && !all; i++)
        buf_printf(b, "%s%" PRId64, i ? "x" : word, x[i]);
}

/* "1x16x112x112", as people write shapes. */
static void put_shape(Buf *b, const Shape *s)
{
    for (uint32_t i = 0; i < s->rank; i++)
        buf_printf(b, "%s%" PRId64, i ? "x" : "", s->dim[i]);
}

/* Convolutions and dense layers: operand, weights, window, what is fused into them. */
static void put_node(Buf *b, const Graph *g, const Node *n)
{
    put_shape(b, &ir_val(g, n->in[0])->shape);
    buf_str(b, " by ");
    put_shape(b, &ir_val(g, n->in[1])->shape);
    if (n->op == OP_conv) {
        put_ints(b, n, A_stride, 1, " stride ");
        put_ints(b, n, A_pad, 0, " pad ");
        put_ints(b, n, A_dilation, 1, " dilation ");
        if (ir_int(n, A_group) != 1)
            buf_printf(b, " groups %" PRId64, ir_int(n, A_group));
    }
    if (ir_in(n, 3).id)
        buf_str(b, " + add");
    if (n->act.op)
        buf_printf(b, " + %s", op_info[n->act.op].name);
}

/* The layout is not in it: kernels want channels last, but for the stem's operand, which is an
 * input in any net. */
const char *choice_shape(Arena *a, const Graph *g, const Node *n)
{
    Buf b;

    buf_init(&b, a);
    put_node(&b, g, n);
    return b.p;
}

/* In the order of computation; the last one's rows are what a band's choice counts. */
const char *choice_band_shape(Arena *a, const Graph *g, uint32_t first, uint32_t last)
{
    Buf b;

    buf_init(&b, a);
    for (uint32_t i = first; i <= last; i++) {
        buf_str(&b, i > first ? " > " : "");
        put_node(&b, g, &g->node[i]);
    }
    return b.p;
}
