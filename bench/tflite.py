# SPDX-License-Identifier: Apache-2.0
"""An ONNX model with folded batch norms becomes a .tflite of the same weights, float32.

Written with LiteRT's own schema, in the form that its converters give: NHWC, activations fused into
what they follow, padding as SAME where that is the same and as a PAD otherwise (which XNNPACK takes
into the convolution).  What comes out is run and compared before anything is timed.
"""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as s

from onnxgraph import Cannot, Graph

NHWC = [0, 2, 3, 1]
Act, Op, Kind = s.ActivationFunctionType, s.BuiltinOperator, s.BuiltinOptions


def options(name, **fields):
    """An operator's options: kind and table."""
    table = getattr(s, name + "T")()
    for key, value in fields.items():
        setattr(table, key, value)
    return getattr(Kind, name), table


class Writer:
    def __init__(self, graph):
        self.g = graph
        self.model, self.net = s.ModelT(), s.SubGraphT()
        self.model.version, self.model.buffers = 3, [s.BufferT()]
        self.model.operatorCodes, self.codes = [], {}
        self.net.tensors, self.net.operators, self.net.name = [], [], "main"
        self.index = {}                # tensor numbers by ONNX name
        self.fused = set()             # names of nodes that went into others

    # ---- parts ----

    def tensor(self, name, shape, data=None, dtype=s.TensorType.FLOAT32):
        t = s.TensorT()
        t.name, t.shape, t.type = name, [int(d) for d in shape], dtype
        if data is not None:
            buffer = s.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            t.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.net.tensors.append(t)
        return len(self.net.tensors) - 1

    def floats(self, name, data):
        return self.tensor(name, data.shape, data.astype(np.float32))

    def ints(self, name, data):
        data = np.asarray(data, np.int32)
        return self.tensor(name, data.shape, data, s.TensorType.INT32)

    def add(self, op, ins, outs, kind_and_table):
        if op not in self.codes:
            code = s.OperatorCodeT()
            code.builtinCode, code.deprecatedBuiltinCode = op, min(op, 127)
            self.codes[op] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(code)
        o = s.OperatorT()
        o.opcodeIndex, o.inputs, o.outputs = self.codes[op], ins, outs
        o.builtinOptionsType, o.builtinOptions = kind_and_table
        self.net.operators.append(o)

    def shape(self, name):
        """As TFLite has it: images with their channels last."""
        shape = self.g.shape[name]
        return [shape[i] for i in NHWC] if len(shape) == 4 else shape

    def read(self, name):
        if name not in self.index:
            x = self.g.constants[name]
            self.index[name] = self.floats(name, x.transpose(NHWC) if x.ndim == 4 else x)
        return self.index[name]

    def new(self, name):
        self.index[name] = self.tensor(name, self.shape(name))
        return self.index[name]

    # ---- nodes ----

    def activation(self, node):
        """What can be fused behind a node, and the name of the result then."""
        users = self.g.users(node.name)
        if len(users) == 1 and node.name not in self.g.outputs:
            n = users[0]
            kind = Act.RELU if n.op == "Relu" else Act.RELU6 if (
                n.op == "Clip" and self.g.clip(n) == (0, 6)) else None
            if kind is not None:
                self.fused.add(n.name)
                return kind, n.name
        return Act.NONE, node.name

    def padded(self, node, kernel, strides):
        """The operand, behind a PAD where SAME would pad otherwise; and SAME or VALID."""
        x, pads = node.inputs[0], node.ints("pads", [0] * 4)
        if not any(pads):
            return self.read(x), s.Padding.VALID
        shape = self.g.shape[x]
        same = []
        for size, k, step in zip(shape[2:], kernel, strides):
            total = max((-(-size // step) - 1) * step + k - size, 0)
            same.append((total // 2, total - total // 2))
        if [p[0] for p in same] + [p[1] for p in same] == pads and node.op == "Conv":
            return self.read(x), s.Padding.SAME
        table = [[0, 0], [pads[0], pads[2]], [pads[1], pads[3]], [0, 0]]
        out = self.tensor(node.name + "/pad", [d + sum(p) for d, p in zip(self.shape(x), table)])
        self.add(Op.PAD, [self.read(x), self.ints(node.name + "/pads", table)], [out],
                 options("PadOptions"))
        return out, s.Padding.VALID

    def conv(self, n):
        w = self.g.constants[n.inputs[1]]
        bias = (self.g.constants[n.inputs[2]] if len(n.inputs) > 2 and n.inputs[2]
                else np.zeros(w.shape[0], np.float32))
        group, channels = n.attrs.get("group", 1), self.g.shape[n.inputs[0]][1]
        strides, dilations = n.ints("strides", [1, 1]), n.ints("dilations", [1, 1])
        if dilations != [1, 1] or w.ndim != 4 or (group > 1 and group != channels):
            raise Cannot("a Conv in groups, dilated, or of no image")
        x, padding = self.padded(n, w.shape[2:], strides)
        act, out = self.activation(n)
        fields = dict(padding=padding, strideH=strides[0], strideW=strides[1],
                      dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=act)
        if group == 1:
            op, kind = Op.CONV_2D, options("Conv2DOptions", **fields)
            packed = w.transpose(0, 2, 3, 1)
        else:
            op, kind = Op.DEPTHWISE_CONV_2D, options(
                "DepthwiseConv2DOptions", depthMultiplier=w.shape[0] // channels, **fields)
            packed = w.transpose(1, 2, 3, 0)
        self.add(op, [x, self.floats(n.inputs[1], packed), self.floats(n.name + "/bias", bias)],
                 [self.new(out)], kind)

    def gemm(self, n):
        w = self.g.constants[n.inputs[1]]
        if n.attrs.get("alpha", 1) != 1 or n.attrs.get("beta", 1) != 1:
            raise Cannot("a Gemm with factors")
        w = w if n.attrs.get("transB", 0) else w.T
        bias = self.g.constants[n.inputs[2]] if len(n.inputs) > 2 else np.zeros(w.shape[0])
        act, out = self.activation(n)
        self.add(Op.FULLY_CONNECTED,
                 [self.read(n.inputs[0]), self.floats(n.inputs[1], w),
                  self.floats(n.name + "/bias", bias)], [self.new(out)],
                 options("FullyConnectedOptions", fusedActivationFunction=act))

    def mean(self, n):
        axes = [2, 3] if n.op == "GlobalAveragePool" else self.g.axes(n)
        if len(self.g.shape[n.inputs[0]]) != 4 or sorted(a % 4 for a in axes) != [2, 3]:
            raise Cannot("a mean over something else than an image")
        shape = self.g.shape[n.inputs[0]]
        keep = len(self.g.shape[n.name]) == 4
        out = (self.new(n.name) if keep
               else self.tensor(n.name + "/mean", [shape[0], 1, 1, shape[1]]))
        self.add(Op.MEAN, [self.read(n.inputs[0]), self.ints(n.name + "/axes", [1, 2])], [out],
                 options("ReducerOptions", keepDims=True))
        if not keep:
            self.reshape(n, out)

    def reshape(self, n, x=None):
        shape = self.g.shape[n.inputs[0]]
        if x is None and len(shape) == 4 and max(shape[2:]) > 1:
            raise Cannot("a reshaped image")
        shape = self.g.shape[n.name]
        self.add(Op.RESHAPE, [self.read(n.inputs[0]) if x is None else x,
                              self.ints(n.name + "/shape", shape)], [self.new(n.name)],
                 options("ReshapeOptions", newShape=shape))

    def binary(self, n):
        act, out = self.activation(n)
        name = {"Add": "AddOptions", "Mul": "MulOptions"}[n.op]
        self.add({"Add": Op.ADD, "Mul": Op.MUL}[n.op], [self.read(i) for i in n.inputs],
                 [self.new(out)], options(name, fusedActivationFunction=act))

    def unary(self, n):
        op = {"HardSwish": Op.HARD_SWISH, "Relu": Op.RELU, "Sigmoid": Op.LOGISTIC}[n.op]
        kind = options("HardSwishOptions") if op == Op.HARD_SWISH else (Kind.NONE, None)
        self.add(op, [self.read(n.inputs[0])], [self.new(n.name)], kind)

    def hard_sigmoid(self, n):
        """relu6(x + 3) / 6, as Keras has it."""
        if abs(n.attrs.get("alpha", 0.2) - 1 / 6) > 1e-6 or n.attrs.get("beta", 0.5) != 0.5:
            raise Cannot("a HardSigmoid of unusual slope")
        middle = self.tensor(n.name + "/relu6", self.shape(n.name))
        self.add(Op.ADD, [self.read(n.inputs[0]), self.floats(n.name + "/3", np.array([3.0]))],
                 [middle], options("AddOptions", fusedActivationFunction=Act.RELU6))
        self.add(Op.MUL, [middle, self.floats(n.name + "/6", np.array([1 / 6]))],
                 [self.new(n.name)], options("MulOptions"))

    def max_pool(self, n):
        """Padded with zeros, which changes nothing behind a ReLU."""
        kernel, strides = n.ints("kernel_shape", []), n.ints("strides", [1, 1])
        before = [p for p in self.g.nodes if p.name == n.inputs[0]]
        if any(n.ints("pads", [0])) and not (before and before[0].op == "Relu"):
            raise Cannot("a padded MaxPool behind something else than a Relu")
        x, padding = self.padded(n, kernel, strides)
        self.add(Op.MAX_POOL_2D, [x], [self.new(n.name)],
                 options("Pool2DOptions", padding=padding, strideH=strides[0], strideW=strides[1],
                         filterHeight=kernel[0], filterWidth=kernel[1]))

    def softmax(self, n):
        self.add(Op.SOFTMAX, [self.read(n.inputs[0])], [self.new(n.name)],
                 options("SoftmaxOptions", beta=1.0))

    EMIT = {"Conv": conv, "Gemm": gemm, "ReduceMean": mean, "GlobalAveragePool": mean,
            "Add": binary, "Mul": binary, "HardSwish": unary, "Relu": unary, "Sigmoid": unary,
            "HardSigmoid": hard_sigmoid, "MaxPool": max_pool, "Softmax": softmax,
            "Reshape": reshape, "Flatten": reshape}

    def write(self):
        self.net.inputs = [self.new(i) for i in self.g.inputs]
        for n in self.g.nodes:
            if n.name in self.fused:
                continue
            if n.op not in self.EMIT:
                raise Cannot(f"no {n.op}")
            self.EMIT[n.op](self, n)
        self.net.outputs = [self.index[o] for o in self.g.outputs]
        self.model.subgraphs = [self.net]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def convert(onnx_path, tflite_path):
    """Raises Cannot for what is none of the nets' that this bench is for."""
    data = Writer(Graph(onnx_path)).write()
    with open(tflite_path, "wb") as f:
        f.write(data)
