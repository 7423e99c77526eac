/* SPDX-License-Identifier: Apache-2.0 */
/* cases_reduce: softmax. */
#include "tables.h"

const Case cases_reduce[] = {
    { OP_softmax, IN("f32(3,c)") },
    { OP_softmax, IN("f32(2,c,5,6)"), { INT(axis, 1) } },
    { OP_softmax, IN("f32(2,5,4,c)"), { INT(axis, 3) }, .low = -40, .high = 40 },
    { OP_softmax, IN("f32(c,5,3)"), { INT(axis, 0) } },
    { OP_softmax, IN("f64(3,c)") },
    { OP_log_softmax, IN("f32(3,c)") },
    { OP_log_softmax, IN("f32(2,c,5,6)"), { INT(axis, 1) }, .low = 900, .high = 1000 },
    { OP_log_softmax, IN("f32(2,c,5,6)"), { INT(axis, 2) } },
    { OP_log_softmax, IN("f64(3,c)"), { INT(axis, 0) } },
};
const size_t n_cases_reduce = sizeof cases_reduce / sizeof *cases_reduce;
