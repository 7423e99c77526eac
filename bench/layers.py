# SPDX-License-Identifier: Apache-2.0
"""Layer by layer: mnc beside the peers that tell what their layers take.

Those are ONNX Runtime and OpenVINO.  They fuse other nodes than mnc does; a node of theirs counts
with the layer of mnc's that computes its result, or that comes next in the graph.  Copies between
layouts, which have no name, count with the layer that they are made for.  Times are the shortest of
each layer, in microseconds, on one thread; being profiled costs peers a few for each layer.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

from lanes import unlimited
from models import HERE, Model
from onnxgraph import Graph
from peers import target_environment

DECORATION = re.compile(r"_kernel_time$|_nchwc$|_token_\d+$|/WithoutBiases$|/fused$")


def plain(name):
    """A node's name without what runtimes add to it."""
    while (shorter := DECORATION.sub("", name.removeprefix("fused "))) != name:
        name = shorter
    return name


def mnc_layers(model, args):
    out = subprocess.run([args.mnc, "bench", "--layers", "--json", f"--rounds={args.rounds}",
                          f"--target={args.target}", model.folded], check=True,
                         capture_output=True, text=True, env=unlimited()).stdout
    result = json.loads(out)
    return result["peak_gflops"], result["nets"][0]["layers"]


class Peer:
    """One run gives a list of (node name, microseconds), in running order."""

    def __init__(self, name, run):
        self.name, self.run, self.least = name, run, {}

    def round(self, owner):
        """Adds one run up by layer, and keeps the least of each."""
        sums, nameless = {}, 0.0
        for node, us in self.run():
            layer = owner.get(plain(node))
            if layer is None:
                nameless += us
                continue
            sums[layer] = sums.get(layer, 0) + us + nameless
            nameless = 0.0
        for layer, us in sums.items():
            self.least[layer] = min(us, self.least.get(layer, us))


def onnxruntime(model, x, folder):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.enable_profiling = 1, True
    options.profile_file_prefix = folder + "/ort"

    def run():
        """A profile is written at a session's end, so each round has one, and five runs in it."""
        session = ort.InferenceSession(model.folded, options)
        for _ in range(5):
            session.run(None, {session.get_inputs()[0].name: x})
        path, least = session.end_profiling(), {}
        with open(path) as f:
            for e in json.load(f):
                if e.get("cat") == "Node" and e["name"].endswith("_kernel_time"):
                    least[e["name"]] = min(e["dur"], least.get(e["name"], 1e9))
        os.remove(path)
        return list(least.items())
    return run


def openvino(model, x, folder):
    import openvino as ov
    core = ov.Core()
    net = core.compile_model(core.read_model(model.folded), "CPU", {
        "INFERENCE_NUM_THREADS": 1, "PERF_COUNT": True, "INFERENCE_PRECISION_HINT": "f32"})
    request, least = net.create_infer_request(), {}

    def run():
        for _ in range(5):
            request.infer({0: x})
            for i in request.profiling_info:
                us = i.real_time.total_seconds() * 1e6
                if us > 0:
                    least[i.node_name] = min(us, least.get(i.node_name, us))
        return list(least.items())
    return run


def limit(args):
    """Begins anew with the peers' libraries limited to the target: they ask cpuid as they load."""
    os.makedirs(args.cache, exist_ok=True)
    args.scratch = args.cache
    if args.target == "x86-64-v3" and "LD_PRELOAD" not in os.environ:
        more = target_environment(args)
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **more})


def owners(graph, layers):
    """The layer, by the name of each node: the one that ends with it, or the next that ends."""
    names, out = {layer["layer"] for layer in layers}, {}
    for node in reversed(graph.nodes):
        users = [u.name for u in graph.users(node.name)]
        out[node.name] = (node.name if node.name in names
                          else out.get(users[0]) if users else None)
    return out


def main():
    p = argparse.ArgumentParser(prog="bench/layers", description=__doc__.split("\n")[0])
    p.add_argument("model", help="as for bench/peers")
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--target", default="native")
    p.add_argument("--mnc", default=HERE + "/../build/release/mnc")
    p.add_argument("--cache", default=os.path.join(sys.prefix, "mnc-bench"))
    args = p.parse_args()
    limit(args)
    with tempfile.TemporaryDirectory() as args.scratch:
        model = Model(args.model, 0, args)
        x = np.load(model.input)
        peers = [Peer(f.__name__, f(model, x, args.scratch)) for f in (onnxruntime, openvino)]
        peak, layers = mnc_layers(model, args)
        owner = owners(Graph(model.folded), layers)
        for _ in range(max(args.rounds // 5, 2)):
            now, again = mnc_layers(model, args)
            peak = max(peak, now)
            for old, new in zip(layers, again):
                old["seconds_min"] = min(old["seconds_min"], new["seconds_min"])
            for peer in peers:
                peer.round(owner)
    print(f"{'layer':>34}  {'mnc us':>7}  " + "  ".join(f"{p.name:>11}" for p in peers)
          + "     lost  of peak  kernel, tile")
    for layer in layers:
        name, us = layer["layer"], 1e6 * layer["seconds_min"]
        theirs = [p.least.get(name) for p in peers]
        lost = us - min([t for t in theirs if t is not None], default=us)
        share = 2e-3 * layer["mult_adds"] / us / peak
        print(f"{name:>34}  {us:7.1f}  "
              + "  ".join(f"{t:11.1f}" if t is not None else f"{'-':>11}" for t in theirs)
              + f"  {lost:7.1f}  {100 * share:6.1f}%  {layer['kernel']} {layer['tile']}")
    total = [sum(p.least.values()) for p in peers]
    print(f"{'all':>34}  {1e6 * sum(l['seconds_min'] for l in layers):7.1f}  "
          + "  ".join(f"{t:11.1f}" for t in total))


if __name__ == "__main__":
    main()
