/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_words: words that stand for themselves wherever no variable has their name. */
#include "frontend/mnet_run.h"

#include <string.h>

static const char *const act_words[] = { "relu6", "none" };
static const char *const other_words[] = { "bn", "bias", "nobias", "same", "same_lower" };

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(s, list[i]))
            return true;
    return false;
}

/* gelu and the like stand for themselves with their default attributes. */
bool mnet_is_act_word(Sym s)
{
    Op op = op_by_name(s);

    return (op && (op_info[op].flags & ACT)) || is_one_of(s, act_words, 2);
}

bool mnet_is_word(Sym s)
{
    return mnet_is_act_word(s) || is_one_of(s, other_words, 5) || init_is_word(s);
}

/* names has room for MNET_MOST_WORDS; returns how many there are. */
size_t mnet_words(const char **names)
{
    size_t n = init_words(names);

    for (int op = 1; op < OP_COUNT; op++)
        if (op_info[op].flags & ACT)
            names[n++] = op_info[op].name;
    memcpy(names + n, act_words, sizeof act_words);
    memcpy(names + n + 2, other_words, sizeof other_words);
    return n + 7;
}
