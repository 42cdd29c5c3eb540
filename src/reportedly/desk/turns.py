"""Taking turns: several programs file into one desk, and each keeps the stories in memory between its turns.

Who filed last, and how often the stories were grouped anew, stands in the desk;
a program whose turn it is sees by that whether what it knows is still true.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from ..weighing.profile import Profile
from ..weighing.stories import Stories
from .tables import members, profiles, revisions, state

_KEY = "turn"


class Turns:
    """The stories as one program knows them; ``load`` reads them all from the desk."""

    def __init__(self, load: Callable[[Connection], Stories]) -> None:
        self._load = load
        self._name = uuid.uuid4().hex[:12]
        self._stories: Stories | None = None
        self._groupings = 0
        self._upto = 0

    def stories(self, connection: Connection) -> Stories:
        """Return the stories as they stand in the desk, and note that this program files now.

        To be asked before anything of the turn is written that stories depend on.
        """
        groupings, last = _turn(connection)
        if self._stories is None or groupings != self._groupings:
            self._stories = self._load(connection)
        elif last != self._name:
            self._catch_up(connection, self._stories)
        if last != self._name:
            _put(connection, groupings, self._name)
        self._groupings = groupings
        self._upto = connection.execute(select(func.max(revisions.c.id))).scalar() or 0
        return self._stories

    def forget(self) -> None:
        """Have the stories loaded again: what was written was not kept."""
        self._stories = None

    def _catch_up(self, connection: Connection, stories: Stories) -> None:
        """Take over what others filed since."""
        query = select(profiles.c.body).where(profiles.c.revision > self._upto).order_by(profiles.c.revision)
        new = [msgspec.json.decode(zlib.decompress(b), type=Profile) for (b,) in connection.execute(query)]
        rows = connection.execute(select(members.c.report, members.c.story))
        stories.follow(new, {row.report: row.story for row in rows})


def regrouped(connection: Connection) -> None:
    """Note that all stories were grouped anew, so that whoever keeps them in memory loads them again."""
    groupings, _ = _turn(connection)
    _put(connection, groupings + 1, "")


def _turn(connection: Connection) -> tuple[int, str]:
    value = connection.execute(select(state.c.value).where(state.c.key == _KEY)).scalar() or "0 "
    groupings, _, last = value.partition(" ")
    return int(groupings), last


def _put(connection: Connection, groupings: int, name: str) -> None:
    connection.execute(delete(state).where(state.c.key == _KEY))
    connection.execute(insert(state).values(key=_KEY, value=f"{groupings} {name}"))
