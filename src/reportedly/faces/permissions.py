"""Which permission each request needs: one table, looked through from the top.

What stands in no row needs ``see`` if it only looks, and ``administer`` if it changes
anything, so that what is forgotten here is closed rather than open. Which role has
which permission stands in :data:`reportedly.desk.access.MAY`.
"""

from __future__ import annotations

import re

from ..desk.access import Permission

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})

_ROWS: tuple[tuple[str, str, Permission], ...] = (
    # methods, paths, permission
    ("*", r"/login", "open"),
    ("POST", r"/logout", "open"),
    ("GET HEAD", r"/static/.*", "open"),
    ("GET HEAD", r"/api/v1/health|/healthz|/readyz", "open"),
    ("*", r"/metrics", "administer"),  # or the token of the metrics, which is good for nothing else
    ("GET HEAD", r"/favicon\.ico|/robots\.txt", "open"),
    ("POST", r"/(api/v1/)?read", "see"),  # nothing is stored
    ("POST", r"/api/v1/decisions(/.*)?", "decide"),
    ("POST", r"/(review|decisions)(/.*)?", "decide"),
    ("*", r"/api/v1/jobs(/.*)?", "ingest"),
    ("*", r"/api/v1/quarantine(/.*)?", "ingest"),  # it names paths of the machine that took things in
    ("*", r"/(jobs|ingest|quarantine)(/.*)?", "ingest"),
)
_TABLE = tuple((methods.split(), re.compile(path), permission) for methods, path, permission in _ROWS)


def needed(method: str, path: str) -> Permission:
    """Return the permission that a request needs."""
    for methods, pattern, permission in _TABLE:
        if ("*" in methods or method in methods) and pattern.fullmatch(path):
            return permission
    return "see" if method in LOOKING else "administer"
