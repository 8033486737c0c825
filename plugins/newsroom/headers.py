"""The headers that hosts are to send: one list of rules, written as each reads it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsroom import redirects, release
from newsroom.addresses import INDEX
from newsroom.page_policy import HEAD, parsed, policy_in, written

CSP, CACHE = "Content-Security-Policy", "Cache-Control"
REACH = "Cross-Origin-Resource-Policy"
FINGERPRINTED = release.FINGERPRINTED.pattern
NOT_FOUND = "404.html"
# A story: most of what is read is one, and arrives in the first flight of packets only
# if its headers are short, so stories have a policy of their own.
STORY = "[12][0-9][0-9][0-9]/[^/]+/"
IS_STORY = re.compile(STORY + re.escape(INDEX))
PICTURES = ("avif", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp")
# So that a correction is seen within a minute; and what never changes is kept.
SHORT, LONG = "public, max-age=60", "public, max-age=31536000, immutable"
UNUSED = ("camera", "geolocation", "microphone", "payment", "usb")
TWO_YEARS = 63_072_000  # seconds; https://hstspreload.org asks for one year at least
NOT_FRAMED = "frame-ancestors 'none'"
NOTHING = f"base-uri 'none'; form-action 'none'; {NOT_FRAMED}"
# Of redirects.NETLIFY: https://developers.cloudflare.com/pages/configuration/headers/
LONGEST_LINE = 2_000
# A page, by its place below the output, and its policy.
Paged = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """Headers of the files whose path on the host matches `pattern`.

    `globs` say the same with `*` for anything or `:name` for a folder's name. Of two
    rules for one header of one file, the later counts.
    """

    pattern: str
    globs: tuple[str, ...]
    headers: Mapping[str, str]


def policies_of(output: Path, names: Iterable[str]) -> Iterator[Paged]:
    """Read the policies of the pages that are among some files of a site."""
    for name in names:
        if name.endswith(".html"):
            with (output / name).open(encoding="utf-8", errors="replace") as file:
                yield name, policy_in(file.read(HEAD))


def rules(
    settings: Mapping[str, Any], names: Iterable[str], policies: Iterable[Paged]
) -> list[Rule]:
    """Return the rules for a site that has files of these names.

    `policies` are those of its pages; an empty one is of a page that has none.
    """
    scripted, plain, stories, years, lost = [], set(), set(), set(), ""
    for name, policy in policies:  # few are others, of hundreds of thousands of pages
        if "script-src" in policy:
            scripted.append((name, policy))
        elif policy:
            plain.add(policy)
            if IS_STORY.fullmatch(name):
                stories.add(policy)
                years.add(name[:4])
            elif name == NOT_FOUND:
                lost = policy
    root = f"{urlsplit(settings['SITEURL']).path}/"
    return [
        Rule(
            "^/",
            (f"{root}*",),
            _of_every_file(settings) | {CSP: _shared(plain)},
        ),
        # Some hosts send the headers of the wrong address with the page for it.
        Rule(
            f"^{root}{STORY}({re.escape(INDEX)})?$",
            tuple(f"{root}{year}/:story/" for year in sorted(years)),
            {CSP: _shared({*stories, lost})},
        ),
        *(
            _of_one_page(root + name.removesuffix(INDEX), policy)
            for name, policy in sorted(scripted)
        ),
        *_by_ending(root, names),
    ]


def write(
    output: Path,
    settings: Mapping[str, Any],
    names: Iterable[str],
    policies: Iterable[Paged],
) -> list[str]:
    """Write into `output` the file that each kind of host reads; return their names.

    The others are the arguments of `rules`.
    """
    found = rules(settings, names, policies)
    not_found = f"{urlsplit(settings['SITEURL']).path}/{NOT_FOUND}"
    moved = redirects.host_rules(output)
    files = {
        redirects.NETLIFY: _netlify(found),
        ".htaccess": _apache(found, not_found),
        ".nginx.conf": _nginx(found, not_found),
        ".Caddyfile": _caddy(found, not_found),
    }
    for name, lines in files.items():
        text = "".join(f"{line}\n" for line in [*lines, *moved.get(name, [])])
        (output / name).write_text(text, "utf-8")
    return [*files]


def _of_every_file(settings: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
        "Cross-Origin-Opener-Policy": "same-origin",
        REACH: "same-origin",
        CACHE: SHORT,
    }
    if settings["SITEURL"].startswith("https:"):
        more = "; includeSubDomains; preload" if settings["HSTS_PRELOAD"] else ""
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}{more}"
    return headers


def _of_one_page(path: str, policy: str) -> Rule:
    pattern = f"^{re.escape(path)}({re.escape(INDEX)})?$"
    return Rule(pattern, (path,), {CSP: f"{written(parsed(policy))}; {NOT_FRAMED}"})


def _by_ending(root: str, names: Iterable[str]) -> Iterator[Rule]:
    """Yield the rules for what is opened alone, and for what never changes.

    A feed has a style sheet beside it, and a drawing may have styles in it; neither may
    run a script. Pictures are shown by readers of feeds, which are other sites.
    """
    endings, changing = set(), set()
    for name in names:
        ending = _ending(name)
        endings.add(ending)
        if ending not in changing and not release.FINGERPRINTED.search(name):
            changing.add(ending)

    def globs(wanted: set[str]) -> tuple[str, ...]:
        return tuple(f"{root}*.{ending}" for ending in sorted(wanted & endings - {""}))

    feed = f"default-src 'none'; style-src 'self'; {NOTHING}"
    picture = f"default-src 'none'; style-src 'unsafe-inline'; {NOTHING}"
    yield Rule(r"\.xml$", globs({"xml"}), {CSP: feed})
    yield Rule(
        rf"\.({'|'.join(PICTURES)})$",
        globs({*PICTURES}),
        {CSP: picture, REACH: "cross-origin"},
    )
    yield Rule(FINGERPRINTED, globs(endings - changing), {CACHE: LONG})


def _ending(name: str) -> str:
    """Return what follows the last dot of a file's name, which does not begin with it.

    >>> _ending("2016/story/map.svg"), _ending(".well-known/about"), _ending("a/.name")
    ('svg', '', '')
    """
    stem, _, ending = name.rpartition(".")
    return "" if "/" in ending or stem[-1:] in {"", "/"} else ending


def _shared(policies: Iterable[str]) -> str:
    """Return a policy that allows what any of `policies` does.

    A browser keeps to this and to the policy in the page, so of the styles it allows
    that page's own alone. They grow in number with what stories are made of, not with
    the stories; where even so they do not fit a line, the page alone tells which.
    """
    shared: dict[str, set[str]] = {}
    for policy in sorted({*policies}):  # of thousands of pages, a few
        for name, sources in parsed(policy).items():
            shared.setdefault(name, set()).update(sources.split())
    allowed = {
        name: " ".join(sorted(sources - {"'none'"})) or "'none'"
        for name, sources in shared.items()
    }
    text = f"{written(allowed)}; {NOT_FRAMED}"
    if len(f"  {CSP}: {text}") <= LONGEST_LINE:
        return text
    allowed["style-src"] = "'unsafe-inline'"
    return f"{written(allowed)}; {NOT_FRAMED}"


def _netlify(found: list[Rule]) -> Iterator[str]:
    """Write `_headers` of Netlify and Cloudflare Pages.

    Of two values for one file, Netlify sends the last; Cloudflare joins them, if a line
    with `!` does not drop the first.
    """
    first, *others = found
    for glob in first.globs:
        yield glob
        yield from (f"  {name}: {value}" for name, value in first.headers.items())
    for rule in others:
        for glob in rule.globs:
            yield glob
            for name, value in rule.headers.items():
                yield f"  ! {name}"
                yield f"  {name}: {value}"


def _apache(found: list[Rule], not_found: str) -> Iterator[str]:
    yield f"ErrorDocument 404 {not_found}"
    yield "AddDefaultCharset utf-8"
    yield r"RedirectMatch 404 /\.(?!well-known/)"
    yield "<IfModule mod_headers.c>"
    for rule in found:
        yield f'<If "%{{REQUEST_URI}} =~ m#{rule.pattern}#">'
        for name, value in rule.headers.items():
            yield f'Header always set {name} "{value}"'
        yield "</If>"
    yield "</IfModule>"


def _nginx(found: list[Rule], not_found: str) -> Iterator[str]:
    """Write what a `server` block includes.

    nginx sends the headers of one place only, so each is set once, from a variable.
    """
    yield f"error_page 404 {not_found};"
    yield "charset utf-8;"
    yield "charset_types text/css text/plain text/xml;"
    yield "gzip_static on;"
    yield "gzip_vary on;"
    for name in found[0].headers:
        variable = f"$site_{name.lower().replace('-', '_')}"
        for rule in found:
            if value := rule.headers.get(name):
                setting = f'set {variable} "{value}";'
                first = rule is found[0]
                yield (
                    setting
                    if first
                    else f'if ($uri ~ "{rule.pattern}") {{ {setting} }}'
                )
        yield f"add_header {name} {variable} always;"
    yield r"location ~ \.webmanifest$ { default_type application/manifest+json; }"
    yield r"location ~ /\.(?!well-known/) { return 404; }"


def _caddy(found: list[Rule], not_found: str) -> Iterator[str]:
    """Write what a site block imports; in a `route`, what comes later counts."""
    yield "route {"
    for number, rule in enumerate(found):
        yield f"  @{number} path_regexp {rule.pattern}"
        yield f"  header @{number} {{"
        yield from (f'    {name} "{value}"' for name, value in rule.headers.items())
        yield "  }"
    yield "  @hidden {"
    yield r"    path_regexp /\."
    yield r"    not path_regexp /\.well-known/"
    yield "  }"
    yield "  error @hidden 404"
    yield "  file_server {"
    yield "    precompressed br gzip"
    yield "  }"
    yield "}"
    yield "handle_errors {"
    yield f"  rewrite * {not_found}"
    yield "  file_server"
    yield "}"
