#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the web sites to browse: site.py SITE-FOLDER PAGE-FOLDER

In SITE-FOLDER, a folder for each host name with pages, style sheets, scripts,
data and pictures of many sizes; in PAGE-FOLDER, for each page a configuration
of curl, HOST-NUMBER.curl, that fetches it and all that belongs to it.  The
same on each run.
"""

import json
import pathlib
import random
import struct
import sys
import zlib

PAGES = 12
HOSTS = {
    "www.example.com": "http",
    "intranet.example.test": "http",
    "shop.example.net": "https",
    "wiki.example.org": "https",
    "news.example.org": "https",
}
WORDS = ("the of and to in report meeting budget project customer order number date network "
         "office printer invoice travel summer winter plan review draft final version table "
         "figure chapter market product service support delivery address question answer "
         "team member manager contract quarter year growth result total average").split()


def words(rng, count):
    return " ".join(rng.choice(WORDS) for _ in range(count))


def html(rng, title, assets, size):
    lines = ["<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
             f"<title>{title}</title>"]
    for path in assets:
        if path.endswith(".css"):
            lines.append(f'<link rel="stylesheet" href="{path}">')
        elif path.endswith(".js"):
            lines.append(f'<script src="{path}" defer></script>')
    lines += ["</head>", "<body>", f"<h1>{title}</h1>"]
    pictures = [path for path in assets if path.endswith((".png", ".svg"))]
    length = 0
    while length < size:
        text = f'<p id="p{len(lines)}">{words(rng, rng.randrange(20, 120))}.</p>'
        if pictures:
            text += f'\n<img src="{pictures.pop()}" alt="{words(rng, 3)}">'
        lines.append(text)
        length += len(text)
    lines += ["</body>", "</html>", ""]
    return "\n".join(lines).encode()


def css(rng, size):
    rules = []
    while sum(map(len, rules)) < size:
        rules.append(f".{rng.choice(WORDS)}-{rng.randrange(1000)} {{ margin: {rng.randrange(40)}px; "
                     f"color: #{rng.randrange(1 << 24):06x}; width: {rng.randrange(100)}%; }}\n")
    return "".join(rules).encode()


def script(rng, size):
    parts = ['"use strict";\n']
    while sum(map(len, parts)) < size:
        name = f"{rng.choice(WORDS)}{rng.randrange(1000)}"
        parts.append(f"function {name}(a, b) {{\n    if (a > {rng.randrange(999)}) return b;\n"
                     f'    return "{words(rng, 5)}" + a * {rng.random():.6f};\n}}\n')
    return "".join(parts).encode()


def data(rng, count):
    return json.dumps({"count": count, "next": None, "items": [
        {"id": rng.randrange(1 << 30), "title": words(rng, 6), "price": round(rng.random() * 99, 2),
         "tags": rng.sample(WORDS, 3), "open": rng.random() < 0.5} for _ in range(count)]}).encode()


def png(rng, size):
    """A picture of noise, about this many bytes."""
    width = max(8, int((size / 3) ** 0.5))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(
            ">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + rng.randbytes(width * 3) for _ in range(width))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def svg(rng, count):
    shapes = "".join(f'<circle cx="{rng.randrange(200)}" cy="{rng.randrange(200)}" r="{i}" '
                     f'fill="#{rng.randrange(1 << 24):06x}"/>\n' for i in range(count))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">\n{shapes}</svg>\n'.encode()


def size(rng, median, limit):
    return min(limit, int(rng.lognormvariate(0, 0.9) * median))


def main():
    site, pages = map(pathlib.Path, sys.argv[1:3])
    pages.mkdir(parents=True)
    for host, scheme in HOSTS.items():
        rng = random.Random(host)
        folder = site / host
        for name in ("css", "js", "api", "img", "download"):
            (folder / name).mkdir(parents=True)
        common = []
        for i in range(3):
            common += [f"/css/{i}.css", f"/js/{i}.js", f"/img/logo{i}.svg"]
            (folder / f"css/{i}.css").write_bytes(css(rng, size(rng, 6000, 40000)))
            (folder / f"js/{i}.js").write_bytes(script(rng, size(rng, 12000, 90000)))
            (folder / f"img/logo{i}.svg").write_bytes(svg(rng, rng.randrange(5, 60)))
        (folder / "favicon.ico").write_bytes(png(rng, 900))
        (folder / "download/archive.bin").write_bytes(rng.randbytes(600_000))
        for number in range(PAGES):
            assets = rng.sample(common, rng.randrange(2, 7))
            for i in range(rng.randrange(1, 8)):
                path = f"/img/{number}-{i}.png"
                (folder / path[1:]).write_bytes(png(rng, size(rng, 5000, 60000)))
                assets.append(path)
            for i in range(rng.randrange(0, 3)):
                path = f"/api/{number}-{i}.json"
                (folder / path[1:]).write_bytes(data(rng, rng.randrange(1, 40)))
                assets.append(path)
            page = html(rng, f"{words(rng, 4)} ({number})", assets, size(rng, 9000, 80000))
            (folder / f"page{number}.html").write_bytes(page)
            urls = [f"/page{number}.html", *assets]
            if number % 4 == 0:
                urls.append("/favicon.ico")
            if number % 5 == 0:
                urls.append(f"/img/missing{number}.png")
            (pages / f"{host}-{number}.curl").write_text("".join(
                f'url = "{scheme}://{host}{url}"\noutput = "/dev/null"\n' for url in urls))


if __name__ == "__main__":
    main()
