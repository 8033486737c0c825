"""The page that shows a form again, filled in, with what is to be mended beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from intake.checks import Again
from intake.form import HONEYPOT
from intake.origins import origin_of
from newsroom import templates
from newsroom.addresses import address
from newsroom.comment_pages import DATA_PAGE
from newsroom.styles import style_sheet

TEMPLATE = "comment_again.html"
# A browser holds the page that a form leads to, too, against form-action: 'self' takes
# the form, the site has the page of thanks.
POLICY = (
    "default-src 'none'; style-src {}; form-action 'self' {}; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Form:
    """A page for a reader, and the policy that a browser is to hold it to."""

    html: str
    policy: str


class Theme:
    """The site's own theme, by the site's settings."""

    def __init__(self, settings: dict[str, Any]) -> None:
        styles = Path(settings["THEME"], "static", "css")
        self._settings = settings
        page = settings["PAGE_SAVE_AS"].format(slug=DATA_PAGE)
        self._data_page = address(page, relative=False)
        self._environment = Environment(  # noqa: S701 - the settings switch it on
            loader=FileSystemLoader(templates.folders(settings)),
            **settings["JINJA_ENVIRONMENT"],
        )
        self._environment.globals["style_sheet"] = lambda *names: style_sheet(
            styles, names
        )

    def again(self, answer: Again) -> Form:
        """Return the form as its reader filled it in."""
        names = ("SITENAME", "DEFAULT_LANG", "TEXT_DIRECTION", "COMMENTS_URL")
        template = self._environment.get_template(TEMPLATE)
        page: Any = template.make_module(
            {name: self._settings[name] for name in names}
            | {
                "SITEURL": answer.site,
                "comment_data": self._data_page,
                "story": answer.story,
                "values": answer.form.values | {HONEYPOT: ""},
                "mistakes": answer.form.mistakes,
                "is_our_fault": answer.is_our_fault,
            }
        )
        policy = POLICY.format(page.style.csp_hash, origin_of(answer.site))
        return Form(str(page), policy)
