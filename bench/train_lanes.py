# SPDX-License-Identifier: Apache-2.0
"""One of bench/train's processes: train_lanes.py NAME JOB.json

    says a line of JSON when it is ready: the losses of the first steps, what it took
    < go        > seconds of one step, after another that woke threads and caches
    < memory    > the process's peak, less what it had after its imports
    (end of input)  ends

mnc's lane comes first: it draws the weights, and leaves them for the others with the batch.
"""
import ctypes as c
import json
import os
import re
import sys
import time

import numpy as np

from lanes import CC_FLAGS, Net, Tensor, aligned, compiler, timed
from onnxgraph import Cannot, Graph

STEPS = 3             # whose losses are compared
PARAM, STATISTIC = 1, 2


def batch_of(shape, classes):
    """Noise: what a step takes does not depend on the images."""
    random = np.random.default_rng(1)
    return (random.standard_normal(shape, dtype=np.float32),
            random.integers(0, classes, shape[0]).astype(np.int32))


# ---- mnc: include/mnc/train.h ----

STEP = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p)


class Slot(c.Structure):
    _fields_ = [("tensor", Tensor), ("kind", c.c_int), ("offset", c.c_size_t)]


class Trainer(c.Structure):
    """mnc_trainer, as far as it is used here."""
    _fields_ = [("abi", c.c_int), ("optimizer", c.c_char_p), ("batch", c.c_int),
                ("classes", c.c_int), ("n_slot", c.c_int), ("slot", c.POINTER(Slot)),
                ("kept_bytes", c.c_size_t), ("state_bytes", c.c_size_t),
                ("init", c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_uint64)), ("step", STEP)]


class TrainingNet(Net):
    _fields_ = [("trainer", c.POINTER(Trainer))]


class Head(c.Structure):
    """The first of mnc_head."""
    _fields_ = [("layout", c.c_uint64), ("step", c.c_int64), ("powers", c.c_double * 2),
                ("rate", c.c_double), ("momentum", c.c_double)]


def slots(trainer, state):
    """The state's tensors by name, those that a start is made of."""
    for i in range(trainer.n_slot):
        slot = trainer.slot[i]
        if slot.kind in (PARAM, STATISTIC):
            data = state[slot.offset:slot.offset + slot.tensor.bytes].view(np.float32)
            yield slot.tensor.name.decode(), data.reshape(slot.tensor.dim[:slot.tensor.rank])


def mnc(job):
    source, shared = job["scratch"] + "/net.c", job["scratch"] + "/net.so"
    took = timed([job["mnc"], "compile", "--train", job["spec"], *job["define"], "-o", source,
                  "--prefix=net", "--target=native", "--threads",
                  "--optimizer=" + job["optimizer"]])
    took += timed([*compiler(), *CC_FLAGS, source, "-o", shared, "-lm", "-pthread"])
    library = c.CDLL(shared)
    library.net_describe.restype = c.POINTER(TrainingNet)
    net = library.net_describe().contents
    t = net.trainer.contents
    x, y = batch_of(Graph(job["scratch"] + "/net.onnx").shape["image"], t.classes)
    state, context, loss = aligned(t.state_bytes), aligned(net.context_bytes), c.c_float()
    if t.init(state.ctypes.data, 1) or net.open(context.ctypes.data, job["threads"]):
        raise Cannot("no state, or no threads")
    head = Head.from_buffer(state)
    head.rate, head.momentum = job["rate"], 0.9
    np.savez(job["scratch"] + "/start.npz", **{"/x": x, "/y": y}, **dict(slots(t, state)))

    def step():
        if code := t.step(context.ctypes.data, state.ctypes.data, x.ctypes.data, y.ctypes.data,
                          c.addressof(loss)):
            raise Cannot(f"a step returns {code}")
        return loss.value

    return step, {"version": net.version.decode(), "compile_seconds": took,
                  "state_bytes": t.state_bytes, "kept_bytes": t.kept_bytes}


# ---- PyTorch ----

def layers():
    """From an ONNX node and its parameters to PyTorch's own layer; in place where one may."""
    from torch import nn

    def conv(n, w, b=None):
        group, pads = n.attrs.get("group", 1), n.ints("pads", [0] * 4)
        return nn.Conv2d(w.shape[1] * group, w.shape[0], w.shape[2:], n.ints("strides", [1, 1]),
                         pads[:2], groups=group, bias=b is not None)

    class Mean(nn.Module):
        def forward(self, x):
            return x.mean((2, 3))

    class Add(nn.Module):
        def forward(self, x, y):
            return x + y

    return {"Conv": conv, "Gemm": lambda n, w, b: nn.Linear(w.shape[1], w.shape[0]),
            "BatchNormalization": lambda n, w, *more: nn.BatchNorm2d(
                w.shape[0], n.attrs.get("epsilon", 1e-5)),
            "Clip": lambda n, *bounds: nn.ReLU6(inplace=True),
            "Relu": lambda n: nn.ReLU(inplace=True), "Add": lambda n: Add(),
            "MaxPool": lambda n: nn.MaxPool2d(n.ints("kernel_shape", []), n.ints("strides", [])),
            "ReduceMean": lambda n, *axes: Mean(), "Reshape": lambda n, shape: nn.Flatten(),
            "Softmax": lambda n: nn.Softmax(1)}


def torch_net(graph, start):
    """The net that mnc exported, of PyTorch's layers, with the weights of the start."""
    import torch
    make, used = layers(), {}

    class TorchNet(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.plan = torch.nn.ModuleList(), []
            for i, n in enumerate(graph.nodes):
                given = [start.get(k, graph.constants.get(k)) for k in n.inputs]
                held = [g for g in given if g is not None]
                self.layer.append(make[n.op](n, *held))
                names = ["weight", "bias", "running_mean", "running_var"]
                for name, value in zip(names, [k for k in n.inputs if k in start]):
                    getattr(self.layer[i], name).data = torch.from_numpy(start[value])
                data = [k for k, g in zip(n.inputs, given) if g is None]
                used.update({k: i for k in data})
                self.plan.append((data, n.name))

        def forward(self, x):
            value = {graph.inputs[0]: x}
            for i, (inputs, output) in enumerate(self.plan):
                value[output] = self.layer[i](*[value[k] for k in inputs])
                for k in inputs:               # nothing is held longer than it must be
                    if used[k] == i:
                        value.pop(k, None)
            return value[graph.outputs[0]]

    return TorchNet()


def torch(job, wrap=lambda f: f):
    import torch as t
    t.set_num_threads(job["threads"])
    t.set_num_interop_threads(1)
    start = dict(np.load(job["scratch"] + "/start.npz"))
    x, y = t.from_numpy(start.pop("/x")), t.from_numpy(start.pop("/y").astype(np.int64))
    x = x.to(memory_format=t.channels_last)
    net = torch_net(Graph(job["scratch"] + "/net.onnx"), start).train()
    net = net.to(memory_format=t.channels_last)
    optimizer = {"sgd": lambda p, r: t.optim.SGD(p, r, fused=True),
                 "momentum": lambda p, r: t.optim.SGD(p, r, momentum=0.9, fused=True),
                 "adam": lambda p, r: t.optim.Adam(p, r, fused=True),
                 }[job["optimizer"]](net.parameters(), job["rate"])
    loss_of = wrap(lambda: t.nn.functional.cross_entropy(net(x), y))

    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()
    return step, {"version": t.__version__, "isa": t.backends.cpu.get_cpu_capability()}


def torch_compile(job):
    import torch as t
    return torch(job, t.compile)


LANES = {f.__name__: f for f in (mnc, torch, torch_compile)}


# ---- the process ----

def memory(field):
    """Bytes: VmRSS is what the process has, VmHWM the most it has had."""
    with open("/proc/self/status") as f:
        return 1024 * int(re.search(field + r":\s*(\d+)", f.read()).group(1))


def timed_step(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def main():
    name, path = sys.argv[1:]
    with open(path) as f:
        job = json.load(f)
    answers, sys.stdout = os.fdopen(os.dup(1), "w", buffering=1), sys.stderr
    os.dup2(2, 1)                      # compilers print; the answers go another way
    try:
        if name != "mnc":
            import torch as _          # counts as an import, not as the net's
        before, start = memory("VmRSS"), time.perf_counter()
        step, about = LANES[name](job)
        about["losses"] = [step() for _ in range(STEPS)]
        about["load_seconds"] = time.perf_counter() - start
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")               # the peak begins anew: what compiling took is not a step's
    except Exception as e:             # whatever PyTorch throws is why there is no figure
        answers.write(json.dumps({"cannot": f"{type(e).__name__}: {e}"[:300]}) + "\n")
        return
    answers.write(json.dumps(about) + "\n")
    for line in sys.stdin:
        if line == "memory\n":
            answers.write(json.dumps({"memory_bytes": memory("VmHWM") - before}) + "\n")
            continue
        step()
        answers.write(f"{timed_step(step)}\n")


if __name__ == "__main__":
    main()
