"""Draws how the scan's cost grows, from the figures of growth.sh or made.py, and prints them as Markdown tables.

    plot.py [FOLDER] [PICTURE.svg]      default target/scan docs/images/scan-growth.svg

FOLDER holds growth-rows.csv and growth-dyads.csv; copies of both are put beside the picture, as
NAME-rows.csv and NAME-dyads.csv. With a picture's own folder and such copies there, and no target/scan,
give the copies' folder: the same figures give the same bytes. Needs Python 3 alone.
"""

import csv
import math
import os
import shutil
import sys

WIDTH, HEIGHT, LEFT, TOP, SIDE, GAP = 960, 350, 52, 58, 232, 82
INK, FAINT, ONE, TWO = "#222222", "#d9d9d9", "#1b6ca8", "#c2571a"


def read(path):
    with open(path) as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def short(value):
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


class Panel:
    """One log-log chart with whole decades for axes."""

    def __init__(self, place, title, x_label, series):
        self.x0 = LEFT + place * (SIDE + GAP)
        self.title, self.x_label, self.series = title, x_label, series
        xs = [x for _, _, points in series for x, _ in points]
        ys = [y for _, _, points in series for _, y in points]
        self.x_range, self.y_range = self.decades(xs), self.decades(ys)

    @staticmethod
    def decades(values):
        low, high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
        return low, max(high, low + 1)

    def x(self, value):
        low, high = self.x_range
        return self.x0 + SIDE * (math.log10(value) - low) / (high - low)

    def y(self, value):
        low, high = self.y_range
        return TOP + SIDE * (1 - (math.log10(value) - low) / (high - low))

    def draw(self, out):
        right, bottom = self.x0 + SIDE, TOP + SIDE
        out.append(f'<text x="{self.x0}" y="20" font-weight="bold">{self.title}</text>')
        for power in range(self.x_range[0], self.x_range[1] + 1):
            at = self.x(10**power)
            out.append(f'<path d="M{at:.1f} {TOP}V{bottom}" stroke="{FAINT}"/>')
            out.append(f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{short(10**power)}</text>')
        for power in range(self.y_range[0], self.y_range[1] + 1):
            at = self.y(10**power)
            out.append(f'<path d="M{self.x0} {at:.1f}H{right}" stroke="{FAINT}"/>')
            out.append(f'<text x="{self.x0 - 6}" y="{at + 4:.1f}" text-anchor="end">{short(10**power)}</text>')
        out.append(f'<text x="{(self.x0 + right) / 2:.1f}" y="{bottom + 38}" text-anchor="middle">{self.x_label}</text>')
        self.draw_proportion(out)
        for place, (name, colour, points) in enumerate(self.series):
            path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
            out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            for x, y in points:
                out.append(f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5" fill="{colour}"/>')
            if name:
                legend = self.x0 + place * 96
                out.append(f'<path d="M{legend} 38h16" stroke="{colour}" stroke-width="2"/>')
                out.append(f'<text x="{legend + 21}" y="42">{name}</text>')

    def draw_proportion(self, out):
        """What would be in proportion, through the last point."""
        x, y = self.series[0][2][-1]
        low_x, low_y = 10 ** self.x_range[0], 10 ** self.y_range[0]
        start = max(low_x, x * low_y / y)
        out.append(
            f'<path d="M{self.x(start):.1f} {self.y(y * start / x):.1f}L{self.x(x):.1f} {self.y(y):.1f}" '
            f'stroke="#888888" stroke-dasharray="4 4" fill="none"/>'
        )


def picture(rows, dyads):
    panels = [
        Panel(
            0,
            "CPU seconds by rows",
            "rows of the store",
            [(f"{n} thread{'s' * (n > 1)}", colour, [(r["rows"], r[f"cpu_s_{n}"]) for r in rows]) for n, colour in ((1, ONE), (2, TWO))],
        ),
        Panel(
            1,
            "Peak memory by rows, MiB",
            "rows of the store",
            [(f"{n} thread{'s' * (n > 1)}", colour, [(r["rows"], r[f"peak_mib_{n}"]) for r in rows]) for n, colour in ((1, ONE), (2, TWO))],
        ),
        Panel(
            2,
            f"CPU seconds by dyads, {short(dyads[0]['rows'])} rows",
            "dyads tested",
            [("1 thread", ONE, [(d["dyads_tested"], d["cpu_s_1"]) for d in dyads])],
        ),
    ]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{INK}">',
        "<title>yalu scan: CPU seconds and memory as stores and dyads grow; dashed: in proportion</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for panel in panels:
        panel.draw(out)
    out.append("</svg>")
    return "\n".join(out) + "\n"


def print_tables(rows, dyads):
    print("| rows | store, MiB | dyads tested | 1 thread: wall s | CPU s | MiB | 2 threads: wall s | CPU s | MiB |")
    print("| --- " * 9 + "|")
    for r in rows:
        print(
            f"| {r['rows']:,.0f} | {r['store_mib']:,.1f} | {r['dyads_tested']:,.0f} "
            f"| {r['wall_s_1']:.2f} | {r['cpu_s_1']:.2f} | {r['peak_mib_1']:.0f} "
            f"| {r['wall_s_2']:.2f} | {r['cpu_s_2']:.2f} | {r['peak_mib_2']:.0f} |"
        )
    print()
    print("| rows | acts at least | dyads tested | orders a dyad | wall s | CPU s | MiB |")
    print("| --- " * 7 + "|")
    for d in dyads:
        print(
            f"| {d['rows']:,.0f} | {d['min_events']:,.0f} | {d['dyads_tested']:,.0f} | {d['orders_a_dyad']:.0f} "
            f"| {d['wall_s_1']:.2f} | {d['cpu_s_1']:.2f} | {d['peak_mib_1']:.0f} |"
        )


def main():
    folder, path = (sys.argv[1:] + ["target/scan", "docs/images/scan-growth.svg"][len(sys.argv) - 1 :])[:2]
    rows = read(os.path.join(folder, "growth-rows.csv"))
    dyads = read(os.path.join(folder, "growth-dyads.csv"))
    last = max(d["rows"] for d in dyads)
    dyads = sorted((d for d in dyads if d["rows"] == last), key=lambda d: d["dyads_tested"])
    if len(rows) < 2 or len(dyads) < 2:
        sys.exit("two sizes of stores and two numbers of dyads of the largest are needed: run growth.sh with more ROWS")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        file.write(picture(rows, dyads))
    stem = os.path.splitext(path)[0]
    for name in ("rows", "dyads"):
        shutil.copyfile(os.path.join(folder, f"growth-{name}.csv"), f"{stem}-{name}.csv")
    print_tables(rows, dyads)


if __name__ == "__main__":
    main()
