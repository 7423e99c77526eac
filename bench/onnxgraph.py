# SPDX-License-Identifier: Apache-2.0
"""An ONNX model as the converters beside this file read it: nodes in order, constants as arrays."""
import onnx
from onnx import numpy_helper, shape_inference


class Cannot(Exception):
    """The model needs something that this peer, or our converter for it, does not have."""


class Node:
    def __init__(self, proto):
        self.op, self.name = proto.op_type, proto.output[0]
        self.inputs, self.outputs = list(proto.input), list(proto.output)
        self.attrs = {a.name: onnx.helper.get_attribute_value(a) for a in proto.attribute}

    def ints(self, name, default):
        return list(self.attrs.get(name, default))


class Graph:
    """constants and shapes by name; inputs and outputs are names."""

    def __init__(self, path):
        model = shape_inference.infer_shapes(onnx.load(path), strict_mode=True)
        g = model.graph
        self.constants = {t.name: numpy_helper.to_array(t) for t in g.initializer}
        self.nodes = []
        for proto in g.node:
            node = Node(proto)
            if node.op == "Constant":
                self.constants[node.name] = numpy_helper.to_array(node.attrs["value"])
            else:
                self.nodes.append(node)
        self.inputs = [i.name for i in g.input if i.name not in self.constants]
        self.outputs = [o.name for o in g.output]
        self.shape = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim]
                      for v in [*g.input, *g.value_info, *g.output]}
        self.shape.update({name: list(x.shape) for name, x in self.constants.items()})

    def users(self, name):
        return [n for n in self.nodes if name in n.inputs]

    def scalar(self, name):
        return float(self.constants[name].reshape(-1)[0]) if name else None

    def clip(self, node):
        """The bounds of a Clip; None: none."""
        low, high = (node.inputs + ["", ""])[1:3]
        return self.scalar(low), self.scalar(high)

    def axes(self, node):
        """Of a reduction: an attribute up to opset 17, an input after it."""
        if "axes" in node.attrs:
            return list(node.attrs["axes"])
        return [int(a) for a in self.constants[node.inputs[1]]]
