/* SPDX-License-Identifier: 0BSD */
/* api MODEL: compiles a model, loads it and runs it, all inside this program.
 *
 * libmnc turns the model into C text and weights; libmncrt gives the text to the machine's C
 * compiler (or takes what it made last time from the cache), loads it and runs it.
 */
#include <mnc/mnc.h>
#include <mnc/run.h>

#include <stdio.h>
#include <stdlib.h>

/* Memory for n tensors, filled with numbers from 0 to 1 where they are float32; NULL where there is
 * none. */
static void **tensors(const mnc_tensor *t, int n)
{
    void **data = calloc((size_t)n + 1, sizeof *data);

    for (int i = 0; data && i < n; i++) {
        data[i] = calloc(t[i].bytes + 1, 1);
        if (data[i] && t[i].dtype == 1)
            for (size_t k = 0; k < t[i].bytes / sizeof(float); k++)
                ((float *)data[i])[k] = (float)(k % 256) / 255;
    }
    return data;
}

static void print(const mnc_tensor *t, const void *data)
{
    printf("%s (", t->name);
    for (int i = 0; i < t->rank; i++)
        printf("%s%lld", i ? "," : "", (long long)t->dim[i]);
    printf(")");
    for (size_t k = 0; t->dtype == 1 && k < 8 && k < t->bytes / sizeof(float); k++)
        printf(" %.4g", (double)((const float *)data)[k]);
    printf("\n");
}

static int run(mnc_program *p)
{
    const mnc_net *net = mnc_program_net(p);
    void **in = tensors(net->input, net->n_input), **out = tensors(net->output, net->n_output);
    mnc_status s = MNC_NO_MEMORY;

    if (in && out)
        s = mnc_program_run(p, (const void *const *)in, out);
    for (int i = 0; s == MNC_OK && i < net->n_output; i++)
        print(&net->output[i], out[i]);
    for (int i = 0; in && i < net->n_input; i++)
        free(in[i]);
    for (int i = 0; out && i < net->n_output; i++)
        free(out[i]);
    free(in);
    free(out);
    return s != MNC_OK;
}

int main(int argc, char **argv)
{
    mnc_options options = { .target = "native", .weights = "file" };
    mnc_model *m = mnc_open(&options);
    mnc_program *p = mnc_program_open(NULL);
    const char *text;
    const void *weights;
    size_t n, n_weights;
    int failed = 1;

    if (argc == 2 && m && p && mnc_read(m, argv[1]) == MNC_OK
        && mnc_c_text(m, &text, &n) == MNC_OK) {
        weights = mnc_weights(m, &n_weights);
        mnc_program_weights(p, weights, n_weights);
        if (mnc_program_load_text(p, argv[1], text, n) == MNC_OK)
            failed = run(p);
    }
    fputs(m ? mnc_messages(m) : "out of memory\n", stderr);
    fputs(p ? mnc_program_messages(p) : "out of memory\n", stderr);
    mnc_program_close(p);
    mnc_close(m);                        /* after the program: the weights are the model's */
    return failed;
}
