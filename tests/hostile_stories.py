"""Stories that were written to break a site, by name: each in a folder of its own.

tests/hostile-stories.txt has what their authors are told, all in one run. A case
called "fine-…" is no fault: it looks like one, and honest stories have it.
"""

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

HEADER = {
    "Date": "2026-01-02",
    "Category": "World",
    "Tags": "Peace",
    "Author": "A Reporter",
    "Summary": "What happened.",
}
MARKUP = (
    """A "q" 'q' <b>b</b> </script><script>alert(1)</script> {{ 7*7 }} {% raw %} """
    "&amp; ]]> --> <!--"
)
LEDGER = """\
[sources.s]
publisher = {value}
title = {value}
url = "https://x.org/"
accessed = 2026-01-01
kind = "primary"
origin = {value}

[[claims]]
id = "c"
claim = {value}
said_by = {value}
verdict = "attributed"
note = {value}

[[claims.evidence]]
source = "s"
stance = "supports"
says = {value}

[check]
by = {value}
on = 2026-01-01
review_by = 2027-01-01
scope = {value}

[[corrections]]
on = 2026-01-01
was = {value}
now = {value}
why = {value}
"""
Files = dict[str, bytes | str]
CASES: dict[str, Files | Callable[[Path], object]] = {}


def story(case: str, body: str = "Text.\n", **header: str) -> str:
    """Return the text of a story called as its case; the header may be changed."""
    keys = {"Title": case} | HEADER | header
    return "".join(f"{key}: {value}\n" for key, value in keys.items()) + f"\n{body}"


def _body(case: str, body: str) -> None:
    CASES[case] = {"article.md": story(case, body)}


def _header(case: str, **header: str) -> None:
    CASES[case] = {"article.md": story(case, **header)}


def _file(case: str, name: str, data: bytes | str = "x", body: str = "Text.\n") -> None:
    CASES[case] = {"article.md": story(case, body), name: data}


def _ledger(case: str, text: bytes | str) -> None:
    _file(case, "ledger.toml", text, "A [b](claim:c).\n")


def write(folder: Path, case: str) -> None:
    """Write the files of a case into its folder."""
    folder.mkdir(parents=True)
    files = CASES[case]
    if callable(files):
        (folder / "article.md").write_text(story(case), "utf-8")
        files(folder)
        return
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


# --- Bytes that are no text, and characters that nobody sees --------------------------

for name, encoded in {
    "utf-16": story("utf-16").encode("utf-16"),
    "utf-16-big-endian": b"\xfe\xff" + story("utf-16-big-endian").encode("utf-16-be"),
    "utf-32": story("utf-32").encode("utf-32"),
    "latin-1": story("latin-1", "Straße").encode("latin-1"),
    "surrogate": story("surrogate").encode() + b"\xed\xa0\x80",
    "overlong": story("overlong").encode() + b"\xc0\xaf",
    "bom-twice": b"\xef\xbb\xbf" * 2 + story("bom-twice").encode(),
    "nothing-but-white-space": b" \n\n\t\n",
}.items():
    CASES[f"bytes-{name}"] = {"article.md": encoded}
for name, mark in {
    "nul": "\0",
    "escape": "\x1b[31m",
    "form-feed": "\x0c",
    "c1-control": "\x9b",
    "next-line": "\x85",
    "line-separator": "\u2028",
    "paragraph-separator": "\u2029",
    "byte-order-mark": "\ufeff",
    "no-character": "\ufffe",
    "no-character-either": "\ufdd0",
    "no-character-of-plane-1": "\U0001ffff",
    "right-to-left-override": "\u202e",
    "left-to-right-override": "\u202d",
    "right-to-left-embedding": "\u202b",
    "isolate": "\u2067",
    "right-to-left-mark": "\u200f",
    "arabic-letter-mark": "\u061c",
    "zero-width-space": "\u200b",
    "zero-width-joiner": "\u200d",
    "zero-width-non-joiner": "\u200c",
    "word-joiner": "\u2060",
    "grapheme-joiner": "\u034f",
    "hangul-filler": "\u3164",
    "mongolian-separator": "\u180e",
    "tag": "\U000e0041",
    "annotation": "\ufff9",
    "lost-letter": "\ufffd",
}.items():
    _body(f"mark-{name}", f"The vote was 12{mark} to 9 in Lenin{mark}grad.\n")
_header("mark-in-the-title", Title="Vote of 12\u202e9 ot 12 fo etov")
_header("mark-in-a-name", Author="A Rep\u200corter")
_body("mark-left-open-in-arabic", "قال \u2067الوزير 12 إلى 9.\n")
_body("mark-override-in-hebrew", "אמר \u202eהשר.\n")
_body("fine-persian", "می‌خواهم «کتاب‌ها» را \u2067بخوانم\u2069.\u200f\n")
_body("fine-hebrew-and-latin", "אמר \u2066NATO\u2069 \u200e(12)\u200e.\n")
_body("fine-hindi", "क्‍ष और र्‌य\n")
_body(
    "fine-emoji",
    "👩🏽‍🚀 ❤️‍🔥 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇺🇦\n",
)
_body("fine-cjk", "首相は\u200b「はい」と述べた。葛\U000e0100城市\n")
_body("fine-soft-hyphen", "Donau\xaddampf\xadschiff, 12\xa0km, “so” — ‘ja’ … €\n")

# --- More than a text may hold --------------------------------------------------------

for name, body in {
    "megabytes": "word word word word word\n\n" * 50_000,
    "backticks": "``a`" * 5_000,
    "open-brackets": "[" * 50_000,
    "links-that-do-not-end": "[a](" * 5_000,
    "pictures-that-do-not-end": "![a" * 5_000,
    "claims-that-do-not-end": "[a](claim:" * 5_000,
    "brackets-in-brackets": "[" * 500 + "a" + "]" * 500,
    "signs-of-elements": "<a " * 5_000,
    "comments-that-do-not-end": "<![CDATA[" * 5_000,
    "footnotes": "".join(f"[^{n}]" for n in range(2_000)),
    "abbreviations": "".join(f"*[A{n}]: b\n" for n in range(500)),
    "fences": "~~~ a\n" * 2_000,
    "underlines": "a\n-\n" * 600,
    "tables": "a|b\n-|-\nc|d\n\n" * 600,
    "headings": "# a\n\n" * 1_500,
    "asterisks": "*a _b " * 20_001,
    "backslashes": "\\\\" * 30_001,
    "quotations": ">" * 50 + " a",
    "lists": "".join("    " * n + "- a\n" for n in range(60)),
    "tabs": "\t" * 60 + "a",
}.items():
    _body(f"much-{name}", body)
_header("much-tags", Tags=", ".join(f"t{n}" for n in range(10_000)))
_header("much-authors", Author=", ".join(f"a{n}" for n in range(500)))
_header("much-title", Title="word " * 1_000)
_header("much-summary", Summary="word " * 1_000)
_header("much-tag", Tags="a" * 400)
_header("much-author", Author="a" * 400)
_header("much-category", Category="a" * 400)
_header("much-dateline", Dateline="a " * 400)
CASES["much-keys"] = {
    "article.md": "".join(f"K{n}: v\n" for n in range(5)) + story("much-keys")
}
CASES["much-key"] = {"article.md": "K" * 5_000 + ": v\n" + story("much-key")}
CASES["much-continued"] = {"article.md": "Title: a\n" + "    b\n" * 2_000 + "\nText"}

# --- Headers that would reach further than the story ----------------------------------

for key in (
    "Content", "Settings", "Is_valid", "Translations", "Save_as", "Url", "Template",
    "Lang", "Override_save_as", "Source_path", "Metadata", "Model_config", "Locale",
    "Ledger", "Badge", "Author_save_as", "Class", "Translation", "Private",
):  # fmt: skip
    _header(f"key-{key.lower()}", **{key: "x"})
CASES["key-dunder"] = {"article.md": "__class__: x\n" + story("key-dunder")}
for name, slug in {
    "con": "con", "nul": "nul", "aux": "aux", "com1": "com1", "lpt9": "lpt9",
    "capitals": "CON", "parent": "..", "parent-folder": "../x", "root": "/etc/x",
    "beside-the-output": "../output-evil/x", "two-slashes": "a//b", "percent": "a%2fb",
    "backslash": "a\\b", "hyphen-first": "-x", "accent": "é", "long": "a" * 250,
    "full-stop": "a.b",
}.items():  # fmt: skip
    _header(f"slug-{name}", Slug=slug)
for name, when in {
    "year": "2026", "month": "2026-11", "ambiguous": "01/02/2026", "short": "2026-1-2",
    "two-digits": "26-01-02", "30-february": "2026-02-30", "year-1": "0001-01-01",
    "year-9999": "9999-12-31", "zone-beyond": "2026-01-02 10:00 +15:00",
    "hour-25": "2026-01-02 25:00", "zone-name": "2026-01-02 10:00 CET",
    "tomorrow": "tomorrow", "arabic-digits": "٢٠٢٦-٠١-٠٢", "week": "2026-W01-1",
    "seconds-60": "2026-01-02 10:00:60", "epoch": "1767312000",
}.items():  # fmt: skip
    _header(f"date-{name}", Date=when)
_header("date-modified-is-a-year", Modified="2027")

# --- Markup where there is none -------------------------------------------------------

for key in ("Title", "Category", "Author", "Summary", "Dateline"):
    _header(f"fine-markup-in-{key.lower()}", **{key: f"{MARKUP} {key}"})
_header("fine-markup-in-tags", Tags=MARKUP.partition("&")[0])
CASES["fine-markup-in-alt-and-credit"] = {
    "article.md": story("fine-markup", Image="p.svg", Alt=MARKUP, Credit=MARKUP),
    "p.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
}
_ledger("fine-markup-in-a-ledger", LEDGER.format(value=f"'''{MARKUP}'''"))
_header("tag-of-markup-alone", Tags="<b>")
_header("author-of-markup-alone", Author="<script>")
_header("category-of-markup-alone", Category="<World>")
_header("tags-of-one-address", Tags="C, C++")
_header("tag-con", Tags="Con")
_header("category-nul", Category="Nul")
_header("author-aux", Author="Aux")
_header("image-of-the-machine", Image="/etc/hostname", Alt="a", Credit="b")
_header("image-above", Image="../../../../../etc/hostname", Alt="a", Credit="b")
_header("image-long", Image=f"{'a' * 290}.jpg", Alt="a", Credit="b")
_header("image-of-the-content", Image="../../..", Alt="a", Credit="b")
_header("image-that-runs", Image="javascript:alert(1)", Alt="a", Credit="b")

# --- Bodies that would run ------------------------------------------------------------

for name, body in {
    "script": "<script>alert(1)</script>",
    "script-inline": "a <script>alert(1)</script> b",
    "script-in-capitals": "<ScRiPt SRC=//x.org></sCrIpT>",
    "script-unclosed": "<script>alert(1)",
    "script-with-a-slash": "<script/x>alert(1)</script>",
    "script-in-a-script": "<scr<script>ipt>alert(1)</script>",
    "script-in-a-comment": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "script-in-cdata": "<![CDATA[<script>alert(1)</script>]]>",
    "handler": '<p onclick="a()">x</p>',
    "handler-inline": 'a <b onclick="a()">x</b>',
    "handler-bare": "<p onclick=a()>x</p>",
    "handler-of-a-paragraph": 'x\n{: onclick="a()" }',
    "handler-of-words": "*x*{: onclick=a() }",
    "handler-of-a-heading": '## x {: onmouseover="a()" }',
    "handler-of-a-cell": "a | b\n--|--\nx {: onclick=a() } | y\n",
    "handler-of-an-item": "- x\n{: onclick=a() }",
    "handler-of-code": "``` { .x onclick=a() }\nx\n```",
    "handler-in-capitals": 'x\n{: OnClick="a()" }',
    "handler-of-a-link": "[x](https://x.org){: onfocus=a() }",
    "handler-of-details": "<details open ontoggle=a()><summary>x</summary>y</details>",
    "handler-in-markdown-in-html": '<div markdown="1" onclick="a()">\n\n*x*\n\n</div>',
    "style": 'x\n{: style="position:fixed" }',
    "style-raw": '<p style="position:fixed">a</p>',
    "style-of-a-cell": 'a | b\n--|--\nx {: style="position:fixed" } | y\n',
    "style-element": "<style>body{display:none}</style>",
    "style-sheet": '<link rel="stylesheet" href="//x.org">',
    "link": "[x](javascript:alert(1))",
    "link-in-capitals": "[x](JaVaScRiPt:alert(1))",
    "link-by-reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "link-in-angles": "<javascript:alert(1)>",
    "link-with-an-entity": "[x](javascript&#58;alert(1))",
    "link-begun-by-an-entity": "[x](&#106;avascript:alert(1))",
    "link-with-a-named-entity": "[x](javascript&colon;alert(1))",
    "link-with-a-tab": "[x](java&Tab;script:alert(1))",
    "link-with-a-line-end": "[x](<java\nscript:alert(1)>)",
    "link-with-a-control": "[x](&#1;javascript:alert(1))",
    "link-with-a-space": "[x](< javascript:alert(1)>)",
    "link-raw": '<a href="javascript:alert(1)">x</a>',
    "link-raw-with-an-entity": '<a href="&#x6A;avascript:alert(1)">x</a>',
    "link-raw-bare": "<a href=javascript:alert(1)>x</a>",
    "link-raw-twice": '<a href="javascript:alert(1)" href="https://x.org">x</a>',
    "link-in-an-attribute": "[x](https://x.org){: href=javascript:alert(1) }",
    "link-vbscript": "[x](vbscript:x)",
    "link-data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "link-file": "[x](file:///etc/passwd)",
    "link-blob": "[x](blob:x)",
    "link-view-source": "[x](view-source:https://x.org)",
    "link-backslash": "[x](\\\\x.org)",
    "cite": '<blockquote cite="javascript:alert(1)">x</blockquote>',
    "picture-data": "![x](data:image/svg+xml,x)",
    "picture-javascript": "![x](javascript:alert(1))",
    "picture-raw": '<img src="https://x.org/a.png" alt="x" onerror="a()">',
    "picture-set": '<picture><source srcset="//x.org/a"></picture>',
    "iframe": '<iframe src="https://x.org"></iframe>',
    "iframe-with-a-page": "<iframe srcdoc='&lt;script>'></iframe>",
    "object": '<object data="x.swf"></object>',
    "embed": '<embed src="x">',
    "meta": '<meta http-equiv="refresh" content="0;url=//x.org">',
    "base": '<base href="//x.org">',
    "form": '<form action="//x.org">a</form>',
    "input": "a <input autofocus onfocus=a()> b",
    "button": '<button formaction="javascript:a()">x</button>',
    "svg": '<svg onload="a()"></svg>',
    "svg-script": "<svg><script>alert(1)</script></svg>",
    "math": '<math><mi xlink:href="javascript:a()">x</mi></math>',
    "noscript": '<noscript><p title="</noscript><b onclick=a()>"></p></noscript>',
    "template": "<template>a</template>",
    "video": '<video src="x.mp4" onerror=a()></video>',
    "textarea": "<textarea>a</textarea>",
    "body": "<body onload=a()>x</body>",
    "html": '<html manifest="x">x</html>',
    "marquee": "<marquee onstart=a()>x</marquee>",
    "own-element": "<x-y>a</x-y>",
    "comment": "<!-- the source is Ms X -->",
    "comment-inline": "a <!-- the source is Ms X --> b",
    "doctype": "<!DOCTYPE html>",
    "instruction": "<?php echo 1 ?>",
    "instruction-xml": "<?xml-stylesheet href='//x.org'?>",
    "id-of-the-page": "x\n{: #main }",
    "id-of-a-claim": '<p id="claim-c">x</p>',
    "class-that-hides": "x\n{: .hidden }",
    "class-that-hides-on-screens": "x\n{: .endnotes }",
    "class-of-a-verdict": '<b class="corroborated">Corroborated</b>',
    "class-by-an-entity": '<p class="&#115;tate">Fact checked</p>',
    "class-of-the-badge": "x\n{: .panel }",
    "attribute-target": "[x](https://x.org){: target=_blank }",
    "attribute-ping": '<a href="https://x.org" ping="https://y.org">x</a>',
    "attribute-popover": "<p popover>x</p>",
    "attribute-hidden-from-some": '<p aria-hidden="true">x</p>',
    "attribute-editable": "<p contenteditable>x</p>",
    "not-closed": "<div>\n\ntext",
    "not-closed-in-a-line": "text `</p>`\n\nMore <b>bold.",
    "closed-too-often": "text\n\n</div></div></article></main>",
    "closed-inline": "a </article></main> b",
    "crossed": "<div><section>x</div></section>",
}.items():
    _body(f"runs-{name}", f"{body}\n")
for name, body in {
    "code": "`<script>` and\n\n    <script>alert(1)</script>\n",
    "fenced-code": "``` html\n<script onclick=a()>alert(1)</script>\n```\n",
    "html": "Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, <ins>a</ins> <del>b</del><br>c",
    "markdown-in-html": '<div markdown="1">\n\n*x*\n\n</div>',
    "less-than": "a < b and c > d, 3 <4, <3, AT&T, &copy; 2026",
    "title-of-a-link": "[x](https://x.org \"a' onclick='a()\")",
    "address-with-quotes": '[x](https://x.org/"onclick="a)',
    "footnote": 'a[^"><script>]\n\n[^"><script>]: b',
    "alignment": "a | b\n:--|--:\nx | y\n",
    "own-class": "x\n{: .note #here lang=de dir=ltr }",
    "templates": "{{ 7*7 }} {% include 'x' %} ${x} #{x} <%= x %>".replace("<", "&lt;"),
    "placeholder": "klzzwxh:0000 wzxhzdk:0",
    "telephone": "[x](tel:+49301234) [y](mailto:a@example.org)",
}.items():
    _body(f"fine-{name}", f"{body}\n")

# --- Ledgers --------------------------------------------------------------------------

_ledger("ledger-override-escaped", LEDGER.format(value='"a\\u202Eb"'))
_ledger("ledger-space-escaped", LEDGER.format(value='"Lenin\\u200Bgrad"'))
_ledger("ledger-nul-escaped", LEDGER.format(value='"a\\u0000b"'))
_ledger("ledger-override", LEDGER.format(value='"a\u202eb"'))
_ledger("ledger-utf-16", LEDGER.format(value='"x"').encode("utf-16"))
_ledger("ledger-deep", "a = " + "[" * 5_000 + "]" * 5_000)
_ledger("ledger-deep-key", "a" + ".a" * 5_000 + " = 1")
_ledger("ledger-digits", "a = " + "9" * 100_000)
_ledger("ledger-megabytes", "# " + "x" * 3_000_000)
_ledger("ledger-of-a-merge", "<<<<<<< HEAD\n[sources]\n=======\n>>>>>>> x\n")
_ledger("ledger-empty-texts", LEDGER.format(value='""'))
_ledger("ledger-blank-texts", LEDGER.format(value='" "'))
_ledger("ledger-long-texts", LEDGER.format(value=f'"{"x " * 3_000}"'))
for name, url in {
    "javascript": "javascript:alert(1)", "data": "data:text/html,x", "open": "https://[x",
    "user": "https://bank.example@x.org/", "space": "https://x.org/a b",
    "markup": "https://x.org/'><b>", "port": "https://x.org:99999/",
}.items():  # fmt: skip
    _ledger(
        f"ledger-url-{name}",
        LEDGER.format(value='"x"').replace("https://x.org/", url),
    )
_ledger("ledger-year-1", LEDGER.format(value='"x"').replace("2026-01-01", "0001-01-01"))
_ledger("ledger-many-claims", "[[claims]]\n" * 2_000)
_ledger("ledger-text-for-tables", 'sources = "x"\nclaims = 1\ncheck = inf\n')

# --- Files that are no story's --------------------------------------------------------

CASES["merge-in-the-body"] = {
    "article.md": story("merge", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n")
}
CASES["merge-in-the-header"] = {"article.md": "<<<<<<< HEAD\n" + story("merge")}
for name, target in {
    "attach-above": "{attach}../../../../etc/hostname",
    "static-above": "{static}../../../../../x",
    "static-of-the-machine": "{static}/../../../../../../../../../../etc/hostname",
    "filename-above": "{filename}../../../../pelicanconf.py",
    "attach-hidden": "{attach}.env",
    "attach-the-ledger": "{attach}ledger.toml",
    "attach-the-source": "{attach}article.md",
    "attach-by-percent": "{attach}%2e%2e/%2e%2e/%2e%2e/x",
    "attach-nul": "{attach}%00",
    "static-a-folder": "{static}/extra",
    "by-pipes": "|static|../../../../x",
    "to-a-tag-of-none": "{tag}none",
    "from-the-root": "/etc/hostname",
}.items():
    _file(f"link-{name}", ".env", "SECRET=1", f"[x]({target})\n")
for name, data in {
    "article.md.orig": story("x"),
    "a.rej": "x",
    "article.bak": "x",
    "article (conflicted copy 2026-01-01).md": story("x"),
    "article.sync-conflict-20260101-1.md": story("x"),
    "a.sync-conflict-20260101-1.png": "x",
    "~$notes.docx": "x",
    "page.html": "<script>alert(1)</script>",
    "page.xhtml": "x",
    "feed.xml": "x",
    "code.js": "x",
    "code.php": "x",
    "ARTICLE.MD": "x",
    "notes.markdown": "x",
    "Ledger.toml": "x",
    "con.png": "x",
    "what?.png": "x",
    "10:30.png": "x",
    "a\\b.png": "x",
    'a" onerror="b.png': "x",
    "a\nb.png": "x",
    "a.png ": "x",
    "a\u202egnp.exe": "x",
    os.fsdecode(b"\xff.png"): "x",
    "index.html": "x",
}.items():
    _file(f"file-{re.sub(r'[^a-zA-Z0-9]+', '-', ascii(name)).strip('-')}", name, data)
CASES["file-twice-but-for-capitals"] = {
    "article.md": story("capitals"), "a.png": "x", "A.png": "y",
}  # fmt: skip
CASES["file-twice-but-for-an-accent"] = {
    "article.md": story("accent"), "\xe9.png": "x", "e\u0301.png": "y",
}  # fmt: skip
for name in (
    ".article.md.swp",
    ".DS_Store",
    "article.md~",
    "#article.md#",
    "Thumbs.db",
):
    _file(f"fine-litter-{len(name)}", name)

for name, link in {
    "long": f"{'a' * 290}.png",
    "of-the-content": "{static}/",
    "of-the-content-above": "../../..",
}.items():
    _body(f"picture-{name}", f'![A map]({link}){{credit="A"}}\n')

_file(
    "svg-that-runs", "a.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="a()"/>'
)
_file("svg-of-a-page", "a.svg", '<html xmlns="http://www.w3.org/1999/xhtml"/>')


def _instead(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return what puts something else in the place of the article."""

    def run(folder: Path) -> None:
        (folder / "article.md").unlink()
        make(folder / "article.md")

    return run


def _bound(folder: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)  # a socket's path has at most 108 bytes
    listener.bind("a.png")
    os.fchdir(here)
    os.close(here)
    listener.close()


CASES |= {
    "place-link-out": lambda folder: (folder / "a.txt").symlink_to("/etc/hostname"),
    "place-link-inside": lambda folder: (folder / "a.txt").symlink_to("article.md"),
    "place-link-to-nothing": lambda folder: (folder / "a.txt").symlink_to("nowhere"),
    "place-link-to-itself": lambda folder: (folder / "a").symlink_to("a"),
    "place-link-to-a-folder": lambda folder: (folder / "a").symlink_to("/etc/apt"),
    "place-link-in-a-circle": lambda folder: (folder / "a").symlink_to(".."),
    "place-link-for-an-article": _instead(
        lambda path: path.symlink_to("/etc/hostname")
    ),
    "place-link-for-a-ledger": lambda folder: (folder / "ledger.toml").symlink_to(
        "/etc"
    ),
    "place-pipe": lambda folder: os.mkfifo(folder / "a.png"),
    "place-pipe-for-an-article": _instead(os.mkfifo),
    "place-pipe-for-a-ledger": lambda folder: os.mkfifo(folder / "ledger.toml"),
    "place-folder-for-an-article": _instead(Path.mkdir),
    "place-folder-for-a-ledger": lambda folder: (folder / "ledger.toml").mkdir(),
    "place-socket": _bound,
}
