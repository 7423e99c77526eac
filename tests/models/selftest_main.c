/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a generated net's self-test: net.c beside it, prefix net.  argv[1]: the weights file, if the
 * weights are not embedded.  Exit code 0 when the sample's output is right. */
#include "net.h"

#include <stdio.h>
#include <stdlib.h>

static void *aligned(size_t n)
{
    char *p = (char *)malloc(n + 64);

    return p ? p + (64 - (uintptr_t)p % 64) % 64 : NULL;      /* lives as long as the program */
}

static void *read_weights(const char *path, size_t n)
{
    FILE *f = fopen(path, "rb");
    void *p = aligned(n);

    if (!f || !p || fread(p, 1, n, f) != n || fgetc(f) != EOF) {
        fprintf(stderr, "%s: cannot read %zu bytes\n", path, n);
        exit(1);
    }
    fclose(f);
    return p;
}

int main(int argc, char **argv)
{
    const mnc_net *net = net_describe();
    void *memory = aligned(net->selftest_bytes);
    void *weights = argc > 1 ? read_weights(argv[1], net->weight_bytes) : NULL;
    int code = net->selftest(weights, memory);

    printf("%s on %s: %s\n", net->name, net->target(), code == MNC_NET_OK ? "ok" : "FAILED");
    if (code != MNC_NET_OK)
        fprintf(stderr, "self-test returned %d\n", code);
    return code != MNC_NET_OK;
}
