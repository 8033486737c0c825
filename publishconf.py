"""What publishing adds: one public address, and links that begin with it."""

import os
import sys

sys.path.append(os.curdir)
from pelicanconf import *

SITEURL = os.environ.get("SITEURL", SITEURL).rstrip("/")
RELATIVE_URLS = False
# newsroom/twins.py: what is published is compressed once, at the highest level.
COMPRESSED_TWINS = True
