/* SPDX-License-Identifier: Apache-2.0 */
/* rules: what the shape rules share.  Only shape_*.c include this.
 *
 * A rule gets operands of any rank and type and attributes of any value: it must hold nothing for
 * granted but what ir_add has checked (the number of operands, the type of each attribute).  All
 * helpers return false after they have said what is wrong, so that a rule reads as a chain of &&.
 */
#ifndef MNC_IR_RULES_H
#define MNC_IR_RULES_H

#include "ir/shape.h"

#include <inttypes.h>

/* One rule for each line of ops.def, many of them shared. */
#define OP(name, onnx, min, max, n_out, flags, rule, ...) ShapeRule rule_##rule;
#include "ir/ops.def"
#undef OP

/* Strides, kernels, pads and repeats stay below this: their products then fit in int64_t. */
#define RULE_MOST ((int64_t)1 << 30)

/* The evaluation is a false, so that a rule can end with it. */
#define RULE_FAIL(r, ...) (diag_error((r)->d, (r)->n->pos, __VA_ARGS__), false)

/* A set of element types, and its words for a message. */
typedef struct TypeSet {
    unsigned mask;         /* bit t: the DType t */
    const char *text;
} TypeSet;
extern const TypeSet types_any, types_number, types_float, types_bool, types_equality, types_index;

static inline const Value *rule_in(const RuleArgs *r, uint32_t i)
{
    return &r->g->value[ir_in(r->n, i).id];
}

static inline const Shape *rule_shape(const RuleArgs *r, uint32_t i)
{
    return &rule_in(r, i)->shape;
}

/* The name of operand i in quotes, and its shape as text, for messages. */
const char *rule_name(const RuleArgs *r, uint32_t i);
const char *rule_text(const RuleArgs *r, uint32_t i);

/* Result 0 has this shape, and operand 0's type. */
bool rule_result(RuleArgs *r, const Shape *s);

bool rule_types(RuleArgs *r, uint32_t i, const TypeSet *set);
bool rule_same_type(RuleArgs *r, uint32_t i, uint32_t j);
bool rule_rank(RuleArgs *r, uint32_t i, uint32_t least, uint32_t most);

/* Operand i has one dimension of n elements and operand 0's type; what says what it is for. */
bool rule_vector(RuleArgs *r, uint32_t i, int64_t n, const char *what);

/* Operand i broadcasts to the shape s without making it larger. */
bool rule_fits(RuleArgs *r, uint32_t i, const Shape *s);

/* A list attribute that must end up with n numbers in [min, max]; left out, n times fill. */
typedef struct ListSpec {
    AttrName name;
    uint32_t n;
    int64_t fill, min, max;
} ListSpec;
bool rule_list(RuleArgs *r, ListSpec spec);

/* Replaces a list attribute, unless it holds these numbers already. */
void rule_set_list(RuleArgs *r, AttrName name, const int64_t *v, uint32_t n);

/* The attribute axis, for a rank: normalised to [0, rank), in the node too. */
bool rule_axis(RuleArgs *r, uint32_t rank, uint32_t *axis);

/* An attribute that is 0 or 1. */
bool rule_flag(RuleArgs *r, AttrName name);

/* A word attribute that is one of list, which ends with NULL. */
bool rule_word(RuleArgs *r, AttrName name, const char *const *list);

/* stride, pad and dilation of a window over n spatial dimensions: completed and in range. */
bool rule_window(RuleArgs *r, uint32_t n);

#endif
