// SPDX-License-Identifier: 0BSD
// Net: any generated net as a C++ object that owns its memory.  Copies share the code and the weights,
// and have arenas of their own, so that each thread can have one.
#pragma once
#include <mnc/net.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <vector>

class Net {
public:
    explicit Net(const mnc_net *net) : net_(net), arena_(allocate(net->arena_bytes))
    {
        for (int i = 0; i < net->n_output; i++)
            out_.emplace_back(net->output[i].bytes / sizeof(float));
    }
    Net(const Net &other) : Net(other.net_) {}

    // One span for each input, of as many floats as it has; the result lives until the next call.
    const std::vector<std::vector<float>> &operator()(std::vector<std::span<const float>> in)
    {
        std::vector<const void *> from;
        std::vector<void *> to;
        if (in.size() != static_cast<std::size_t>(net_->n_input))
            throw std::invalid_argument("wrong number of inputs");
        for (std::size_t i = 0; i < in.size(); i++) {
            if (in[i].size_bytes() != net_->input[i].bytes)
                throw std::invalid_argument("an input has the wrong size");
            from.push_back(in[i].data());
        }
        for (auto &o : out_)
            to.push_back(o.data());
        if (net_->run(from.data(), to.data(), net_->weights, arena_.get()) != MNC_NET_OK)
            throw std::runtime_error("the net refuses to run");
        return out_;
    }
    const mnc_net &description() const { return *net_; }

private:
    using Memory = std::unique_ptr<void, decltype(&std::free)>;
    static Memory allocate(std::size_t n)
    {
        void *p = std::aligned_alloc(64, (n + 64) / 64 * 64);
        if (!p)
            throw std::bad_alloc();
        return { p, &std::free };
    }
    const mnc_net *net_;
    Memory arena_;
    std::vector<std::vector<float>> out_;
};
