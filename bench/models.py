# SPDX-License-Identifier: Apache-2.0
"""From what the command line calls a model to the files that the lanes read.

A model is the name of one in models/, perhaps with parameters (mobilenet_v2:size=160,width=0.35),
or the path of a .mnet or .onnx file.  What is made of it stays in a folder of the cache whose name
is a hash of the model, so that each conversion happens once.
"""
import hashlib
import os
import subprocess

import numpy as np

from onnxgraph import Cannot, Graph

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = ["mobilenet_v1", "mobilenet_v2", "mobilenet_v2:size=160", "mobilenet_v2:width=0.35,size=96",
         "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_lite0", "resnet18"]


class Model:
    """name, and paths: onnx (as it was exported), folded (batch norms in the weights), tflite, ncnn
    (without its suffix), input; why says, by lane, why there is none."""

    def __init__(self, text, batch, args):
        self.text, self.batch = text, batch
        self.name = os.path.basename(text.removesuffix(".onnx").removesuffix(".mnet"))
        path, _, parameters = text.partition(":")
        self.mnc = args.mnc
        self.spec = path if os.path.sep in path or "." in path else f"{HERE}/../models/{path}.mnet"
        self.define = [a for p in parameters.split(",") if p for a in ("-D", p)]
        self.why = {}
        exported = self.export(args.scratch, [])
        with open(exported, "rb") as f:
            key = hashlib.sha256(f.read()).hexdigest()[:16]
        self.dir = f"{args.cache}/{key}"
        os.makedirs(self.dir, exist_ok=True)
        self.onnx, self.folded = self.dir + "/net.onnx", self.dir + "/folded.onnx"
        self.tflite, self.ncnn = self.dir + "/net.tflite", self.dir + "/net.ncnn"
        os.replace(exported, self.onnx)
        if not os.path.exists(self.folded):
            os.replace(self.export(args.scratch, ["--fold"]), self.folded)
        self.shapes()
        self.make_tflite()
        self.make_ncnn()

    def export(self, folder, more):
        out = f"{folder}/export.onnx"
        batch = [f"--batch={self.batch}"] if self.batch else []
        subprocess.run([self.mnc, "export", self.spec, *self.define, *batch, *more, "-o", out],
                       check=True, stdout=subprocess.DEVNULL)
        return out

    def shapes(self):
        g = Graph(self.folded)
        if len(g.inputs) != 1 or len(g.outputs) != 1:
            raise Cannot("this bench is for nets of one input and one output")
        self.input_shape, self.output_shape = g.shape[g.inputs[0]], g.shape[g.outputs[0]]
        self.input = self.dir + "/input.npy"
        x = np.random.default_rng(1).standard_normal(self.input_shape).astype(np.float32)
        np.save(self.input, x)

    def make_tflite(self):
        if os.path.exists(self.tflite):
            return
        try:
            import tflite
            tflite.convert(self.folded, self.tflite)
        except Cannot as e:
            self.why["litert"] = f"no .tflite: {e}"

    def make_ncnn(self):
        """pnnx writes beside its operand, and more than is needed; ncnn knows no batches."""
        if os.path.exists(self.ncnn + ".bin"):
            return
        tool = os.path.join(os.path.dirname(os.sys.executable), "pnnx")
        shape = "[" + ",".join(str(d) for d in [1, *self.input_shape[1:]]) + "]"
        source = self.onnx
        if self.input_shape[0] != 1:
            batch, self.batch = self.batch, 1
            source = self.dir + "/one.onnx"
            os.replace(self.export(self.dir, []), source)
            self.batch = batch
        done = subprocess.run([tool, source, f"inputshape={shape}", "fp16=0"],
                              capture_output=True, text=True)
        made = source.removesuffix(".onnx") + ".ncnn"
        for suffix in (".param", ".bin"):
            if not os.path.exists(made + suffix):
                self.why["ncnn"] = f"pnnx fails: {done.stderr[-200:]}"
                return
            if made != self.ncnn:
                os.replace(made + suffix, self.ncnn + suffix)
        keep = {"net.onnx", "folded.onnx", "net.tflite", "net.ncnn.param", "net.ncnn.bin",
                "input.npy"}
        for name in set(os.listdir(self.dir)) - keep:
            os.remove(f"{self.dir}/{name}")

    def job(self):
        return {k: getattr(self, k) for k in ("onnx", "folded", "tflite", "ncnn", "input",
                                              "output_shape")}
