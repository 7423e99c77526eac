# SPDX-License-Identifier: Apache-2.0
"""Times mnc against other runtimes: one process, round-robin, the same inputs, outputs compared.

The net is compiled by `mnc compile --threads` and `cc -O3`, and called through the table that
include/mnc/net.h describes.
"""
import argparse
import ctypes as c
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime as ort

HERE = os.path.dirname(os.path.abspath(__file__))
PAUSE = 0.05      # threads spin for a while after a run, and would take a core from the next lane
RUN = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_void_p), c.POINTER(c.c_void_p), c.c_void_p, c.c_void_p)
RUN_WITH = c.CFUNCTYPE(c.c_int, c.c_void_p, c.POINTER(c.c_void_p), c.POINTER(c.c_void_p), c.c_void_p,
                       c.c_void_p)


class Tensor(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype", c.c_int), ("rank", c.c_int),
                ("dim", c.POINTER(c.c_int64)), ("bytes", c.c_size_t)]


class Net(c.Structure):
    _fields_ = [("abi", c.c_int), ("name", c.c_char_p), ("version", c.c_char_p),
                ("target", c.CFUNCTYPE(c.c_char_p)), ("n_input", c.c_int), ("n_output", c.c_int),
                ("input", c.POINTER(Tensor)), ("output", c.POINTER(Tensor)),
                ("arena_bytes", c.c_size_t), ("weight_bytes", c.c_size_t),
                ("weights", c.c_void_p), ("run", RUN), ("selftest_bytes", c.c_size_t),
                ("selftest", c.c_void_p), ("context_bytes", c.c_size_t),
                ("open", c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_int)), ("run_with", RUN_WITH),
                ("close", c.CFUNCTYPE(None, c.c_void_p))]


def aligned(n):
    """n bytes at a multiple of 64."""
    block = np.zeros(n + 64, np.uint8)
    at = -block.ctypes.data % 64
    return block[at:at + n]


class Mnc:
    def __init__(self, model, args):
        folder = tempfile.mkdtemp()
        source, shared = folder + "/net.c", folder + "/net.so"
        subprocess.check_call([args.mnc, "compile", model, "-o", source, "--threads",
                               "--no-selftest", "--target", args.target])
        start = time.time()
        subprocess.check_call([os.environ.get("CC", "cc"), "-O3", "-fPIC", "-shared", source, "-o",
                               shared, "-lm", "-pthread"])
        self.compile_seconds = time.time() - start
        self.library = c.CDLL(shared)
        self.library.net_describe.restype = c.POINTER(Net)
        self.net = self.library.net_describe().contents
        self.arena = aligned(self.net.arena_bytes)

    def inputs(self):
        rng, feeds = np.random.default_rng(1), {}
        for t in self.net.input[:self.net.n_input]:
            feeds[t.name.decode()] = rng.standard_normal(t.dim[:t.rank]).astype(np.float32)
        return feeds

    def prepare(self, feeds, threads):
        """A function that runs the net, and its outputs as arrays."""
        net = self.net
        context = aligned(net.context_bytes)
        if net.open(context.ctypes.data, threads):
            raise RuntimeError("no threads")
        outs = [aligned(t.bytes).view(np.float32).reshape(t.dim[:t.rank])
                for t in net.output[:net.n_output]]
        ins = (c.c_void_p * net.n_input)(*[x.ctypes.data for x in feeds.values()])
        out = (c.c_void_p * net.n_output)(*[y.ctypes.data for y in outs])

        def run():
            if net.run_with(context.ctypes.data, ins, out, None, self.arena.ctypes.data):
                raise RuntimeError("the net refuses")
            return outs
        return run, lambda: net.close(context.ctypes.data)


def onnxruntime(model, feeds, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, feeds)


def compare(model, args):
    mnc = Mnc(model, args)
    feeds = mnc.inputs()
    for threads in args.threads:
        ours, close = mnc.prepare(feeds, threads)
        lanes = {"mnc": ours, "onnxruntime": onnxruntime(model, feeds, threads)}
        want = lanes["onnxruntime"]()
        off = max(float(np.abs(y - w).max() / max(np.abs(w).max(), 1e-30))
                  for y, w in zip(ours(), want))
        times = {name: [] for name in lanes}
        for _ in range(args.rounds):
            for name, run in lanes.items():
                time.sleep(PAUSE if threads > 1 else 0)
                start = time.perf_counter()
                run()
                times[name].append(1e3 * (time.perf_counter() - start))
        close()
        best = min(times["mnc"])
        line = "  ".join(f"{name} {min(t):.3f} (median {statistics.median(t):.3f}) ms"
                         f" = {min(t) / best:.2f}" for name, t in times.items())
        print(f"{model}  {threads} thread{'s' * (threads > 1)}  {mnc.net.target().decode()}  {line}"
              f"  largest difference {off:.1e}  cc {mnc.compile_seconds:.1f} s", flush=True)
        if not off < 2e-5:
            raise SystemExit("the outputs differ")


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("model", nargs="+")
    p.add_argument("--threads", type=lambda s: [int(x) for x in s.split(",")], default=[1])
    p.add_argument("--rounds", type=int, default=60)
    p.add_argument("--target", default="auto")
    p.add_argument("--mnc", default=HERE + "/../build/release/mnc")
    args = p.parse_args()
    for model in args.model:
        compare(model, args)


main()
