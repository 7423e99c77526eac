/* SPDX-License-Identifier: Apache-2.0 */
/* Pickles: the data that they hold is read, and nothing that they want to do is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "data_files.h"
#include "pickle.h"

static const PyValue *read_pickle(Job *j, const char *p, size_t n)
{
    return rt_pickle(&j->a, "x", (Bytes){ (const unsigned char *)p, n }, &j->d);
}

/* A pickle given as a string literal. */
#define READ(j, text) read_pickle(j, text, sizeof text - 1)

static void refuses(Job *j, const char *p, size_t n, const char *why)
{
    assert_null(read_pickle(j, p, n));
    assert_string_equal(job_messages(j),
                        arena_printf(&j->a, "x: error: is not a pickle that can be read: %s\n",
                                     why));
}

#define REFUSES(j, text, why) refuses(j, text, sizeof text - 1, why)

static bool is_text(const PyValue *v, const char *text)
{
    return v && v->kind == PY_TEXT && v->n == strlen(text) && !memcmp(v->p, text, v->n);
}

static void numbers_of_all_sizes(void **state)
{
    Job *j = *state;
    const PyValue *v = READ(j, "\x80\2(K\377M\377\377J\377\377\377\377\x8a\3\0\0\x80\x8a\0"
                            "\x8a\x08\1\0\0\0\0\0\0\x80\x88\x89NG?\370\0\0\0\0\0\0t.");
    static const int64_t want[] = { 255, 65535, -1, -8388608, 0, INT64_MIN + 1, 1, 0 };

    assert_non_null(v);
    assert_int_equal(v->kind, PY_TUPLE);
    assert_int_equal(v->n, 10);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(v->item[i]->kind, PY_INT);
        assert_true(v->item[i]->i == want[i]);
    }
    assert_int_equal(v->item[8]->kind, PY_NONE);
    assert_true(v->item[9]->f == 1.5);
}

/* Each way of writing text; a dict's key found by it. */
static void texts_and_dicts(void **state)
{
    Job *j = *state;
    const PyValue *v = READ(j, "\x80\4}(U\1aK\1T\1\0\0\0bK\2X\1\0\0\0cK\3\x8c\1dK\4C\1eK\5"
                            "B\1\0\0\0fK\6\x8d\1\0\0\0\0\0\0\0gK\7\x8e\1\0\0\0\0\0\0\0hK\10u.");

    assert_non_null(v);
    assert_int_equal(v->n, 16);
    for (int i = 0; i < 8; i++) {
        char key[2] = { (char)('a' + i), 0 };
        assert_int_equal(rt_py_get(v, key)->i, i + 1);
    }
    assert_null(rt_py_get(v, "i"));
    assert_null(rt_py_get(v->item[0], "a"));
}

/* What is put into the memo is the same thing when it is got. */
static void the_memo_shares(void **state)
{
    Job *j = *state;
    const PyValue *v = READ(j, "\x80\2]q\0(h\0U\1xq\1h\1j\1\0\0\0e.");

    assert_non_null(v);
    assert_int_equal(v->n, 4);
    assert_ptr_equal(v->item[0], v);
    assert_true(is_text(v->item[1], "x"));
    assert_ptr_equal(v->item[2], v->item[1]);
    assert_ptr_equal(v->item[3], v->item[1]);
}

/* pickle.dumps(b'', 2) of Python 3, which has no word for it. */
static void no_bytes(void **state)
{
    Job *j = *state;
    const PyValue *v = READ(j, "\x80\2c__builtin__\nbytes\nq\0)Rq\1.");

    assert_non_null(v);
    assert_true(is_text(v, ""));
    REFUSES(j, "c__builtin__\nbytes\nU\1x\x85R.", "bytes are made of an argument at byte 23");
}

static void is_array(const PyValue *v, int64_t rows, int64_t columns, const char *data)
{
    assert_non_null(v);
    assert_int_equal(v->kind, PY_ARRAY);
    assert_int_equal(v->cap, 2);
    assert_int_equal(v->item[0]->i, rows);
    assert_int_equal(v->item[1]->i, columns);
    assert_int_equal(v->n, rows * columns);
    assert_memory_equal(v->p, data, v->n);
}

/* pickle.dumps(numpy.array([[97, 255]], "uint8"), protocol) by numpy 2 and Python 3: bytes as
 * encoded text in protocol 2, as themselves in 3, and out of a buffer in 5. */
#define TEXT(s) { s, sizeof s - 1 }
static const struct { const char *p; size_t n; } modern[] = {
    TEXT("\200\002cnumpy._core.multiarray\n_reconstruct\nq\000cnumpy\nndarray\nq\001K\000\205q"
         "\002c_codecs\nencode\nq\003X\001\000\000\000bq\004X\006\000\000\000latin1q\005\206q"
         "\006Rq\007\207q\010Rq\011(K\001K\001K\002\206q\ncnumpy\ndtype\nq\013X\002\000\000\000u"
         "1q\014\211\210\207q\015Rq\016(K\003X\001\000\000\000|q\017NNNJ\377\377\377\377J\377"
         "\377\377\377K\000tq\020b\211h\003X\003\000\000\000a\303\277q\021h\005\206q\022Rq\023tq"
         "\024b."),
    TEXT("\200\003cnumpy._core.multiarray\n_reconstruct\nq\000cnumpy\nndarray\nq\001K\000\205q"
         "\002C\001bq\003\207q\004Rq\005(K\001K\001K\002\206q\006cnumpy\ndtype\nq\007X\002\000"
         "\000\000u1q\010\211\210\207q\011Rq\n(K\003X\001\000\000\000|q\013NNNJ\377\377\377\377J"
         "\377\377\377\377K\000tq\014b\211C\002a\377q\015tq\016b."),
    TEXT("\200\005\225x\000\000\000\000\000\000\000\214\023numpy._core.numeric\224\214\013_fromb"
         "uffer\224\223\224(\226\002\000\000\000\000\000\000\000a\377\224\214\005numpy\224\214"
         "\005dtype\224\223\224\214\002u1\224\211\210\207\224R\224(K\003\214\001|\224NNNJ\377"
         "\377\377\377J\377\377\377\377K\000t\224bK\001K\002\206\224\214\001C\224t\224R\224."),
};

/* numpy 1 in protocol 2 is what CIFAR's files have. */
static void arrays_as_numpy_has_written_them(void **state)
{
    Job *j = *state;
    Buf b;

    buf_init(&b, &j->a);
    buf_put(&b, "\x80\2", 2);
    put_array(&b, 2, 3, "abcdef");
    buf_str(&b, ".");
    is_array(read_pickle(j, b.p, b.n), 2, 3, "abcdef");
    for (size_t i = 0; i < sizeof modern / sizeof *modern; i++)
        is_array(read_pickle(j, modern[i].p, modern[i].n), 1, 2, "a\377");
}

static void refuses_what_is_no_data(void **state)
{
    Job *j = *state;

    REFUSES(j, "\x80\2cos\nsystem\nU\4echo\x85R.",
            "it would call 'os system', which is refused, at byte 2");
    REFUSES(j, "\x80\4\x8c\2os\x8c\6system\x93.",
            "it would call 'os system', which is refused, at byte 14");
    REFUSES(j, "\x80\2c__builtin__\neval\x1b[2J\n.",
            "it would call '__builtin__ eval\\x1b[2J', which is refused, at byte 2");
    REFUSES(j, "(i__main__\nX\n.", "opcode 0x69 is not one of plain data at byte 1");
    REFUSES(j, "Papp\n.", "opcode 0x50 is not one of plain data at byte 0");
    REFUSES(j, "cnumpy\nndarray\n)R.", "it calls ndarray itself at byte 16");
    REFUSES(j, "U\1x)R.", "it calls what is no function at byte 4");
    REFUSES(j, "U\1x)b.", "it sets the state of what is no array at byte 4");
    REFUSES(j, "c_codecs\nencode\nX\3\0\0\0\342\202\254\x85R.", "a text is not Latin-1 at byte 25");
}

static void refuses_what_is_damaged(void **state)
{
    Job *j = *state;

    REFUSES(j, "", "it has no end at byte 0");
    REFUSES(j, "\x80\2", "it has no end at byte 2");
    REFUSES(j, "\x80\2.", "it does not end with one value at byte 2");
    REFUSES(j, "NN.", "it does not end with one value at byte 2");
    REFUSES(j, "(N.", "it does not end with one value at byte 2");
    REFUSES(j, "U\5abc.", "it is cut short at byte 0");
    REFUSES(j, "\x8e\377\377\377\377\377\377\377\377.", "it is cut short at byte 0");
    REFUSES(j, "J\1", "it is cut short at byte 0");
    REFUSES(j, "cnumpy\nndarray", "it is cut short at byte 0");
    REFUSES(j, "t.", "a mark is missing at byte 0");
    REFUSES(j, "N\x86.", "its stack is empty at byte 1");
    REFUSES(j, "](a.", "its stack is empty at byte 2");
    REFUSES(j, "NNa.", "values go into no list at byte 2");
    REFUSES(j, "}(Nu.", "keys and values go into no dict at byte 3");
    REFUSES(j, "(Nd.", "a key has no value at byte 2");
    REFUSES(j, "h\0.", "a memo's number is unknown at byte 0");
    REFUSES(j, "]r\2\0\0\0h\1.", "a memo's number is unknown at byte 6");
    REFUSES(j, "Nr\377\377\377\0.", "a memo's number is too large at byte 1");
    REFUSES(j, "\x8a\11\1\1\1\1\1\1\1\1\1.", "a number has more than 64 bits at byte 0");
}

/* An array's state: wrong type, order, shape or length. */
static void refuses_arrays_that_are_not_bytes(void **state)
{
#define ARRAY "cnumpy.core.multiarray\n_reconstruct\n)R(K\1"
#define DTYPE(t) "cnumpy\ndtype\n" t "\x85R"
    Job *j = *state;

    REFUSES(j, ARRAY "K\1\x85" DTYPE("U\2f4") "\x89U\1xtb.", "an array is not of uint8 at byte 68");
    REFUSES(j, ARRAY "K\1\x85" DTYPE("U\2u1") "\x88U\1xtb.",
            "an array is not in C's order at byte 68");
    REFUSES(j, ARRAY "K\2\x85" DTYPE("U\2u1") "\x89U\1xtb.",
            "an array has other bytes than its shape says at byte 68");
    REFUSES(j, ARRAY "J\377\377\377\377\x85" DTYPE("U\2u1") "\x89U\1xtb.",
            "an array's shape is damaged at byte 71");
    REFUSES(j, ARRAY "N" DTYPE("U\2u1") "\x89U\1xtb.", "an array's state is damaged at byte 66");
}

/* A million lists in each other, marks without end, one list made of itself: an answer, soon. */
static void depth_and_size_are_bounded(void **state)
{
    enum { N = 3 << 20 };
    Job *j = *state;
    char *p = arena_alloc(&j->a, N + 1);

    memset(p, ']', N);
    assert_null(read_pickle(j, p, N));
    assert_non_null(strstr(job_messages(j), "it has too many values"));
    memset(p, '(', N);
    assert_null(read_pickle(j, p, N));
    assert_non_null(strstr(job_messages(j), "it has too many marks"));
    memset(p, 'a', N);
    memset(p, ']', N / 4);
    p[N / 4 * 2 - 1] = '.';
    assert_non_null(read_pickle(j, p, N));
    memset(p, 'h', N);                         /* h\0: the list, once more */
    for (size_t i = 1; i < N; i += 2)
        p[i] = 0;
    memcpy(p, "]q\0(", 4);
    assert_null(read_pickle(j, p, N));
    assert_non_null(strstr(job_messages(j), "it has no end"));
}

static bool reader(Job *j, Bytes file)
{
    const PyValue *v = rt_pickle(&j->a, "x", file, &j->d);

    return v != NULL;
}

static void damage_never_crashes(void **state)
{
    Job *j = *state;
    unsigned char label[3] = { 1, 2, 3 };
    Buf b;

    buf_init(&b, &j->a);
    buf_put(&b, "\x80\2}(U\1aq\1](K\1K\2h\1J\1\0\0\0eU\1b", 26);
    put_array(&b, 1, 3, label);
    buf_str(&b, "u.");
    assert_true(reader(j, bytes_of(&b)));
    assert_int_equal(job_torture(reader, bytes_of(&b), 1), 0);
    for (size_t i = 0; i < sizeof modern / sizeof *modern; i++)
        assert_int_equal(job_torture(reader, (Bytes){ (const unsigned char *)modern[i].p,
                                                      modern[i].n }, 1), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        T(numbers_of_all_sizes), T(texts_and_dicts), T(the_memo_shares), T(no_bytes),
        T(arrays_as_numpy_has_written_them), T(refuses_what_is_no_data),
        T(refuses_what_is_damaged), T(refuses_arrays_that_are_not_bytes),
        T(depth_and_size_are_bounded), T(damage_never_crashes),
    };

    return cmocka_run_group_tests_name("rt_pickle", tests, NULL, NULL);
}
