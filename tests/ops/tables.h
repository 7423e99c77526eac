/* SPDX-License-Identifier: Apache-2.0 */
/* tables: the cases of each file. */
#ifndef MNC_TEST_OPS_TABLES_H
#define MNC_TEST_OPS_TABLES_H

#include "ops.h"

extern const Case cases_linear[], cases_reduce[], cases_elementwise[], cases_move[];
extern const Case cases_train[], cases_winograd[];
extern const size_t n_cases_linear, n_cases_reduce, n_cases_elementwise, n_cases_move;
extern const size_t n_cases_train, n_cases_winograd;

#endif
