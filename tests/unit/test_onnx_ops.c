/* SPDX-License-Identifier: Apache-2.0 */
/* The table of ONNX operators is searched by halves, so it must be sorted; and what our ops are
 * exported as must be readable again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frontend/onnx_import.h"

#include <string.h>

static void exported_names(void **state)
{
    (void)state;
    for (int op = 1; op < OP_COUNT; op++)
        if (*op_info[op].onnx && !onnx_find_op(op_info[op].onnx))
            fail_msg("%s is not read", op_info[op].onnx);
}

/* Those that are composed, which ops.def does not name. */
static void composed(void **state)
{
    static const char *const name[] = {
        "CastLike", "Constant", "ConstantOfShape", "DepthToSpace", "Dropout", "Flatten",
        "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "Hardmax", "If", "Mean",
        "MeanVarianceNormalization", "RMSNormalization", "Range", "ReduceL1", "ReduceL2",
        "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare", "Shape", "Size", "SpaceToDepth",
        "Squeeze", "Sum", "Swish", "Unsqueeze", "Upsample", "Xor",
    };

    (void)state;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        const OnnxOp *op = onnx_find_op(name[i]);
        if (!op)
            fail_msg("%s is not read", name[i]);
        assert_string_equal(op->name, name[i]);
    }
}

static void unknown(void **state)
{
    (void)state;
    assert_null(onnx_find_op(""));
    assert_null(onnx_find_op("Aaa"));
    assert_null(onnx_find_op("conv"));
    assert_null(onnx_find_op("Zzz"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exported_names),
        cmocka_unit_test(composed),
        cmocka_unit_test(unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
