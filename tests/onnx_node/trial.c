/* SPDX-License-Identifier: Apache-2.0 */
/* trial: a case's stored inputs through its net, its results against the stored ones.
 *
 * Every buffer of the net ends where a page begins that nobody may touch, and its inputs cannot be
 * written: a kernel that goes astray crashes here.  Results and arena begin as garbage.
 */
#include "node_test.h"

#include "compare.h"
#include "dataset.h"
#include "mnc/net.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What ONNX's own runner allows for floats; integers must be equal. */
static const RtTolerance tolerance = { .atol = 1e-7, .rtol = 1e-3 };

/* What dlsym gives us: NAME_describe. */
typedef const mnc_net *Describe(void);

/* to: any number above 0 */
static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* n bytes that end at a forbidden page, filled with what makes floats NaN. */
static unsigned char *guarded(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = round_up(n, page);
    unsigned char *p = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                            -1, 0);

    if (p == MAP_FAILED || mprotect(p + size, page, PROT_NONE))
        return NULL;
    memset(p, 0xff, size);
    return p + size - n;
}

/* ... with a tensor in it, for reading only. */
static const unsigned char *guarded_copy(const RtTensor *t)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = round_up(t->bytes, page);
    unsigned char *p = guarded(t->bytes);

    memcpy(p, t->data, t->bytes);
    if (size)
        mprotect(p + t->bytes - size, size, PROT_READ);
    return p;
}

/* Type and shape; names may differ. */
static bool fits(const RtTensor *t, const mnc_tensor *net)
{
    return t->dtype == net->dtype && rt_same_shape(t, net->rank, net->dim);
}

/* The stored input that the model calls by that name; NULL: there is none. */
static const RtTensor *stored_input(const Model *m, const RtDataSet *data, const char *name)
{
    for (size_t i = 0; i < m->n_input && i < data->n_input; i++)
        if (!strcmp(m->input[i], name))
            return &data->input[i];
    return NULL;
}

/* Inputs bound at compile time are none of the net's: those it has are found by their names. */
static bool give_inputs(Suite *s, size_t i, const mnc_net *net, const RtDataSet *data,
                        const void **in)
{
    for (int k = 0; k < net->n_input; k++) {
        const RtTensor *t = stored_input(&s->model[i], data, net->input[k].name);
        if (!t || !fits(t, &net->input[k])) {
            result_set(&s->result[i], WRONG, "input '%s' is another than the stored one",
                       net->input[k].name);
            return false;
        }
        in[k] = guarded_copy(t);
    }
    return true;
}

/* By place: the outputs keep the model's order. */
static void compare_output(Suite *s, size_t i, const mnc_tensor *net, const void *got,
                           const RtTensor *want)
{
    RtTensor t = *want;
    RtDiff diff;

    if (!fits(want, net)) {
        result_set(&s->result[i], WRONG, "output '%s' is another than the stored one: type %d %s, "
                   "not %d %s", net->name, net->dtype, rt_shape_text(s->a, net->rank, net->dim),
                   want->dtype, rt_shape_text(s->a, want->rank, want->dim));
        return;
    }
    t.data = (void *)(uintptr_t)got;
    rt_compare(&t, want, tolerance, &diff);
    if (diff.n_bad)
        result_set(&s->result[i], WRONG, "output '%s': %lld of %lld are wrong, element %lld is "
                   "%.9g, not %.9g", net->name, (long long)diff.n_bad, (long long)rt_count(want),
                   (long long)diff.at, diff.got, diff.want);
}

/* Twice with the same arena: nothing may stay from the first time.  Then the self-test, by which
 * the reference interpreter has its say about other inputs. */
static void run_net(Suite *s, size_t i, const mnc_net *net, const RtDataSet *data)
{
    const void **in = arena_new_n(s->a, const void *, (size_t)net->n_input);
    void **out = arena_new_n(s->a, void *, (size_t)net->n_output);
    void *arena = guarded(round_up(net->arena_bytes, 64));

    if (!give_inputs(s, i, net, data, in))
        return;
    if ((size_t)net->n_output != data->n_output) {
        result_set(&s->result[i], WRONG, "it has %d outputs, and %zu are stored", net->n_output,
                   data->n_output);
        return;
    }
    for (int k = 0; k < net->n_output; k++)
        out[k] = guarded(net->output[k].bytes);
    for (int round = 0; round < 2; round++)
        if (net->run(in, out, NULL, arena) != MNC_NET_OK)
            result_set(&s->result[i], WRONG, "the net does not run");
    for (int k = 0; k < net->n_output && s->result[i].outcome == PENDING; k++)
        compare_output(s, i, &net->output[k], out[k], &data->output[k]);
    if (s->result[i].outcome == PENDING
        && net->selftest(NULL, guarded(round_up(net->selftest_bytes, 64))) != MNC_NET_OK)
        result_set(&s->result[i], WRONG, "its self-test fails");
}

/* There is one data set in each folder; the constants of a bound case come from it. */
void try_case(Suite *s, size_t i, size_t from)
{
    const char *dir = arena_printf(s->a, "%s/test_data_set_0", s->model[i].dir);
    void *so = dlopen(arena_printf(s->a, "%s/b%zu.so", s->work, from), RTLD_NOW | RTLD_LOCAL);
    Describe *describe = NULL;
    RtDataSet data;
    Diag d;

    diag_init(&d, s->a);
    if (so)
        *(void **)&describe = dlsym(so, arena_printf(s->a, "t%zu_describe", i));
    if (!describe)
        result_set(&s->result[i], WRONG, "it cannot be loaded");
    else if (!rt_read_data_set(s->a, dir, &data, &d))
        result_set(&s->result[i], WRONG, "its data cannot be read: %s", d.first->text);
    else
        run_net(s, i, describe(), &data);
    if (s->result[i].outcome == PENDING)
        s->result[i].outcome = PASSED;
}
