"""What was worked out of a desk lately, kept in memory; and patience with what takes long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock, Semaphore, Thread
from typing import Any, TypeVar, cast

from ..errors import DeskError
from ..records import Story
from ..weighing.weigh import Weighed
from .book import Book
from .store import Desk

_MOST = 64  # answers
_AT_ONCE = 2  # stories that are weighed at the same time
_PATIENCE = 6.0  # seconds
_MOST_WAITING = 40  # stories that wait to be weighed; more are not begun

Answer = TypeVar("Answer")


class StillWeighing(DeskError):
    """A story takes long to weigh; it goes on, and whoever asks again later gets the answer."""


class _Task:
    """A weighing that goes on beside the request that wanted it."""

    def __init__(self) -> None:
        self.done = Event()
        self.failed: BaseException | None = None


class Remembered:
    """The latest answers of one desk. Threads may share it.

    An answer is kept under what it depends on (a story: :meth:`Book.key`), so that none is ever out of date.

    Args:
        desk: the desk.
        most: answers that are kept.
        patience: seconds that somebody waits for a story to be weighed.
    """

    def __init__(self, desk: Desk, *, most: int = _MOST, patience: float = _PATIENCE) -> None:
        self._desk = desk
        self._most = most
        self._patience = patience
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._tasks: dict[Hashable, _Task] = {}
        self._lock = Lock()
        self._room = Semaphore(_AT_ONCE)

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer under ``key``; ``make`` works it out where it is not remembered."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: Answer = self._answers[key]
                return found
        made = make()
        self._put(key, made)
        return made

    def weighed(self, book: Book, story: Story, patience: float | None = None) -> Weighed:
        """Return what a story comes to, as :meth:`Book.weighed` does.

        ``patience`` is how many seconds to wait for it, if not as long as usual.

        Raises:
            StillWeighing: it is not written down, and to weigh it takes longer than anybody should wait.
        """
        return self.get(("weighed", story.id, book.key(story)), lambda: self._weigh(book, story, patience))

    def _put(self, key: Hashable, answer: object) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def _weigh(self, book: Book, story: Story, patience: float | None) -> Weighed:
        if book.is_kept(story):
            return book.weighed(story)
        key = "weighed", story.id, book.key(story)
        with self._lock:
            if key in self._answers:  # it was put there just now
                return cast(Weighed, self._answers[key])  # the key says which kind of answer it is
            task = self._tasks.get(key)
            if task is None and len(self._tasks) >= _MOST_WAITING:
                raise StillWeighing("many stories are being weighed; ask again in a moment")
            if task is None:
                task = self._tasks[key] = _Task()
                ask = book.as_of, book.clock
                # a daemon: nobody waits for it when the program ends
                Thread(target=self._work, args=(task, key, story.id, *ask), daemon=True).start()
        if not task.done.wait(self._patience if patience is None else patience):
            raise StillWeighing(f"story {story.id} is being weighed; ask again in a moment")
        if task.failed is not None:
            raise task.failed
        with self._lock:
            found: Weighed | None = self._answers.get(key)
        return found if found is not None else book.weighed(story)

    def _work(self, task: _Task, key: Hashable, story: str, as_of: str | None, clock: Any) -> None:
        try:
            with self._room, self._desk.reading() as connection:
                book = Book(connection, as_of=as_of, clock=clock)
                self._put(key, book.weighed(book.story(story)))
        except BaseException as error:
            task.failed = error
        finally:
            with self._lock:
                self._tasks.pop(key, None)
            task.done.set()
