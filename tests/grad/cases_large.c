/* SPDX-License-Identifier: Apache-2.0 */
/* cases_large: nets large enough for several tiles, parts and threads, of odd sizes; too large for
 * differences by each of their parameters. */
#include "grad.h"

#define END "global_avg_pool\ndense out=11\noutput\n"

const Case cases_large[] = {
    { .name = "inverted residuals", .compiled = true,
      .text = "x = input [7, 3, 29, 27]\n"
      "conv k=3 stride=2 out=19 pad=1 bn relu6\n"
      "a = pointwise out=33 bn relu6\ndepthwise k=3 pad=1 bn relu6\nb = pointwise out=17 bn\n"
      "pointwise out=67 bn relu6\ndepthwise k=5 pad=2 bn relu6\npointwise out=17 bn\nadd b\n"
      "pointwise out=40 bn hard_swish\ndepthwise k=3 stride=2 pad=1 bn hard_swish\n"
      "pointwise out=24 bn silu\n" END },
    { .name = "groups, pools and dense layers", .compiled = true,
      .text = "x = input [5, 6, 23, 21]\n"
      "conv k=3 out=22 pad=1 group=2 relu\nmax_pool k=3 stride=2 pad=1\n"
      "a = conv k=5 stride=2 out=18 pad=2 leaky_relu\nb = conv k=1 out=21\n"
      "concat a b axis=1\navg_pool k=3 stride=2 pad=1\nflatten\ndense out=77 relu\n"
      "dense out=13\nsoftmax\noutput\n", .loss = "probabilities" },
    { .name = NULL }
};
