/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_names: what exporters have called the layers, as names of the spec language.
 *
 * A layer's wish is the module that it was: features.1.conv.0, from its weight's name or the path
 * of its result.  The wishes of a block's lines begin alike in each call, which is the call's name,
 * and go on alike in all of them, which are the lines' names inside the block.
 */
#include "frontend/mnet_write.h"

#include <string.h>

/* Letters, digits, _ and dots; not isalnum, which depends on the locale. */
static bool plain(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.", s[i]))
            return false;
    return n > 0;
}

/* "/features/features.1/conv/conv.0/Conv_output_0", a path of modules as PyTorch's exporter writes
 * it, is features.1.conv.0: a module that the next one names again is left out, and so is what the
 * node computes, at the end. */
static const char *wish_of_path(Arena *a, const char *path)
{
    Buf b;

    buf_init(&b, a);
    for (const char *p = path; *p == '/';) {
        size_t n = strcspn(++p, "/"), next;
        if (!p[n])
            break;                                     /* Conv_output_0 */
        next = strcspn(p + n + 1, "/");
        if (!plain(p, n))
            return NULL;
        if (!p[n + 1 + next] || strncmp(p, p + n + 1, n) || p[n + 1 + n] != '.') {
            buf_str(&b, b.n ? "." : "");
            buf_put(&b, p, n);
        }
        p += n;
    }
    return b.n && ir_plain_name(b.p) ? b.p : NULL;
}

/* "features.1.conv.0.weight" is of the layer features.1.conv.0. */
static const char *wish_of_weight(Arena *a, const char *name)
{
    static const char *const end[] = { ".weight", ".gamma", ".slope" };

    for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
        size_t n = strlen(name), k = strlen(end[i]);
        if (n > k && !strcmp(name + n - k, end[i])) {
            const char *s = arena_strndup(a, name, n - k);
            if (n - k > 3 && !strcmp(s + n - k - 3, ".bn"))
                s = arena_strndup(a, name, n - k - 3);
            return ir_plain_name(s) ? s : NULL;
        }
    }
    return NULL;
}

/* By its weight, or else by its result. */
const char *write_wish(const Writer *w, const Node *n)
{
    ValueId weight = ir_in(n, 1);
    const char *s = NULL;

    if (ir_is_const(w->g, weight))
        s = wish_of_weight(w->a, ir_val(w->g, weight)->name);
    return s ? s : wish_of_path(w->a, ir_val(w->g, n->out[0])->name);
}

/* ---- calls ---- */

/* Behind the first n parts of a dotted name; NULL: it has no more than these. */
static const char *behind(const char *p, uint32_t n)
{
    for (; n && p; n--) {
        p = strchr(p, '.');
        p = p ? p + 1 : NULL;
    }
    return p;
}

/* Do all wishes of the body begin with the same n parts, and go on as names? */
static bool share(const Block *b, uint32_t n)
{
    const char *first = NULL;

    for (uint32_t i = 0; i < b->n; i++) {
        const char *p = b->body[i]->wish, *rest = p ? behind(p, n) : NULL;
        if (!p)
            continue;
        if (!rest || !ir_plain_name(rest) || (first && strncmp(p, first, (size_t)(rest - p))))
            return false;
        first = p;
    }
    return first != NULL;
}

uint32_t write_wish_depth(const Block *b)
{
    uint32_t n = 0;

    for (uint32_t k = 1; k < 8; k++)
        if (share(b, k))
            n = k;
    return n;
}

/* The first parts of the wishes in the match, if they are the same in all of them. */
const char *write_wish_call(Arena *a, const Block *b, const Match *m)
{
    const char *all = NULL;

    for (uint32_t k = 0; k < b->n && b->depth; k++) {
        const char *p = m->of[k] ? m->of[k]->wish : NULL, *rest = p ? behind(p, b->depth) : NULL;
        if (!p)
            continue;
        if (!rest || (all && (strncmp(p, all, (size_t)(rest - p - 1)) || all[rest - p - 1])))
            return NULL;
        all = arena_strndup(a, p, (size_t)(rest - p - 1));
    }
    return all;
}

/* What is left of a wish when the call has taken its parts: conv.0 of features.1.conv.0. */
const char *write_wish_inside(const Block *b, const Line *l)
{
    return l->wish && b->depth ? behind(l->wish, b->depth) : NULL;
}

/* What both of two dotted names begin with; NULL: nothing. */
const char *write_wish_both(Arena *a, const char *p, const char *q)
{
    size_t n = 0, k = 0;

    for (; p && q && p[n] && p[n] == q[n]; n++)
        if (p[n] == '.')
            k = n;
    return k ? arena_strndup(a, p, k) : NULL;
}
