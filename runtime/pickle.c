/* SPDX-License-Identifier: Apache-2.0 */
/* pickle: the stack machine: one table of opcodes, one small function each.
 *
 * The machine has a stack of values, a stack of marks (places in it), and a memo (values by
 * number).  It never recurses, every opcode makes at most one value, and there may be MOST values:
 * so time and memory are bounded by the file.  Strings stay in the file.
 */
#include "pickle.h"

#include "pickle_call.h"

#include <string.h>

enum { MOST = 1 << 21 };           /* CIFAR-100's training file has 160,000 values */

/* Values are pointers, because two of them may be the same list: a pickle says "that one again" by
 * the memo, and appends to a list after it has put it somewhere. */
typedef struct Stack {
    PyValue **v;
    size_t n, cap;
} Stack;

/* Invariant: at <= file.n; the marks ascend, and none is above stack.n. */
typedef struct Machine {
    Arena *a;
    Diag *d;
    const char *path;
    Bytes file;
    size_t at, op_at;              /* the next byte; where this opcode is */
    Stack stack, memo;
    size_t *mark, n_mark, cap_mark;
    size_t made;
} Machine;

/* The byte is that of the opcode, which pickletools shows, too. */
static bool fail(Machine *m, const char *what)
{
    diag_error(m->d, (Pos){ .file = m->path }, "is not a pickle that can be read: %s at byte %zu",
               what, m->op_at);
    return false;
}

/* Never fails: who calls it has checked the limit. */
static void put(Arena *a, Stack *s, PyValue *v)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        s->v = arena_resize(a, s->v, s->cap * sizeof *s->v, cap * sizeof *s->v);
        s->cap = cap;
    }
    s->v[s->n++] = v;
}

/* The stack can grow by what is in the memo again and again, so it has the same limit as all
 * values together. */
static bool push(Machine *m, PyValue *v)
{
    if (m->stack.n == MOST)
        return fail(m, "it has too many values");
    put(m->a, &m->stack, v);
    return true;
}

/* NULL, with its message, when there are too many. */
static PyValue *make(Machine *m, PyKind kind)
{
    PyValue *v;

    if (m->made == MOST) {
        fail(m, "it has too many values");
        return NULL;
    }
    m->made++;
    v = arena_new(m->a, PyValue);
    v->kind = kind;
    return v;
}

static bool push_new(Machine *m, PyKind kind)
{
    PyValue *v = make(m, kind);

    return v && push(m, v);
}

/* The stack has one: push or need came before. */
static PyValue *top(Machine *m)
{
    return m->stack.v[m->stack.n - 1];
}

/* How many values lie above the newest mark; they are nobody else's to take. */
static size_t above(const Machine *m)
{
    return m->stack.n - (m->n_mark ? m->mark[m->n_mark - 1] : 0);
}

/* Opcodes take values from above the newest mark only, as CPython has it. */
static bool need(Machine *m, size_t n)
{
    return above(m) >= n || fail(m, "its stack is empty");
}

/* Takes the mark off; *n values lie above it. */
static bool pop_mark(Machine *m, size_t *n)
{
    if (!m->n_mark)
        return fail(m, "a mark is missing");
    *n = above(m);
    m->n_mark--;
    return true;
}

/* ---- values ---- */

static bool do_new(Machine *m, uint64_t kind)
{
    return push_new(m, (PyKind)kind);
}

static bool push_int(Machine *m, int64_t i)
{
    if (!push_new(m, PY_INT))
        return false;
    top(m)->i = i;
    return true;
}

/* One or two bytes: always positive. */
static bool do_unsigned(Machine *m, uint64_t arg)
{
    return push_int(m, (int64_t)arg);
}

/* Four bytes, two's complement. */
static bool do_int(Machine *m, uint64_t arg)
{
    return push_int(m, (int32_t)(uint32_t)arg);
}

/* n bytes that follow, in the file; NULL, with the message, when it ends before.  The one place
 * where m->at moves over data, so the one check. */
static const unsigned char *bytes(Machine *m, uint64_t n)
{
    const unsigned char *p = m->file.p + m->at;

    if (n > m->file.n - m->at) {
        fail(m, "it is cut short");
        return NULL;
    }
    m->at += (size_t)n;
    return p;
}

/* n is 8 at most. */
static uint64_t little(const unsigned char *p, size_t n)
{
    uint64_t x = 0;

    while (n-- > 0)
        x = x << 8 | p[n];
    return x;
}

/* Two's complement of so many bytes. */
static bool do_long(Machine *m, uint64_t n)
{
    const unsigned char *p = bytes(m, n);
    uint64_t x;

    if (!p)
        return false;
    if (n > 8)
        return fail(m, "a number has more than 64 bits");
    x = little(p, (size_t)n);
    if (n && n < 8 && p[n - 1] & 0x80)
        x |= ~(uint64_t)0 << 8 * n;
    return push_int(m, (int64_t)x);
}

/* Big endian, alone of all numbers; arg came as little endian. */
static bool do_float(Machine *m, uint64_t arg)
{
    uint64_t x = __builtin_bswap64(arg);

    if (!push_new(m, PY_FLOAT))
        return false;
    memcpy(&top(m)->f, &x, 8);
    return true;
}

/* str and bytes alike; an arg with its upper bit set is larger than any file. */
static bool do_text(Machine *m, uint64_t n)
{
    const unsigned char *p = bytes(m, n);

    if (!p || !push_new(m, PY_TEXT))
        return false;
    top(m)->p = p;
    top(m)->n = (size_t)n;
    return true;
}

/* ---- lists, tuples, dicts ---- */

/* Marks are no values, but they are as many as the file has bytes at most. */
static bool do_mark(Machine *m, uint64_t arg)
{
    (void)arg;
    if (m->n_mark == MOST)
        return fail(m, "it has too many marks");
    if (m->n_mark == m->cap_mark) {
        size_t cap = m->cap_mark ? m->cap_mark * 2 : 64;
        m->mark = arena_resize(m->a, m->mark, m->cap_mark * sizeof *m->mark,
                               cap * sizeof *m->mark);
        m->cap_mark = cap;
    }
    m->mark[m->n_mark++] = m->stack.n;
    return true;
}

/* A list is appended to; what is appended to it altogether counts against MOST too. */
static bool append(Machine *m, PyValue *to, PyValue *const *v, size_t n)
{
    if (n > MOST - m->made)
        return fail(m, "it has too many values");
    m->made += n;
    if (to->n + n > to->cap) {
        size_t cap = to->cap * 2 > to->n + n ? to->cap * 2 : to->n + n;
        to->item = arena_resize(m->a, to->item, to->cap * sizeof *to->item,
                                cap * sizeof *to->item);
        to->cap = cap;
    }
    if (n)
        memcpy(to->item + to->n, v, n * sizeof *v);
    to->n += n;
    return true;
}

/* n values become one. */
static bool gather(Machine *m, PyKind kind, size_t n)
{
    PyValue *v = make(m, kind);

    if (!v || !append(m, v, m->stack.v + m->stack.n - n, n))
        return false;
    m->stack.n -= n;
    return push(m, v);
}

/* All above the mark. */
static bool do_gather(Machine *m, uint64_t kind)
{
    size_t n;

    if (!pop_mark(m, &n))
        return false;
    if (kind == PY_DICT && n % 2)
        return fail(m, "a key has no value");
    return gather(m, (PyKind)kind, n);
}

/* TUPLE1 to TUPLE3 take no mark. */
static bool do_tuple(Machine *m, uint64_t n)
{
    return need(m, (size_t)n) && gather(m, PY_TUPLE, (size_t)n);
}

/* The n topmost values go into the container below them, which the memo may know, too: it grows in
 * place, and its address stays. */
static bool add(Machine *m, PyKind kind, size_t n)
{
    if (!need(m, n + 1))
        return false;
    m->stack.n -= n;
    if (top(m)->kind != kind || (kind == PY_DICT && n % 2))
        return fail(m, kind == PY_DICT ? "keys and values go into no dict"
                                       : "values go into no list");
    return append(m, top(m), m->stack.v + m->stack.n, n);
}

static bool do_append(Machine *m, uint64_t kind)
{
    return add(m, (PyKind)kind, kind == PY_DICT ? 2 : 1);
}

static bool do_appends(Machine *m, uint64_t kind)
{
    size_t n;

    return pop_mark(m, &n) && add(m, (PyKind)kind, n);
}

/* ---- the memo ---- */

/* Numbers come in order, but Python 2 began at 1 and Python 3 begins at 0; gaps are NULL. */
static bool do_put(Machine *m, uint64_t i)
{
    if (!need(m, 1))
        return false;
    if (i > MOST)
        return fail(m, "a memo's number is too large");
    while (m->memo.n <= i)
        put(m->a, &m->memo, NULL);
    m->memo.v[i] = top(m);
    return true;
}

static bool do_memoize(Machine *m, uint64_t arg)
{
    (void)arg;
    return do_put(m, m->memo.n);
}

/* The same value once more, not a copy: that is how pickles share. */
static bool do_get(Machine *m, uint64_t i)
{
    if (i >= m->memo.n || !m->memo.v[i])
        return fail(m, "a memo's number is unknown");
    return push(m, m->memo.v[i]);
}

/* ---- calls ---- */

/* The module's line and the name's line. */
static bool do_global(Machine *m, uint64_t arg)
{
    const unsigned char *p = m->file.p + m->at, *one, *two;
    size_t n = m->file.n - m->at;

    (void)arg;
    one = memchr(p, '\n', n);
    two = one ? memchr(one + 1, '\n', n - (size_t)(one + 1 - p)) : NULL;
    if (!two)
        return fail(m, "it is cut short");
    m->at += (size_t)(two + 1 - p);
    if (!push_new(m, PY_GLOBAL))
        return false;
    return py_global(m->a, top(m), (Bytes){ p, (size_t)(one - p) },
                     (Bytes){ one + 1, (size_t)(two - one - 1) })
           || fail(m, py_refused(m->a, top(m)));
}

/* Protocol 4: both names are texts on the stack. */
static bool do_stack_global(Machine *m, uint64_t arg)
{
    const PyValue *module, *name;

    (void)arg;
    if (!need(m, 2))
        return false;
    m->stack.n -= 2;
    module = m->stack.v[m->stack.n];
    name = m->stack.v[m->stack.n + 1];
    if (module->kind != PY_TEXT || name->kind != PY_TEXT)
        return fail(m, "a function's name is no text");
    if (!push_new(m, PY_GLOBAL))
        return false;
    return py_global(m->a, top(m), (Bytes){ module->p, module->n }, (Bytes){ name->p, name->n })
           || fail(m, py_refused(m->a, top(m)));
}

/* A function and a tuple of arguments become what the call returns. */
static bool do_reduce(Machine *m, uint64_t arg)
{
    PyValue *v = make(m, PY_NONE);
    const char *why;

    (void)arg;
    if (!v || !need(m, 2))
        return false;
    m->stack.n -= 2;
    why = py_call(m->a, m->stack.v[m->stack.n], m->stack.v[m->stack.n + 1], v);
    return why ? fail(m, why) : push(m, v);
}

/* The state is consumed, the object stays. */
static bool do_build(Machine *m, uint64_t arg)
{
    const char *why;

    (void)arg;
    if (!need(m, 2))
        return false;
    m->stack.n--;
    why = py_build(top(m), m->stack.v[m->stack.n]);
    return !why || fail(m, why);
}

/* Protocol and frames say nothing that is needed. */
static bool do_nothing(Machine *m, uint64_t arg)
{
    (void)m, (void)arg;
    return true;
}

/* The bytes that an opcode's argument takes (little endian); where there are none, the argument
 * that it stands for. */
static const struct Op {
    unsigned char code, bytes, arg;
    bool (*run)(Machine *m, uint64_t arg);
} ops[] = {
    { 0x80, 1, 0, do_nothing },        { 0x95, 8, 0, do_nothing },
    { 'N', 0, PY_NONE, do_new },       { 0x88, 0, 1, do_unsigned },
    { 0x89, 0, 0, do_unsigned },       { 'K', 1, 0, do_unsigned },
    { 'M', 2, 0, do_unsigned },        { 'J', 4, 0, do_int },
    { 0x8a, 1, 0, do_long },           { 'G', 8, 0, do_float },
    { 'U', 1, 0, do_text },            { 'T', 4, 0, do_text },
    { 0x8c, 1, 0, do_text },           { 'X', 4, 0, do_text },
    { 0x8d, 8, 0, do_text },           { 'C', 1, 0, do_text },
    { 'B', 4, 0, do_text },            { 0x8e, 8, 0, do_text },
    { 0x96, 8, 0, do_text },           { '(', 0, 0, do_mark },
    { ')', 0, 0, do_tuple },           { 0x85, 0, 1, do_tuple },
    { 0x86, 0, 2, do_tuple },          { 0x87, 0, 3, do_tuple },
    { 't', 0, PY_TUPLE, do_gather },   { 'l', 0, PY_LIST, do_gather },
    { 'd', 0, PY_DICT, do_gather },    { ']', 0, PY_LIST, do_new },
    { '}', 0, PY_DICT, do_new },       { 'a', 0, PY_LIST, do_append },
    { 'e', 0, PY_LIST, do_appends },   { 's', 0, PY_DICT, do_append },
    { 'u', 0, PY_DICT, do_appends },   { 'q', 1, 0, do_put },
    { 'r', 4, 0, do_put },             { 0x94, 0, 0, do_memoize },
    { 'h', 1, 0, do_get },             { 'j', 4, 0, do_get },
    { 'c', 0, 0, do_global },          { 0x93, 0, 0, do_stack_global },
    { 'R', 0, 0, do_reduce },          { 'b', 0, 0, do_build },
};

/* Three dozen: a search beside the work of an opcode costs little; CIFAR's files have 10,000s. */
static const struct Op *find(unsigned char code)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].code == code)
            return &ops[i];
    return NULL;
}

/* One opcode; the machine stops before '.', which stands at m->at then.  False ends it: there is no
 * going on behind damage, for what follows depends on the stack. */
static bool step(Machine *m)
{
    const struct Op *op = find(m->file.p[m->at]);
    const unsigned char *p;

    m->op_at = m->at++;
    if (!op)
        return fail(m, arena_printf(m->a, "opcode 0x%02x is not one of plain data",
                                    m->file.p[m->op_at]));
    p = bytes(m, op->bytes);
    return p && op->run(m, op->bytes ? little(p, op->bytes) : op->arg);
}

/* What stands behind the end is another pickle, which nobody asked for. */
const PyValue *rt_pickle(Arena *a, const char *path, Bytes file, Diag *d)
{
    Machine m = { .a = a, .d = d, .path = path, .file = file, .stack.cap = 64 };

    m.stack.v = arena_new_n(a, PyValue *, m.stack.cap);        /* not NULL: places count from it */
    while (m.at < file.n && file.p[m.at] != '.')
        if (!step(&m))
            return NULL;
    m.op_at = m.at;
    if (m.at == file.n)
        return fail(&m, "it has no end"), NULL;
    if (m.stack.n != 1 || m.n_mark)
        return fail(&m, "it does not end with one value"), NULL;
    return m.stack.v[0];
}

/* The first of equal keys; pickles of real dicts have no equal ones. */
const PyValue *rt_py_get(const PyValue *dict, const char *key)
{
    size_t n = strlen(key);

    for (size_t i = 0; dict->kind == PY_DICT && i + 1 < dict->n; i += 2) {
        const PyValue *k = dict->item[i];
        if (k->kind == PY_TEXT && k->n == n && !memcmp(k->p, key, n))
            return dict->item[i + 1];
    }
    return NULL;
}
