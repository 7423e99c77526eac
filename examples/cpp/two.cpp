// SPDX-License-Identifier: 0BSD
// Two nets as objects, one of them in two threads.
#include "net.hpp"
#include "sepcnn.h"
#include "tiny.h"

#include <algorithm>
#include <cstdio>
#include <thread>

static std::vector<float> ramp(const mnc_tensor &t)
{
    std::vector<float> v(t.bytes / sizeof(float));
    for (std::size_t i = 0; i < v.size(); i++)
        v[i] = static_cast<float>(i % 17) / 17;
    return v;
}

static void print(const Net &net, const std::vector<float> &scores)
{
    auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    std::printf("%s: class %td of %zu\n", net.description().name, best, scores.size());
}

int main()
{
    Net tiny(tiny_describe()), one(sepcnn_describe()), other(one);
    auto small = ramp(tiny.description().input[0]), image = ramp(one.description().input[0]);
    std::vector<float> there;

    std::thread thread([&] { there = other({ image })[0]; });
    print(tiny, tiny({ small })[0]);
    print(one, one({ image })[0]);
    thread.join();
    if (there != one({ image })[0])
        return 1;
    std::puts("two threads, the same bits");
}
