/* SPDX-License-Identifier: Apache-2.0 */
/* cases: the test folders, in the order of their names, and what their models hold.
 *
 * In: the folder of all tests.  Out: a Model for each.  Read here, with protobuf-c
 * alone, is what the test must know beside the compiler: an error of the reader shall not hide
 * from its own test.
 */
#include "node_test.h"

#include "base/file.h"
#include "onnx.pb-c.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* The fourth group, "real", has no models in it, only an address to load them from. */
static const char *const groups[] = { "node", "simple", "pytorch-operator", "pytorch-converted" };

/* The list has room. */
static void add_name(const char **list, size_t *n, const char *name)
{
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(list[i], name))
            return;
    list[(*n)++] = name;
}

/* Before IR version 4 initialisers are inputs too; no stored input belongs to these. */
static bool is_initialiser(const Onnx__GraphProto *g, const char *name)
{
    for (size_t i = 0; i < g->n_initializer; i++)
        if (!strcmp(g->initializer[i]->name, name))
            return true;
    return false;
}

/* What holds numbers and not a shape, an axis or a condition; a sequence is none of them. */
static bool is_float(const Onnx__ValueInfoProto *v)
{
    const Onnx__TypeProto *t = v->type;
    int32_t elem;

    if (!t || t->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
        return false;
    elem = t->tensor_type->elem_type;
    return elem == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT
        || elem == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE
        || elem == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16;
}

/* Nodes of subgraphs do not count: their operator is the one that holds them. */
static void read_graph(Arena *a, const Onnx__GraphProto *g, Model *m)
{
    m->op = arena_new_n(a, const char *, g->n_node);
    m->input = arena_new_n(a, const char *, g->n_input);
    m->is_float = arena_new_n(a, bool, g->n_input);
    for (size_t i = 0; i < g->n_node; i++)
        add_name(m->op, &m->n_op, arena_strdup(a, g->node[i]->op_type));
    for (size_t i = 0; i < g->n_input; i++) {
        if (is_initialiser(g, g->input[i]->name))
            continue;
        m->is_float[m->n_input] = is_float(g->input[i]);
        m->input[m->n_input++] = arena_strdup(a, g->input[i]->name);
    }
}

/* False when the folder has no model. */
static bool read_model(Arena *a, Model *m)
{
    Onnx__ModelProto *p;
    Diag d;
    Bytes b;

    diag_init(&d, a);
    if (!file_read(a, arena_printf(a, "%s/model.onnx", m->dir), &b, &d))
        return false;
    p = onnx__model_proto__unpack(NULL, b.n, b.p);
    if (!p)
        return false;
    read_graph(a, p->graph, m);
    onnx__model_proto__free_unpacked(p, NULL);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Model *)a)->name, ((const Model *)b)->name);
}

static void find_group(Suite *s, const char *root, const char *group)
{
    DIR *dir = opendir(arena_printf(s->a, "%s%s", root, group));

    if (!dir)
        return;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        Model m = { .name = arena_printf(s->a, "%s/%s", group, e->d_name) };
        m.dir = arena_printf(s->a, "%s%s", root, m.name);
        if (*e->d_name == '.' || !read_model(s->a, &m))
            continue;
        s->model = arena_resize(s->a, s->model, s->n * sizeof m, (s->n + 1) * sizeof m);
        s->model[s->n++] = m;
    }
    closedir(dir);
}

void find_cases(Suite *s, const char *root)
{
    s->model = arena_alloc(s->a, 0);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        find_group(s, root, groups[i]);
    qsort(s->model, s->n, sizeof *s->model, by_name);
}
