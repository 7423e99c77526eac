# SPDX-License-Identifier: Apache-2.0
"""exports [--mnc FILE] [MODEL ...]: are the ONNX files that mnc export writes right?

Each model (default: all of models/) is exported as it is and with --fold, checked by ONNX's own
checker with full shape inference, run by ONNX Runtime on random input, and compared with what mnc
run makes of the same input.  One line for each file: the largest difference over the largest
output.  Exit code 1 when a file is refused or differs.
"""
import argparse
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

HERE = os.path.dirname(os.path.abspath(__file__))
# Both compute in float32, in other orders: sums of some thousand products, 150 layers deep.
MOST = 1e-4


def run(command):
    """The command's messages when it fails, else None."""
    r = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return r.stderr.strip() or f"exit code {r.returncode}" if r.returncode else None


def inputs_of(session):
    rng = np.random.default_rng(5)
    return {i.name: rng.standard_normal(i.shape).astype(np.float32) for i in session.get_inputs()}


def difference(want, got):
    """The largest, over the largest value; None when the arrays cannot be compared."""
    if want.shape != got.shape or not (np.isfinite(want).all() and np.isfinite(got).all()):
        return None
    return float(np.abs(want - got).max() / max(np.abs(want).max(), 1e-30))


def mnc_outputs(mnc, model, feed, folder):
    """By name; or what it said."""
    files = []
    for name, x in feed.items():
        np.save(f"{folder}/in_{len(files)}.npy", x)
        files.append(f"{name}={folder}/in_{len(files)}.npy")
    why = run([mnc, "run", model, *files, "--output", f"{folder}/out.npz"])
    if why:
        return why
    with np.load(f"{folder}/out.npz") as z:
        return {k: z[k] for k in z.files}


def check(mnc, model, fold, folder):
    """(fault or None, figure) of one export."""
    path = f"{folder}/net.onnx"
    why = run([mnc, "export", model, "-o", path, *(["--fold"] if fold else [])])
    if why:
        return "export: " + why, None
    try:
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        feed = inputs_of(session)
        names = [o.name for o in session.get_outputs()]
        theirs = dict(zip(names, session.run(names, feed)))
    except Exception as e:                      # each library has its own kinds
        return f"{type(e).__name__}: {e}".split("\n")[0], None
    ours = mnc_outputs(mnc, model, feed, folder)
    if isinstance(ours, str):
        return "run: " + ours, None
    if ours.keys() != theirs.keys():
        return f"outputs {sorted(theirs)} instead of {sorted(ours)}", None
    worst = 0.0
    for name in names:
        d = difference(ours[name], theirs[name])
        if d is None:
            return f"'{name}' has another shape, or is not finite", None
        worst = max(worst, d)
    return (None if worst <= MOST else "differs"), worst


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--mnc", default=f"{HERE}/../build/release/mnc")
    p.add_argument("model", nargs="*", help=".mnet or .onnx files")
    args = p.parse_args()
    models = args.model or sorted(glob.glob(f"{HERE}/../models/*.mnet"))
    wrong = 0
    onnxruntime.set_default_logger_severity(3)
    for model in models:
        for fold in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                why, worst = check(args.mnc, model, fold, folder)
            name = os.path.basename(model) + (" --fold" if fold else "")
            print(f"{name:36} {'-' if worst is None else format(worst, '.1e'):8} {why or 'ok'}",
                  flush=True)
            wrong += why is not None
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
