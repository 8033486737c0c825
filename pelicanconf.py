"""The settings of every build; publishconf.py holds what publishing adds."""

import sys
from pathlib import Path

from jinja2 import StrictUndefined

sys.path.insert(0, str(Path(__file__).resolve().parent / "plugins"))
import newsroom

# --- Yours: the site ------------------------------------------------------------

SITENAME = "Standfirst"
SITESUBTITLE = "News with its evidence"
# The public address, set once. Until it is yours, a build says that it is not.
SITEURL = "https://standfirst.example"
# Where readers report an error; at the foot of every page and in security.txt.
NEWSDESK_EMAIL = "newsdesk@standfirst.example"
# Bylines and checkers that are an organisation, not a person.
DESKS = ["Standfirst newsdesk", "Standfirst research desk"]
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
# "rtl" for a site in Arabic, Hebrew, Persian, Urdu …
TEXT_DIRECTION = "ltr"
# Of the site's words; the code has its own, in LICENSE.
CONTENT_LICENCE = "CC BY 4.0"
CONTENT_LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
# Of the page that says how you check; a ledger's [check] names the one it followed.
METHOD_VERSION = "2026-11"
# Which page holds which policy, for search engines: https://schema.org/NewsMediaOrganization
POLICY_PAGES = {
    "publishingPrinciples": "how-we-check",
    "correctionsPolicy": "corrections",
    "ownershipFundingInfo": "about",
}
# True promises https for good, for all subdomains too: https://hstspreload.org
HSTS_PRELOAD = False
# Whether readers can search the text of all stories.
SEARCH = False

DEFAULT_PAGINATION = 20
FEED_MAX_ITEMS = 20
# Stories of a section on the front page, the first of them with its standfirst.
FRONT_PAGE_STORIES = 4
# A picture of each headline, for networks to show; False builds faster.
CARDS = True

# Where the service for comments answers, as "https://comments.example.org/"; without
# one, a link to write to the newsdesk stands in the form's place.
COMMENTS_URL = ""
# Days after which a story takes no more comments; 0 for never.
COMMENTS_CLOSE_AFTER_DAYS = 0

# --- The house: where things are and where they go --------------------------------

PATH = "content"
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["articles", "extra"]
OUTPUT_PATH = "output"
CACHE_PATH = ".cache"
THEME = "theme"
PLUGINS = [newsroom]
PELICAN_CLASS = newsroom.Build

# Every page is the index.html of a folder of its own; newsroom/addresses.py derives
# the addresses from these places.
ARTICLE_SAVE_AS = "{date:%Y}/{slug}/index.html"
DRAFT_SAVE_AS = "drafts/{slug}/index.html"
PAGE_SAVE_AS = "{slug}/index.html"
DRAFT_PAGE_SAVE_AS = "drafts/pages/{slug}/index.html"
CATEGORY_SAVE_AS = "category/{slug}/index.html"
CATEGORIES_SAVE_AS = "category/index.html"
TAG_SAVE_AS = "tag/{slug}/index.html"
TAGS_SAVE_AS = "tag/index.html"
AUTHOR_SAVE_AS = "author/{slug}/index.html"
AUTHORS_SAVE_AS = "author/index.html"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
ARCHIVES_SAVE_AS = "archive/index.html"
CLAIMS_SAVE_AS = "claims/index.html"
A_TO_Z_SAVE_AS = "a-z/index.html"
SEARCH_SAVE_AS = "search/index.html"
PAGINATION_PATTERNS = [
    (1, "{save_as}", "{save_as}"),
    (2, "{base_name}/page/{number}/index.html", "{base_name}/page/{number}/index.html"),
]
DIRECT_TEMPLATES = ["index", "archives", "categories", "tags", "authors", "404"]
PAGINATED_TEMPLATES = {
    "archives": None,
    "period_archives": None,
    "category": None,
    "tag": None,
    "author": None,
}

# --- How Pelican is used ----------------------------------------------------------

# `make html` links with relative addresses, so that the output works anywhere.
RELATIVE_URLS = True
PUBLISHING = False
# newsroom/drafts.py holds drafts and stories to come back; `make serve` shows them.
PREVIEW = False
WITH_FUTURE_DATES = True
# Two stories are never "translations" of each other because their slugs agree.
ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = None
# Dates and names come from the header alone, never from a file's name or folder.
FILENAME_METADATA = ""
USE_FOLDER_AS_CATEGORY = False
FORMATTED_FIELDS: list[str] = []
PAGE_ORDER_BY = "title"
LOCALE = ["C"]
IGNORE_FILES = [
    "ledger.toml",
    "timeline.toml",
    "map.toml",
    "comments",
    ".*",
    "*~",
    "#*#",
    "__pycache__",
    "Thumbs.db",
    "desktop.ini",
]
THEME_STATIC_PATHS: list[str] = []
JINJA_ENVIRONMENT = {
    "trim_blocks": True,
    "lstrip_blocks": True,
    "autoescape": True,
    "undefined": StrictUndefined,
}
MARKDOWN = {
    "extensions": [
        "extra",
        "sane_lists",
        "newsroom.references",
        "newsroom.safe_html",
        "newsroom.markup",
        "newsroom.paragraphs",
        "newsroom.pictures",
        "newsroom.claims",
    ],
    # Claims have bare numbers.
    "extension_configs": {"extra": {"footnotes": {"SUPERSCRIPT_TEXT": "[{}]"}}},
    "output_format": "html",
}
# The feeds are templates of the theme (newsroom/machine_files.py), not Pelican's own.
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
