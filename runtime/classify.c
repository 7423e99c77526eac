/* SPDX-License-Identifier: Apache-2.0 */
/* classify: scores in, the best classes out.  Scores are float32 as nets give them, sums double. */
#include "classify.h"

#include <math.h>
#include <string.h>

/* NaN fails the first test. */
bool rt_is_distribution(const float *x, int64_t n)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++) {
        if (!(x[i] >= 0))
            return false;
        sum += (double)x[i];
    }
    return fabs(sum - 1) <= 1e-3;
}

/* The maximum is taken off first, so that exp does not overflow. */
void rt_softmax(float *x, int64_t n)
{
    double sum = 0;
    float most = -INFINITY;

    for (int64_t i = 0; i < n; i++)
        most = x[i] > most ? x[i] : most;
    for (int64_t i = 0; i < n; i++) {
        double e = exp((double)x[i] - (double)most);
        sum += e;
        x[i] = (float)e;
    }
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)((double)x[i] / sum);
}

/* Whether x[a] comes before x[b]. */
static bool before(const float *x, int64_t a, int64_t b)
{
    if (isnan(x[a]) || isnan(x[b]))
        return !isnan(x[a]) || (isnan(x[b]) && a < b);
    return x[a] > x[b] || (x[a] == x[b] && a < b);
}

/* k is small: each number goes to its place among the k best so far. */
void rt_top(const float *x, int64_t n, int64_t *place, int64_t k)
{
    int64_t have = 0;

    for (int64_t i = 0; i < n; i++) {
        int64_t at = have;
        while (at > 0 && before(x, i, place[at - 1]))
            at--;
        if (at == k)
            continue;
        have += have < k;
        memmove(&place[at + 1], &place[at], (size_t)(have - 1 - at) * sizeof *place);
        place[at] = i;
    }
}

/* An empty line is the label of a class without a name, so that the numbers stay right. */
bool rt_read_labels(Arena *a, const char *path, RtLabels *out, Diag *d)
{
    const char *p, *end;
    const char **name;
    int64_t n = 0;
    Bytes text;

    if (!file_read(a, path, &text, d))
        return false;
    p = (const char *)text.p;
    end = p + text.n;
    for (const char *c = p; c < end; c++)
        n += *c == '\n';
    name = arena_new_n(a, const char *, (size_t)n + 1);
    for (n = 0; p < end; n++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p)), *stop = nl ? nl : end;
        size_t length = (size_t)(stop - p);
        if (length && p[length - 1] == '\r')
            length--;
        name[n] = arena_strndup(a, p, length);
        p = nl ? nl + 1 : end;
    }
    out->name = name;
    out->n = n;
    return true;
}
