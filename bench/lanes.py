# SPDX-License-Identifier: Apache-2.0
"""One runtime in a process of its own, which runs when it is told to.

    lanes.py LANE JOB.json      says a line of JSON when it is ready: what it is, what it took
    < go                        > seconds of one run, after another that woke threads and caches
    (end of input)              ends

A lane is a function from a job to (run, about): run() computes once and returns the output as an
array, about is a dictionary of figures.  Peers are imported inside of their lanes: each process has
one of them, with its own threads and its own idea of how long they spin.
"""
import ctypes as c
import json
import os
import re
import resource
import subprocess
import sys
import time

import numpy as np

from onnxgraph import Cannot

WAKE = 0.005      # s of runs before the one that counts: clocks rise, caches fill, threads wake
CC_FLAGS = ["-O3", "-fPIC", "-shared"]


def compiler():
    return os.environ.get("CC", "cc").split()


def unlimited():
    """For compilers, which have a use of their own for the signal that cpu_limit.c lives on."""
    return {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}


def timed(argv):
    start = time.perf_counter()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=unlimited())
    if done.returncode:
        raise Cannot(f"{argv[0]} failed: {done.stdout.strip()[-400:]}")
    return time.perf_counter() - start


def object_bytes(path):
    """Code and read-only data, without the weights when they are apart."""
    out = subprocess.run(["size", path], capture_output=True, text=True).stdout.split("\n")[1]
    return int(out.split()[0])


# ---- mnc ----

RUN = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_void_p), c.POINTER(c.c_void_p), c.c_void_p, c.c_void_p)
RUN_WITH = c.CFUNCTYPE(c.c_int, c.c_void_p, c.POINTER(c.c_void_p), c.POINTER(c.c_void_p),
                       c.c_void_p, c.c_void_p)


class Tensor(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype", c.c_int), ("rank", c.c_int),
                ("dim", c.POINTER(c.c_int64)), ("bytes", c.c_size_t)]


class Net(c.Structure):
    """mnc_net of include/mnc/net.h."""
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


def mnc(job):
    folder = job["scratch"] + "/mnc"
    os.makedirs(folder)
    source, shared = folder + "/net.c", folder + "/net.so"
    made = timed([job["mnc"], "compile", job["onnx"], "-o", source, "--weights=file",
                  "--no-selftest", "--target", job["target"]]
                 + ["--threads"] * (job["threads"] > 1))
    built = timed([*compiler(), *CC_FLAGS, source, "-o", shared, "-lm", "-pthread"])
    library = c.CDLL(shared)
    library.net_describe.restype = c.POINTER(Net)
    net = library.net_describe().contents
    weights = aligned(max(net.weight_bytes, 1))
    weights[:] = np.fromfile(folder + "/net.weights", np.uint8)
    arena, x = aligned(net.arena_bytes), job["x"]
    y = aligned(net.output[0].bytes).view(np.float32).reshape(
        net.output[0].dim[:net.output[0].rank])
    ins, outs = (c.c_void_p * 1)(x.ctypes.data), (c.c_void_p * 1)(y.ctypes.data)
    context = aligned(net.context_bytes + 64) if job["threads"] > 1 else None
    if context is not None and net.open(context.ctypes.data, job["threads"]):
        raise Cannot("no threads")

    def run():
        args = (ins, outs, weights.ctypes.data, arena.ctypes.data)
        code = (net.run(*args) if context is None
                else net.run_with(context.ctypes.data, *args))
        if code:
            raise Cannot(f"the net returns {code}")
        return y

    return run, {"version": net.version.decode(), "isa": net.target().decode(),
                 "compile_seconds": made + built, "c_bytes": os.path.getsize(source),
                 "object_bytes": object_bytes(shared), "arena_bytes": net.arena_bytes,
                 "weight_bytes": net.weight_bytes}


# ---- runtimes ----

def onnxruntime(job):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    session = ort.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: job["x"]})[0], {}


def litert(job):
    from ai_edge_litert.interpreter import Interpreter
    net = Interpreter(job["tflite"], num_threads=job["threads"])
    net.allocate_tensors()
    x, y = net.get_input_details()[0]["index"], net.get_output_details()[0]["index"]
    net.set_tensor(x, np.ascontiguousarray(job["x"].transpose(0, 2, 3, 1)))

    def run():
        net.invoke()
        return net.get_tensor(y)
    return run, {}


def openvino(job):
    import openvino as ov
    core = ov.Core()
    net = core.compile_model(core.read_model(job["onnx"]), "CPU", {
        "INFERENCE_NUM_THREADS": job["threads"], "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False})
    request, x = net.create_infer_request(), ov.Tensor(job["x"], shared_memory=True)
    request.set_input_tensor(x)
    kinds = [op.get_rt_info()["primitiveType"] for op in net.get_runtime_model().get_ops()
             if "primitiveType" in op.get_rt_info()]
    isa = re.findall(r"avx512|avx2|sse42|amx", " ".join(str(k.value) for k in kinds))

    def run():
        request.infer()
        return request.get_output_tensor(0).data
    return run, {"isa": max(set(isa), key=isa.count) if isa else ""}


def ncnn(job):
    """No batches: as many runs as the batch has images."""
    import ncnn as n
    net = n.Net()
    net.opt.num_threads = job["threads"]
    for option in "use_fp16_packed use_fp16_storage use_fp16_arithmetic use_bf16_storage".split():
        setattr(net.opt, option, False)
    net.load_param(job["ncnn"] + ".param")
    net.load_model(job["ncnn"] + ".bin")
    images = [n.Mat(x) for x in job["x"]]

    def run():
        out = []
        for image in images:
            one = net.create_extractor()
            one.input("in0", image)
            out.append(np.array(one.extract("out0")[1]))
        return np.stack(out)
    return run, {}


def torch(job):
    import torch as t
    from torchnet import Net as TorchNet
    t.set_num_threads(job["threads"])
    t.set_num_interop_threads(1)
    x = t.from_numpy(job["x"]).to(memory_format=t.channels_last)
    with t.inference_mode():
        net = t.jit.trace(TorchNet(job["folded"]).eval(), x)
        net = t.jit.optimize_for_inference(t.jit.freeze(net))
        for _ in range(3):
            net(x)

    def run():
        with t.inference_mode():
            return net(x).numpy()
    return run, {"isa": t.backends.cpu.get_cpu_capability()}


def emx(job):
    """Plain C loops; the C compiler may do with them what it can."""
    folder = job["scratch"] + "/emx"
    os.makedirs(folder)
    source, shared = folder + "/net.c", folder + "/net.so"
    tool = os.path.join(os.path.dirname(sys.executable), "emx-onnx-cgen")
    made = timed([tool, "compile", job["folded"], source, "--model-name", "net",
                  "--large-temp-threshold", "0"])
    built = timed([*compiler(), *CC_FLAGS, job["march"], "-ffast-math", source, "-o", shared,
                   "-lm"])
    library = c.CDLL(shared)
    for weights in os.listdir(folder):
        if weights.endswith(".bin") and not library.net_load(f"{folder}/{weights}".encode()):
            raise Cannot("its weights cannot be loaded")
    y = np.zeros(job["output_shape"], np.float32)

    def run():
        library.net(c.c_void_p(job["x"].ctypes.data), c.c_void_p(y.ctypes.data))
        return y
    return run, {"isa": job["march"], "compile_seconds": made + built,
                 "c_bytes": os.path.getsize(source), "object_bytes": object_bytes(shared)}


LANES = {f.__name__: f for f in (mnc, onnxruntime, litert, openvino, ncnn, torch, emx)}


# ---- the process ----

def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def limited():
    """Whether cpu_limit.c hides something from this process."""
    try:
        return bool(c.CDLL(None).cpu_limited())
    except AttributeError:
        return False


def once(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main():
    name, path = sys.argv[1:]
    with open(path) as f:
        job = json.load(f)
    job["x"] = np.load(job["input"])
    answers, sys.stdout = os.fdopen(os.dup(1), "w", buffering=1), sys.stderr
    os.dup2(2, 1)                      # peers print; the answers go another way
    try:
        before, start = resident(), time.perf_counter()
        run, about = LANES[name](job)
        about["load_seconds"] = time.perf_counter() - start
        about["first_seconds"] = once(run)
        np.save(f"{job['scratch']}/{name}.npy", run())
        about.update(memory_bytes=resident() - before, limited=limited())
    except Exception as e:             # whatever a peer throws is why there is no figure
        answers.write(json.dumps({"cannot": f"{type(e).__name__}: {e}"[:300]}) + "\n")
        return
    answers.write(json.dumps(about) + "\n")
    for _ in sys.stdin:
        end = time.perf_counter() + WAKE
        while once(run) and time.perf_counter() < end:
            pass
        answers.write(f"{once(run)}\n")


if __name__ == "__main__":
    main()
