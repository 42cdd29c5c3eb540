"""What can go wrong, said in one line that tells what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class ReportedlyError(Exception):
    """The root of every error that this package raises on purpose.

    ``exit_code`` is the command line's exit status for it.
    """

    exit_code: ClassVar[int] = 1


class IntakeError(ReportedlyError):
    """A report could not be taken in."""

    exit_code = 3


class EmptyReport(IntakeError):
    """There is no text to read."""

    exit_code = 4


class NotText(IntakeError):
    """The bytes are not text (a picture, an archive, a PDF)."""

    exit_code = 5


class TooLarge(IntakeError):
    """The report is over the size limit."""

    exit_code = 6


class NoArticle(IntakeError):
    """A page without an article in it."""

    exit_code = 7


class FetchError(IntakeError):
    """An address could not be fetched, or may not be."""

    exit_code = 8


class ModelError(ReportedlyError):
    """The weights are missing or damaged."""

    exit_code = 9


class DeskError(ReportedlyError):
    """A desk cannot be opened, read or written."""

    exit_code = 11


class NotInDesk(DeskError):
    """There is no such report, story, claim or decision in the desk."""

    exit_code = 12


class ExchangeError(ReportedlyError):
    """Something cannot be written, or not brought in, in the form asked for."""

    exit_code = 13


@dataclass(frozen=True, slots=True)
class Rejected:
    """What could not be read: ``where`` it stands ("news.jsonl:12") and the ``error`` that says why."""

    where: str
    error: ReportedlyError
