"""A process of its own for what may take all the memory, all the time, or the whole program with it."""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable

ROOM = 600_000_000  # bytes beyond what the tests themselves have
LONG = 120  # seconds of a processor; what is tried takes a hundredth of that


def bounded(action: Callable[[], object], *, room: int = ROOM) -> object:
    """Run something with so much memory and time; return what it returned, or the error that it raised.

    Raises:
        AssertionError: it died: of a signal, of too little memory, or because it went on for too long.
    """
    context = multiprocessing.get_context("fork")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(action, its, room))
    process.start()
    its.close()
    try:
        found = mine.recv()
    except EOFError:
        found = None
    process.join()
    assert process.exitcode == 0, f"it ended with {process.exitcode}"
    return found


def _run(action: Callable[[], object], pipe: object, room: int) -> None:
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (now + room, now + room))
    resource.setrlimit(resource.RLIMIT_CPU, (LONG, LONG))
    try:
        found = action()
    except MemoryError:
        os._exit(3)
    except Exception as error:
        found = error
    pipe.send(found)  # type: ignore[attr-defined]
    pipe.close()  # type: ignore[attr-defined]
    os._exit(0)
