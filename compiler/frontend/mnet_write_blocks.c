/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_blocks: finds stretches of lines that come again, and makes blocks of them.
 *
 * A stretch can be a block when all that it reads from outside is one value, its entry, and only
 * its last line is read from outside.  Inside, an operand is the entry or the k-th line of the
 * stretch, so stretches that compute the same compare equal wherever they stand.  A stretch is a
 * match of a body even if it lacks lines of it: a line that lacks stands for its first operand, as
 * in bottlenecks without expansion or without shortcut.
 *
 * In: lines.  Out: fewer lines, some of which are calls, and the blocks that they call.  A block
 * may call blocks that were found before it.  Nothing is lost: a call stands for the very lines of
 * its match, in their order, so that reading the spec makes the same nodes in the same order.
 *
 * All stretches up to a bounded length are hashed; those that come often are tried, the one that
 * saves most text is replaced by calls, and so on.  The time is linear in the graph's size.
 */
#include "frontend/mnet_write.h"

#include <string.h>

enum {
    MOST_SPANS = 1 << 21,
    TRIES = 48,                /* bodies that are tried in full, per round */
    ROUNDS = 12,
    WORTH_IT = 5               /* in the units of score */
};

/* A stretch, by where it was seen first. */
typedef struct Span {
    uint64_t hash;
    uint32_t first, n, count, end;     /* count: without overlaps, up to end */
} Span;

typedef struct Finder {
    Writer *w;
    Span *table;
    size_t mask;
    Span best[TRIES];
    uint32_t n_best;
} Finder;

/* Two calls of one block are a loop, whatever their arguments. */
static bool is_call_of(const Line *l, const Line *other)
{
    return l->block && l->block == other->block;
}

/* ---- stretches ---- */

/* last_use of every line; what the graph gives out is read at the very end. */
static void find_uses(Writer *w)
{
    for (uint32_t i = 0; i < w->n; i++) {
        w->line[i]->pos = i;
        w->line[i]->last_use = w->line[i]->output ? UINT32_MAX : i;
    }
    for (uint32_t i = 0; i < w->n; i++)
        for (uint32_t k = 0; k < w->line[i]->n_in; k++) {
            Line *from = w->line[i]->in[k].line;
            if (from && from->last_use < i)
                from->last_use = i;
        }
}

/* Operand r of a stretch that begins at line first, as a number that does not depend on where it
 * stands; entry is set by the first operand from outside.  0: it is a second one. */
static uint64_t operand(Ref r, uint32_t first, Ref *entry)
{
    if (!r.line)
        return 1;
    if (r.line->pos >= first)
        return 3 + (uint64_t)(r.line->pos - first) * 64 + r.out;
    if (!entry->line)
        *entry = r;
    return write_same_ref(*entry, r) ? 2 : 0;
}

/* Adds line l to the hash of the stretch; 0: it cannot be part of it. */
static uint64_t extend(uint64_t hash, const Line *l, uint32_t first, Ref *entry)
{
    hash = (hash ^ l->sig) * 0x9e3779b97f4a7c15;
    for (uint32_t k = 0; k < l->n_in; k++) {
        uint64_t r = operand(l->in[k], first, entry);
        if (!r)
            return 0;
        hash = (hash ^ r ^ hash >> 29) * 0xbf58476d1ce4e5b9;
    }
    return l->input || l->output ? 0 : hash | 1;
}

/* The same keywords again and again: its part is the block. */
static bool periodic(const Writer *w, uint32_t first, uint32_t n)
{
    for (uint32_t p = 1; p <= n / 2; p++) {
        uint32_t i = p;
        while (n % p == 0 && i < n && w->line[first + i]->sig == w->line[first + i - p]->sig)
            i++;
        if (i == n)
            return true;
    }
    for (uint32_t i = 1; i < n; i++)                 /* calls in a row are a loop */
        if (is_call_of(w->line[first + i], w->line[first + i - 1]))
            return true;
    return false;
}

/* Open addressing; equal hashes count as equal stretches, which the match then decides. */
static void count_span(Finder *f, uint64_t hash, uint32_t first, uint32_t n)
{
    size_t at = hash & f->mask;
    Span *s;

    while (f->table[at].hash && f->table[at].hash != hash)
        at = (at + 1) & f->mask;
    s = &f->table[at];
    if (!s->hash)
        *s = (Span){ .hash = hash, .first = first, .n = n };
    if (first < s->end)
        return;
    s->count++;
    s->end = first + n;
}

/* Linear: a bounded number of ends for each beginning, fewer of them in very large graphs. */
static void find_spans(Finder *f)
{
    Writer *w = f->w;
    uint32_t longest = MOST_SPANS / (w->n + 1) + 2;

    if (longest > WRITE_LONGEST)
        longest = WRITE_LONGEST;
    for (uint32_t i = 0; i < w->n; i++) {
        Ref entry = { 0 };
        uint64_t hash = 1;
        uint32_t inner = 0;            /* the last reader of all lines but the last */
        for (uint32_t j = i; j < w->n && j - i < longest; j++) {
            hash = extend(hash, w->line[j], i, &entry);
            if (!hash)
                break;
            if (j > i && inner <= j && entry.line && w->line[j]->n_out == 1 && !w->line[j]->data)
                count_span(f, hash, i, j - i + 1);
            if (w->line[j]->last_use > inner)
                inner = w->line[j]->last_use;
        }
    }
}

/* ---- options ---- */

/* Do the matches have both lines or none? */
static bool go_together(const Body *b, uint32_t p, uint32_t q)
{
    for (uint32_t i = 0; i < b->n_match; i++)
        if (!b->match[i].of[p] != !b->match[i].of[q])
            return false;
    return true;
}

/* Who reads line k inside the body: the first and the last, or UINT32_MAX. */
static void readers(const Body *b, uint32_t k, uint32_t *first, uint32_t *last)
{
    const Line *l = b->w->line[b->first + k];

    *first = *last = UINT32_MAX;
    for (uint32_t i = k + 1; i < b->n; i++)
        for (uint32_t j = 0; j < b->w->line[b->first + i]->n_in; j++)
            if (b->w->line[b->first + i]->in[j].line == l) {
                *first = *first < i ? *first : i;
                *last = i;
            }
}

/* Lines [p, q] may be left out if what comes next reads the line above instead: only line q is read
 * from behind, by the next line, first of all; and line p - 1 is what it stands for. */
static bool is_detour(const Body *b, uint32_t p, uint32_t q)
{
    uint32_t first, last;
    Ref r = { b->w->line[b->first + q], 0 };

    for (uint32_t k = p; k <= q; k++) {
        readers(b, k, &first, &last);
        if (k < q ? last > q : last != UINT32_MAX && (last != q + 1
            || !write_implied(b->w->line[b->first + last], r.line)))
            return false;
    }
    while (r.line->pos >= b->first + p)
        r = r.line->in[0];
    return p ? r.line == b->w->line[b->first + p - 1] : r.line->pos < b->first;
}

/* An alias names what it stands for, which must be there in every call. */
static bool reads_lacking(const Body *b, uint32_t k)
{
    uint32_t from = b->w->line[b->first + k]->in[0].line->pos;

    return from >= b->first && b->lacks[from - b->first];
}

/* The groups of lines that matches lack.  False: the language has no way to say one of them. */
static bool find_options(const Body *b, Option *option, uint32_t *n)
{
    *n = 0;
    for (uint32_t p = 0, q; p < b->n; p = q + 1) {
        uint32_t first, last;
        q = p;
        if (!b->lacks[p])
            continue;
        while (q + 1 < b->n && b->lacks[q + 1] && go_together(b, p, q + 1))
            q++;
        if (*n == WRITE_MOST_OPTIONS)
            return false;
        option[*n] = (Option){ .first = p, .last = q };
        if (!is_detour(b, p, q)) {
            readers(b, p, &first, &last);
            if (p != q || last == UINT32_MAX || b->w->line[b->first + p]->data
                || reads_lacking(b, p))
                return false;
            option[*n].alias = true;
        }
        ++*n;
    }
    return true;
}

/* ---- worth ---- */

/* Text that is saved, in half lines.  A line beside an equal one is a row of a loop and costs half;
 * so does a call beside a call.  A body that repeats itself is none, or it should be two. */
static int score(const Body *b, const Block *block)
{
    int sum = -4 * (int)(block->n_option + block->n_flag) - (int)block->n_param;

    for (uint32_t i = 0; i < b->n_match; i++) {
        const Match *m = &b->match[i];
        sum -= i && m[-1].at + m[-1].n == m->at ? 1 : 2;
        for (uint32_t k = m->at; k < m->at + m->n; k++)
            sum += k && b->w->line[k]->sig == b->w->line[k - 1]->sig ? 1 : 2;
    }
    for (uint32_t k = 0; k < b->n; k++) {
        sum -= 3;
        for (uint32_t j = 0; j < k; j++)
            if (b->w->line[b->first + j]->sig == b->w->line[b->first + k]->sig) {
                sum -= 2;
                break;
            }
    }
    return sum;
}

/* Keeps the spans that cover most, the best first. */
static void offer(Finder *f, const Span *s)
{
    uint32_t i = f->n_best, worth = s->count * (s->n - 1);

    if (s->count < 2 || periodic(f->w, s->first, s->n))
        return;
    while (i && f->best[i - 1].count * (f->best[i - 1].n - 1) < worth) {
        if (i < TRIES)
            f->best[i] = f->best[i - 1];
        i--;
    }
    if (i < TRIES)
        f->best[i] = *s;
    f->n_best += f->n_best < TRIES;
}

/* ---- replacing ---- */

/* A call in the place of the match's lines. */
static Line *make_call(Writer *w, const Block *b, const Match *m, const Slot *arg)
{
    Line *l = arena_new(w->a, Line), *last = w->line[m->at + m->n - 1];

    *l = (Line){ .word = b->name, .tail = "", .block = b, .n_in = 1, .out = last->out, .n_out = 1 };
    l->least = 1;
    l->in = arena_new(w->a, Ref);
    l->in[0] = m->entry;
    l->slot = arena_new_n(w->a, Slot, b->n_param);
    for (uint32_t p = 0; p < b->n_param && p < WRITE_MOST_KEYS; p++)
        write_key(l, (Key){ .n = 1 }, &arg[p]);
    for (uint32_t k = 0; k < b->n; k++) {
        const Line *part = m->of[k];
        if (!part)
            continue;
        l->makes |= part->makes;
        l->frozen |= part->frozen;
    }
    l->wish = write_wish_call(w->a, b, m);
    write_sign(l);
    last->into = l;
    return l;
}

/* Every operand that was the last line of a match is the call's result now.  The bodies keep their
 * own lines. */
static void replace(Writer *w, const Block *b, const Body *body, const Slot *arg)
{
    uint32_t n = 0, c = 0;

    for (uint32_t i = 0; i < w->n; i++) {
        Line *l = w->line[i];
        if (c < body->n_match && body->match[c].at == i) {
            const Match *m = &body->match[c];
            l = make_call(w, b, m, arg + c * WRITE_MOST_PARAMS);
            i += m->n - 1;
            c++;
        }
        for (uint32_t k = 0; k < l->n_in; k++)
            if (l->in[k].line && l->in[k].line->into)
                l->in[k] = (Ref){ l->in[k].line->into, 0 };
        w->line[n++] = l;
    }
    w->n = n;
}

/* Frozen layers are made so by a line that stands between others: all calls alike. */
static bool thaw(const Body *b)
{
    for (uint32_t i = 0; i < b->n_match; i++) {
        bool makes = false, fixed = false;
        for (uint32_t k = 0; k < b->n; k++)
            if (b->match[i].of[k] && b->match[i].of[k]->makes) {
                if (makes && fixed != b->match[i].of[k]->frozen)
                    return false;
                makes = true;
                fixed = b->match[i].of[k]->frozen;
            }
    }
    return true;
}

/* The block of a body, and its calls' arguments; NULL when it would need too many. */
static Block *draft(Writer *w, const Body *body, Slot *arg)
{
    Block *b = arena_new(w->a, Block);

    b->n = body->n;
    b->body = arena_new_n(w->a, Line *, b->n);
    memcpy(b->body, w->line + body->first, b->n * sizeof *b->body);
    if (!find_options(body, b->option, &b->n_option))
        return NULL;
    for (uint32_t i = 0; i < body->n_match; i++)
        if (body->match[i].at == body->first)
            b->entry = body->match[i].entry;
    b->name = "";                      /* the printer finds one */
    b->depth = write_wish_depth(b);
    return b->entry.line && write_params(w, b, body->match, body->n_match, arg) ? b : NULL;
}

/* All stretches are counted, the best TRIES of them kept. */
static void find_candidates(Finder *f)
{
    f->mask = 1023;
    while (f->mask < (size_t)f->w->n * WRITE_LONGEST * 2 && f->mask < 4 * MOST_SPANS)
        f->mask = 2 * f->mask + 1;
    f->table = arena_new_n(f->w->a, Span, f->mask + 1);
    find_uses(f->w);
    find_spans(f);
    for (size_t i = 0; i <= f->mask; i++)
        if (f->table[i].hash)
            offer(f, &f->table[i]);
}

/* The best block that there still is takes the place of its matches. */
static bool replace_best(Writer *w)
{
    Finder f = { .w = w };
    Body best = { .w = w }, b = { .w = w };
    Block *block = NULL, *next;
    Slot *arg, *best_arg = NULL;
    int most = WORTH_IT - 1;

    find_candidates(&f);
    for (uint32_t i = 0; i < f.n_best; i++) {
        b.first = f.best[i].first;
        b.n = f.best[i].n;
        write_matches(&b, w->a);
        arg = arena_new_n(w->a, Slot, (size_t)b.n_match * WRITE_MOST_PARAMS);
        next = b.n_match > 1 && thaw(&b) ? draft(w, &b, arg) : NULL;
        if (!next || score(&b, next) <= most)
            continue;
        most = score(&b, next);
        best = b;
        best_arg = arg;
        block = next;
    }
    if (!block)
        return false;
    *w->last_block = block;
    w->last_block = &block->next;
    replace(w, block, &best, best_arg);
    return true;
}

void write_blocks(Writer *w, bool none)
{
    w->last_block = &w->blocks;
    for (int i = 0; i < ROUNDS && !none && replace_best(w); i++)
        ;
    find_uses(w);
}
