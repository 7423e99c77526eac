/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a model, through reading, passes, planning and the emitted C text.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mnc_options o = { .prefix = "net", .target = "portable", .max_memory = 256u << 20,
                      .selftest_work = 1000000 };
    mnc_model *m = mnc_open(&o);

    if (mnc_read_data(m, FUZZ_NAME, data, size) == MNC_OK)
        mnc_write_c(m, "/dev/null");
    if (strlen(mnc_messages(m)) > 1u << 20)
        abort();
    mnc_close(m);
    return 0;
}
