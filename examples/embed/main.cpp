// SPDX-License-Identifier: 0BSD
// The same header from C++.
#include "tiny.h"

#include <cstdio>
#include <vector>

alignas(64) static unsigned char arena[tiny_ARENA_BYTES];

int main()
{
    std::vector<float> image(tiny_INPUT_image_COUNT), scores(tiny_OUTPUT_dense_COUNT);
    const tiny_inputs in = { image.data() };
    const tiny_outputs out = { scores.data() };

    if (tiny_run(&in, &out, nullptr, arena) != MNC_NET_OK)
        return 1;
    std::printf("%s: class 0 has %g\n", tiny_describe()->name, static_cast<double>(scores[0]));
}
