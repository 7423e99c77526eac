# SPDX-License-Identifier: Apache-2.0
"""An ONNX model as a PyTorch module, for PyTorch to make the best of."""
import torch
import torch.nn.functional as f

from onnxgraph import Cannot, Graph


def conv(net, n, x, w, b=None):
    pads = n.ints("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:]:
        x, pads = f.pad(x, (pads[1], pads[3], pads[0], pads[2])), [0, 0]
    return f.conv2d(x, w, b, n.ints("strides", [1, 1]), pads[:2], n.ints("dilations", [1, 1]),
                    n.attrs.get("group", 1))


def clip(net, n, x, *bounds):
    low, high = net.graph.clip(n)
    return f.relu6(x) if (low, high) == (0, 6) else torch.clamp(x, low, high)


def hard_sigmoid(net, n, x):
    if abs(n.attrs.get("alpha", 0.2) - 1 / 6) > 1e-6 or n.attrs.get("beta", 0.5) != 0.5:
        raise Cannot("a HardSigmoid of unusual slope")
    return f.hardsigmoid(x)


def gemm(net, n, x, w, b=None):
    if n.attrs.get("alpha", 1) != 1 or n.attrs.get("beta", 1) != 1 or n.attrs.get("transA", 0):
        raise Cannot("a Gemm with factors")
    return f.linear(x, w if n.attrs.get("transB", 0) else w.t(), b)


def max_pool(net, n, x):
    pads = n.ints("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:]:
        raise Cannot("a MaxPool padded unequally")
    return f.max_pool2d(x, n.ints("kernel_shape", []), n.ints("strides", [1, 1]), pads[:2])


def mean(net, n, x, *axes):
    return x.mean(net.graph.axes(n), keepdim=bool(n.attrs.get("keepdims", 1)))


OPS = {
    "Conv": conv, "Clip": clip, "Gemm": gemm, "MaxPool": max_pool, "ReduceMean": mean,
    "HardSigmoid": hard_sigmoid, "HardSwish": lambda net, n, x: f.hardswish(x),
    "Relu": lambda net, n, x: f.relu(x), "Sigmoid": lambda net, n, x: torch.sigmoid(x),
    "Add": lambda net, n, x, y: x + y, "Mul": lambda net, n, x, y: x * y,
    "GlobalAveragePool": lambda net, n, x: x.mean([2, 3], keepdim=True),
    "Flatten": lambda net, n, x: x.flatten(n.attrs.get("axis", 1)),
    "Reshape": lambda net, n, x, shape: x.reshape(net.graph.shape[n.name]),
    "Softmax": lambda net, n, x: f.softmax(x, n.attrs.get("axis", -1)),
}


class Net(torch.nn.Module):
    """A folded model of one input; weights are channels-last, as its convolutions want them."""

    def __init__(self, path):
        super().__init__()
        self.graph = Graph(path)
        self.weights = torch.nn.ParameterDict()
        for n in self.graph.nodes:
            if n.op not in OPS:
                raise Cannot(f"no {n.op}")
        for name, x in self.graph.constants.items():
            if x.dtype.kind == "f":
                t = torch.from_numpy(x.copy())
                t = t.to(memory_format=torch.channels_last) if t.dim() == 4 else t
                self.weights[self.key(name)] = torch.nn.Parameter(t, requires_grad=False)

    @staticmethod
    def key(name):
        return name.replace(".", "/")

    def forward(self, x):
        value = {self.graph.inputs[0]: x, "": None}

        def operand(name):
            if name in value:
                return value[name]
            return self.weights[self.key(name)] if self.key(name) in self.weights else None

        for n in self.graph.nodes:
            value[n.name] = OPS[n.op](self, n, *[operand(i) for i in n.inputs])
        return value[self.graph.outputs[0]]
