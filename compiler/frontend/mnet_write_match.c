/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_match: where the lines of a body are found, with gaps.
 *
 * A line of the body that a match lacks stands for its first operand there, so later operands must
 * be what it stands for: so does a bottleneck without its expansion read x at once.
 *
 *     body        match 1     match 2 (lacks expand and add)
 *     expand x    line 7      -           stands for the entry
 *     depth       line 8      line 3      reads the entry
 *     project     line 9      line 4
 *     add x       line 10     -           stands for project, the last line of the match
 */
#include "frontend/mnet_write.h"

#include <string.h>

bool write_same_ref(Ref a, Ref b)
{
    return a.line == b.line && a.out == b.out;
}

/* What line k of the body is in a match so far: itself, or what it stands for when it lacks. */
typedef struct Try {
    const Body *b;
    Ref entry, is[WRITE_LONGEST];
    Line *of[WRITE_LONGEST];
    uint32_t at, cur;
} Try;

/* What operand r of a line of the body is in this match: a line of it, or the entry. */
static Ref counterpart(const Try *t, Ref r)
{
    Ref as = r;

    if (!r.line || r.line->pos < t->b->first)
        return r.line ? t->entry : r;
    as = t->is[r.line->pos - t->b->first];
    return t->of[r.line->pos - t->b->first] ? (Ref){ as.line, r.out } : as;
}

/* Do m's operands have the places of l's, with swap the other way round? */
static bool operands_fit(Try *t, const Line *l, const Line *m, bool swap)
{
    Ref entry = t->entry;

    for (uint32_t i = 0; i < l->n_in; i++) {
        Ref from = l->in[i], is = m->in[swap ? 1 - i : i], want = counterpart(t, from);
        if (from.line && (from.line->pos < t->b->first || !want.line)) {
            if (!t->entry.line && is.line && is.line->pos < t->at)
                t->entry = is;
            want = t->entry;
        }
        if (!write_same_ref(want, is)) {
            t->entry = entry;
            return false;
        }
    }
    return true;
}

/* Does the line at t->cur have line l's place? */
static bool fits(Try *t, const Line *l)
{
    const Line *m = t->cur < t->b->w->n ? t->b->w->line[t->cur] : NULL;

    return m && m->sig == l->sig && !m->output && !m->input
        && (operands_fit(t, l, m, false) || (l->commutes && operands_fit(t, l, m, true)));
}

/* Only where the line stands for something: it has one result and reads one. */
static bool can_lack(const Line *l)
{
    return l->n_in && l->in[0].line && l->n_out == 1;
}

/* Is there a line like k behind it in the body? */
static bool comes_again(const Body *b, uint32_t k)
{
    for (uint32_t i = k + 1; i < b->n; i++)
        if (b->w->line[b->first + i]->sig == b->w->line[b->first + k]->sig)
            return true;
    return false;
}

/* Breaks in a match: places where it lacks lines. */
static uint32_t gaps(const Try *t)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < t->b->n; k++)
        n += !t->of[k] && (!k || t->of[k - 1]);
    return n;
}

/* The stretch that begins at the line at, as far as it fits the body; a gap ends as soon as it can,
 * or late: at the last line of those that are alike. */
static bool match_so(const Body *b, uint32_t at, Try *t, bool late)
{
    uint32_t inner = 0;
    Ref last;

    memset(t, 0, sizeof *t);
    t->b = b;
    t->at = t->cur = at;
    for (uint32_t k = 0; k < b->n; k++) {
        Line *l = b->w->line[b->first + k];
        if (!(late && k && !t->of[k - 1] && comes_again(b, k)) && fits(t, l)) {
            t->of[k] = b->w->line[t->cur++];
            t->is[k] = (Ref){ t->of[k], 0 };
        } else if (can_lack(l)) {
            t->is[k] = counterpart(t, l->in[0]);       /* line NULL: the entry, not known yet */
        } else {
            return false;
        }
    }
    last = t->is[b->n - 1];
    if (t->cur - at < 2 || 3 * (t->cur - at) < b->n || !t->entry.line
        || last.line != b->w->line[t->cur - 1])
        return false;
    for (uint32_t i = at; i + 1 < t->cur; i++)
        if (b->w->line[i]->last_use > inner)
            inner = b->w->line[i]->last_use;
    return inner < t->cur;
}

/* The longer of the two, or the one with fewer gaps; of equals the late one, which joins them. */
static bool match(const Body *b, uint32_t at, Try *t)
{
    Try other;
    bool early = match_so(b, at, t, false), late = match_so(b, at, &other, true);

    if (late && (!early || other.cur > t->cur || (other.cur == t->cur && gaps(&other) <= gaps(t))))
        *t = other;
    return early || late;
}

/* All matches, from the first line on, each as soon as it can be. */
void write_matches(Body *b, Arena *a)
{
    Try t;

    b->n_match = 0;
    memset(b->lacks, 0, sizeof b->lacks);
    b->match = arena_new_n(a, Match, b->w->n / 2 + 1);
    for (uint32_t i = 0; i < b->w->n;) {
        if (!match(b, i, &t)) {
            i++;
            continue;
        }
        b->match[b->n_match] = (Match){ i, t.cur - i, t.entry, arena_new_n(a, Line *, b->n) };
        memcpy(b->match[b->n_match++].of, t.of, b->n * sizeof *t.of);
        for (uint32_t k = 0; k < b->n; k++)
            b->lacks[k] |= !t.of[k];
        i = t.cur;
    }
}
