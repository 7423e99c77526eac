/* SPDX-License-Identifier: Apache-2.0 */
/* summarize: mnc_summary: the graph is counted as it was read, then planned. */
#include "backend/model.h"
#include "backend/train.h"
#include "base/file.h"
#include "passes/pass.h"

#include <string.h>

/* m->g is what s was made from; only the pictures look at it. */
typedef void Render(mnc_model *m, const Summary *s, Buf *out);

static void as_text(mnc_model *m, const Summary *s, Buf *out)
{
    (void)m;
    summary_text(s, false, out);
}

static void as_keras(mnc_model *m, const Summary *s, Buf *out)
{
    (void)m;
    summary_text(s, true, out);
}

static void as_json(mnc_model *m, const Summary *s, Buf *out)
{
    (void)m;
    summary_json(s, out);
}

static void as_svg(mnc_model *m, const Summary *s, Buf *out) { summary_svg(s, m->g, out); }
static void as_dot(mnc_model *m, const Summary *s, Buf *out) { summary_dot(s, m->g, out); }

/* picture: needs no plan.  For those the numbers of the memory stay 0. */
static const struct { const char *name; Render *render; bool picture; } formats[] = {
    { "text", as_text, false }, { "keras", as_keras, false }, { "json", as_json, false },
    { "svg", as_svg, true }, { "dot", as_dot, true },
};

/* What inference needs: bytes of the constants that are left after the passes, and the arena. */
bool model_plan(mnc_model *m, Summary *s)
{
    Job job = { .g = m->g, .options = &m->options, .d = &m->diag };
    uint32_t *use;

    train_memory(m, s);
    if (!pass_run_all(&job, NULL))
        return false;
    use = ir_count_uses(m->g, &m->arena);
    for (uint32_t i = 1; i < m->g->n_value; i++) {
        const Value *v = &m->g->value[i];
        if (v->data && use[i])
            s->weight_bytes += shape_count(&v->shape) * (int64_t)dtype_info[v->dtype].size;
    }
    m->plan = job.plan;
    s->arena_bytes = m->plan->arena_bytes;
    return true;
}

/* The pictures show the graph as it was read, so they come before the passes. */
static bool summarize(mnc_model *m, const char *format, Buf *out)
{
    Summary *s = summary_make(m->g);

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, format))
            continue;
        if (!formats[i].picture && !model_plan(m, s))
            return false;
        formats[i].render(m, s, out);
        return true;
    }
    diag_error(&m->diag, (Pos){ 0 }, "there is no summary as '%s'", format);
    return false;
}

/* Returns false with a message said; then the file has not been made. */
static bool summarize_to(mnc_model *m, const char *format, const char *path)
{
    OutFile *f = file_create(&m->arena, path, &m->diag);

    return f && summarize(m, format, file_buf(f)) && file_commit(f, &m->diag);
}

mnc_status mnc_summary(mnc_model *m, const char *format, const char *path)
{
    PROTECT(m);
    return model_result(m, summarize_to(m, format, path));
}

/* All numbers at once: parameters as the model has them, memory as it is after the passes. */
static bool total(mnc_model *m, mnc_totals *t)
{
    Summary *s = summary_make(m->g);

    if (!model_plan(m, s))
        return false;
    *t = (mnc_totals){ s->params.trainable, s->params.frozen, s->params.statistics, s->macs,
                       s->weight_bytes, s->arena_bytes, s->train_bytes, s->kept_bytes };
    return true;
}

mnc_status mnc_total(mnc_model *m, mnc_totals *t)
{
    PROTECT(m);
    return model_result(m, total(m, t));
}
