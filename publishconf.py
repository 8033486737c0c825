"""What publishing adds: one public address, and links that begin with it."""

import os
import sys

sys.path.append(os.curdir)
from pelicanconf import *

SITEURL = os.environ.get("SITEURL", SITEURL).rstrip("/")
RELATIVE_URLS = False
# newsroom/twins.py and parts_list.py add what only a published site needs.
PUBLISHING = True
# Compressed twins of all texts, for nginx, Caddy and GitLab Pages. Other hosts compress
# by themselves, and it takes long: TWINS=no leaves them out.
TWINS = os.environ.get("TWINS") != "no"
