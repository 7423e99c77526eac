/* SPDX-License-Identifier: Apache-2.0 */
/* glob: names against patterns, in which * stands for any text. */
#ifndef MNC_BASE_GLOB_H
#define MNC_BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* What a * of a pattern stood for: a part of the name. */
typedef struct GlobStar { const char *p; size_t n; } GlobStar;

/* Does all of name match the pattern?  That of the second ends before end, which need not be a 0;
 * star, unless it is NULL, has room for each of its stars and gets what they stood for. */
bool glob_matches(const char *pattern, const char *name);
bool glob_match(const char *pattern, const char *end, const char *name, GlobStar *star);

/* Does any of the list, which ends with NULL?  NULL: none does. */
bool glob_matches_any(const char *const *pattern, const char *name);

#endif
