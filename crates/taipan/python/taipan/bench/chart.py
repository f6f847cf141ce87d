"""A bar chart as SVG."""

COLOURS = ("#a0aec0", "#2b6cb0", "#8a8f98", "#c05621", "#d69e2e")


def chart(title, methods, rows):
    """`rows`: label and, for each method, how many times as fast as the first (None: not measured)."""
    bar, gap, left, top = 10, 12, 230, 60
    height = top + len(rows) * (bar * len(methods) + gap) + 24
    most = max((v for _, values in rows for v in values if v), default=1)
    scale = 480 / most
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="800" height="{height}" fill="white"/>',
        f'<text x="10" y="20" font-size="15">{title}</text>',
    ]
    for i, method in enumerate(methods):
        x = 10 + i * 155
        out.append(f'<rect x="{x}" y="32" width="12" height="12" fill="{COLOURS[i % len(COLOURS)]}"/>')
        out.append(f'<text x="{x + 17}" y="43">{method}</text>')
    y = top
    for label, values in rows:
        text = label.replace("&", "&amp;").replace("<", "&lt;")
        middle = y + bar * len(methods) / 2 + 4
        out.append(f'<text x="{left - 8}" y="{middle:.0f}" text-anchor="end">{text}</text>')
        for i, value in enumerate(values):
            if value:
                width = max(value * scale, 0.5)
                out.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="{bar - 1}" fill="{COLOURS[i % len(COLOURS)]}"/>')
                out.append(f'<text x="{left + width + 4:.1f}" y="{y + bar - 2}" font-size="9">{value:.2f}</text>')
            y += bar
        y += gap
    out.append("</svg>")
    return "\n".join(out) + "\n"
