# SPDX-License-Identifier: Apache-2.0
"""What bench/peers has measured: as a table to look at, as Markdown, and as bars."""
from xml.sax.saxutils import escape

COLOUR = {"mnc": "#ee6677", "onnxruntime": "#4477aa", "litert": "#228833", "openvino": "#ccbb44",
          "ncnn": "#66ccee", "torch": "#aa3377", "emx": "#bbbbbb"}     # Tol's bright scheme
LEFT, WIDTH, BAR, GAP, HEAD, MOST = 360, 1130, 15, 16, 60, 3.0


def group(run, top, out):
    """One net.  The scale is mnc's time; what is more than MOST times as slow runs off the edge."""
    lanes = sorted(((n, l) for n, l in run["lanes"].items() if "seconds_min" in l),
                   key=lambda p: p[1]["seconds_min"])
    ours = run["lanes"]["mnc"]["seconds_min"]
    scale = (WIDTH - LEFT - 150) / MOST
    out.append(f'<text x="{LEFT - 110}" y="{top + 12}" text-anchor="end" font-weight="bold">'
               f'{escape(run["model"])}</text><text x="{LEFT - 110}" y="{top + 28}" '
               f'text-anchor="end" fill="#555">batch {run["batch"]}, {run["threads"]} thread'
               f'{"s" * (run["threads"] > 1)}</text>')
    for i, (name, lane) in enumerate(lanes):
        y, ratio = top + i * BAR, lane["seconds_min"] / ours
        width = min(ratio, MOST) * scale
        late = min(lane["seconds_median"] / ours, MOST) * scale
        out.append(f'<text x="{LEFT - 6}" y="{y + 12}" text-anchor="end">{name}</text>'
                   f'<rect x="{LEFT}" y="{y + 1}" width="{width:.1f}" height="{BAR - 2}" '
                   f'fill="{COLOUR.get(name, "#888")}"/>'
                   f'<path d="M{LEFT + width:.1f} {y + BAR / 2}H{LEFT + late:.1f}" stroke="#333"/>'
                   f'<text x="{LEFT + max(width, late) + 6:.1f}" y="{y + 12}">'
                   f'{1e3 * lane["seconds_min"]:.2f} ms  ({ratio:.2f})</text>')
    return top + max(len(lanes), 2) * BAR + GAP


def svg(result):
    out, top = [], HEAD
    for run in result["runs"]:
        top = group(run, top, out)
    m = result["machine"]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="20" y="24" font-size="16">Shortest run of each, float32, '
        f'{escape(result["target"])}</text>',
        f'<text x="20" y="42" fill="#555">{escape(m["cpu"])}, {m["cores"]} cores; in brackets the '
        f'ratio to mnc; the line ends at the median; bars end at {MOST:.0f} times mnc</text>',
        *out, "</svg>", ""])


# ---- tables ----

def cell(x, digits, factor=1):
    return "-" if x is None else f"{factor * x:.{digits}f}"


COLUMNS = [("lane", 12, lambda r: r["name"]),
           ("min ms", 9, lambda r: cell(r["seconds_min"], 3, 1e3)),
           ("median", 9, lambda r: cell(r["seconds_median"], 3, 1e3)),
           ("images/s", 9, lambda r: cell(r["images_per_second"], 1)),
           ("of peak", 8, lambda r: cell(r["peak_share"], 1, 100) + "%"),
           ("ratio", 6, lambda r: cell(r["ratio"], 2)),
           ("differs", 8, lambda r: f"{r['difference']:.0e}"),
           ("runs", 4, lambda r: str(r["runs"])),
           ("load s", 7, lambda r: cell(r["load_seconds"], 2)),
           ("cc s", 6, lambda r: cell(r.get("compile_seconds"), 2)),
           ("first", 8, lambda r: cell(r["first_seconds"], 2, 1e3)),
           ("C KB", 6, lambda r: cell(r.get("c_bytes"), 0, 1 / 1024)),
           ("object", 6, lambda r: cell(r.get("object_bytes"), 0, 1 / 1024)),
           ("arena KB", 8, lambda r: cell(r.get("arena_bytes"), 0, 1 / 1024)),
           ("memory MB", 9, lambda r: cell(r["memory_bytes"], 1, 2**-20)),
           ("isa", 10, lambda r: r.get("isa", ""))]


def text(run):
    """One net on one number of threads, all figures."""
    lines = [f"\n{run['model']}, batch {run['batch']}, {run['threads']} thread"
             f"{'s' * (run['threads'] > 1)}: peak {run['peak'] / 1e9:.1f} GFLOP/s; others kept "
             f"{100 * run['load']['others']:.0f} % of the machine busy, "
             f"{100 * run['load']['stolen']:.0f} % were stolen",
             "  ".join(f"{title:>{width}}" for title, width, _ in COLUMNS)]
    for name, r in sorted(run["lanes"].items(), key=lambda p: p[1].get("seconds_min", 1e9)):
        if "seconds_min" not in r:
            lines.append(f"{name:>12}  {r['cannot']}")
        else:
            r = {**r, "name": name}
            lines.append("  ".join(f"{show(r):>{width}}" for _, width, show in COLUMNS))
    return "\n".join(lines)


def times(result, lanes):
    """A line for each net: each lane's shortest run in ms, and the best peer's over mnc's."""
    lines = ["| net | batch | threads | " + " | ".join(lanes)
             + " | best peer / mnc | of peak | others' load |",
             "|---|---|---|" + "---|" * (len(lanes) + 3)]
    for run in result["runs"]:
        best = min((r["ratio"] for n, r in run["lanes"].items() if n != "mnc" and "ratio" in r),
                   default=None)
        ms = [cell(run["lanes"].get(n, {}).get("seconds_min"), 2, 1e3) for n in lanes]
        lines.append(f"| {run['model']} | {run['batch']} | {run['threads']} | "
                     + " | ".join(ms) + f" | **{cell(best, 2)}** | "
                     f"{100 * run['lanes']['mnc']['peak_share']:.0f} % | "
                     f"{100 * (run['load']['others'] + run['load']['stolen']):.0f} % |")
    return lines


def sizes(result, lanes):
    """What it takes before the first run: seconds from the model's file, and memory beside code."""
    lines = ["| net | C KB, mnc | emx | object KB, mnc | emx | arena KB, mnc | cc s, mnc | emx "
             "| " + " | ".join(f"{n} MB" for n in lanes) + " |", "|---|---|---|---|---|---|---|---|"
             + "---|" * len(lanes)]
    for run in result["runs"]:
        if run["threads"] > 1:
            continue
        ours, emx = run["lanes"]["mnc"], run["lanes"].get("emx", {})
        figures = [cell(r.get(key), digits, factor) for r, key, digits, factor in (
            (ours, "c_bytes", 0, 1 / 1024), (emx, "c_bytes", 0, 1 / 1024),
            (ours, "object_bytes", 0, 1 / 1024), (emx, "object_bytes", 0, 1 / 1024),
            (ours, "arena_bytes", 0, 1 / 1024), (ours, "compile_seconds", 1, 1),
            (emx, "compile_seconds", 1, 1))]
        memory = [cell(run["lanes"].get(n, {}).get("memory_bytes"), 0, 2**-20) for n in lanes]
        lines.append(f"| {run['model']}, batch {run['batch']} | "
                     + " | ".join(figures + memory) + " |")
    return lines


def markdown(result):
    m, runs = result["machine"], result["runs"]
    lanes = [n for n in COLOUR if any(n in run["lanes"] for run in runs)]
    versions = {n: r["version"] for run in runs for n, r in run["lanes"].items() if "version" in r}
    rounds = max(r["lanes"]["mnc"]["runs"] for r in runs)
    peaks = {t: max(r["peak"] for r in runs if r["threads"] == t)
             for t in sorted({r["threads"] for r in runs})}
    peak = ", ".join(f"{1e-9 * p:.0f} GFLOP/s on {t} thread{'s' * (t > 1)}"
                     for t, p in peaks.items())
    limited = sorted(n for n in lanes for r in runs[:1] if r["lanes"].get(n, {}).get("limited"))
    return "\n".join([
        f"{m['cpu']}, {m['cores']} cores; target {result['target']}; peak {peak}. float32, "
        f"shortest of {rounds} rounds, in ms; \"of peak\" is mnc's share. "
        + ", ".join(f"{n} {v}" for n, v in versions.items()) + "."
        + (f" Without AVX-512: {', '.join(limited)}." if limited else ""), "",
        *times(result, lanes), "",
        "Compiled by `cc -O3` (emx: and `-march=native -ffast-math`); C and object are without the "
        "weights. MB: what the process has grown by, weights among it, until after the first run.",
        "", *sizes(result, lanes), ""])
