/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include <string.h>

/* Each * takes as little as it can; when what follows does not fit, the last one takes more,
 * which is enough to find every match, in time of pattern times name. */
bool glob_match(const char *p, const char *end, const char *name, GlobStar *star)
{
    const char *after = NULL;           /* the last * */
    GlobStar last = { NULL, 0 };        /* and what it stands for so far */
    size_t k = 0;

    while (*name) {
        if (p < end && *p == '*') {
            last = (GlobStar){ name, 0 };
            k++;
            after = ++p;
        } else if (p < end && *p == *name) {
            p++;
            name++;
        } else if (after) {
            name = last.p + ++last.n;
            p = after;
        } else {
            return false;
        }
        if (star && k)
            star[k - 1] = last;
    }
    for (; p < end && *p == '*'; p++, k++)
        if (star)
            star[k] = (GlobStar){ name, 0 };
    return p == end;
}

bool glob_matches(const char *pattern, const char *name)
{
    return glob_match(pattern, pattern + strlen(pattern), name, NULL);
}

bool glob_matches_any(const char *const *pattern, const char *name)
{
    for (; pattern && *pattern; pattern++)
        if (glob_matches(*pattern, name))
            return true;
    return false;
}
