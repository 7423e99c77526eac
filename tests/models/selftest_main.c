/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a generated net's self-test: net.c beside it, prefix net.  argv[1]: the weights file, if the
 * weights are not embedded.  Exit code 0 when the sample's output is right. */
#include "blocks.h"
#include "net.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const mnc_net *net = net_describe();
    void *memory = aligned(net->selftest_bytes, 0xff);
    void *weights = argc > 1 ? read_weights(argv[1], net->weight_bytes) : NULL;
    int code = net->selftest(weights, memory);

    printf("%s on %s: %s\n", net->name, net->target(), code == MNC_NET_OK ? "ok" : "FAILED");
    if (code != MNC_NET_OK)
        fprintf(stderr, "self-test returned %d\n", code);
    return code != MNC_NET_OK;
}
