"""Who may use a desk: users, tokens, sessions, and the log of who saw and did what.

Passwords are kept as Argon2id hashes (RFC 9106). Tokens and sessions are 256
random bits each, of which the desk keeps the SHA-256 alone: that is enough for a
secret that cannot be guessed. How sessions end and failed sign-ins slow down
follows OWASP's Session Management and Authentication Cheat Sheets.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ..errors import DeskError, NotInDesk
from .access_tables import attempts, sessions, tokens, users, visits
from .store import Desk, now, stamp

Role = Literal["reader", "reviewer", "admin"]
Permission = Literal["open", "see", "decide", "ingest", "administer"]

ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may
MAY: dict[Role, frozenset[Permission]] = {
    "reader": frozenset({"open", "see"}),
    "reviewer": frozenset({"open", "see", "decide", "ingest"}),
    "admin": frozenset({"open", "see", "decide", "ingest", "administer"}),
}

IDLE = timedelta(hours=2)  # after which a session that is not used ends
LONGEST = timedelta(hours=12)  # after which any session ends
_WINDOW = timedelta(minutes=15)  # in which failed sign-ins are counted
_SKEW = timedelta(minutes=1)  # by which the clocks of two machines may differ
_FAILURES = {"both": 5, "name": 50, "address": 20}  # that are let pass, by name and address
_SHORTEST, _LONGEST_PASSWORD = 12, 1024
_HASHING = threading.BoundedSemaphore(2)  # a hash takes 64 MB and four threads for a moment
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_TOKEN = re.compile(r"rp_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking. ``through`` says how that is known: session, token:ID, or loopback."""

    name: str
    role: Role
    through: str

    def may(self, permission: Permission) -> bool:
        """Tell whether this user's role has a permission."""
        return permission in MAY[self.role]

    def __str__(self) -> str:
        return self.name


class TooManyAttempts(DeskError):
    """Sign-ins failed too often; ``wait`` is how many seconds to wait before the next."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many sign-ins failed; try again in {wait} seconds")
        self.wait = wait


# users ------------------------------------------------------------------------------------------


def add_user(connection: Connection, name: str, role: Role, password: str | None = None) -> None:
    """Add a user, or give one a new role and password; a revoked one may come in again.

    Whatever tokens and sessions the user had end: they may stand for the old role.

    Raises:
        DeskError: the name, role or password will not do.
    """
    name = _checked(name, role)
    hashed = None if password is None else _hasher().hash(_good(password))
    there = connection.execute(select(users.c.name).where(users.c.name == name)).first()
    if there is not None:
        revoke(connection, name)
        connection.execute(
            update(users).where(users.c.name == name).values(role=role, password=hashed, revoked=None)
        )
        return
    connection.execute(insert(users).values(name=name, role=role, password=hashed, created=now()))


def _checked(name: str, role: str) -> str:
    name = name.strip().lower()
    if not _NAME.fullmatch(name) or name == LOCAL.name:
        raise DeskError(f"{name[:80]!r} is no name for a user: letters a to z, digits, and . _ @ - do")
    if role not in ROLES:
        raise DeskError(f"{role!r} is no role; these are: {', '.join(ROLES)}")
    return name


def _good(password: str) -> str:
    if not _SHORTEST <= len(password) <= _LONGEST_PASSWORD:
        raise DeskError(f"a password has {_SHORTEST} to {_LONGEST_PASSWORD} characters")
    return password


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return a hash that no password fits, to spend as much time on names that are not there."""
    return _hasher().hash(secrets.token_urlsafe(32))


def is_open(connection: Connection) -> bool:
    """Tell whether nobody could sign in: there is no user that is not revoked with a password or token."""
    live = users.c.revoked.is_(None)
    passwords = select(users.c.name).where(live, users.c.password.is_not(None))
    others = (
        select(tokens.c.id)
        .join(users, users.c.name == tokens.c.user)
        .where(live, tokens.c.revoked.is_(None), _unexpired())
    )
    return (
        connection.execute(passwords.limit(1)).first() is None
        and connection.execute(others.limit(1)).first() is None
    )


def revoke(connection: Connection, name: str) -> str:
    """Revoke a user with all tokens and sessions, or one token by its id; returns which of the two it was.

    Raises:
        NotInDesk: there is neither.
    """
    at = now()
    if connection.execute(update(tokens).where(tokens.c.id == name).values(revoked=at)).rowcount:
        return "token"
    name = name.strip().lower()
    if not connection.execute(update(users).where(users.c.name == name).values(revoked=at)).rowcount:
        raise NotInDesk(
            f"there is no user and no token {name[:80]!r}; list them with: reportedly access list"
        )
    connection.execute(
        update(tokens).where(tokens.c.user == name, tokens.c.revoked.is_(None)).values(revoked=at)
    )
    connection.execute(
        update(sessions).where(sessions.c.user == name, sessions.c.ended.is_(None)).values(ended=at)
    )
    return "user"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A user or a token in a list; of a token ``id`` is set, and what it may do and until when."""

    user: str
    role: str
    created: str
    id: str | None = None
    label: str | None = None
    expires: str | None = None
    revoked: str | None = None


def everybody(connection: Connection) -> list[Listed]:
    """Return all users and tokens, each token after its user."""
    found = [
        Listed(user=r.name, role=r.role, created=r.created, revoked=r.revoked)
        for r in connection.execute(select(users))
    ]
    found += [
        Listed(
            user=r.user, role=r.role, created=r.created, id=r.id,
            label=r.label, expires=r.expires, revoked=r.revoked,
        )
        for r in connection.execute(select(tokens))
    ]  # fmt: skip
    return sorted(found, key=lambda n: (n.user, n.id is not None, n.created))


# tokens -----------------------------------------------------------------------------------------


def add_token(
    connection: Connection, user: str, *, role: Role | None = None, label: str = "", days: int | None = 90
) -> str:
    """Make a token for a user and return it. It is shown this once: the desk keeps only its digest.

    Args:
        connection: one that writes.
        user: whose it is.
        role: what it may do; at most, and unless said, what the user may.
        label: what it is for.
        days: after how many it expires; ``None`` for never.

    Raises:
        NotInDesk: there is no such user, or it is revoked.
        DeskError: the role is above the user's, or the days are none.
    """
    row = connection.execute(
        select(users).where(users.c.name == user.strip().lower(), users.c.revoked.is_(None))
    ).first()
    if row is None:
        raise NotInDesk(f"there is no user {user[:80]!r}; add one with: reportedly access add-user")
    role = role or row.role
    if role not in ROLES or ROLES.index(role) > ROLES.index(row.role):
        raise DeskError(f"{row.name} is a {row.role}; a token can be no more than that")
    if days is not None and not 1 <= days <= 3650:
        raise DeskError("a token is good for 1 to 3650 days")
    made = secrets.token_hex(6)
    token = f"rp_{made}_{secrets.token_urlsafe(32)}"
    connection.execute(
        insert(tokens).values(
            id=made,
            user=row.name,
            digest=_digest(token),
            role=role,
            label=label[:200],
            created=now(),
            expires=None if days is None else _ahead(timedelta(days=days)),
        )
    )
    return token


def by_token(connection: Connection, token: str) -> User | None:
    """Return whose token this is; ``None`` if it is forged, expired or revoked, or its user is."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    row = connection.execute(
        select(tokens, users.c.role.label("most"))
        .join(users, users.c.name == tokens.c.user)
        .where(tokens.c.id == match[1], tokens.c.revoked.is_(None), users.c.revoked.is_(None), _unexpired())
    ).first()
    if row is None or not hmac.compare_digest(row.digest, _digest(token)):
        return None
    role = min(row.role, row.most, key=ROLES.index)
    return User(name=row.user, role=role, through=f"token:{row.id}")


def _unexpired() -> Any:
    return tokens.c.expires.is_(None) | (tokens.c.expires > now())


# signing in and sessions ------------------------------------------------------------------------


def sign_in(desk: Desk, name: str, password: str, address: str) -> str | None:
    """Check a password and begin a session; returns its secret, or ``None`` if name or password is wrong.

    The attempt is written down before the password is looked at, so that many at once count too.

    Raises:
        TooManyAttempts: too many failed of late, from this address or for this name.
        DeskError: the desk cannot be written.
    """
    name, typed = name.strip().lower()[:64], hashlib.sha256(name.strip().lower().encode()).hexdigest()
    with desk.writing() as connection:
        _slow_down(connection, typed, address)
        row = connection.execute(
            insert(attempts).values(name=typed, address=address, at=now()).returning(attempts.c.id)
        )
        attempt = row.scalar_one()
        user = connection.execute(
            select(users).where(users.c.name == name, users.c.revoked.is_(None))
        ).first()
    if not _fits(user, password):
        return None
    assert user is not None
    with desk.writing() as connection:
        connection.execute(delete(attempts).where(attempts.c.id == attempt))
        secret = secrets.token_urlsafe(32)
        at = now()
        connection.execute(insert(sessions).values(digest=_digest(secret), user=name, created=at, used=at))
        connection.execute(delete(sessions).where(sessions.c.created < _ago(2 * LONGEST)))
        if _hasher().check_needs_rehash(user.password):
            fresh = _hasher().hash(password)
            connection.execute(update(users).where(users.c.name == name).values(password=fresh))
    return secret


def _fits(user: Row[*tuple[Any, ...]] | None, password: str) -> bool:
    known = user.password if user is not None and user.password is not None else None
    if len(password) > _LONGEST_PASSWORD:
        return False
    try:
        with _HASHING:
            _hasher().verify(known or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def _slow_down(connection: Connection, name: str, address: str) -> None:
    since, ahead = _ago(_WINDOW), _ahead(_SKEW)  # what lies ahead was written before the clock was set back
    connection.execute(delete(attempts).where((attempts.c.at < since) | (attempts.c.at > ahead)))
    for what, where in (
        ("both", (attempts.c.name == name) & (attempts.c.address == address)),
        ("name", attempts.c.name == name),
        ("address", attempts.c.address == address),
    ):
        number, first = connection.execute(
            select(func.count(), func.min(attempts.c.at)).where(where, attempts.c.at >= since)
        ).one()
        if number >= _FAILURES[what]:
            left = datetime.fromisoformat(first) + _WINDOW - datetime.now(UTC)
            raise TooManyAttempts(max(1, round(left.total_seconds())))


def by_session(connection: Connection, secret: str) -> User | None:
    """Return whose session this is; ``None`` if it is forged or over."""
    digest = session_digest(secret)
    row = connection.execute(
        select(sessions, users.c.role)
        .join(users, users.c.name == sessions.c.user)
        .where(sessions.c.digest == digest, sessions.c.ended.is_(None), users.c.revoked.is_(None))
    ).first()
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    if row.used < _ago(IDLE) or row.created < _ago(LONGEST):
        return None
    return User(name=row.user, role=row.role, through="session")


def session_digest(secret: str) -> str:
    """Return what the desk keeps of a session's secret."""
    return _digest(secret)


def use_sessions(connection: Connection, used: Mapping[str, str]) -> None:
    """Write down when sessions were used last, by their digests, so that they do not lie idle."""
    for digest, at in used.items():
        connection.execute(
            update(sessions).where(sessions.c.digest == digest, sessions.c.used < at).values(used=at)
        )


def end_session(connection: Connection, secret: str) -> None:
    """End a session; one that is not there is none to end."""
    connection.execute(update(sessions).where(sessions.c.digest == _digest(secret)).values(ended=now()))


def csrf_token(secret: str) -> str:
    """Return the token that forms of a browser must send back: bound to the secret of its cookie."""
    return hmac.new(secret.encode(), b"reportedly csrf", hashlib.sha256).hexdigest()


def is_csrf_token(secret: str, token: str) -> bool:
    """Tell whether a form's token is the one of this secret, in constant time."""
    return hmac.compare_digest(csrf_token(secret).encode(), token.encode())


# the log ----------------------------------------------------------------------------------------


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request: who made it when, and what it was for.

    ``path`` is the template of the address and ``ids`` what stood in its places;
    neither what was asked in a query, nor what was posted or answered, is kept.
    """

    at: str
    who: str
    through: str
    method: str
    path: str
    ids: dict[str, str]
    status: int


def write_visits(connection: Connection, found: list[Visit]) -> None:
    """Add to the log."""
    rows = [msgspec.to_builtins(v) | {"ids": msgspec.json.encode(v.ids).decode()} for v in found]
    if rows:
        connection.execute(insert(visits), rows)


def is_written(connection: Connection, found: list[Visit]) -> bool:
    """Tell whether entries that were written together, all or none of them, are in the log."""
    first = found[0]
    query = select(visits.c.id).where(
        visits.c.who == first.who, visits.c.at == first.at, visits.c.path == first.path
    )
    return connection.execute(query.limit(1)).first() is not None


def log(
    connection: Connection, *, who: str | None = None, since: str | None = None, limit: int = 100
) -> list[Visit]:
    """Return what was logged, the latest last: of one user, and from a moment on, if asked for."""
    query = select(visits).order_by(visits.c.id.desc()).limit(limit)
    if who is not None:
        query = query.where(visits.c.who == who)
    if since is not None:
        query = query.where(visits.c.at >= since)
    found = [
        Visit(
            at=r.at, who=r.who, through=r.through, method=r.method, path=r.path,
            ids=msgspec.json.decode(r.ids), status=r.status,
        )
        for r in connection.execute(query)
    ]  # fmt: skip
    return found[::-1]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _ago(time: timedelta) -> str:
    return stamp(datetime.now(UTC) - time)


def _ahead(time: timedelta) -> str:
    return stamp(datetime.now(UTC) + time)


LOCAL = User(name="local", role="admin", through="loopback")  # whoever calls from this machine itself
