"""Sphinx configuration. Build with: sphinx-build -W docs docs/_build"""

from __future__ import annotations

import re
from pathlib import Path

_FRONT = Path(__file__).resolve().parent.parent / "src" / "reportedly" / "__init__.py"
_VERSION = re.search(r'^__version__ = "([^"]+)"', _FRONT.read_text(encoding="utf-8"), re.MULTILINE)

project = "reportedly"
author = "the reportedly contributors"
release = version = _VERSION[1] if _VERSION else ""

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"reportedly {release}"
html_show_copyright = False
html_show_sourcelink = False
