"""The names that Windows keeps for devices, whatever ending follows them."""

import re

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
