# SPDX-License-Identifier: Apache-2.0
"""The Python package against the tool: MNC names it, MODELS the folder of models."""
import concurrent.futures
import os
import subprocess
import tempfile
import unittest

import numpy as np

import mnc

MODELS = os.environ["MODELS"]
TINY = os.path.join(MODELS, "tiny.mnet")


def tool(*args):
    return subprocess.run([os.environ["MNC"], *args], check=True, capture_output=True,
                          text=True).stdout


class Package(unittest.TestCase):
    def setUp(self):
        self.x = np.random.default_rng(1).random((1, 3, 8, 8), np.float32)

    def test_gives_the_bits_of_the_tool(self):
        with tempfile.TemporaryDirectory() as d:
            x, y = os.path.join(d, "x.npy"), os.path.join(d, "y.npy")
            np.save(x, self.x)
            tool("run", TINY, x, "--output=" + y)
            want = np.load(y)
        net = mnc.compile(TINY)
        np.testing.assert_array_equal(net(self.x), want)
        np.testing.assert_array_equal(net(image=self.x.astype(np.float64)), want)
        np.testing.assert_array_equal(net(np.asfortranarray(self.x)), want)

    def test_says_what_goes_in_and_out(self):
        net = mnc.compile(TINY, define={"classes": 7})
        self.assertEqual(net.inputs, [mnc.Tensor("image", np.dtype("f4"), (1, 3, 8, 8))])
        self.assertEqual(net.outputs[0].shape, (1, 7))
        self.assertGreater(net.arena_bytes, 0)
        self.assertIn("tiny", repr(net))

    def test_wrong_arguments(self):
        net = mnc.compile(TINY)
        for error, call in ((ValueError, lambda: net(self.x[0])),
                            (TypeError, lambda: net()),
                            (TypeError, lambda: net(self.x, self.x)),
                            (TypeError, lambda: net(nothing=self.x)),
                            (TypeError, lambda: net(self.x.astype(np.complex64))),
                            (TypeError, lambda: mnc.compile(TINY, nothing=1)),
                            (mnc.Error, lambda: mnc.compile("nothing.onnx")),
                            (mnc.Error, lambda: mnc.compile(b"no ONNX")),
                            (mnc.Error, lambda: mnc.compile(TINY, define={"nothing": 1}))):
            self.assertRaises(error, call)

    def test_threads_share_a_net(self):
        net = mnc.compile(TINY)
        xs = [self.x + np.float32(i) for i in range(32)]
        want = [net(x) for x in xs]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for a, b in zip(pool.map(net, xs), want):
                np.testing.assert_array_equal(a, b)

    def test_jit(self):
        """Four at once: the same bits, or, where there is no JIT, each is told so."""
        def run(_):
            try:
                return mnc.compile(TINY, jit=True)(self.x)
            except mnc.Error as error:
                return str(error)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for y in pool.map(run, range(4)):
                if os.environ["JIT"] == "yes":
                    np.testing.assert_array_equal(y, mnc.compile(TINY)(self.x))
                else:
                    self.assertIn("there is no JIT", y)

    def test_texts_are_the_tools(self):
        self.assertEqual(mnc.summary(TINY), tool("summary", TINY))
        self.assertEqual(mnc.summary(TINY, "json"), tool("summary", TINY, "--json"))
        self.assertEqual(mnc.totals(TINY)["trainable"], 739)
        with tempfile.TemporaryDirectory() as d:
            for name in ("a", "b"):
                os.mkdir(os.path.join(d, name))
            a, b = os.path.join(d, "a/net.c"), os.path.join(d, "b/net.c")
            mnc.write_c(TINY, a)
            tool("compile", TINY, "-o", b)
            with open(a) as f, open(b) as g:
                self.assertEqual(f.read(), g.read())

    def test_onnx_from_memory(self):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "tiny.onnx")
            mnc.export(TINY, path)
            with open(path, "rb") as f:
                net = mnc.compile(f.read())
        np.testing.assert_array_equal(net(self.x), mnc.compile(TINY)(self.x))


class Training(unittest.TestCase):
    """Two kinds of images, bright above or bright below, are told apart after some steps."""

    def batch(self, rng, n):
        labels = rng.integers(0, 2, n)
        x = rng.random((n, 3, 8, 8), np.float32) * 0.5
        for i, k in enumerate(labels):
            x[i, :, 4 * k:4 * k + 4] += 0.5
        return x, labels

    def test_learns(self):
        rng = np.random.default_rng(2)
        t = mnc.train(TINY, define={"batch": 16, "classes": 2}, optimizer="adam", seed=3)
        t.head.rate = 0.01
        losses = [t.step(*self.batch(rng, 16)) for _ in range(150)]
        self.assertLess(np.mean(losses[-20:]), 0.5 * np.mean(losses[:20]))
        x, labels = self.batch(rng, 16)
        self.assertLess(t.eval(x, labels), 0.5)
        self.assertGreaterEqual((t.scores.argmax(1) == labels).sum(), 14)
        self.assertEqual(t.head.step, 150)

    def test_goes_on_bit_for_bit(self):
        rng = np.random.default_rng(4)
        options = {"define": {"batch": 16, "classes": 2}, "optimizer": "momentum"}
        a, b = mnc.train(TINY, **options), mnc.train(TINY, seed=9, **options)
        batches = [self.batch(rng, 16) for _ in range(6)]
        for x, labels in batches[:3]:
            a.step(x, labels)
        b.kept[:] = a.kept
        for x, labels in batches[3:]:
            self.assertEqual(a.step(x, labels), b.step(x, labels))
        for name, value in a.parameters.items():
            np.testing.assert_array_equal(value, b.parameters[name])

    def test_frozen_parameters_stay(self):
        rng = np.random.default_rng(5)
        t = mnc.train(TINY, define={"batch": 4, "classes": 2}, freeze=["stem*"])
        self.assertFalse([n for n in t.parameters if n.startswith("stem")])
        self.assertTrue(t.parameters)
        self.assertRaises(mnc.Error, t.step, self.batch(rng, 4)[0], [0, 1, 0, 2])
        self.assertRaises(ValueError, t.step, self.batch(rng, 4)[0], [0, 1])


class OnnxBackend(unittest.TestCase):
    """Part of ONNX's own tests; python/scoreboard.py counts them all."""
    NAMES = r"test_(relu|conv_with_strides_padding|maxpool_2d_pads|reduce_sum_keepdims_example" \
            r"|softmax_axis_1|gather_0|clip_inbounds)_cpu"

    def test_runner(self):
        try:
            import onnx.backend.test
        except ImportError:
            self.skipTest("there is no onnx")
        import mnc.backend
        tests = onnx.backend.test.BackendTest(mnc.backend.MncBackend, __name__)
        tests.include(self.NAMES)
        result = unittest.TestResult()
        tests.test_suite.run(result)
        self.assertGreaterEqual(result.testsRun - len(result.skipped), 7)
        self.assertEqual(result.errors + result.failures, [])

    def test_node(self):
        try:
            import onnx
        except ImportError:
            self.skipTest("there is no onnx")
        import mnc.backend
        node = onnx.helper.make_node("Relu", ["x"], ["y"])
        y = mnc.backend.run_node(node, [np.array([-1, 2], np.float32)])
        np.testing.assert_array_equal(y.y, [0, 2])


if __name__ == "__main__":
    unittest.main()
