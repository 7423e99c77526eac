/* SPDX-License-Identifier: Apache-2.0 */
/* mnc ops: ops.def as a table: the keyword, the ONNX operator, operands, attributes. */
#include "driver/driver.h"
#include "ir/graph.h"

static void show_default(const Attr *a)
{
    switch (a->type) {
    case ATTR_INT: printf(" %s=%lld", attr_name[a->name], (long long)a->u.i); break;
    case ATTR_FLOAT: printf(" %s=%g", attr_name[a->name], a->u.f); break;
    case ATTR_INTS: printf(" %s=[]", attr_name[a->name]); break;
    case ATTR_WORD: printf(" %s=%s", attr_name[a->name], a->u.word); break;
    case ATTR_NONE: break;
    }
}

int cmd_ops(const Args *args)
{
    if (args->n_operand)
        return usage_error("ops takes no file");
    for (int op = 1; op < OP_COUNT; op++) {
        const OpInfo *info = &op_info[op];
        char most[8] = "any";

        if (info->max_in != MANY)
            snprintf(most, sizeof most, "%u", info->max_in);
        printf("%-16s %-22s %u..%s", info->name, info->onnx[0] ? info->onnx : "-",
               info->min_in, most);
        for (int k = 0; k < IR_MAX_ATTR && info->attr[k].name; k++)
            show_default(&info->attr[k]);
        putchar('\n');
    }
    return driver_flush(EXIT_DONE);
}
