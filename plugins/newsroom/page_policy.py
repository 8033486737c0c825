"""The content security policy in a page's head: what it may show, send and run.

https://www.w3.org/TR/CSP3/#framework-directives
"""

import re
from collections.abc import Mapping

from markupsafe import Markup

# Each directive has a list of sources.
Policy = Mapping[str, str]

IN_PAGE = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
HEAD = 2_000  # characters of a page; its policy stands before all but the character set


def page_policy(style: str, own: Policy) -> Markup:
    """Write the policy of a page whose `<style>` has the source expression `style`.

    `own` has the directives that its kind needs besides, as one with a form does.
    """
    return written(
        {
            "default-src": "'none'",
            "style-src": style,
            "img-src": "'self'",
            "manifest-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
            **own,
        }
    )


def policy_in(page: str) -> str:
    """Return the policy that a page has in its head, or nothing."""
    found = IN_PAGE.search(page, 0, HEAD)
    return found[1] if found else ""


def parsed(policy: str) -> Policy:
    """Read a policy."""
    return dict(part.split(maxsplit=1) for part in policy.split(";") if part)


def written(policy: Policy) -> Markup:
    """Write a policy."""
    text = "; ".join(f"{name} {sources}" for name, sources in policy.items())
    return Markup(text)  # noqa: S704 - of settings and hashes, which have no markup
