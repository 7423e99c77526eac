/* SPDX-License-Identifier: Apache-2.0 */
/* number: numbers in texts, with a point whatever the locale of the program that uses the library
 * says: a file that was written in one country is read in another. */
#ifndef MNC_BASE_NUMBER_H
#define MNC_BASE_NUMBER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* strtod, strtof and vsnprintf as they are in the locale "C". */
double number_read(const char *s, char **end);
float number_read_f32(const char *s, char **end);
/* All of s is a decimal number, or a fraction of two, and finite. */
bool number_fraction(const char *s, double *out);
int number_print(char *to, size_t size, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

#endif
