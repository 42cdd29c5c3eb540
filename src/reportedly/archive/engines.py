"""What reads shards: processes of this machine, each with a network of one thread of its own.

An engine takes shards as it needs them, so that no more than a few are in
memory, and gives back what is finished in any order. Which engine read a shard
cannot be seen in what it wrote.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as any_of
from pathlib import Path
from typing import TypeVar

from .needs import ArchiveError
from .reading import Finished, read_shard
from .shards import Cut, Input, Shard, cut

T = TypeVar("T")
U = TypeVar("U")

Done = Finished | Cut
"""What an engine gives back: a shard that was read, or what needed no reading."""


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def local(inputs: Iterable[Input], work: Path, workers: int) -> Iterator[Done]:
    """Cut the inputs into shards and read them with ``workers`` processes; see the module."""
    return _read(_all(inputs, work), work, workers)


def _all(inputs: Iterable[Input], work: Path) -> Iterator[Cut]:
    for found in inputs:
        yield from cut(found, work)


def _read(found: Iterator[Cut], work: Path, workers: int) -> Iterator[Done]:
    flying: dict[Future[Finished], Shard] = {}
    suspects: list[Shard] = []
    over = False
    pool = Pool(workers)
    try:
        while True:
            while not over and len(flying) < 2 * workers:
                one = next(found, None)
                if one is None:
                    over = True
                elif isinstance(one, Shard):
                    flying[pool.submit(read_shard, one, work)] = one
                else:
                    yield one
            if not flying:
                return
            ready, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in ready:
                shard = flying.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    suspects.append(shard)
            if suspects:
                suspects += flying.values()  # the same death ended them all
                flying.clear()
                pool.stop()
                for shard in sorted(suspects, key=lambda s: (s.input, s.ordinal)):
                    yield _alone(shard, work)
                suspects.clear()
                pool = Pool(workers)
    finally:
        pool.stop()


def _alone(shard: Shard, work: Path) -> Finished:
    """Read a shard by itself until no document in it ends the process that reads it."""
    for _ in range(2 * len(shard.items) + 2):
        pool = Pool(1)
        try:
            return pool.submit(read_shard, shard, work).result()
        except BrokenProcessPool:
            continue
        finally:
            pool.stop()
    raise ArchiveError(
        f"the processes that read shard {shard.name} die, whatever they read: is there enough memory?"
    )


def in_order(function: Callable[[T], U], tasks: Iterable[T], workers: int) -> Iterator[U]:
    """Give ``function(task)`` for every task, in their order; few are under way or waiting at a time.

    With one worker, all is done in this process.
    """
    if workers == 1:
        yield from map(function, tasks)
        return
    pool = Pool(workers)
    waiting: list[Future[U]] = []
    try:
        for task in tasks:
            waiting.append(pool.submit(function, task))
            if len(waiting) >= 2 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
    except BrokenProcessPool:
        raise ArchiveError("a process died: is there enough memory? Try fewer with --workers") from None
    finally:
        pool.stop()


class Pool:
    """Processes that end with this one, however it ends."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._theirs, self._mine = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            workers, mp_context=context, initializer=_begin, initargs=(self._theirs,)
        )

    def submit(self, function: Callable[..., U], /, *args: object) -> Future[U]:
        """Have ``function(*args)`` called in one of the processes.

        A process that died lets the call fail with :class:`BrokenProcessPool`, as all that are waiting.
        """
        try:
            return self._pool.submit(function, *args)
        except BrokenProcessPool as error:
            failed: Future[U] = Future()
            failed.set_exception(error)
            return failed

    def stop(self) -> None:
        """End the processes at once, whatever they are doing."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._mine.close()
        self._theirs.close()


def _begin(lifeline: Connection) -> None:
    """Prepare a process: one thread for the network, and an end when the driver's end of the line is gone."""
    os.environ["REPORTEDLY_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver says when to stop

    def watch() -> None:
        any_of([lifeline])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
