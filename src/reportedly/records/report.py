"""A report: one article, post or page as it was taken in."""

from __future__ import annotations

from typing import Literal

import msgspec

CreditKind = Literal["agency", "citation", "contribution"]


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the report itself credits: an agency ("(AP)"), a cited outlet, a contributor."""

    name: str
    kind: CreditKind
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report and what is known of its making.

    ``published`` and ``updated`` are ISO 8601, with the time zone where the
    page states one. ``language`` is an ISO 639-1 code. ``sha256`` is that of
    ``text`` in UTF-8. Unknown is ``None``. ``warnings`` say what the reader of
    the output should know about the intake ("looks like a paywall stub").
    """

    id: str
    text: str
    sha256: str
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    credits: tuple[Credit, ...] = ()
    warnings: tuple[str, ...] = ()
