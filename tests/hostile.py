"""Texts that try to run a script wherever they are shown; each would call `alert`."""

import json
from collections.abc import Iterator
from itertools import product

from conftest import TESTS
from tools import npm_file

CALL = "alert(1)"
# Tags that events or sources bring to life, as PortSwigger's cheat sheet lists them:
# https://portswigger.net/web-security/cross-site-scripting/cheat-sheet
TAGS = (
    *("a", "audio src=x", "body", "button", "details open", "div", "embed src=x"),
    *("form", "frameset", "iframe src=x", "img src=x", "input autofocus", "keygen"),
    *("link rel=stylesheet href=x", "marquee", "math", "object data=x", "p", "select"),
    *("style", "svg", "svg><animate attributeName=x dur=1s", "svg><image href=x"),
    *("table", "textarea autofocus", "video src=x", "xss contenteditable", "x-y"),
)
EVENTS = (
    *("onload", "onerror", "onfocus tabindex=1 autofocus", "onclick", "onmouseover"),
    *("onanimationstart style=animation-name:x", "ontoggle", "onbegin", "onpageshow"),
    *("oncut", "onpointerenter", "onscrollend", "onbeforematch hidden=until-found"),
)
# Ways to write an event so that a filter overlooks it.
DRESSES = (
    "<{tag} {event}={call}>",
    "<{tag}/{event}='{call}'>x",
    '"><{tag} {event}="{call}"',
    "<{tag}\n{event}\n=\n{call}\n>",
    "<<{tag} {event}={call}//",
)
LINKS = (
    "javascript:{call}",
    "JaVaScRiPt:{call}",
    " javascript:{call}",
    "java\tscript:{call}",
    "java&#10;script:{call}",
    "&#106;avascript:{call}",
    "&#x6A&#x61&#x76&#x61script:{call}",
    "javascript&colon;{call}",
    "javascript&#58;{call}",
    "\x01javascript:{call}",
    "data:text/html,<script>{call}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:{call}",
    "//evil.test/%0a{call}",
    "/x",
    "#comment-1",
    "view-source:javascript:{call}",
    "feed:javascript:{call}",
    "blob:{call}",
    'https://a.test/" onclick="{call}',
    "https://a.test/' onclick='{call}",
    "https://a.test/`onclick={call}",
    'mailto:a@b.test?" onfocus="{call}',
)
# Markdown's ways to a link or a picture, and HTML's.
FRAMES = (
    "[x]({link})",
    "[x](<{link}>)",
    '[x]({link} "a\\" onclick=alert(1)")',
    "![x]({link})",
    "[![x]({link})]({link})",
    "<{link}>",
    "[x]\n\n[x]: {link}",
    "[x][y]\n\n[y]: <{link}> 'z'",
    "*[abbr]: {link}\n\nabbr",
    "[x]({link}){{: onclick={call} }}",
    '<a href="{link}">x</a>',
    "<iframe src='{link}'></iframe>",
    "<form action={link}><button>x",
    "<svg><a xlink:href='{link}'><text y=9>x",
    "<math href='{link}'>x",
    "<base href='{link}'>",
    "<meta http-equiv=refresh content='0;url={link}'>",
    "<object data='{link}'>",
)
OTHERS = (
    "<script>{call}</script>",
    "<script>{call}",
    "</script><script>{call}</script>",
    "</textarea><script>{call}</script>",
    "</title><script>{call}</script>",
    "</style><script>{call}</script>",
    "--><script>{call}</script>",
    "]]><script>{call}</script>",
    "<scr<script>ipt>{call}</scr</script>ipt>",
    "<script/src=data:,{call}>",
    "<svg><script>{call}</script>",
    "<noscript><p title='</noscript><img src=x onerror={call}>'>",
    "<template><script>{call}</script></template>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror={call}&gt;'>",
    "<!--><img src=x onerror={call}>-->",
    "<?xml version='1.0'?><x onload={call}>",
    "<![CDATA[<img src=x onerror={call}>]]>",
    "```\n<script>{call}</script>\n```",
    "`<img src=x onerror={call}>`",
    "    <img src=x onerror={call}>",
    "> <img src=x onerror={call}>",
    "1. <img src=x onerror={call}>",
    "# <img src=x onerror={call}>",
    "&lt;script&gt;{call}&lt;/script&gt;",
    "&amp;lt;script&amp;gt;{call}",
    "\\<script\\>{call}\\</script\\>",
    "\u02bascript\u02ba<\u0161cript>{call}",
    "\uff1cscript\uff1e{call}\uff1c/script\uff1e",
    "<img src=x onerror\u00a0={call}>",
    "{{{{ {call} }}}} {{% {call} %}}",
    "[x](claim:third-lost) {{filename}}../x.md {{static}}/y.png",
    "\x02klzzwxh:0000\x03 wzxhzdk:0 {call}",
    "<style>@import 'javascript:{call}';*{{background:url(javascript:{call})}}</style>",
    '<div style="width:expression({call})">x',
    "<b id=comment-1 class=state name=main>x</b>",
    "<a id=main><input name=body><form name=head>",
)


def payloads() -> list[str]:
    """Return all of them, each once; none is empty."""
    found = dict.fromkeys((*_made(), *_dompurifys(), *_naughty()))
    return [text for text in found if text.strip()]


def _made() -> Iterator[str]:
    for tag, event, dress in product(TAGS, EVENTS, DRESSES):
        yield dress.format(tag=tag, event=event, call=CALL)
    for link, frame in product(LINKS, FRAMES):
        yield frame.format(link=link.format(call=CALL), call=CALL)
    for text in OTHERS:
        yield text.format(call=CALL)


def _dompurifys() -> list[str]:
    found: list[str] = json.loads(
        (TESTS / "payloads/dompurify.json").read_text("utf-8")
    )
    return found


def _naughty() -> list[str]:
    list_ = npm_file("big-list-of-naughty-strings/blns.json")
    found: list[str] = json.loads(list_.read_text("utf-8"))
    return found
