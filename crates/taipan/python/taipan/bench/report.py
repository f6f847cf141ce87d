"""Progress bars, tables, charts and JSON for measurements."""

import json
import math
import sys

COLORS = ("#2563eb", "#16a34a", "#d97706", "#9333ea", "#dc2626", "#64748b")


def median(times):
    times = sorted(times)
    n = len(times)
    return (times[(n - 1) // 2] + times[n // 2]) / 2


def geometric_mean(ratios):
    ratios = list(ratios)
    if not ratios:
        return None
    return math.exp(math.fsum(map(math.log, ratios)) / len(ratios))


class Progress:
    """A bar on the standard error, if that is a terminal; else a line for every tenth of the way."""

    def __init__(self, total, width=32):
        self.total = max(total, 1)
        self.width = width
        self.done = 0
        self.live = sys.stderr.isatty()

    def step(self, text=""):
        """Done with one more thing; `text` says what comes next."""
        before = self.done * 10 // self.total
        self.done += 1
        if self.live:
            full = self.done * self.width // self.total
            bar = "█" * full + "░" * (self.width - full)
            sys.stderr.write(f"\r{bar} {self.done}/{self.total} {text[:40]:40}")
            if self.done >= self.total:
                sys.stderr.write("\r" + " " * (self.width + 60) + "\r")
            sys.stderr.flush()
        elif self.done * 10 // self.total != before:
            print(f"{self.done * 100 // self.total}%", file=sys.stderr)


def table(header, rows):
    """Text columns: the first to the left, the others to the right."""
    lines = [[str(c) for c in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in lines) for i in range(len(header))]
    for row in lines:
        first = row[0].ljust(widths[0])
        print("  ".join([first, *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]).rstrip())


def write_json(path, data):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(data, f, indent=2)
        f.write("\n")


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_bars(path, title, series, groups, values, mark=None):
    """An SVG chart of horizontal bars: `values[group][series]` (None: no bar), longer is better.

    `mark` draws a dashed line at that value.
    """
    left, bar, gap, width = 150, 11, 10, 620
    top = max((v for g in groups for v in values[g].values() if v), default=1)
    top = max(top, mark or 0)
    height = 64 + (bar * len(series) + gap) * len(groups) + 16
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{left}" y="18" font-size="14">{escape(title)}</text>',
    ]
    for i, name in enumerate(series):
        x = left + i * 120
        color = COLORS[i % len(COLORS)]
        out.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{color}"/>')
        out.append(f'<text x="{x + 15}" y="39">{escape(name)}</text>')
    y = 54
    for g in groups:
        middle = y + bar * len(series) / 2 + 4
        out.append(f'<text x="{left - 8}" y="{middle:.0f}" text-anchor="end">{escape(g)}</text>')
        for i, name in enumerate(series):
            v = values[g].get(name)
            if v is None:
                continue
            length = v / top * width
            at = y + i * bar
            color = COLORS[i % len(COLORS)]
            out.append(f'<rect x="{left}" y="{at}" width="{length:.1f}" height="{bar - 2}" fill="{color}"/>')
            out.append(f'<text x="{left + length + 3:.1f}" y="{at + 8}" font-size="9">{v:.2f}</text>')
        y += bar * len(series) + gap
    if mark is not None:
        x = left + mark / top * width
        out.append(f'<line x1="{x:.1f}" y1="48" x2="{x:.1f}" y2="{height - 10}" stroke="black" stroke-dasharray="3 3"/>')
    out.append("</svg>")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
