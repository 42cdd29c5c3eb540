"""The command by which an assistant asks a desk."""

from __future__ import annotations

import typer

from ..errors import ReportedlyError
from .desk_commands import DESK, DeskOption

_HELP = """
Answer an assistant's questions about a desk, through the Model Context Protocol over standard input and
output.

It only reads. Every claim in an answer comes with who holds it, its origins, and who disputes it. Needs the
extra: pip install 'reportedly\\[mcp]'

[bold]Example[/bold], an entry of an assistant's configuration:

  {"command": "reportedly", "args": \\["mcp", "--desk", "/path/to/desk.db"]}

[bold]Exit status[/bold]

  0 the assistant has hung up · 1 the extra is not installed · 11 the desk cannot be opened
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="mcp", help=_HELP)(mcp)


def mcp(desk: DeskOption = DESK) -> None:
    from ..desk import open_desk

    try:
        from .assistants import server
    except ImportError as error:
        if (error.name or "").split(".")[0] != "mcp":
            raise
        raise ReportedlyError("this needs the extra “mcp”: pip install 'reportedly[mcp]'") from None
    with open_desk(desk, create=False) as opened:
        server(opened).run("stdio")
