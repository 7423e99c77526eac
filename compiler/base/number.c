/* SPDX-License-Identifier: Apache-2.0 */
/* Where the point is a comma, the thread's locale is "C" for the time of the call (POSIX
 * uselocale); else nothing is done, so that writing weights by the million stays fast. */
#include "base/number.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What end has to undo; made: (locale_t)0 when there was nothing to do. */
typedef struct Away {
    locale_t made, before;
} Away;

/* Without memory for a locale the numbers stay the program's own: rather that than no message. */
static Away begin(void)
{
    Away a = { .made = (locale_t)0 };

    if (!strcmp(localeconv()->decimal_point, "."))
        return a;
    a.made = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (a.made)
        a.before = uselocale(a.made);
    return a;
}

/* The thread gets its own locale back, which may be the global one. */
static void end(Away a)
{
    if (!a.made)
        return;
    uselocale(a.before);
    freelocale(a.made);
}

/* As strtod: stop is where the number ends, s itself if there is none. */
double number_read(const char *s, char **stop)
{
    Away a = begin();
    double x = strtod(s, stop);

    end(a);
    return x;
}

float number_read_f32(const char *s, char **stop)
{
    Away a = begin();
    float x = strtof(s, stop);

    end(a);
    return x;
}

/* %s in the format passes through as it is: only numbers know of locales. */
int number_print(char *to, size_t size, const char *fmt, va_list ap)
{
    Away a = begin();
    int n = vsnprintf(to, size, fmt, ap);

    end(a);
    return n;
}

bool number_fraction(const char *s, double *out)
{
    char *end;
    double below = 1;

    if (isspace((unsigned char)*s))
        return false;
    *out = number_read(s, &end);
    if (end != s && *end == '/') {
        s = end + 1;
        below = number_read(s, &end);
    }
    *out /= below;
    return end != s && !*end && isfinite(*out);
}
