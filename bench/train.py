# SPDX-License-Identifier: Apache-2.0
"""Times a step of training by mnc and by PyTorch, in turn, from the same weights on the same batch.

Each is a process of its own (train_lanes.py) that makes a step when it is told to: one that wakes
threads and caches, then one for the clock; the shortest of all rounds counts.  The losses of the
first steps must agree, so both have the same forward, backward and update.  Memory is what the
process has had at most, less what it had when all that it imports was there.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from models import HERE
from peers import Load, machine

# Net, its parameters, batch: the nets of the systems that mnc was made after.
SUITE = {"mobilenet_v1_cifar": ("mobilenet_v1_cifar", ["size=32"], 128),
         "mobilenet_v2_32": ("mobilenet_v2", ["size=32", "classes=10"], 128),
         "mobilenet_v2_224": ("mobilenet_v2", ["size=224"], 16),
         "sepcnn_cifar10": ("sepcnn_cifar10", [], 20)}
LANES = ["mnc", "torch", "torch_compile"]
TOLERANCE = 1e-3      # of the loss, after STEPS updates in float32
PAUSE = 0.06          # s between turns on several threads: OpenMP's spin for a while after a step


class Lane:
    """A process; seconds of its steps, or why there are none."""

    def __init__(self, name, job, args):
        self.name, self.times = name, []
        path = f"{job['scratch']}/{name}.json"
        with open(path, "w") as f:
            json.dump(job, f)
        environment = {**os.environ, "OMP_NUM_THREADS": str(job["threads"])}
        self.process = subprocess.Popen([sys.executable, HERE + "/train_lanes.py", name, path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=args.log, env=environment)
        self.about = self.answer()

    def answer(self):
        return json.loads(self.process.stdout.readline() or '{"cannot": "it crashed"}')

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.answer()

    def turn(self):
        if "cannot" not in self.about:
            self.times.append(self.tell("go"))

    def end(self):
        """With the peak of memory, which is known when all steps are done."""
        if "cannot" not in self.about:
            self.about.update(self.tell("memory"))
        self.process.stdin.close()
        self.process.wait()


def job_of(name, threads, args):
    net, define, batch = SUITE[name]
    scratch = tempfile.mkdtemp(dir=args.scratch)
    spec = f"{HERE}/../models/{net}.mnet"
    define = [a for d in [*define, f"batch={batch}"] for a in ("-D", d)]
    subprocess.run([args.mnc, "export", spec, *define, "-o", scratch + "/net.onnx"], check=True,
                   stdout=subprocess.DEVNULL)
    return {"spec": spec, "define": define, "batch": batch, "threads": threads, "mnc": args.mnc,
            "scratch": scratch, "optimizer": args.optimizer, "rate": args.rate}


def race(name, threads, args):
    load, job = Load(), job_of(name, threads, args)
    lanes = {n: Lane(n, job, args) for n in args.lanes}     # mnc's is first: it has the weights
    for number in range(args.rounds):
        order = args.lanes[number % len(lanes):] + args.lanes[:number % len(lanes)]
        for n in order:
            time.sleep(PAUSE if threads > 1 else 0)
            lanes[n].turn()
    for lane in lanes.values():
        lane.end()
    out = {}
    for n, lane in lanes.items():
        out[n] = dict(lane.about)
        if lane.times:
            out[n].update(seconds_min=min(lane.times), seconds_median=float(np.median(lane.times)),
                          runs=len(lane.times), images_per_second=job["batch"] / min(lane.times))
    return {"net": name, "batch": job["batch"], "threads": threads, "load": load.others(),
            "lanes": out, **ratios(out)}


def ratios(lanes):
    """Of PyTorch's best: more images a second are better, and less memory."""
    theirs = [r for n, r in lanes.items() if n != "mnc" and "seconds_min" in r]
    ours = lanes["mnc"]
    if not theirs or "seconds_min" not in ours:
        return {"speed": None, "memory": None, "loss_differs": None}
    losses = [abs(a - b) / max(abs(b), 1e-6) for r in theirs
              for a, b in zip(ours["losses"], r["losses"], strict=True)]
    return {"speed": min(r["seconds_min"] for r in theirs) / ours["seconds_min"],
            "memory": ours["memory_bytes"] / min(r["memory_bytes"] for r in theirs),
            "loss_differs": max(losses)}


def text(run):
    busy = 100 * (run["load"]["others"] + run["load"]["stolen"])
    lines = [f"\n{run['net']}, batch {run['batch']}, {run['threads']} thread"
             f"{'s' * (run['threads'] > 1)}; others had {busy:.0f} % of the machine",
             "         lane   min ms   median  images/s  memory MB  load s  losses"]
    for n, r in run["lanes"].items():
        if "seconds_min" not in r:
            lines.append(f"{n:>13}  {r['cannot']}")
            continue
        lines.append(f"{n:>13} {1e3 * r['seconds_min']:8.1f} {1e3 * r['seconds_median']:8.1f} "
                     f"{r['images_per_second']:9.1f} {r['memory_bytes'] / 2**20:10.1f} "
                     f"{r['load_seconds']:7.1f}  " + " ".join(f"{l:.5f}" for l in r["losses"]))
    if run["speed"]:
        lines.append(f"{run['speed']:.2f} times PyTorch's best in {run['memory']:.2f} of its "
                     f"memory; losses differ by {run['loss_differs']:.0e}")
    return "\n".join(lines)


def markdown(result):
    m = result["machine"]
    head = ["net", "batch", "threads", *(f"{n} images/s" for n in LANES), "ratio",
            *(f"{n} MB" for n in LANES), "ratio", "others' load"]
    lines = [f"{m['cpu']}, {m['cores']} cores; {result['optimizer']}, float32; the shortest of "
             f"{result['rounds']} steps; peak memory of a process, less its imports.", "",
             "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for run in result["runs"]:
        def row(key, form):
            return [form.format(run["lanes"][n][key]) if "seconds_min" in run["lanes"].get(n, {})
                    else "-" for n in LANES]
        mb = [x if x == "-" else f"{float(x) / 2**20:.0f}" for x in row("memory_bytes", "{}")]
        ratio = [f"**{run[k]:.2f}**" if run[k] else "-" for k in ("speed", "memory")]
        load = 100 * (run["load"]["others"] + run["load"]["stolen"])
        lines.append("| " + " | ".join([run["net"], str(run["batch"]), str(run["threads"]),
                                        *row("images_per_second", "{:.0f}"), ratio[0], *mb,
                                        ratio[1], f"{load:.0f} %"]) + " |")
    return "\n".join(lines) + "\n"


def arguments():
    p = argparse.ArgumentParser(prog="bench/train", description=__doc__.split("\n")[0])
    p.add_argument("net", nargs="*", default=list(SUITE), help="of " + " ".join(SUITE))
    p.add_argument("--threads", type=lambda s: [int(x) for x in s.split(",")], default=[1, 2],
                   metavar="N,...")
    p.add_argument("--rounds", type=int, default=10)
    p.add_argument("--optimizer", default="sgd", choices=["sgd", "momentum", "adam"])
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--lanes", type=lambda s: s.split(","), default=LANES,
                   help="of " + ",".join(LANES))
    p.add_argument("--mnc", default=HERE + "/../build/release/mnc")
    p.add_argument("--json", metavar="FILE")
    p.add_argument("--md", metavar="FILE", help="a Markdown table")
    args = p.parse_args()
    if unknown := [n for n in args.net if n not in SUITE] + [n for n in args.lanes
                                                            if n not in LANES]:
        p.error(f"there is no {unknown[0]}")
    args.lanes = ["mnc"] + [n for n in args.lanes if n != "mnc"]
    return args


def main():
    args, bad = arguments(), []
    result = {"schema": 1, "machine": machine(), "optimizer": args.optimizer,
              "rounds": args.rounds, "runs": []}
    with tempfile.TemporaryDirectory() as args.scratch, open(os.devnull, "w") as args.log:
        for name, threads in ((n, t) for n in args.net for t in args.threads):
            run = race(name, threads, args)
            result["runs"].append(run)
            print(text(run), flush=True)
            if "cannot" in run["lanes"]["mnc"]:
                bad.append(f"{name}: {run['lanes']['mnc']['cannot']}")
            elif run["loss_differs"] is not None and not run["loss_differs"] <= TOLERANCE:
                bad.append(f"{name}: losses differ by {run['loss_differs']:.1e}")
            for path, body in ((args.json, json.dumps(result, indent=2, sort_keys=True) + "\n"),
                               (args.md, markdown(result))):
                if path:
                    with open(path, "w") as f:
                        f.write(body)
    for line in bad:
        print(line, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
