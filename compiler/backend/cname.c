/* SPDX-License-Identifier: Apache-2.0 */
/* cname: text from a model, made safe for C.  A node may be called "*" "/ int x;" or anything. */
#include "backend/emit.h"

#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Words that C or C++ keep for themselves, and the names of our own in the generated file. */
static bool is_taken(const char *s)
{
    static const char *const words[] = {
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
        "case", "catch", "char", "class", "compl", "const", "constexpr", "continue", "decltype",
        "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern",
        "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable",
        "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq",
        "private", "protected", "public", "register", "restrict", "return", "short", "signed",
        "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try",
        "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void",
        "volatile", "wchar_t", "while", "xor", "xor_eq", "linux", "unix", "errno", "stdin",
        "stdout", "stderr", "NULL", "assert", "INFINITY", "NAN", "complex", "I", "AT", "V",
        "math_errhandling",
    };
    /* The generated file's macros, those of math.h, and what C keeps for itself. */
    static const char *const beginnings[] = { "_", "NET_", "MNC_", "SAMPLE_", "v_", "V_", "M_",
                                              "FP_", "HUGE_VAL", "MATH_" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(s, words[i]))
            return true;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (!strncmp(s, beginnings[i], strlen(beginnings[i])))
            return true;
    return false;
}

/* Not one to one: "a.b" and "a-b" become the same, and who needs names to differ numbers them
 * (unique_among). */
const char *c_identifier(Arena *a, const char *s)
{
    enum { LONGEST = 60 };
    Buf b;

    buf_init(&b, a);
    if (!is_letter(*s))
        buf_char(&b, 'v');
    for (; *s && b.n < LONGEST; s++)
        buf_char(&b, is_letter(*s) || (*s >= '0' && *s <= '9') ? *s : '_');
    if (is_taken(b.p))
        return arena_printf(a, "v%s", b.p);
    return b.p;
}

/* What could end the comment, begin another, or continue the line (a backslash, the trigraph
 * for one) is written as a number; so are bytes outside ASCII, whose encoding nobody knows. */
const char *c_comment(Arena *a, const char *s)
{
    enum { LONGEST = 200 };
    char last = 0;
    Buf b;

    buf_init(&b, a);
    for (; *s && b.n < LONGEST; last = *s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c >= 0x7f || (c == '/' && last == '*') || (c == '*' && last == '/')
            || (c == '?' && last == '?') || c == '\\')
            buf_printf(&b, "\\x%02x", c);
        else
            buf_char(&b, (char)c);
    }
    return b.p;
}

/* Octal with all three digits: a hexadecimal escape would go on into the digits that follow.  A
 * question mark is escaped because of trigraphs. */
const char *c_string(Arena *a, const char *s)
{
    Buf b;

    buf_init(&b, a);
    buf_char(&b, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
            buf_printf(&b, "\\%03o", c);
        else
            buf_char(&b, (char)c);
    }
    buf_char(&b, '"');
    return b.p;
}
