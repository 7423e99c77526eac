# SPDX-License-Identifier: Apache-2.0
"""Times mnc against other runtimes, in turn, on the same inputs, and compares their outputs.

Each runtime is a process of its own (lanes.py) that computes when it is told to, so none disturbs
another: a turn is one run that wakes its threads and one that is timed.  After each round of turns
the machine's peak is measured.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata

import numpy as np

import report
from lanes import LANES
from models import HERE, SUITE, Model
from onnxgraph import Cannot

PACKAGE = {"onnxruntime": "onnxruntime", "litert": "ai-edge-litert", "openvino": "openvino",
           "ncnn": "ncnn", "torch": "torch", "emx": "emx-onnx-cgen"}
ONE_THREAD = {"emx"}
TOLERANCE = 2e-5      # of the largest output
PAUSE = 0.06          # s between turns on several threads: theirs spin for a while after a run
SLOW, FEW = 0.25, 6   # s: what takes longer runs in every sixth round only


def target_environment(args):
    """What keeps peers from using more than the target has.  The first works on all of them where
    the CPU can be made to hide something; the others are what some of them offer for it."""
    if args.target != "x86-64-v3":
        return {}
    shared = args.scratch + "/cpu_limit.so"
    subprocess.run([*os.environ.get("CC", "cc").split(), "-O2", "-shared", "-fPIC",
                    HERE + "/cpu_limit.c", "-o", shared], check=True)
    return {"LD_PRELOAD": shared, "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2",
            "ATEN_CPU_CAPABILITY": "avx2"}


class Lane:
    """A process; times in seconds, or why there are none."""

    def __init__(self, name, model, threads, args):
        self.name, self.times, self.about, self.process = name, [], {}, None
        if name in model.why:
            self.about = {"cannot": model.why[name]}
            return
        job = {**model.job(), "threads": threads, "mnc": args.mnc, "scratch": args.folder,
               "target": args.target, "march": "-march=haswell" if args.target == "x86-64-v3"
               else "-march=native"}
        path = f"{args.folder}/{name}.json"
        with open(path, "w") as f:
            json.dump(job, f)
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads),
                       **(args.environment if name != "mnc" else {})}
        self.process = subprocess.Popen([sys.executable, HERE + "/lanes.py", name, path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=args.log, env=environment)
        self.about = json.loads(self.process.stdout.readline() or '{"cannot": "it crashed"}')
        if "cannot" in self.about:
            self.end()

    def turn(self, number):
        if not self.process or (self.times and min(self.times) > SLOW and number % FEW):
            return
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.times.append(float(self.process.stdout.readline()))

    def end(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None

    def result(self):
        out = dict(self.about)
        if self.name in PACKAGE:
            out["version"] = metadata.version(PACKAGE[self.name])
        if self.times:
            out.update(seconds_min=min(self.times), seconds_median=statistics.median(self.times),
                       runs=len(self.times))
        return out


def probe(threads, args):
    out = subprocess.run([args.mnc, "bench", "--peak", "--rounds=1", "--json",
                          f"--threads={threads}", f"--target={args.target}"],
                         check=True, capture_output=True, text=True).stdout
    return 1e9 * json.loads(out)["peak_gflops"]


def mult_adds(model, args):
    out = subprocess.run([args.mnc, "summary", "--json", model.onnx], check=True,
                         capture_output=True, text=True).stdout
    return json.loads(out)["mult_adds"]


class Load:
    """How busy others keep the machine meanwhile: all processors' time but this process tree's."""

    def now(self):
        with open("/proc/stat") as f:
            t = [int(x) for x in f.readline().split()[1:9]]
        ours = sum(sum(resource.getrusage(who)[:2])
                   for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        tick = os.sysconf("SC_CLK_TCK")
        return sum(t) / tick, (sum(t) - t[3] - t[4]) / tick, ours, t[7] / tick

    def __init__(self):
        self.start = self.now()

    def others(self):
        """Call it when the lanes have ended, for only then their time is known."""
        total, busy, ours, stolen = (b - a for a, b in zip(self.start, self.now()))
        return {"others": round(max(busy - ours - stolen, 0) / total, 3),
                "stolen": round(stolen / total, 3)}


def compare_outputs(lanes, args):
    """By lane: the largest difference to ONNX Runtime's output (else mnc's), of the largest."""
    have = {n: np.load(f"{args.folder}/{n}.npy") for n, l in lanes.items() if l.process}
    want = have.get("onnxruntime", have["mnc"])
    return {n: float(np.abs(y.reshape(want.shape) - want).max() / max(np.abs(want).max(), 1e-30))
            for n, y in have.items()}


def race(model, threads, args):
    load, peak = Load(), 0.0
    args.folder = tempfile.mkdtemp(dir=args.scratch)
    names = [n for n in args.lanes if threads == 1 or n not in ONE_THREAD]
    lanes = {n: Lane(n, model, threads, args) for n in names}
    if not lanes["mnc"].process:
        raise Cannot(f"mnc: {lanes['mnc'].about['cannot']}")
    off = compare_outputs(lanes, args)
    for number in range(args.rounds):
        for name in names[number % len(names):] + names[:number % len(names)]:
            time.sleep(PAUSE if threads > 1 else 0)
            lanes[name].turn(number)
        time.sleep(PAUSE if threads > 1 else 0)
        peak = max(peak, probe(threads, args))
    for lane in lanes.values():
        lane.end()
    macs = mult_adds(model, args)
    results = {n: l.result() for n, l in lanes.items()}
    for name, r in results.items():
        if "seconds_min" in r:
            r.update(ratio=r["seconds_min"] / results["mnc"]["seconds_min"], difference=off[name],
                     peak_share=2 * macs / r["seconds_min"] / peak,
                     images_per_second=model.input_shape[0] / r["seconds_min"])
    return {"model": model.name, "batch": model.input_shape[0], "threads": threads, "peak": peak,
            "mult_adds": macs, "load": load.others(), "lanes": results}


def machine():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    return {"cpu": names[0] if names else "unknown", "cores": os.cpu_count()}


def numbers(text):
    return [int(x) for x in text.split(",")]


def arguments():
    p = argparse.ArgumentParser(prog="bench/peers", description=__doc__.split("\n")[0])
    p.add_argument("model", nargs="*", default=SUITE, help="NAME, NAME:size=160,width=0.35, "
                   "a .mnet or an .onnx; default: " + " ".join(SUITE))
    p.add_argument("--threads", type=numbers, default=[1], metavar="N,...")
    p.add_argument("--batch", type=numbers, default=[0], metavar="N,...",
                   help="images at once, for specs; default: as they have it")
    p.add_argument("--rounds", type=int, default=60)
    p.add_argument("--target", default="native", help="x86-64-v3 limits the peers too")
    p.add_argument("--lanes", type=lambda s: s.split(","), default=list(LANES),
                   help="of " + ",".join(LANES))
    p.add_argument("--mnc", default=HERE + "/../build/release/mnc")
    p.add_argument("--cache", default=os.path.join(sys.prefix, "mnc-bench"),
                   help="folder of converted models; default: in the environment")
    p.add_argument("--json", metavar="FILE")
    p.add_argument("--svg", metavar="FILE", help="the shortest runs as bars")
    p.add_argument("--md", metavar="FILE", help="the same as a Markdown table")
    args = p.parse_args()
    if unknown := [n for n in args.lanes if n not in LANES]:
        p.error(f"there is no lane {unknown[0]}")
    args.lanes = ["mnc"] + [n for n in args.lanes if n != "mnc"]
    return args


def save(result, args):
    """After each net, so that an end before time loses nothing."""
    for path, text in ((args.json, json.dumps(result, indent=2, sort_keys=True) + "\n"),
                       (args.svg, report.svg(result)), (args.md, report.markdown(result))):
        if path:
            with open(path, "w") as f:
                f.write(text)


def main():
    args = arguments()
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]      # emx keeps its tensors there
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
    result = {"schema": 1, "machine": machine(), "target": args.target, "runs": []}
    bad = []
    with tempfile.TemporaryDirectory() as args.scratch, open(os.devnull, "w") as args.log:
        args.environment = target_environment(args)
        for text, batch, threads in ((m, b, t) for m in args.model for b in args.batch
                                     for t in args.threads):
            try:
                run = race(Model(text, batch, args), threads, args)
            except (Cannot, subprocess.CalledProcessError) as e:
                bad.append(f"{text}: {e}")
                continue
            result["runs"].append(run)
            print(report.text(run), flush=True)
            bad += [f"{text}: {n} differs by {r['difference']:.1e}" for n, r in run["lanes"].items()
                    if not r.get("difference", 0) <= TOLERANCE]
            save(result, args)
    for line in bad:
        print(line, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
