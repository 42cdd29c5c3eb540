"""What was worked out of a desk lately, kept in memory for whoever asks again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from ..records import Story
from ..weighing.weigh import Weighed
from .book import Book

_MOST = 64  # answers

Answer = TypeVar("Answer")


class Remembered:
    """The latest answers of one desk. Threads may share it.

    An answer is kept under what it depends on (a story: :meth:`Book.key`), so that none is ever out of date.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer under ``key``; ``make`` works it out where it is not remembered."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: Answer = self._answers[key]
                return found
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made

    def weighed(self, book: Book, story: Story) -> Weighed:
        """Return what a story comes to, as :meth:`Book.weighed` does."""
        return self.get(("weighed", story.id, book.key(story)), lambda: book.weighed(story))
