/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_text: names for what needs one, and the text.
 *
 * Lines are called what the graph's names call them where that is a name of the language: the
 * module of the exporter for layers, so that parameters keep the names that they were trained with;
 * outputs and inputs in any case.  In a block, names are those behind the call's own.
 *
 * A line has a name when another line says it, when it must have one, or when it makes parameters
 * and something is known of what it was called; else the keyword names it, with a number.  Names
 * are unique in their frame, the file's or the block's, and no name of the head.
 */
#include "frontend/mnet_run.h"
#include "frontend/mnet_write.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* ---- slots and keys ---- */

/* The shortest text that reads as the same f32 where it is one, or as the same f64. */
const char *write_slot(Arena *a, const Slot *s)
{
    char text[32];
    Buf b;

    if (s->kind == SLOT_WORD)
        return s->s;
    if (s->kind == SLOT_INT)
        return arena_printf(a, "%" PRId64, s->i);
    if (s->f == (double)(float)s->f)
        return arena_strdup(a, float_text((float)s->f, text));
    buf_init(&b, a);
    buf_double(&b, s->f);
    return b.p;
}

/* Is the key's every value what it usually is? */
static bool usual(Arena *a, const Key *k, const char *const *text)
{
    const Slot as_f32 = { .kind = SLOT_FLOAT, .f = (double)(float)k->usual.f };
    const char *plain = k->has_usual ? write_slot(a, &k->usual) : NULL, *other = plain;

    if (plain && k->usual.kind == SLOT_FLOAT)
        other = write_slot(a, &as_f32);
    for (uint32_t i = 0; i < k->n && plain; i++)
        if (strcmp(text[k->slot + i], plain) && strcmp(text[k->slot + i], other))
            return false;
    return plain != NULL;
}

/* Then one value can stand for the whole list. */
static bool all_equal(const Key *k, const char *const *text)
{
    for (uint32_t i = 1; i < k->n; i++)
        if (strcmp(text[k->slot], text[k->slot + i]))
            return false;
    return true;
}

/* NAME=VALUE, then the words, of which an activation is the last; a call's arguments, which have no
 * names either, come in their order. */
void write_keys(Writer *w, const Line *l, const char *const *text, Buf *out)
{
    for (uint32_t i = 0; i < l->n_key; i++) {
        const Key *k = &l->key[i];
        bool one = k->n == 1 || (k->once && all_equal(k, text));
        if (!k->name || usual(w->a, k, text))
            continue;
        if (w->eps && !strcmp(k->name, "eps")) {
            buf_str(out, " eps=eps");
            continue;
        }
        if (*k->name)
            buf_printf(out, " %s=", k->name);
        buf_str(out, k->list && !(one && k->once) ? "[" : "");
        for (uint32_t s = 0; s < (one ? 1 : k->n); s++)
            buf_printf(out, "%s%s", s ? *k->name ? " " : ", " : "", text[k->slot + s]);
        buf_str(out, k->list && !(one && k->once) ? "]" : "");
    }
    buf_str(out, l->tail);
    for (uint32_t i = 0; i < l->n_key; i++)
        if (!l->key[i].name)
            buf_printf(out, strchr(text[l->key[i].slot], ' ') ? " (%s)" : " %s",
                       text[l->key[i].slot]);
}

bool write_implied(const Line *l, const Line *above)
{
    return l->n_in && above && l->in[0].line == above && l->in[0].out == above->n_out - 1
        && l->n_in == l->least;
}

/* ---- names ---- */

/* Takes a name that nothing has yet: base, or base with a number. */
const char *write_take_name(Writer *w, const char *base)
{
    const char *name = base;

    intern(&w->names, base);
    while (*intern_mark(&w->names, name)) {
        name = arena_printf(w->a, "%s_%u", base, ++*intern_mark(&w->names, base));
        intern(&w->names, name);
    }
    *intern_mark(&w->names, name) = 1;
    return name;
}

/* What a line is called that must have a name, or that reads better with one. */
static const char *role(const Line *l, const Line *before, const Line *after)
{
    bool point = !strcmp(l->word, "pointwise");

    if (!strcmp(l->word, "depthwise"))
        return "depth";
    if (point && after && !strcmp(after->word, "depthwise"))
        return "expand";
    if (point && before && !strcmp(before->word, "depthwise"))
        return "project";
    return NULL;
}

/* For lines that others read and that nobody has called anything. */
const char *write_any_name(const Line *l)
{
    if (l->block)
        return l->block->name;
    return l->data ? "value" : l->word;
}

/* The text of a name, in quotes if it is no plain one. */
static void put_name(Buf *out, const char *s)
{
    ir_print_name(s, out);
}

/* Result r of a line as it stands among operands. */
static void put_ref(const Block *b, Ref r, Buf *out)
{
    if (!r.line)
        buf_str(out, "_");
    else if (b && r.line == b->entry.line && r.out == b->entry.out)
        buf_str(out, "x");
    else if (r.line->n_out > 1)
        ir_print_name(arena_printf(out->arena, "%s_%u", r.line->name, r.out), out);
    else
        put_name(out, r.line->name);
}

/* ---- one line ---- */

/* Does the first operand go without saying? In a block's first line that is the block's x. */
static bool goes_without(const Line *l, const Block *b, const Line *above)
{
    if (above)
        return write_implied(l, above);
    return b && l == b->body[0] && l->n_in && l->n_in == l->least
        && l->in[0].line == b->entry.line && l->in[0].out == b->entry.out;
}

/* name = keyword operands keys; b is the block that it stands in, above the layer before it. */
void write_line(Writer *w, const Line *l, const Block *b, const Line *above,
                     const char *const *text, Buf *out)
{
    if (l->name) {
        for (uint32_t i = 0; i < l->n_out; i++) {
            buf_str(out, i ? ", " : "");
            put_ref(NULL, (Ref){ (Line *)l, i }, out);
        }
        buf_str(out, " = ");
    }
    buf_str(out, l->block ? l->block->name : l->word);
    for (uint32_t i = goes_without(l, b, above); i < l->n_in; i++) {
        buf_char(out, ' ');
        put_ref(b, l->in[i], out);
    }
    write_keys(w, l, text, out);
    buf_char(out, '\n');
}

/* Who is read by its name has one. */
void write_note(Line *l, const Block *b, const Line *above)
{
    for (uint32_t i = goes_without(l, b, above); i < l->n_in; i++)
        if (l->in[i].line && !(b && l->in[i].line == b->entry.line))
            l->in[i].line->named = true;
}

/* ---- blocks ---- */

/* After what it does, where nobody has called it anything. */
static const char *kind_of_block(const Block *b)
{
    bool add = false, depth = false, cat = false, mul = false;
    int point = 0;

    for (uint32_t i = 0; i < b->n; i++) {
        const char *s = b->body[i]->word;
        add |= !strcmp(s, "add");
        mul |= !strcmp(s, "mul");
        cat |= !strcmp(s, "concat");
        depth |= !strcmp(s, "depthwise");
        point += !strcmp(s, "pointwise");
    }
    if (cat)
        return "branches";
    if (depth && point)
        return point > 1 ? "bottleneck" : "separable_block";
    if (add)
        return point > 1 ? "bottleneck" : "residual";
    return mul ? "gated" : "unit";
}

/* BASE of BASE1, BASE2 ...: NULL when s has no number. */
const char *write_base(Arena *a, const char *s, uint32_t *number)
{
    size_t n = s ? strlen(s) : 0, k = n;

    while (k && isdigit((unsigned char)s[k - 1]))
        k--;
    if (k == n || n - k > 6 || s[k] == '0')
        return NULL;
    *number = 0;
    for (size_t i = k; i < n; i++)
        *number = 10 * *number + (uint32_t)(s[i] - '0');
    return arena_strndup(a, s, k);
}

/* Does every call of it begin with the same base, which could be a block's name? */
static const char *name_by_calls(Writer *w, const Block *b)
{
    const char *base = NULL;
    uint32_t k;

    for (uint32_t i = 0; i < w->n; i++) {
        const char *s = w->line[i]->block == b ? write_base(w->a, w->line[i]->wish, &k) : NULL;
        if (w->line[i]->block != b)
            continue;
        if (!s || !*s || strchr(s, '.') || (base && strcmp(s, base)) || mnet_is_layer(s))
            return NULL;
        base = s;
    }
    return base;
}

/* NULL: every call has the line. */
static const Option *option_at(const Block *b, uint32_t line)
{
    for (uint32_t i = 0; i < b->n_option; i++)
        if (line >= b->option[i].first && line <= b->option[i].last)
            return &b->option[i];
    return NULL;
}

void write_name_block(Writer *w, Block *b)
{
    const char *name = name_by_calls(w, b);

    b->name = write_take_name(w, name ? name : kind_of_block(b));
}

/* Names of the body's lines, unique in it. */
static void name_body(Writer *w, Block *b)
{
    Intern file = w->names;
    const Line *above = NULL;

    intern_init(&w->names, w->a);
    write_take_name(w, "x");
    for (uint32_t i = 0; i < b->n_param; i++)
        write_take_name(w, b->param[i]);
    for (uint32_t i = 0; i < b->n; i++) {
        const Option *o = option_at(b, i);
        Line *l = b->body[i];
        bool alias = o && o->alias;
        l->named |= alias;
        write_note(l, b, alias ? NULL : above);
        above = alias ? NULL : l->data ? above : l;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        Line *l = b->body[i];
        const char *name = write_wish_inside(b, l);
        if (!name)
            name = role(l, i ? b->body[i - 1] : NULL, i + 1 < b->n ? b->body[i + 1] : NULL);
        if (!name && (l->named || l->data))
            name = write_any_name(l);
        l->name = name ? write_take_name(w, name) : NULL;
    }
    w->names = file;
}

/* if cond { line } else { name = operand }, around a line that has a name. */
static void put_alias(Writer *w, const Block *b, const Option *o, const char *const *text, Buf *out)
{
    const Line *l = b->body[o->first];

    buf_printf(out, "    if %s {\n        ", o->cond);
    write_line(w, l, b, NULL, text, out);
    buf_str(out, "    } else {\n        ");
    put_name(out, l->name);
    buf_str(out, " = ");
    put_ref(b, l->in[0], out);
    buf_str(out, "\n    }\n");
}

/* One line of a detour, or the whole of it on one line when it is that short. */
static void put_option(Writer *w, const Block *b, uint32_t i, const Line *above,
                       const char *const *text, Buf *out)
{
    const Option *o = option_at(b, i);
    bool alone = o->first == o->last;
    Buf line;

    buf_init(&line, w->a);
    write_line(w, b->body[i], b, above, text, &line);
    if (alone && line.n + strlen(o->cond) < 80) {
        line.p[line.n - 1] = 0;
        buf_printf(out, "    if %s { %s }\n", o->cond, line.p);
        return;
    }
    if (i == o->first)
        buf_printf(out, "    if %s {\n", o->cond);
    buf_printf(out, "        %s", line.p);
    if (i == o->last)
        buf_str(out, "    }\n");
}

/* The lines in their order; below a line that may be an alias nothing goes without saying, since
 * the line above is another one then. */
void write_block(Writer *w, Block *b, Buf *out)
{
    const Line *above = NULL;
    uint32_t at = 0;

    name_body(w, b);
    buf_printf(out, "\nblock %s(x", b->name);
    for (uint32_t i = 0; i < b->n_param; i++)
        buf_printf(out, ", %s", b->param[i]);
    buf_str(out, ") {\n");
    for (uint32_t i = 0; i < b->n; i++) {
        const Option *o = option_at(b, i);
        const char *const *text = b->text + at;
        if (o && o->alias) {
            put_alias(w, b, o, text, out);
        } else if (o) {
            put_option(w, b, i, above, text, out);
        } else {
            buf_str(out, "    ");
            write_line(w, b->body[i], b, above, text, out);
        }
        if (!b->body[i]->data)
            above = o && o->alias ? NULL : b->body[i];
        at += b->body[i]->n_slot;
    }
    buf_str(out, "}\n");
}
