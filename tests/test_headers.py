"""The headers: one description, and what real servers and a real browser make of it."""

import json
import re
import shutil
import ssl
import subprocess
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import hosts
import pytest
from conftest import ROOT, SETTINGS, TESTS
from PIL import Image
from tools import EVERY_KIND, NODE_MODULES, built, chromium, npm_file

from newsroom import release
from newsroom.build import build
from newsroom.headers import FINGERPRINTED, LONGEST_LINE, Rule, policies_of, rules
from newsroom.page_policy import page_policy

SERVERS = {"nginx": hosts.nginx, "apache": hosts.apache, "caddy": hosts.caddy}
LISTEN = """document.addEventListener("securitypolicyviolation", event =>
    console.error("blocked:", event.violatedDirective, event.blockedURI))"""
NETLIFY = """
import { parseAllHeaders } from "@netlify/headers-parser";
const { headers, errors } = await parseAllHeaders(
    { headersFiles: [process.argv[1]], minimal: false, configHeaders: [] });
if (errors.length) throw errors[0];
console.log(JSON.stringify(headers.map(
    ({ forRegExp, values }) => [forRegExp.source, values])));
"""
SCRIPTED = """
<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'self'">
<title>Search</title></head><body></body></html>
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory) -> Path:
    """Build a site with a file of each kind that a rule is about; only look at it."""
    folder = tmp_path_factory.mktemp("headers")
    content = Path(shutil.copytree(TESTS / "minimal", folder / "content"))
    for name in ("quay.0f3a9c1b7d2e.webp", "quay.png"):
        Image.new("RGB", (60, 40)).save(content / "extra" / name)
    (content / "extra/find").mkdir()
    (content / "extra/find/index.html").write_text(SCRIPTED.strip())
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(folder / "output"))
    return folder / "output"


def answer(site: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Ask a server on loopback for a path; return the status and the headers."""
    context = ssl._create_unverified_context()  # its certificate is its own
    connection = HTTPSConnection(urlsplit(site).netloc, context=context, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    sent = [(name.lower(), value) for name, value in response.getheaders()]
    assert len(dict(sent)) == len(sent), sent
    return response.status, dict(sent)


def rules_of(output: Path, settings: dict[str, object]) -> list[Rule]:
    """Return the rules for a site as it stands."""
    names = release.files(output)
    return rules(settings, names, policies_of(output, names))


def expected(output: Path, path: str) -> dict[str, str]:
    """Return the headers that the rules say a path has."""
    settings = {"SITEURL": "https://standfirst.example", "HSTS_PRELOAD": False}
    found: dict[str, str] = {}
    for rule in rules_of(output, settings):
        if re.search(rule.pattern, path):
            found |= {name.lower(): value for name, value in rule.headers.items()}
    return found


PATHS = {
    "/": 200,
    "/2026/a-first-story/": 200,
    "/find/": 200,
    "/atom.xml": 200,
    "/favicon.svg": 200,
    "/quay.png": 200,
    "/quay.0f3a9c1b7d2e.webp": 200,
    "/.well-known/security.txt": 200,
}


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_sends_what_the_rules_say(output, server):
    """nginx, Apache and Caddy send each header once, of the last rule for the path."""
    with SERVERS[server](output) as site:
        for path, status in PATHS.items():
            got, headers = answer(site, path)
            assert got == status, path
            wanted = expected(output, path)
            assert {name: headers.get(name) for name in wanted} == wanted, path
        for hidden in ("/.nginx.conf", "/.htaccess", "/.Caddyfile"):
            assert answer(site, hidden)[0] in {403, 404}, hidden
        style = re.search("'sha256-[^']+'", (output / "404.html").read_text("utf-8"))
        for gone in ("/gone.html", "/2026/gone/"):
            got, headers = answer(site, gone)
            assert got == 404
            assert headers["content-type"].startswith("text/html")
            assert style[0] in headers["content-security-policy"], gone


def test_the_rules_tell_the_kinds_of_files_apart(output):
    """A page with a script has its own policy; what never changes is kept for ever."""
    page, script = expected(output, "/"), expected(output, "/find/")
    assert "script-src" not in page["content-security-policy"]
    assert "script-src 'self'" in script["content-security-policy"]
    assert "frame-ancestors 'none'" in script["content-security-policy"]
    assert "immutable" in expected(output, "/quay.0f3a9c1b7d2e.webp")["cache-control"]
    assert "immutable" not in expected(output, "/quay.png")["cache-control"]
    picture = expected(output, "/quay.png")
    assert picture["cross-origin-resource-policy"] == "cross-origin"
    assert page["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "fingerprinted"),
    [
        ("quay.0f3a9c1b7d2e.webp", True),
        ("en_0f3a9c1.pf_index", True),
        ("quay.webp", False),
        ("2026.11.22.png", False),
        ("report.20261122.pdf", False),
        ("0f3a9c1b7d2e.webp", False),
    ],
)
def test_only_a_name_with_a_hash_is_kept_for_ever(name, fingerprinted):
    """A date in a name is no hash of what is in the file."""
    assert bool(re.search(FINGERPRINTED, name)) == fingerprinted


def test_a_host_of_one_rule_styles_every_page(owners_site):
    """The first rule allows what every page needs, for a CDN that has one for all."""
    settings = {"SITEURL": "https://standfirst.example", "HSTS_PRELOAD": False}
    first, stories, *_ = rules_of(owners_site, settings)
    for page in owners_site.rglob("*.html"):
        (style,) = re.findall(r"'sha256-[^']+'", page.read_text("utf-8")[:2_000])
        assert style in first.headers["Content-Security-Policy"], page
        if re.match("2016/[^/]+/index", page.relative_to(owners_site).as_posix()):
            assert style in stories.headers["Content-Security-Policy"], page


def test_a_story_with_its_headers_comes_in_the_first_flight(owners_site):
    """The budget of 13,500 bytes leaves 1,100 for the head (RFC 6928)."""
    with hosts.nginx(owners_site) as site:
        story = next(owners_site.glob("2016/*/index.html")).parent.name
        _, headers = answer(site, f"/2016/{story}/")
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    assert len("HTTP/1.1 200 OK\r\n\r\n") + sum(map(len, lines)) <= 1_100


def test_netlify_reads_the_same(output):
    """By Netlify's own parser the last rule that fits a path says the same."""
    npm_file("@netlify/headers-parser/package.json")
    run = subprocess.run(
        ["node", "--input-type=module", "-e", NETLIFY, output / "_headers"],
        cwd=NODE_MODULES.parent,
        capture_output=True,
        check=True,
    )
    read = json.loads(run.stdout)
    for path in PATHS:
        found: dict[str, str] = {}
        for pattern, values in read:
            if re.search(pattern, path):
                found |= {name.lower(): value for name, value in values.items()}
        assert found == expected(output, path), path


def test_cloudflare_drops_what_a_later_rule_replaces(output):
    """It joins the values of one header otherwise; and it has its limits."""
    lines = (output / "_headers").read_text("utf-8").splitlines()
    assert max(map(len, lines)) <= LONGEST_LINE
    blocks = [block.splitlines() for block in "\n".join(lines).split("\n/")]
    assert 2 < len(blocks) <= 100
    assert all(block[0].count("*") <= 1 for block in blocks)
    for block in blocks[1:]:
        dropped = [line[4:] for line in block if line.startswith("  ! ")]
        named = [line[2:].partition(":")[0] for line in block[1:] if ": " in line]
        assert dropped == named


def test_styles_too_many_for_a_line_are_left_to_the_page(tmp_path):
    """The shared policy then names none; the one in each page still names its own."""
    settings = {"SITEURL": "https://a.test", "HSTS_PRELOAD": False}
    for number in range(40):
        policy = page_policy(f"'sha256-{number:044}'", {})
        page = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        (tmp_path / f"{number}.html").write_text(page)
    shared = rules_of(tmp_path, settings)[0].headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline';" in shared
    (tmp_path / "39.html").unlink()
    for number in range(30, 39):
        (tmp_path / f"{number}.html").unlink()
    shared = rules_of(tmp_path, settings)[0].headers["Content-Security-Policy"]
    assert shared.count("'sha256-") == 30
    assert "unsafe" not in shared


def test_https_is_promised_only_where_the_site_has_it(build_content):
    """Without https in the address there is no such header; all subdomains if told."""
    assert "max-age=63072000\n" in (build_content() / "_headers").read_text()
    preload = (build_content(HSTS_PRELOAD=True) / "_headers").read_text()
    assert "max-age=63072000; includeSubDomains; preload\n" in preload
    plain = build_content(SITEURL="http://standfirst.example")
    for name in ("_headers", ".htaccess", ".nginx.conf", ".Caddyfile"):
        assert "Strict-Transport-Security" not in (plain / name).read_text()


def test_below_a_path_the_rules_are_too(build_content):
    """A site at /news has its rules and its page for wrong addresses there."""
    output = build_content(SITEURL="https://standfirst.example/news")
    assert (output / "_headers").read_text().startswith("/news/*\n")
    assert "error_page 404 /news/404.html;" in (output / ".nginx.conf").read_text()
    assert "ErrorDocument 404 /news/404.html" in (output / ".htaccess").read_text()


def test_a_page_allows_what_its_kind_needs_besides():
    """No form leads anywhere, but from a page that has one."""
    assert "form-action 'none'" in page_policy("'sha256-a'", {})
    own = page_policy("'sha256-a'", {"form-action": "'self' https://comments.a.test"})
    assert "form-action 'self' https://comments.a.test" in own
    assert "'none'" not in own.partition("form-action")[2]


def test_the_observatory_gives_every_point(build_content):
    """HTTP Observatory's own scorer gives A+ and 135, the most there is.

    Five of them are for a host in the browsers' list of those that have https alone,
    which its owner asks for; here the list, which the scorer fetches, is our own.
    """
    observatory = npm_file("@mdn/mdn-http-observatory")
    with hosts.nginx(build_content(HSTS_PRELOAD=True)) as site:
        host = urlsplit(site).netloc
        listed = {host: {"mode": "force-https", "includeSubDomains": True}}
        for known, points in (({}, 130), (listed, 135)):
            (observatory / "conf/hsts-preload.json").write_text(json.dumps(known))
            scan = scanned(observatory, site)
            assert (scan["grade"], scan["score"]) == ("A+", points)
            assert scan["testsFailed"] == 0


def scanned(observatory: Path, site: str) -> dict:
    """Return what the scorer says of a site whose certificate it is given."""
    certificate = ssl.get_server_certificate(("localhost", urlsplit(site).port))
    trusted = observatory / "conf/localhost.pem"
    trusted.write_text(certificate)
    run = subprocess.run(
        ["node", observatory / "src/scan.js", urlsplit(site).netloc],
        env={"NODE_EXTRA_CA_CERTS": str(trusted), "PATH": "/usr/local/bin:/usr/bin"},
        capture_output=True,
        check=True,
    )
    return json.loads(run.stdout)["scan"]


@pytest.mark.parametrize("of", ["owners_site", "fixture_site"])
def test_a_browser_reports_nothing_on_any_page(of, request):
    """Served so, nothing is blocked on any kind of page, and each has its style."""
    output = request.getfixturevalue(of)
    said = []
    with hosts.nginx(output) as site, chromium() as browser:
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.add_init_script(LISTEN)
        page.on("console", lambda message: said.append((page.url, message.text)))
        for name, kind in EVERY_KIND:
            if name == of:
                file = built(output, of, kind)
                page.goto(f"{site}/{file.relative_to(output).as_posix()}")
                assert page.evaluate("document.styleSheets.length") == 1, kind
        page.goto(f"{site}/?blocked")
        with page.expect_console_message(lambda message: "blocked:" in message.text):
            page.evaluate("document.body.setAttribute('style', 'top: 0')")
    assert [text for url, text in said if "?blocked" not in url] == []


def test_no_page_states_its_policy_otherwise():
    """The templates have it from the one description."""
    for template in (ROOT / "theme/templates").rglob("*"):
        assert "default-src" not in template.read_text("utf-8"), template
