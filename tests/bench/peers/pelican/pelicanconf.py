"""Pelican with its theme "simple", and by a plugin every page kind of the bench."""

SITENAME = "Standfirst"
SITEURL = "https://standfirst.example"
PATH = "content"
ARTICLE_PATHS = ["articles"]
OUTPUT_PATH = "output"
THEME = "theme"
PLUGIN_PATHS, PLUGINS = ["."], ["kinds"]
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_PAGINATION = 20
ARTICLE_SAVE_AS = ARTICLE_URL = "{date:%Y}/{slug}/index.html"
ARCHIVES_SAVE_AS = "a-z/index.html"
YEAR_ARCHIVE_SAVE_AS = YEAR_ARCHIVE_URL = "{date:%Y}/index.html"
PAGINATED_TEMPLATES = dict.fromkeys(
    ["index", "tag", "category", "author", "period_archives"]
)
FEED_MAX_ITEMS = 20
RSS_FEED_SUMMARY_ONLY = False
TRANSLATION_FEED_ATOM = None
FEED_ALL_ATOM, FEED_ALL_RSS = "atom.xml", "rss.xml"
CATEGORY_FEED_ATOM, CATEGORY_FEED_RSS = "category/{slug}.atom", "category/{slug}.rss"
TAG_FEED_ATOM, TAG_FEED_RSS = "tag/{slug}.atom", "tag/{slug}.rss"
AUTHOR_FEED_ATOM, AUTHOR_FEED_RSS = "author/{slug}.atom", "author/{slug}.rss"
