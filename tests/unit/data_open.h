/* SPDX-License-Identifier: Apache-2.0 */
/* data_open: a data set opened, or refused with a message, for the tests of readers.
 *
 * Include after data_files.h. */
#ifndef MNC_TEST_DATA_OPEN_H
#define MNC_TEST_DATA_OPEN_H

static inline bool open_set(Job *j, const char *spec, RtPart part, RtData *s)
{
    RtDataOptions o = { .part = part };

    return rt_data_open(&j->a, spec, &o, s, &j->d);
}

static inline void refuses(Job *j, const char *spec, const char *message)
{
    RtData s;

    assert_false(open_set(j, spec, RT_TRAIN, &s));
    assert_string_equal(job_messages(j), message);
}

#define TEXT(...) arena_printf(&j->a, __VA_ARGS__)

#endif
