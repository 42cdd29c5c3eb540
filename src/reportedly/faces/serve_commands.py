"""The command that serves a desk in the browser."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from ..errors import ReportedlyError
from .desk_commands import DESK, DeskOption

_HELP = """
Serve a desk in the browser, with its REST interface under /api/v1, until you stop it (Ctrl-C).

Only this machine can call it, and nobody signs in. Give another --host to let others of the network in: then
everybody signs in, and there must be a user who can (see: reportedly access add-user).

[bold]Examples[/bold]

  reportedly serve --desk desk.db --open

  reportedly serve --port 8080

  reportedly serve --host 0.0.0.0

  reportedly serve --desk postgresql://desk@localhost/news --workers 2 --log-format json --log-level info

[bold]Exit status[/bold]

  0 stopped · 1 the address cannot be used · 2 wrong usage · 11 the desk cannot be opened, or nobody could
  sign in
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=_HELP)(serve)


class LogFormat(StrEnum):
    """How the log is written."""

    text = "text"
    json = "json"


class LogLevel(StrEnum):
    """The least that the log tells."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


def serve(
    desk: DeskOption = DESK,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 8631,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    allow_fetch: Annotated[
        bool, typer.Option("--allow-fetch", help="Let people give addresses of pages for the desk to fetch.")
    ] = False,
    weigh: Annotated[
        bool, typer.Option("--weigh/--no-weigh", help="First weigh the stories that are not weighed yet.")
    ] = True,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes answer; each takes some 250 to 400 MB.")
    ] = 1,
    proxy: Annotated[
        str | None,
        typer.Option(
            help="The address of a proxy that lets others in: everybody signs in, and the proxy is believed "
            "when it says who asks and that they came by https."
        ),
    ] = None,
    metrics_token: Annotated[
        str | None,
        typer.Option(
            envvar="REPORTEDLY_METRICS_TOKEN",
            help="Where the token stands with which /metrics may be read: env:NAME or file:PATH.",
        ),
    ] = None,
    log_format: Annotated[LogFormat, typer.Option(help="How the log is written.")] = LogFormat.text,
    log_level: Annotated[
        LogLevel, typer.Option(help="The least that is logged; info tells of every request.")
    ] = LogLevel.warning,
) -> None:
    from ..desk import open_desk
    from ..desk.book import weigh_new
    from . import logs
    from .worker import Options, application

    wide = not is_own(host) or proxy is not None
    if proxy is not None:
        _check_proxy(proxy)
    if metrics_token is not None:
        _check_token(metrics_token)
    if weigh:
        with open_desk(desk, create=False) as opened:
            _weigh(weigh_new(opened))
    options = Options(
        desk=desk,
        access="wide" if wide else "loopback",
        fetching=allow_fetch,
        log_format=log_format.value,
        log_level=log_level.value,
        metrics_token=metrics_token,
        parent=os.getpid(),
    )
    app = application(options)  # also where workers build their own: what is wrong is said here, once
    name = app.state.desk.name
    listening = _listen(host, port)
    address = _address(host, listening.getsockname()[1])
    to_whom = f" to {f'the proxy {proxy}' if proxy else 'the network'}" if wide else ""
    many = f" by {workers} workers" if workers > 1 else ""
    typer.echo(f"{name} is served at {address}{to_whom}{many} (Ctrl-C stops it)")
    if wide and not proxy:
        typer.echo("Passwords go over the network: put it behind a proxy that speaks https.", err=True)
    if open_:
        webbrowser.open(address)
    logs.configure(log_format.value, log_level.value)
    if workers == 1:
        run(app, listening, proxy)
    else:
        app.state.desk.close()
        run_workers(options, workers, listening, proxy)
    typer.echo("stopped")


def _check_proxy(address: str) -> None:
    try:
        ipaddress.ip_network(address)
    except ValueError:
        raise typer.BadParameter("--proxy takes an IP address, or a network such as 10.0.0.0/24") from None


def _check_token(place: str) -> None:
    from ..desk.secret_places import is_place

    if not is_place(place):
        raise typer.BadParameter("--metrics-token says where the token is: env:NAME or file:PATH")


def is_own(host: str) -> bool:
    """Tell whether an address to listen on can be called from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def run(app: Any, listening: socket.socket, proxy: str | None = None) -> None:
    """Serve an application on a socket until Ctrl-C or a termination signal; then answer what was begun.

    ``proxy`` is the address whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
    """
    import uvicorn

    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, **_how(proxy))).run(sockets=[listening])


def run_workers(options: Any, workers: int, listening: socket.socket, proxy: str | None = None) -> None:
    """Serve a desk by several processes on one socket until a signal; one that dies is replaced.

    Args:
        options: :class:`reportedly.faces.worker.Options`.
        workers: how many.
        listening: the socket, which all of them have.
        proxy: as for :func:`run`.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from . import metrics, worker

    with _shared_folder() as folder:
        told = msgspec.structs.replace(options, shared=str(folder))
        os.environ[worker.OPTIONS] = msgspec.json.encode(told).decode()
        os.environ[metrics.FOLDER] = str(folder)
        config = uvicorn.Config(
            f"{worker.__name__}:build",
            factory=True,
            workers=workers,
            timeout_worker_healthcheck=60,
            **_how(proxy),
        )
        Multiprocess(config, sockets=[listening]).run()


def _how(proxy: str | None) -> dict[str, Any]:
    from .patience import CONNECTIONS

    return {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "http": "reportedly.faces.patience:PatientProtocol",
        "limit_concurrency": CONNECTIONS,
        "proxy_headers": proxy is not None,
        "forwarded_allow_ips": proxy,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": 20,
        "h11_max_incomplete_event_size": 64_000,
    }


@contextlib.contextmanager
def _shared_folder() -> Iterator[Path]:
    """Give a folder for what workers have in common (counts of requests), in memory where there is room."""
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="reportedly-", dir=room, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ReportedlyError(f"{host!r} is no address of this machine: {error}") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen(128)
    except OSError as error:
        made.close()
        reason = error.strerror or str(error)
        raise ReportedlyError(f"cannot listen at {host} port {port}: {reason}; give another --port") from None
    return made


def _address(host: str, port: int) -> str:
    bare = host.strip("[]")
    return f"http://[{bare}]:{port}/" if ":" in bare else f"http://{bare}:{port}/"


def _weigh(steps: Any) -> None:
    """Weigh what is not weighed; says how far it is where somebody watches."""
    said = False
    for done, total in steps:
        if sys.stderr.isatty():
            print(f"\rweighing stories: {done} of {total}", end="", file=sys.stderr, flush=True)
            said = True
    if said:
        print(file=sys.stderr)
