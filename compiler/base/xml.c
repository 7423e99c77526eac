/* SPDX-License-Identifier: Apache-2.0 */
/* xml: names of models in pictures.
 *
 * In: any bytes.  Out: well-formed XML 1.0 character data, whatever they were: what is no UTF-8, or
 * no character that XML allows, stands as \xNN. */
#include "base/xml.h"

#include <string.h>

enum { LONGEST = 4096 };           /* bytes of a name that are looked at */

/* Bytes of the UTF-8 sequence at s (RFC 3629), 0 if it is none or a character that XML forbids. */
static size_t utf8_length(const unsigned char *s)
{
    static const struct { unsigned char from, to, second_from, second_to; uint8_t n; } form[] = {
        { 0x20, 0x7e, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };

    for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
        if (*s < form[i].from || *s > form[i].to)
            continue;
        if (form[i].n > 1 && (s[1] < form[i].second_from || s[1] > form[i].second_to))
            return 0;
        for (size_t k = 2; k < form[i].n; k++)
            if (s[k] < 0x80 || s[k] > 0xbf)
                return 0;
        return strncmp((const char *)s, "\xef\xbf\xbe", 3)
            && strncmp((const char *)s, "\xef\xbf\xbf", 3) ? form[i].n : 0;
    }
    return 0;
}

/* One character that is shown, or one byte that cannot be. */
typedef struct Letter {
    size_t n;                /* bytes in the name */
    uint32_t width;          /* letters in the picture: a byte that is no text is shown as \xNN */
} Letter;

static Letter letter(const char *s)
{
    size_t n = utf8_length((const unsigned char *)s);

    return n ? (Letter){ n, 1 } : (Letter){ 1, 4 };
}

static void xml_letter(Buf *out, const char *s, Letter l)
{
    static const struct { char c; const char *as; } entity[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
    };

    for (size_t i = 0; i < sizeof entity / sizeof entity[0]; i++)
        if (*s == entity[i].c) {
            buf_str(out, entity[i].as);
            return;
        }
    if (l.width == 1)
        buf_put(out, s, l.n);
    else
        buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*s);
}

/* The text from s to end, or its end behind an ellipsis when it has more than most letters: names
 * of layers begin alike and differ at their end. */
static void xml_part(Buf *out, const char *s, const char *end, uint32_t most)
{
    uint32_t width = 0;

    for (const char *p = s; p < end; p += letter(p).n)
        width += letter(p).width;
    if (width > most)
        buf_str(out, "\u2026");
    for (uint32_t skip = width > most ? width - most + 1 : 0; s < end; s += letter(s).n) {
        Letter l = letter(s);
        if (skip == 0)
            xml_letter(out, s, l);
        skip = skip > l.width ? skip - l.width : 0;
    }
}

/* What follows LONGEST bytes is cut: nobody reads that far. */
void xml_text(Buf *out, const char *s, uint32_t most)
{
    xml_part(out, s, s + strnlen(s, LONGEST), most);
}

void xml_short(Buf *out, const char *s, uint32_t most)
{
    static const char tail[] = "_output_0";
    size_t n = strnlen(s, LONGEST), k = sizeof tail - 1;

    if (n > k && !memcmp(s + n - k, tail, k))
        n -= k;
    if (n > 1 && *s == '/')
        s++, n--;
    xml_part(out, s, s + n, most);
}

void xml_count(Buf *out, int64_t n)
{
    if (n >= 1000) {
        xml_count(out, n / 1000);
        buf_printf(out, "\u202f%03d", (int)(n % 1000));
    } else {
        buf_printf(out, "%d", (int)n);
    }
}
