"""One of several workers that serve a desk together; the parent process watches over them."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..desk.store import PATIENT, retried
from . import logs
from .guard import Bound

if TYPE_CHECKING:
    from fastapi import FastAPI

#: The variable through which the parent tells its workers what to do; nobody sets it by hand.
OPTIONS = "_REPORTEDLY_SERVE"
_LOOK = 2.0  # seconds


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What ``reportedly serve`` was told.

    ``shared`` is the folder of what the workers have in common; ``None`` if there is one worker.
    ``metrics_token`` says where the token is, see :mod:`reportedly.desk.secret_places`.
    """

    desk: str
    access: Bound = "loopback"
    fetching: bool = False
    log_format: logs.Format = "text"
    log_level: str = "warning"
    metrics_token: str | None = None
    shared: str | None = None
    parent: int = 0


def build() -> FastAPI:
    """Build the application of a worker, as the parent process said in the environment.

    Raises:
        DeskError: the desk cannot be opened, also after some patience.
    """
    options = msgspec.json.decode(os.environ[OPTIONS], type=Options)
    logs.configure(options.log_format, options.log_level)
    threading.Thread(target=_watch, args=(options.parent,), name="reportedly-parent", daemon=True).start()
    return retried(lambda: application(options), patience=PATIENT)


def application(options: Options) -> FastAPI:
    """Build the application that was asked for.

    Raises:
        DeskError: the desk cannot be opened; nobody could sign in; there is no token where one should be.
    """
    from ..desk.secret_places import secret_at
    from .web.app import create_app

    return create_app(
        options.desk,
        access=options.access,
        fetching=options.fetching,
        metrics_token=secret_at(options.metrics_token) if options.metrics_token else None,
        shared=Path(options.shared) if options.shared else None,
    )


def _watch(parent: int) -> None:
    """Stop when the parent is gone, as nobody else would tell this worker to."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
