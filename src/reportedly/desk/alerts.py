"""Alerts: saved searches, what fires of them, and the log of what fired.

A search that is new only looks. From then on, each run compares what the stories that changed come
to with what the search saw last, and writes one row for each change; none is written twice.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from ..errors import DeskError, NotInDesk
from ..intake.text import without_surrogates
from ..weighing.weigh import Weighed
from . import redactions, secret_places
from .alert_changes import CHANGES, Against, Before, Change, Held, Notice, Seen, Watch, look, notice
from .alert_tables import deliveries, fired, searches, snapshots
from .blocking import BLOCK
from .book import Book, weigh_new
from .store import PATIENT, Conflict, Desk, now, retried
from .tables import members, stories, weighed

Channel = Literal["webhook", "mail"]

_WORDS = 500  # characters that may be looked for, or make a name
_ADDRESS = 2_000
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,250}")
_BLOCKED = BLOCK * 5
_AT_ONCE = 200  # rows that are written or asked for with one statement


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A saved search. What of it is empty lets everything pass; ``ran`` is when it last compared.

    ``watch`` says what fires; ``webhook`` is an address, ``mail`` one of e-mail. The secret that a webhook is
    signed with is not shown.
    """

    id: str
    name: str
    watch: Watch
    webhook: str | None
    mail: str | None
    created: str
    ran: str | None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What fired: which ``change`` of which claim or figure, who holds it, how firmly, and who is against.

    ``low`` and ``high`` bound the claim's origins; ``why`` says what changed; ``claim`` is ``None`` for a
    figure that belongs to no claim.
    """

    id: str
    search: str
    name: str
    at: str
    change: Change
    story: str
    title: str
    claim: str | None
    text: str
    why: str
    held_by: tuple[Held, ...]
    low: int
    high: int
    disputed_by: tuple[Against, ...]


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """How far an alert got on its way: pending, sent or failed."""

    alert: str
    channel: Channel
    state: Literal["pending", "sent", "failed"]
    tries: int
    due: str
    error: str | None


# searches -------------------------------------------------------------------------------------------


def add(
    connection: Connection,
    name: str,
    *,
    watch: Watch | None = None,
    webhook: str | None = None,
    secret: str | None = None,
    mail: str | None = None,
) -> tuple[Search, str | None]:
    """Save a search; returns it with the secret that was made to sign its webhook with, if one was.

    Args:
        connection: of :meth:`Desk.writing`.
        name: what it is called.
        watch: what fires; everything, if not said. Its story may be named by how its id begins.
        webhook: where to post what fires, http or https.
        secret: what to sign with, or where that is (``env:NAME``, ``file:PATH``); one is made if it is not
            said.
        mail: an e-mail address to write to.

    Raises:
        DeskError: something of it cannot be meant.
        NotInDesk: there is no such story.
    """
    watch = watch or Watch()
    made: str | None = None
    name, about, by = (_line(text) for text in (name, watch.about, watch.by))
    if not name:
        raise DeskError("a saved search needs a name")
    if not watch.changes or not {*watch.changes} <= {*CHANGES}:
        raise DeskError(f"a saved search fires on some of: {', '.join(CHANGES)}")
    webhook, mail = (webhook or "").strip() or None, (mail or "").strip() or None
    if webhook is not None:
        _check_webhook(webhook)
        made = None if secret else secrets.token_urlsafe(32)
        secret = secret or made or ""
        if secret_places.is_place(secret):
            secret_places.check(secret)
        if not secret.isprintable() or len(secret) > _WORDS:
            raise DeskError(f"a secret has {_WORDS} printable characters at the most")
    if mail is not None and not (_MAIL.fullmatch(mail) and mail.isprintable() and mail.isascii()):
        raise DeskError("an e-mail address is wanted, such as desk@news.example")
    story = Book(connection).story(watch.story.strip()).id if watch.story.strip() else ""
    watch = Watch(about=about, by=by, story=story, changes=tuple(c for c in CHANGES if c in watch.changes))
    found = Search(
        id=secrets.token_hex(6), name=name, watch=watch, webhook=webhook, mail=mail, created=now(), ran=None
    )
    connection.execute(
        insert(searches).values(
            id=found.id,
            name=name,
            about=about,
            by=by,
            story=story,
            changes=msgspec.json.encode(watch.changes).decode(),
            webhook=webhook,
            secret=secret if webhook else None,
            mail=mail,
            created=found.created,
        )
    )
    return found, made


def every(connection: Connection) -> list[Search]:
    """Return the saved searches, the oldest first."""
    query = select(searches).where(searches.c.removed.is_(None)).order_by(searches.c.created, searches.c.id)
    return [_search(row) for row in connection.execute(query)]


def get(connection: Connection, name: str) -> Search:
    """Return a saved search by its id.

    Raises:
        NotInDesk: there is none.
    """
    query = select(searches).where(searches.c.id == name, searches.c.removed.is_(None))
    row = connection.execute(query).first()
    if row is None:
        raise NotInDesk(f"there is no saved search {name!r}; list them with: reportedly alerts list")
    return _search(row)


def remove(connection: Connection, name: str) -> Search:
    """Remove a saved search: it fires no more, what is not sent is dropped, where it sent to is forgotten.

    What fired stays in the log.

    Raises:
        NotInDesk: there is none.
    """
    found = get(connection, name)
    mine = select(fired.c.id).where(fired.c.search == found.id)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.fired.in_(mine), deliveries.c.state == "pending")
        .values(state="failed", error="the saved search was removed")
    )
    connection.execute(delete(snapshots).where(snapshots.c.search == found.id))
    connection.execute(
        update(searches)
        .where(searches.c.id == found.id)
        .values(removed=now(), webhook=None, secret=None, mail=None)
    )
    return found


# what fires -----------------------------------------------------------------------------------------


def run(desk: Desk) -> list[Alert]:
    """Compare what every search watches with what it saw last; returns what fired now.

    Stories that are not weighed yet are weighed first. Several runs at once do no harm.

    Raises:
        DeskError: the desk cannot be read or written.
    """
    for _ in weigh_new(desk):
        pass
    with desk.reading() as connection:
        names = [search.id for search in every(connection)]
    found: list[Alert] = []
    for name in names:
        found += retried(partial(_run, desk, name), patience=PATIENT, twice=True)
    return found


def _run(desk: Desk, name: str) -> list[Alert]:
    with desk.reading() as connection:
        try:
            search = get(connection, name)
        except NotInDesk:  # removed meanwhile
            return []
        keys = _keys(connection, search.watch)
        known = select(snapshots.c.story, snapshots.c.key).where(snapshots.c.search == name)
        was = {row.story: row.key for row in connection.execute(known)}
        changed = sorted(story for story, key in keys.items() if was.get(story) != key)
        old = sorted(story for story, key in was.items() if keys.get(story) != key)
        before = Before(_remembered(connection, name, old))
        at = now()
        told: list[Alert] = []
        book = Book(connection)
        looked: dict[str, Seen] = {}
        for story in changed:
            query = select(weighed.c.body).where(weighed.c.story == story)
            row = connection.execute(query).one()
            title = book.title_of(story) or story
            whole = msgspec.json.decode(zlib.decompress(row.body), type=Weighed)
            looked[story] = look(search.watch, whole)
            if search.ran is not None:
                told += [_alert(search, at, story, title, one) for one in notice(search.watch, whole, before)]
        still = old if _is_moving(connection) else _still(connection, old)
        gone = sorted({*old} - {*still})
    with desk.writing(alone=False) as connection:
        mine = update(searches).where(
            searches.c.id == name,
            searches.c.removed.is_(None),
            searches.c.ran.is_not_distinct_from(search.ran),
        )
        if connection.execute(mine.values(ran=at)).rowcount != 1:
            raise Conflict(f"another program is running the saved search {name}; try again")
        _forget(connection, name, [*changed, *gone])
        rows = [
            {
                "search": name,
                "story": story,
                "key": keys[story],
                "body": zlib.compress(msgspec.json.encode(one)),
            }
            for story, one in looked.items()
        ]
        for part in _parts(rows):
            connection.execute(insert(snapshots), list(part))
        return _write(connection, search, told)


def _keys(connection: Connection, watch: Watch) -> dict[str, str]:
    query = select(weighed.c.story, weighed.c.key)
    if watch.story:
        query = query.where(weighed.c.story == watch.story)
    return {row.story: row.key for row in connection.execute(query)}


def _remembered(connection: Connection, search: str, names: Sequence[str]) -> Iterable[Seen]:
    for part in _parts(names):
        query = select(snapshots.c.body).where(snapshots.c.search == search, snapshots.c.story.in_(part))
        for row in connection.execute(query.order_by(snapshots.c.story)):
            yield msgspec.json.decode(zlib.decompress(row.body), type=Seen)


def _is_moving(connection: Connection) -> bool:
    """Tell whether stories wait to be weighed, into which reports of others may have gone."""
    query = select(stories.c.id).outerjoin(weighed, weighed.c.story == stories.c.id)
    return connection.execute(query.where(weighed.c.story.is_(None)).limit(1)).first() is not None


def _still(connection: Connection, names: Sequence[str]) -> Collection[str]:
    found: set[str] = set()
    for part in _parts(names):
        found.update(connection.execute(select(stories.c.id).where(stories.c.id.in_(part))).scalars())
    return found


def _forget(connection: Connection, search: str, names: Sequence[str]) -> None:
    for part in _parts(names):
        connection.execute(delete(snapshots).where(snapshots.c.search == search, snapshots.c.story.in_(part)))


def _write(connection: Connection, search: Search, told: Sequence[Alert]) -> list[Alert]:
    """Write down what was not written before, with what has to be sent of it."""
    unique = {alert.id: alert for alert in told}
    there: set[str] = set()
    for part in _parts(list(unique)):
        there.update(connection.execute(select(fired.c.id).where(fired.c.id.in_(part))).scalars())
    new = [alert for alert in unique.values() if alert.id not in there]
    channels: list[Channel] = []
    if search.webhook:
        channels.append("webhook")
    if search.mail:
        channels.append("mail")
    for alert in new:
        connection.execute(
            insert(fired).values(
                id=alert.id,
                search=alert.search,
                at=alert.at,
                change=alert.change,
                story=alert.story,
                claim=alert.claim,
                body=msgspec.json.encode(alert).decode(),
            )
        )
        for channel in channels:
            connection.execute(
                insert(deliveries).values(
                    fired=alert.id, channel=channel, state="pending", tries=0, due=alert.at
                )
            )
    return new


def _alert(search: Search, at: str, story: str, title: str, one: Notice) -> Alert:
    again = at if one.change in ("figure", "correction") else ""  # a figure may go to and fro
    told_by = repr((search.id, one.change, one.claim, one.mark, again))
    return Alert(
        id=hashlib.sha256(told_by.encode(errors="backslashreplace")).hexdigest()[:32],
        search=search.id,
        name=search.name,
        at=at,
        change=one.change,
        story=story,
        title=title,
        claim=one.claim,
        text=one.text,
        why=one.why,
        held_by=one.held_by,
        low=one.low,
        high=one.high,
        disputed_by=one.disputed_by,
    )


# the log --------------------------------------------------------------------------------------------


def log(connection: Connection, search: str | None = None, limit: int = 50) -> list[Alert]:
    """Return what fired, the latest first, of one search or of all."""
    query = select(fired.c.body).order_by(fired.c.number.desc()).limit(limit)
    if search is not None:
        query = query.where(fired.c.search == search)
    found = [msgspec.json.decode(body, type=Alert) for (body,) in connection.execute(query)]
    return seen(connection, found)


def seen(connection: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Return alerts as they may be seen: older than a redaction in their story, they say nothing."""
    taken_out = redactions.standing(connection)
    if not taken_out:
        return list(alerts)
    placed = select(members.c.report, members.c.story).where(members.c.report.in_(sorted(taken_out.reports)))
    home = {row.report: row.story for row in connection.execute(placed)}
    return [_without_words(a) if _is_older(a, taken_out, home) else a for a in alerts]


def _is_older(alert: Alert, taken_out: redactions.Redactions, home: Mapping[str, str]) -> bool:
    named = {held.report for held in alert.held_by} | {one.report for one in alert.disputed_by}
    return any(
        alert.at <= (taken_out.since(report) or "")
        and (report in named or home.get(report) == alert.story or f"({report})" in alert.why)
        for report in taken_out.reports
    )


def _without_words(alert: Alert) -> Alert:
    return msgspec.structs.replace(
        alert,
        title=_BLOCKED,
        text=_BLOCKED,
        why=f"{_BLOCKED} words of this story were redacted after this fired",
        held_by=tuple(msgspec.structs.replace(held, who=_BLOCKED) for held in alert.held_by),
        disputed_by=tuple(
            msgspec.structs.replace(one, who=_BLOCKED, text=_BLOCKED) for one in alert.disputed_by
        ),
    )


def sendings(connection: Connection, alerts: Sequence[Alert]) -> list[Sending]:
    """Return how far these alerts got on their way."""
    found: list[Sending] = []
    for part in _parts([alert.id for alert in alerts]):
        query = select(deliveries).where(deliveries.c.fired.in_(part))
        for row in connection.execute(query.order_by(deliveries.c.fired, deliveries.c.channel)):
            found.append(
                Sending(
                    alert=row.fired,
                    channel=row.channel,
                    state=row.state,
                    tries=row.tries,
                    due=row.due,
                    error=row.error,
                )
            )
    return found


# helpers --------------------------------------------------------------------------------------------


def _search(row: Row[Any]) -> Search:
    changes = msgspec.json.decode(row.changes, type=tuple[Change, ...])
    return Search(
        id=row.id,
        name=row.name,
        watch=Watch(about=row.about, by=row.by, story=row.story, changes=changes),
        webhook=row.webhook,
        mail=row.mail,
        created=row.created,
        ran=row.ran,
    )


def _check_webhook(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or len(address) > _ADDRESS or not address.isprintable() or " " in address:
        raise DeskError("a webhook is an http or https address without a password in it")


def _line(text: str) -> str:
    text = " ".join(without_surrogates(text.replace("\x00", "")).split())
    if len(text) > _WORDS:
        raise DeskError(f"a name or words to look for have {_WORDS} characters at the most")
    return text


def _parts(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))
