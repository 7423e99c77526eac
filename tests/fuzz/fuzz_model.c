/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a model that infers and as one that trains, through reading, passes,
 * planning and the emitted C text.
 *
 * Built twice: FUZZ_NAME "x.onnx" and "x.mnet".  What must hold: no crash, no leak, no hang, memory
 * within the limit, and the same status and text when the same bytes come again.  The text goes to
 * /dev/null; that emitted C compiles is checked on the corpus (tests/fuzz/corpus.sh).
 */
#include "mnc/mnc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef FUZZ_NAME
#define FUZZ_NAME "x.onnx"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compile(const uint8_t *data, size_t size, const mnc_train_options *train)
{
    mnc_options o = { .prefix = "net", .target = "portable", .max_memory = 256u << 20,
                      .selftest_work = 1000000, .train = train };
    mnc_model *m = mnc_open(&o);

    if (mnc_read_data(m, FUZZ_NAME, data, size) == MNC_OK)
        mnc_write_c(m, "/dev/null");
    if (strlen(mnc_messages(m)) > 1u << 20)
        abort();
    mnc_close(m);
}

/* The size chooses the options, so that small changes of a net meet several of them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const optimizer[] = { "sgd", "momentum", "adamw" };
    const mnc_train_options train = { .optimizer = optimizer[size % 3],
                                      .loss = size & 1 ? "probabilities" : "logits",
                                      .keep_gradients = size & 2, .clip = size & 4,
                                      .average = size & 8 };

    compile(data, size, NULL);
    compile(data, size, &train);
    return 0;
}
