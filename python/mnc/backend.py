# SPDX-License-Identifier: Apache-2.0
"""mnc as a backend for ONNX models: onnx.backend.base.

    prepared = mnc.backend.prepare(onnx.load("net.onnx"))
    outputs = prepared.run([x])

Nets have fixed shapes, and what shapes depend on must be known when they are compiled.  So a model
is compiled when it is run: for the shapes of those inputs; and, when it is refused because an operand
must be a constant, with the integer inputs, then all but the first, then all inputs as constants.
"""
import os
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.base import Backend, BackendRep, namedtupledict
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

import mnc


_OPSET = 26              # the newest that the compiler reads


def _integers(i, x):
    return not np.issubdtype(x.dtype, np.floating)


# Which inputs are constants, in the order of trying.
_BOUND = (lambda i, x: False, _integers, lambda i, x: i > 0, lambda i, x: True)


class Prepared(BackendRep):
    def __init__(self, model, options):
        self._model = model.SerializeToString()
        self._options = options
        constants = {t.name for t in model.graph.initializer}
        self._inputs = [i.name for i in model.graph.input if i.name not in constants]
        self._outputs = [o.name for o in model.graph.output]
        self._nets = {}

    def _compile(self, x, bound):
        """A net for these shapes, in which the bound inputs are constants."""
        shapes = {n: a.shape for n, a in x.items() if n not in bound and a.ndim > 0}
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for k, name in enumerate(bound):
                files[name] = os.path.join(folder, f"{k}.pb")
                onnx.save_tensor(numpy_helper.from_array(x[name], name), files[name])
            return mnc.compile(self._model, bind=files, input_shape=shapes, **self._options)

    def _net(self, x):
        """Compiled once for the same shapes and the same constants."""
        said = None
        for choose in _BOUND:
            bound = [n for i, (n, a) in enumerate(x.items()) if choose(i, a)]
            key = tuple((a.shape, a.dtype.str, a.tobytes() if n in bound else None)
                        for n, a in x.items())
            try:
                if key not in self._nets:
                    self._nets[key] = self._compile(x, bound)
                return self._nets[key]
            except mnc.Refused as error:
                said = said or error
                if "must be a constant" not in str(error):
                    break
        raise BackendIsNotSupposedToImplementIt(str(said))

    def run(self, inputs, **kwargs):
        if isinstance(inputs, dict):
            inputs = [inputs[n] for n in self._inputs]
        if any(not isinstance(a, (np.ndarray, np.generic)) for a in inputs):
            raise BackendIsNotSupposedToImplementIt("sequences and optional values as inputs")
        x = dict(zip(self._inputs, map(np.asarray, inputs)))
        net = self._net(x)
        y = net(**{t.name: x[t.name] for t in net.inputs})
        y = y if isinstance(y, tuple) else (y,)
        return namedtupledict("Outputs", self._outputs)(*y)


class MncBackend(Backend):
    @classmethod
    def prepare(cls, model, device="CPU", **options):
        """options: those of mnc.compile."""
        super().prepare(model, device)
        return Prepared(model, options)

    @classmethod
    def run_node(cls, node, inputs, device="CPU", outputs_info=None, **options):
        """One node, of the newest opset that both know unless opset_version says another."""
        newest = min(_OPSET, onnx.defs.onnx_opset_version())
        opset = onnx.helper.make_operatorsetid("", options.pop("opset_version", newest))
        arrays = dict(zip([n for n in node.input if n], map(np.asarray, inputs)))
        graph = onnx.helper.make_graph(
            [node], "node",
            [onnx.helper.make_tensor_value_info(
                n, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
             for n, a in arrays.items()],
            [onnx.ValueInfoProto(name=n) for n in node.output if n])
        model = onnx.helper.make_model(graph, opset_imports=[opset])
        return Prepared(model, options).run(list(arrays.values()))

    @classmethod
    def supports_device(cls, device):
        return onnx.backend.base.Device(device).type == onnx.backend.base.DeviceType.CPU


is_compatible = MncBackend.is_compatible
prepare = MncBackend.prepare
run_model = MncBackend.run_model
run_node = MncBackend.run_node
supports_device = MncBackend.supports_device
