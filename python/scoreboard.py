# SPDX-License-Identifier: Apache-2.0
"""scoreboard.py [PAGE]: ONNX's own backend tests on mnc.backend, counted, as doc/onnx-backend.md.

Those with models to download are left out.  A refused model passes silently in ONNX's runner; here
it is counted apart.  Exit code 1 when any test fails.
"""
import collections
import sys
import unittest
import warnings

import onnx
import onnx.backend.test
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

import mnc.backend

HEAD = """# ONNX's backend test runner

`mnc.backend` (`python/`) under `onnx.backend.test` of onnx {version}: every test that needs no
download, made by `python python/scoreboard.py doc/onnx-backend.md`. Debian's older set of these
tests, which are part of mnc's own, operator by operator: `onnx-support.md`.

| tests | passed | refused | failed |
|---|---|---|---|
{rows}

A refused model is one that mnc says it cannot compile, and why:

| models | why |
|---|---|
{reasons}
"""


class Counted(mnc.backend.MncBackend):
    """Remembers why the test at hand was refused."""
    refused = None

    @classmethod
    def prepare(cls, model, device="CPU", **options):
        prepared = super().prepare(model, device, **options)
        run = prepared.run

        def remember(inputs, **kwargs):
            try:
                return run(inputs, **kwargs)
            except BackendIsNotSupposedToImplementIt as e:
                cls.refused = str(e)
                raise
        prepared.run = remember
        return prepared


class Score(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = collections.defaultdict(collections.Counter)
        self.reasons = collections.Counter()

    def startTest(self, test):
        super().startTest(test)
        Counted.refused = None

    def _add(self, test, outcome):
        self.count[type(test).__name__][outcome] += 1

    def addSuccess(self, test):
        self._add(test, "refused" if Counted.refused else "passed")
        if Counted.refused:
            self.reasons[reason(Counted.refused)] += 1

    def addError(self, test, err):
        self._add(test, "failed")
        print(test.id(), err[1], file=sys.stderr)

    addFailure = addError


def reason(message):
    """Of "FILE: node 'x' (Op, opset 13): error: why", what many have in common."""
    line = next((s for s in message.splitlines() if "error: " in s), message)
    return line.split("error: ", 1)[-1].split(";")[0].strip()


def page(score):
    rows = []
    total = collections.Counter()
    for kind, count in sorted(score.count.items()):
        rows.append((kind, count))
        total.update(count)
    rows.append(("all", total))
    lines = ["| " + " | ".join([kind] + [str(c[o]) for o in ("passed", "refused", "failed")]) + " |"
             for kind, c in rows]
    often = [(r, n) for r, n in score.reasons.most_common() if n >= 5]
    rest = sum(score.reasons.values()) - sum(n for _, n in often)
    why = [f"| {n} | {r} |" for r, n in often] + [f"| {rest} | other reasons |"]
    return HEAD.format(version=onnx.__version__, rows="\n".join(lines), reasons="\n".join(why))


def main():
    warnings.simplefilter("ignore")
    tests = onnx.backend.test.BackendTest(Counted, __name__)
    tests.exclude("cuda").exclude("OnnxBackendRealModelTest")
    cases = [c for n, c in tests.test_cases.items() if "RealModel" not in n]
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(c) for c in cases)
    score = Score()
    suite.run(score)
    text = page(score)
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w", encoding="utf-8") as f:
            f.write(text)
    print(text)
    return any(c["failed"] for c in score.count.values())


if __name__ == "__main__":
    sys.exit(main())
