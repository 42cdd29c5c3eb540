"""The desk: what is kept. Reports, their readings, stories, and the decisions of people."""

from __future__ import annotations

from .store import Desk, open_desk

__all__ = ["Desk", "open_desk"]
