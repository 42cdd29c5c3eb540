"""The command that serves a desk in the browser."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import sys
import webbrowser
from typing import Annotated, Any

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

[bold]Exit status[/bold]

  0 stopped · 1 the address cannot be used · 2 wrong usage · 11 the desk cannot be opened, or nobody could
  sign in
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=_HELP)(serve)


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
) -> None:
    from ..desk import open_desk
    from ..desk.book import weigh_new
    from .web.app import create_app

    wide = not is_own(host)
    if weigh:
        with open_desk(desk, create=False) as opened:
            _weigh(weigh_new(opened))
    app = create_app(desk, access="wide" if wide else "loopback", fetching=allow_fetch)
    listening = _listen(host, port)
    address = _address(host, listening.getsockname()[1])
    to_whom = " to the network" if wide else ""
    typer.echo(f"{app.state.desk.name} is served at {address}{to_whom} (Ctrl-C stops it)")
    if wide:
        typer.echo("Passwords go over the network: put it behind a proxy that speaks https.", err=True)
    if open_:
        webbrowser.open(address)
    run(app, listening)
    typer.echo("stopped")


def is_own(host: str) -> bool:
    """Tell whether an address to listen on can be called from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def run(app: Any, listening: socket.socket) -> None:
    """Serve an application on a socket until Ctrl-C or a termination signal; then answer what was begun."""
    import uvicorn

    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=64_000,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


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
