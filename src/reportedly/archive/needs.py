"""What an archive needs that the core does not, and what is said where it is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from ..errors import ReportedlyError


class ArchiveError(ReportedlyError):
    """An archive cannot be opened, read or written, or is not what was asked for."""

    exit_code: ClassVar[int] = 14


def need(module: str, extra: str) -> Any:
    """Import a library that comes with an extra of this package.

    Raises:
        ArchiveError: it is not installed; the message says which extra has it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        if not (error.name or "").startswith(module.split(".")[0]):
            raise ArchiveError(f"{module} does not load: {error}") from None
        name = module.split(".")[0]
        raise ArchiveError(f"this needs {name}: pip install 'reportedly[{extra}]'") from None
