/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_runs: lines in a row that are alike, each reading the one above, as a loop.
 *
 * Equal ones are repeat n { line }.  Others are a table, a row for each round of a for; rows that
 * are equal but for one column, such as the stride of the first block of a stage, are one row with
 * the number of times, as papers have it:
 *     for c s n in [...] { line c s    repeat n - 1 { line c 1 } }
 *
 * In: lines whose readers are marked.  A line in a loop is numbered by it, so that nothing may say
 * its name: only the next line reads it, as the line above.
 */
#include "frontend/mnet_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 16 };

/* ---- what is a run ---- */

/* Line i reads the line above alone, and nothing says its name. */
static bool can_loop(const Writer *w, uint32_t i)
{
    const Line *l = w->line[i], *before = i ? w->line[i - 1] : NULL;

    return before && (!before->data || before->input) && l->n_in == 1 && write_implied(l, before)
        && l->n_out == 1 && !l->named && !l->output && !l->data;
}

/* They differ in the values of their slots at most; freeze cannot stand between them. */
static bool same_kind(const Line *a, const Line *b)
{
    return a->sig == b->sig && a->block == b->block && a->frozen == b->frozen
        && a->makes == b->makes;
}

static bool same_row(const Line *a, const Line *b)
{
    for (uint32_t s = 0; s < a->n_slot; s++)
        if (!write_same_slot(&a->slot[s], &b->slot[s]))
            return false;
    return true;
}

/* Two equal lines are enough for a loop, different ones take three. */
static uint32_t run_length(const Writer *w, uint32_t first)
{
    uint32_t n = 0;

    while (first + n < w->n && can_loop(w, first + n)
           && same_kind(w->line[first], w->line[first + n]))
        n++;
    if (n == 2 && !same_row(w->line[first], w->line[first + 1]))
        return 0;
    return n > 1 ? n : 0;
}

/* ---- columns ---- */

typedef struct Run {
    Writer *w;
    Line **row;
    uint32_t n;
    uint32_t slot[MOST_COLUMNS];       /* that column i shows */
    const char *name[MOST_COLUMNS];
    uint32_t n_column;
    const char **text;                 /* of the line's slots, in the loop */
    const char **rest;                 /* the same for repeat n - 1 */
    uint32_t *times;                   /* by row; 0: it belongs to the one above */
    bool counted;                      /* there are rows that are one */
    bool fits;                         /* the columns do */
} Run;

/* The value of a column in a row. */
static const Slot *cell(const Run *r, uint32_t row, uint32_t column)
{
    return &r->row[row]->slot[r->slot[column]];
}

/* The column that has these values already, or n_column. */
static uint32_t find_column(const Run *r, uint32_t slot)
{
    uint32_t i, k;

    for (i = 0; i < r->n_column; i++) {
        for (k = 0; k < r->n && write_same_slot(cell(r, k, i), &r->row[k]->slot[slot]); k++)
            ;
        if (k == r->n)
            break;
    }
    return i;
}

/* The name of the key, or of the block's parameter; short, and no other's. */
static const char *column_name(const Run *r, const Line *l, uint32_t slot)
{
    const char *base = "v", *name;
    uint32_t k = 2;

    for (uint32_t i = 0; i < l->n_key; i++)
        if (slot >= l->key[i].slot && slot < l->key[i].slot + l->key[i].n && l->key[i].name)
            base = !strcmp(l->key[i].name, "out") ? "c" : !strcmp(l->key[i].name, "stride") ? "s"
                 : l->key[i].name;
    if (l->block)
        base = l->block->param[slot];
    name = base;
    for (uint32_t i = 0; i < r->n_column; i++)
        if (!strcmp(r->name[i], name)) {
            name = arena_printf(r->w->a, "%s%u", base, k++);
            i = UINT32_MAX;
        }
    while (intern_mark(&r->w->names, name) && *intern_mark(&r->w->names, name))
        name = arena_printf(r->w->a, "%s_", name);
    return name;
}

/* Slots that are equal in all rows are said in the line; equal columns are one. */
static bool find_columns(Run *r)
{
    const Line *l = r->row[0];

    for (uint32_t s = 0; s < l->n_slot; s++) {
        uint32_t k = 1, i;
        while (k < r->n && write_same_slot(&l->slot[s], &r->row[k]->slot[s]))
            k++;
        r->text[s] = write_slot(r->w->a, &l->slot[s]);
        if (k == r->n)
            continue;
        i = find_column(r, s);
        if (i == MOST_COLUMNS)
            return false;
        if (i == r->n_column) {
            r->slot[i] = s;
            r->name[i] = column_name(r, l, s);
            r->n_column++;
        }
        r->text[s] = r->name[i];
    }
    return true;
}

/* ---- rows that are one ---- */

/* Is row k the row first but for column odd, where it is the value rest? */
static bool continues(const Run *r, uint32_t first, uint32_t k, uint32_t odd, const Slot *rest)
{
    for (uint32_t i = 0; i < r->n_column; i++)
        if (!write_same_slot(cell(r, k, i), i == odd ? rest : cell(r, first, i)))
            return false;
    return true;
}

/* How many rows are left with that odd column; n_column: with none. */
static uint32_t group(const Run *r, uint32_t odd, const Slot *rest, uint32_t *times)
{
    uint32_t n = 0, first = 0;

    memset(times, 0, r->n * sizeof *times);
    for (uint32_t k = 0; k < r->n; k++) {
        if (!k || !continues(r, first, k, odd, rest)) {
            first = k;
            n++;
        }
        times[first]++;
    }
    return n;
}

/* The value that most rows have in the column. */
static const Slot *common(const Run *r, uint32_t column)
{
    uint32_t most = 0;
    const Slot *best = NULL;

    for (uint32_t k = 0; k < r->n; k++) {
        uint32_t same = 0;
        for (uint32_t j = k; j < r->n && r->n < 1000; j++)
            same += write_same_slot(cell(r, k, column), cell(r, j, column));
        if (same > most || !best) {
            most = same;
            best = cell(r, k, column);
        }
    }
    return best;
}

/* Chooses the odd column that leaves fewest rows, if that is worth a column. */
static void join_rows(Run *r)
{
    uint32_t best = r->n * 3 / 4 + 1, *times = arena_new_n(r->w->a, uint32_t, r->n);

    for (uint32_t k = 0; k < r->n; k++)
        r->times[k] = 1;
    for (uint32_t i = r->n_column; i != UINT32_MAX; i--) {      /* without an odd one first */
        const Slot *rest = i < r->n_column ? common(r, i) : NULL;
        uint32_t n = group(r, i, rest, times);
        if (n >= best)
            continue;
        best = n;
        r->counted = true;
        memcpy(r->times, times, r->n * sizeof *times);
        memcpy(r->rest, r->text, r->row[0]->n_slot * sizeof *r->rest);
        for (uint32_t s = 0; s < r->row[0]->n_slot && rest; s++)
            if (r->text[s] == r->name[i])
                r->rest[s] = write_slot(r->w->a, rest);
        if (!rest)
            memset(r->rest, 0, r->row[0]->n_slot * sizeof *r->rest);
    }
}

/* ---- text ---- */

/* The line without its operand, which is the line above. */
static void put_body(Run *r, const char *name, const char *const *text, Buf *out)
{
    const Line *l = r->row[0];

    if (name && *name)
        buf_printf(out, "%s = ", name);
    buf_str(out, l->block ? l->block->name : l->word);
    write_keys(r->w, l, text, out);
}

/* The numbers stand in columns. */
static void put_table(const Run *r, Buf *out)
{
    size_t width[MOST_COLUMNS + 1] = { 0 };

    for (uint32_t i = 0; i < r->n_column; i++) {
        width[i] = strlen(r->name[i]);
        for (uint32_t k = 0; k < r->n; k++) {
            size_t n = strlen(write_slot(r->w->a, cell(r, k, i)));
            width[i] = n > width[i] ? n : width[i];
        }
    }
    for (uint32_t k = 0; k < r->n; k++) {
        if (!r->times[k])
            continue;
        buf_str(out, "   ");
        for (uint32_t i = 0; i < r->n_column; i++)
            buf_printf(out, " %*s", (int)width[i] + 1, write_slot(r->w->a, cell(r, k, i)));
        if (r->counted)
            buf_printf(out, " %3u", r->times[k]);
        buf_char(out, '\n');
    }
}

/* n may be taken by a column or a layer of that name. */
static void put_for(Run *r, const char *name, Buf *out)
{
    const char *n = "n";

    while ((intern_mark(&r->w->names, n) && *intern_mark(&r->w->names, n)))
        n = arena_printf(r->w->a, "%s_", n);
    for (uint32_t i = 0; i < r->n_column; i++)
        if (!strcmp(r->name[i], n))
            n = "times";
    buf_str(out, "for");
    for (uint32_t i = 0; i < r->n_column; i++)
        buf_printf(out, " %s", r->name[i]);
    buf_printf(out, "%s%s in [\n", r->counted ? " " : "", r->counted ? n : "");
    put_table(r, out);
    buf_str(out, "] {\n    ");
    if (r->counted && !r->rest[0])
        buf_printf(out, "repeat %s { ", n);
    put_body(r, name, r->text, out);
    if (r->counted && !r->rest[0]) {
        buf_str(out, " }");
    } else if (r->counted) {
        buf_printf(out, "\n    repeat %s - 1 { ", n);
        put_body(r, name, r->rest, out);
        buf_str(out, " }");
    }
    buf_str(out, "\n}\n");
}

/* Computed twice, when names are given and when the text is made: the same both times. */
static Run make_run(Writer *w, uint32_t first, uint32_t n)
{
    Run r = { .w = w, .row = w->line + first, .n = n };
    uint32_t n_slot = r.row[0]->n_slot;

    r.text = arena_new_n(w->a, const char *, n_slot + 1);
    r.rest = arena_new_n(w->a, const char *, n_slot + 1);
    r.times = arena_new_n(w->a, uint32_t, n);
    r.fits = find_columns(&r);
    if (r.fits && r.n_column)
        join_rows(&r);
    return r;
}

/* PREFIX of PREFIX1, PREFIX2 ..., if the lines' wishes are the numbers that the loop gives; NULL
 * if not, "" if the keyword alone gives them. */
static const char *loop_name(const Run *r)
{
    uint32_t number, first, *count;
    const char *base = write_base(r->w->a, r->row[0]->wish, &first), *next;

    if (!base || !ir_plain_name(base))
        return NULL;
    intern(&r->w->counts, base);
    count = intern_mark(&r->w->counts, base);
    for (uint32_t k = 0; k < r->n; k++) {
        next = write_base(r->w->a, r->row[k]->wish, &number);
        if (!next || strcmp(next, base) || number != *count + 1 + k)
            return NULL;
    }
    *count += r->n;
    return strcmp(base, r->row[0]->block ? r->row[0]->block->name : r->row[0]->word) ? base : "";
}

/* Calls that have names and are each different are lines: a loop would only lose the names. */
static bool better_as_lines(const Run *r)
{
    if (r->counted || !r->n_column)
        return false;
    for (uint32_t k = 0; k < r->n; k++)
        if (!r->row[k]->wish || !r->row[k]->block)
            return false;
    return true;
}

void write_find_run(Writer *w, uint32_t first)
{
    uint32_t n = run_length(w, first);
    const char *name;
    Run r;

    if (!n)
        return;
    r = make_run(w, first, n);
    name = loop_name(&r);
    if (!r.fits || (!name && better_as_lines(&r)))
        return;
    w->line[first]->run = n;
    w->line[first]->name = name;
}

/* The loop has been decided by write_find_run, which has left its name in the first line. */
void write_run(Writer *w, uint32_t first, Buf *out)
{
    Run r = make_run(w, first, w->line[first]->run);
    const char *name = r.row[0]->name;

    if (r.n_column) {
        put_for(&r, name, out);
        return;
    }
    buf_printf(out, "repeat %u { ", r.n);
    put_body(&r, name, r.text, out);
    buf_str(out, " }\n");
}
