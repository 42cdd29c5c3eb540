"""Sends what fired to webhooks and by mail, and again later where that fails.

A webhook gets one POST of JSON for each alert, signed with HMAC-SHA256 (RFC 2104) over the moment
and the body, so that nobody else can make or replay one. What is sent twice, because the program was
stopped in between, has the same ``id`` and ``Idempotency-Key``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import smtplib
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, or_, select, update

from ..errors import DeskError, FetchError, ReportedlyError
from ..exchange.sayings import FACTUALITY, STANCE
from ..intake.web import USER_AGENT, checked
from .alert_changes import Held, between
from .alert_tables import deliveries, fired, searches
from .alerts import Alert, seen
from .secret_places import is_place, secret_at
from .store import PATIENT, Desk, retried, stamp

TRIES = 8  # at the most
_FIRST = 60  # seconds until the second try; each next wait is three times as long
_TIMEOUT = 10.0  # seconds to connect, or for the next bytes
_SLACK = 60  # seconds by which the clocks of two machines may differ
_BATCH = 500  # deliveries of one call
_CHANGES = {
    "claim": "New claim",
    "origin": "New origin",
    "dispute": "Disputed",
    "correction": "Corrected",
    "figure": "Figure changed",
}


class Undelivered(ReportedlyError):
    """An alert could not be sent this time; the message says why in one line."""

    exit_code = 10


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook gets."""

    schema: str = "reportedly/alert/1"
    alert: Alert


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did: how many were sent, will be tried again, and were given up; and why, a line each."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. ``starttls``: refuse to send where the connection cannot be made secret."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    starttls: bool = True

    @staticmethod
    def of(environment: Mapping[str, str]) -> Smtp:
        """Return the server that the environment names, as ``REPORTEDLY_SMTP_HOST`` and the like.

        Raises:
            Undelivered: it names none.
        """
        host, sender = environment.get("REPORTEDLY_SMTP_HOST"), environment.get("REPORTEDLY_SMTP_FROM")
        if not host or not sender:
            raise Undelivered("no mail server is set: REPORTEDLY_SMTP_HOST and REPORTEDLY_SMTP_FROM")
        port = environment.get("REPORTEDLY_SMTP_PORT") or "587"
        if not port.isdecimal() or not 0 < int(port) < 65_536:
            raise Undelivered("REPORTEDLY_SMTP_PORT is no port")
        return Smtp(
            host=host,
            port=int(port),
            sender=sender,
            user=environment.get("REPORTEDLY_SMTP_USER") or None,
            password=_resolved(environment.get("REPORTEDLY_SMTP_PASSWORD") or "", environment) or None,
            starttls=environment.get("REPORTEDLY_SMTP_STARTTLS", "1") not in ("0", "no", "off"),
        )


def deliver(
    desk: Desk,
    *,
    allow_private: bool = False,
    environment: Mapping[str, str] | None = None,
    moment: datetime | None = None,
) -> Delivered:
    """Send what is due. What fails is due again after 1, 3, 9, … minutes, and given up after 8 tries.

    Args:
        desk: whose.
        allow_private: also post to private and loopback addresses.
        environment: where the mail server is named; that of the process, if not said.
        moment: the present, aware.

    Raises:
        DeskError: the desk cannot be read or written.
    """
    at = moment or datetime.now(UTC)
    query = (
        select(deliveries, fired.c.body, searches.c.webhook, searches.c.secret, searches.c.mail)
        .join(fired, fired.c.id == deliveries.c.fired)
        .join(searches, searches.c.id == fired.c.search)
        .where(deliveries.c.state == "pending", _is_due(at))
        .order_by(fired.c.number, deliveries.c.channel)
        .limit(_BATCH)
    )
    with desk.reading() as connection:
        rows = connection.execute(query).all()
        alerts = seen(connection, [msgspec.json.decode(row.body, type=Alert) for row in rows])
    sent = waiting = failed = 0
    errors: list[str] = []
    for row, alert in zip(rows, alerts, strict=True):
        tries = row.tries + 1
        key = (row.fired, row.channel)
        due = stamp(at + timedelta(seconds=_wait(tries)))
        if not _set(desk, key, row.tries, tries=tries, due=due):
            continue  # another program sends it
        try:
            if row.channel == "webhook":
                secret = _resolved(row.secret or "", environment)
                post(row.webhook or "", secret, alert, allow_private=allow_private)
            else:
                server = Smtp.of(os.environ if environment is None else environment)
                mail(server, row.mail or "", alert)
        except Undelivered as error:
            over = tries >= TRIES
            failed, waiting = failed + over, waiting + (not over)
            why = " ".join(str(error).split())[:300]
            errors.append(f"{alert.name}: {row.channel}: {why}")
            _set(desk, key, tries, state="failed" if over else "pending", error=why)
        else:
            sent += 1
            _set(desk, key, tries, state="sent", error=None)
    return Delivered(sent=sent, waiting=waiting, failed=failed, errors=tuple(errors))


def _resolved(said: str, environment: Mapping[str, str] | None) -> str:
    """Return a secret, whether it stands here or elsewhere.

    Raises:
        Undelivered: it is not where it should be.
    """
    if not is_place(said):
        return said
    try:
        return secret_at(said, environment)
    except DeskError as error:
        raise Undelivered(str(error)) from None


def _is_due(at: datetime) -> ColumnElement[bool]:
    """Return what is due at a moment; also what would have to wait longer than any wait is: the clock was set
    back since it was written."""
    ahead = or_(
        *(
            (deliveries.c.tries == n) & (deliveries.c.due > stamp(at + timedelta(seconds=_wait(n) + _SLACK)))
            for n in range(TRIES)
        )
    )
    return or_(deliveries.c.due <= stamp(at), ahead)


def _wait(tries: int) -> float:
    """Return how many seconds are between a try and the next; ``tries`` were made with it."""
    return _FIRST * 3.0 ** (tries - 1) if tries else 0.0


def _set(desk: Desk, key: tuple[str, str], was: int, **values: object) -> bool:
    """Change a delivery that waits and has been tried so often; tell whether there was such a one."""

    def act() -> bool:
        with desk.writing(alone=False) as connection:
            return _update(connection, key, was, values)

    return retried(act, patience=PATIENT, twice=True)


def _update(connection: Connection, key: tuple[str, str], was: int, values: dict[str, object]) -> bool:
    change = update(deliveries).where(
        deliveries.c.fired == key[0],
        deliveries.c.channel == key[1],
        deliveries.c.state == "pending",
        deliveries.c.tries == was,
    )
    return connection.execute(change.values(values)).rowcount == 1


# webhooks -------------------------------------------------------------------------------------------


def signature(secret: str, at: int, body: bytes) -> str:
    """Return the header ``Reportedly-Signature`` for a body sent ``at`` (seconds since 1970)."""
    told = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={told}"


def post(address: str, secret: str, alert: Alert, *, allow_private: bool = False) -> None:
    """Post an alert to a webhook, signed. Redirects are not followed, answers are not read.

    Raises:
        Undelivered: the address may not be used, cannot be reached, or does not answer with 2xx.
    """
    import httpx2

    from ..intake.wire import Transport

    body = msgspec.json.encode(Payload(alert=alert))
    over = time.monotonic() + 2 * _TIMEOUT  # for the whole, however slowly the answer comes
    try:
        target, places = checked(address, allow_private=allow_private)
        headers = {
            "Host": target.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Idempotency-Key": alert.id,
            "Reportedly-Signature": signature(secret, int(time.time()), body),
        }
        with httpx2.Client(
            timeout=_TIMEOUT, follow_redirects=False, trust_env=False, transport=Transport(lambda: over)
        ) as client:
            for number, place in enumerate(places, start=1):
                request = client.build_request(
                    "POST",
                    target.copy_with(host=place),
                    headers=headers,
                    content=body,
                    extensions={"sni_hostname": target.raw_host.decode("ascii")},
                )
                try:
                    answer = client.send(request, stream=True)
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    if number == len(places):
                        raise
                    continue
                answer.close()
                if not answer.is_success:
                    raise Undelivered(f"the webhook answers {answer.status_code}")
                return
    except FetchError as error:
        raise Undelivered(str(error)) from error
    except httpx2.TimeoutException as error:
        raise Undelivered(f"the webhook does not answer within {_TIMEOUT:g} seconds") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        raise Undelivered(str(error) or type(error).__name__) from error
    raise Undelivered("the webhook has no address to connect to")


# mail -----------------------------------------------------------------------------------------------


def message(sender: str, to: str, alert: Alert) -> EmailMessage:
    """Return an alert as a mail; what stands in reports cannot add to its headers.

    Raises:
        Undelivered: sender or receiver is no address.
    """
    made = EmailMessage()
    try:
        made["From"] = sender
        made["To"] = to
        made["Subject"] = _one_line(f"[{alert.name}] {heading(alert)}", 180)
        made["Date"] = format_datetime(datetime.now(UTC))
        made["Message-ID"] = f"<{alert.id}@reportedly.invalid>"
        made["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:
        raise Undelivered("the sender or the receiver is no e-mail address") from error
    made.set_content("\n".join(_one_line(line, 4_000) for line in lines(alert)) + "\n")
    return made


def mail(server: Smtp, to: str, alert: Alert) -> None:
    """Send an alert by mail.

    Raises:
        Undelivered: the server cannot be reached, or does not take it.
    """
    made = message(server.sender, to, alert)
    try:
        client = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
        try:
            if server.starttls:
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password or "")
            client.send_message(made)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"the mail server answers {error.smtp_code}") from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Undelivered(f"the mail server does not take it: {type(error).__name__}") from error


# words ----------------------------------------------------------------------------------------------


def heading(alert: Alert) -> str:
    """Return an alert in one line."""
    return f"{_CHANGES[alert.change]}: {alert.text}"


def lines(alert: Alert) -> list[str]:
    """Return all that an alert says, a line each."""
    found = [heading(alert), f"Why: {alert.why}", f"Story: {alert.title} ({alert.story})"]
    for held in alert.held_by:
        found.append(
            f"Held by: {', '.join(part for part in (held.who, _firmly(held)) if part)}, in {held.report}"
        )
    if alert.claim is not None:
        found.append(f"Origins: {between(alert.low, alert.high)}")
        if not alert.disputed_by:
            found.append("Disputed by: nobody")
    found += [f"Disputed by: {o.who} ({o.kind}), in {o.report}: {o.text}" for o in alert.disputed_by]
    if alert.claim is not None:
        found.append(f"Claim: {alert.claim}")
    return found


def _firmly(held: Held) -> str:
    """Return how firmly a claim is held, in words."""
    words = (STANCE.get(held.stance, held.stance), FACTUALITY.get(held.factuality, held.factuality))
    return " ".join(word for word in words if word)


def _one_line(text: str, most: int) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())[:most]
