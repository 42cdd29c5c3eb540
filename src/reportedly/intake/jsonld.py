"""The article that a page describes in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

MAX_SCRIPT = 1_000_000
_MAX_NODES = 20_000
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage|SocialMediaPosting|DiscussionForumPosting|VideoObject)$")
_WRAP = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)"
                   r"|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$")  # fmt: skip

Node = dict[str, Any]


def article(scripts: Iterable[str]) -> Node:
    """Return the article's node out of a page's JSON-LD scripts, or an empty one.

    ``@graph``, lists and nesting are searched; references by ``@id`` are
    followed for the author and the publisher. Where several articles are
    described (related stories), the one that says most of itself and stands
    first is taken; a ``WebPage`` serves where there is no article.
    """
    nodes = [node for script in scripts for node in _nodes(script)]
    known = {n["@id"]: n for n in nodes if isinstance(n.get("@id"), str) and len(n) > 2}
    best: Node = {}
    best_rank = 0
    for node in nodes:
        rank = _rank(node)
        if rank > best_rank:
            best, best_rank = node, rank
    found = dict(best)
    for key in ("author", "creator", "publisher"):
        if key in found:
            found[key] = _resolved(found[key], known)
    return found


def names(value: object) -> list[str]:
    """Return the names in an author or publisher value: a string, a node, or a list of either."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return names(value.get("name"))
    if isinstance(value, list):
        return [name for item in value[:50] if not isinstance(item, list) for name in names(item)]
    return []


def first(value: object) -> str | None:
    """Return the first string in ``value``."""
    found = names(value)
    return found[0] if found else None


def _nodes(script: str) -> Iterator[Node]:
    if len(script) > MAX_SCRIPT:
        return
    try:
        data = json.loads(_WRAP.sub("", script.strip()).strip(), strict=False)
    except (ValueError, RecursionError):
        return
    pending, seen = [data], 0
    while pending and seen < _MAX_NODES:
        value = pending.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            pending.extend(v for v in reversed(list(value.values())) if isinstance(v, dict | list))
        elif isinstance(value, list):
            pending.extend(reversed(value[:_MAX_NODES]))


def _types(node: Node) -> list[str]:
    value = node.get("@type")
    kinds = value if isinstance(value, list) else [value]
    return [k for k in kinds if isinstance(k, str)]


def _rank(node: Node) -> int:
    kinds = _types(node)
    if any(_ARTICLE.search(k) for k in kinds):
        said = sum(key in node for key in ("datePublished", "author", "publisher", "headline", "articleBody"))
        return 10 + said
    if any(_PAGE.search(k) for k in kinds):
        return 1 + ("datePublished" in node)
    return 0


def _resolved(value: object, known: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [_resolved(v, known) for v in value[:50] if not isinstance(v, list)]
    if isinstance(value, dict) and "name" not in value:
        return known.get(str(value.get("@id")), value)
    return value
