# SPDX-License-Identifier: Apache-2.0
"""mnc: compiles neural networks to C, loads and runs them.

    net = mnc.compile("mobilenet_v2.onnx")
    scores = net(image)                       NumPy arrays of the net's types and shapes

Models are paths of ONNX files or of specs (.mnet), bytes of an ONNX file, or onnx.ModelProto.
Options are those of mnc_options in mnc/mnc.h, by the same names:

    mnc.compile("net.mnet", define={"width": 0.5})
    mnc.compile("net.onnx", input_shape={"x": (1, 3, 192, 192)}, plain=True)

jit=True, of compile and train, links the compiled net in memory instead of loading a shared object;
the bits are the same.  Where mnc was installed without its JIT that is an Error.
"""
import collections
import os
import tempfile
import threading

import numpy as np

from ._native import compiler, ffi, fill, runtime, text

__all__ = ["compile", "train", "summary", "totals", "write_c", "export", "Net", "Trainer", "Tensor",
           "Error", "Refused"]

# What goes into a net or comes out of it.
Tensor = collections.namedtuple("Tensor", "name dtype shape")

# By ONNX's TensorProto.DataType.
_DTYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32,
           7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64}


class Error(Exception):
    """What the library said, as text."""


class Refused(Error):
    """It cannot read the model, or not compile it to C."""


class _Model:
    """A model that was read; closes itself."""

    def __init__(self, source, options):
        self._keep = []
        self._m = compiler.mnc_open(fill("mnc_options", options, self._keep))
        if self._m == ffi.NULL:
            raise MemoryError("mnc_open")
        try:
            self._read(source)
        except BaseException:
            self.close()
            raise

    def _read(self, source):
        if hasattr(source, "SerializeToString"):
            source = source.SerializeToString()
        if isinstance(source, (bytes, bytearray)):
            self.do(compiler.mnc_read_data, b"model.onnx", ffi.from_buffer(source), len(source))
        else:
            self.do(compiler.mnc_read, os.fsencode(source))

    def do(self, function, *args):
        """Calls a function of the library, and raises what it says when it fails."""
        status = function(self._m, *args)
        if status == compiler.MNC_NO_MEMORY:
            raise MemoryError(self.messages)
        if status != compiler.MNC_OK:
            raise Refused(self.messages.strip())

    @property
    def messages(self):
        return text(compiler.mnc_messages(self._m))

    def weights(self):
        """A copy, 64-byte aligned."""
        n = ffi.new("size_t *")
        p = compiler.mnc_weights(self._m, n)
        copy = aligned(n[0])
        if n[0]:
            copy[:] = np.frombuffer(ffi.buffer(p, n[0]), np.uint8)
        return copy

    def c_text(self):
        p, n = ffi.new("const char **"), ffi.new("size_t *")
        self.do(compiler.mnc_c_text, p, n)
        return ffi.buffer(p[0], n[0])[:]

    def close(self):
        compiler.mnc_close(self._m)
        self._m = ffi.NULL

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def aligned(n):
    """n bytes of memory at a multiple of 64, zero."""
    memory = np.zeros(n + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start:start + n]


def _tensor(t):
    return Tensor(text(t.name), np.dtype(_DTYPES[t.dtype]), tuple(t.dim[i] for i in range(t.rank)))


class _Program:
    """A generated file, compiled and loaded."""

    def __init__(self, source, options):
        keep = []
        load = compiler.MNC_JIT if options.pop("jit", False) else compiler.MNC_SHARED_OBJECT
        options.setdefault("target", "native")
        with _Model(source, {**options, "weights": "file"}) as model:
            code = model.c_text()
            self._weights = model.weights()
            self.messages = model.messages
        self._lock = threading.Lock()
        how = fill("mnc_program_options", {"load": load}, keep)
        self._p = ffi.gc(runtime.mnc_program_open(how), runtime.mnc_program_close)
        runtime.mnc_program_weights(self._p, ffi.from_buffer(self._weights), self._weights.size)
        if runtime.mnc_program_load_text(self._p, b"net.c", code, len(code)) != compiler.MNC_OK:
            raise Error(text(runtime.mnc_program_messages(self._p)).strip())
        self.net = runtime.mnc_program_net(self._p)


class Net(_Program):
    """A compiled net: call it with its inputs, in order or by name."""

    def __init__(self, source, **options):
        super().__init__(source, options)
        self.inputs = [_tensor(self.net.input[i]) for i in range(self.net.n_input)]
        self.outputs = [_tensor(self.net.output[i]) for i in range(self.net.n_output)]
        self.name = text(self.net.name)
        self.target = text(self.net.target())
        self.arena_bytes = self.net.arena_bytes
        self.weight_bytes = self.net.weight_bytes

    def __repr__(self):
        show = [", ".join(f"{t.name} {t.dtype}{list(t.shape)}" for t in part)
                for part in (self.inputs, self.outputs)]
        return f"<mnc.Net {self.name}: {show[0]} -> {show[1]}>"

    def _arrays(self, args, named):
        """The inputs in the net's order, as it wants them in memory."""
        names = [t.name for t in self.inputs]
        given = dict(zip(names, args))
        if len(args) > len(names) or given.keys() & named.keys():
            raise TypeError(f"the inputs are {', '.join(names)}")
        given.update(named)
        if set(given) != set(names):
            raise TypeError(f"the inputs are {', '.join(names)}, not {', '.join(given)}")
        return [self._array(t, given[t.name]) for t in self.inputs]

    @staticmethod
    def _array(t, x):
        x = np.asarray(x)
        if x.shape != t.shape:
            raise ValueError(f"{t.name} is {t.shape}, not {x.shape}")
        return np.ascontiguousarray(x.astype(t.dtype, casting="same_kind", copy=False))

    def __call__(self, *args, **named):
        """One array for a net with one output, else a tuple of them."""
        x = self._arrays(args, named)
        y = [np.empty(t.shape, t.dtype) for t in self.outputs]
        source = ffi.new("const void *[]", [ffi.cast("void *", a.ctypes.data) for a in x])
        target = ffi.new("void *[]", [ffi.cast("void *", a.ctypes.data) for a in y])
        with self._lock:
            if runtime.mnc_program_run(self._p, source, target) != compiler.MNC_OK:
                raise Error(text(runtime.mnc_program_messages(self._p)).strip())
        return y[0] if len(y) == 1 else tuple(y)


class Trainer(_Program):
    """A net that learns: all it knows is in state, in which the tensors are seen by name.

    parameters, statistics, moments: dictionaries of arrays that share the state's memory; scores:
    the output of the last step.  head: the numbers that may change between steps, as the learning
    rate: trainer.head.rate = 0.1.
    """

    def __init__(self, source, seed=0, **options):
        names = {n for n, _ in ffi.typeof("mnc_train_options").fields}
        how = {k: v for k, v in options.items() if k in names}
        rest = {k: v for k, v in options.items() if k not in names}
        super().__init__(source, {**rest, "train": {"initial": 1, **how}})
        self._t = self.net.trainer
        self.batch, self.classes = self._t.batch, self._t.classes
        self.input = _tensor(self.net.input[0])
        self.state = aligned(self._t.state_bytes)
        self._state = ffi.cast("void *", self.state.ctypes.data)
        self._do(self._t.init, self._state, seed)
        self.head = ffi.cast("mnc_head *", self._state)
        self.parameters = self._slots(compiler.MNC_SLOT_PARAM)
        self.statistics = self._slots(compiler.MNC_SLOT_STATISTIC)
        self.moments = self._slots(compiler.MNC_SLOT_MOMENT)
        self.scores = next(iter(self._slots(compiler.MNC_SLOT_SCORES).values()), None)

    def _slots(self, kind):
        found = {}
        for i in range(self._t.n_slot):
            slot = self._t.slot[i]
            if slot.kind == kind:
                t = _tensor(slot.tensor)
                part = self.state[slot.offset:slot.offset + slot.tensor.bytes]
                found[t.name] = part.view(t.dtype).reshape(t.shape)
        return found

    def _do(self, function, *args):
        code = function(*args)
        if code != compiler.MNC_NET_OK:
            known = {compiler.MNC_NET_LABEL: "a label is out of range",
                     compiler.MNC_NET_STATE: "the state is another net's"}
            raise Error(known.get(code, f"the net refuses, with code {code}"))

    def _batch(self, function, x, labels):
        x = Net._array(self.input, x)
        labels = np.ascontiguousarray(labels, np.int32)
        if labels.shape != (self.batch,):
            raise ValueError(f"labels are ({self.batch},), not {labels.shape}")
        loss = ffi.new("float *")
        with self._lock:
            self._do(function, ffi.NULL, self._state, ffi.from_buffer("float[]", x),
                     ffi.from_buffer("int32_t[]", labels), loss)
        return loss[0]

    def step(self, x, labels):
        """Forward, backward, update; the batch's mean loss before it."""
        return self._batch(self._t.step, x, labels)

    def eval(self, x, labels):
        """Forward alone, with the running statistics; the batch's mean loss."""
        return self._batch(self._t.eval, x, labels)

    @property
    def kept(self):
        """What a checkpoint has to hold: copied back, training goes on bit for bit."""
        return self.state[:self._t.kept_bytes]


def train(source, **options):
    """The model as a Trainer; options are those of mnc_train_options too: optimizer, loss, freeze."""
    return Trainer(source, **options)


def compile(source, **options):
    """The model as a Net, which runs on this machine."""
    return Net(source, **options)


def _written(source, options, write, suffix):
    """What a function of the library writes into a file, as text."""
    with tempfile.TemporaryDirectory() as folder, _Model(source, options) as model:
        path = os.path.join(folder, "out" + suffix)
        write(model, os.fsencode(path))
        with open(path, encoding="utf-8") as f:
            return f.read()


def summary(source, format="text", **options):
    """The layers and what they cost: "text", "keras", "json", "svg" or "dot"."""
    return _written(source, options,
                    lambda m, path: m.do(compiler.mnc_summary, format.encode(), path), ".txt")


def totals(source, **options):
    """Parameters, multiply-adds and memory, by the names of mnc_totals."""
    t = ffi.new("mnc_totals *")
    with _Model(source, options) as model:
        model.do(compiler.mnc_total, t)
    return {name: getattr(t, name) for name, _ in ffi.typeof("mnc_totals").fields}


def write_c(source, path, **options):
    """The C file and, beside it, its header; what was said about it is returned."""
    with _Model(source, options) as model:
        model.do(compiler.mnc_write_c, os.fsencode(path))
        return model.messages


def export(source, path, folded=False, **options):
    """ONNX, spec or safetensors, by the suffix of path."""
    with _Model(source, options) as model:
        model.do(compiler.mnc_export, os.fsencode(path), folded)
