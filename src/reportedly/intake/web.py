"""Fetching one page politely and without being led astray.

Only http and https; robots.txt is obeyed (RFC 9309); every address, also one
that a redirect leads to, is resolved, refused where it is private, and then
connected to as resolved, so that a name cannot change its meaning in between.
A page that was fetched before is asked for only if it has changed (RFC 9110,
section 13), and a :class:`~reportedly.intake.pace.Pace` keeps many fetches slow.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import FetchError, TooLarge
from .captures import Capture, instant, kept
from .pace import Pace, retry_after
from .text import MAX_BYTES, size

if TYPE_CHECKING:
    from httpx2 import URL, Client, Response

USER_AGENT = "reportedly/0.1 (+https://pypi.org/project/reportedly/)"
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 3
_ROBOTS_BYTES = 500_000
_CHUNK = 65_536
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]{2,40})", re.IGNORECASE)
_READABLE = re.compile(r"^(?:text/|application/(?:xhtml\+xml|xml|json|x-ndjson|jsonl|octet-stream))|^$")
_PACKED = re.compile(r"^application/(?:x-)?gzip$")
_FEED = re.compile(r"^application/(?:rss|atom|rdf)\+xml$")
_RETRY = (429, 500, 502, 503, 504)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REASONS = {
    401: "it asks for a login",
    402: "it asks for payment",
    403: "it refuses programs, or readers without a subscription",
    404: "there is no such page",
    410: "the page is gone",
    429: "too many requests, try later",
    451: "it is withheld for legal reasons",
}


@dataclass(frozen=True, slots=True)
class Fetching:
    """How to fetch.

    Attributes:
        timeout: seconds to wait for a connection, or for the next bytes.
        deadline: seconds that a whole fetch may take, with redirects and robots.txt.
        allow_private: also connect to private, loopback and reserved addresses.
        obey_robots: read robots.txt first and keep to it.
        user_agent: how to introduce ourselves.
        keep: what is told of every page that came, and gives it back with where it is kept.
    """

    timeout: float = 10.0
    deadline: float = 60.0
    allow_private: bool = False
    obey_robots: bool = True
    user_agent: str = USER_AGENT
    keep: Callable[[Fetched], Fetched] | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """An answer's ``ETag`` and ``Last-Modified`` as the site wrote them (RFC 9110, section 8.8)."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers that ask for the page only if it has changed."""
        return {
            name: value
            for name, value in (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
            if value
        }


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the address it came from in the end, the bytes, and what the header says of them.

    ``known`` asks for the same page later; ``unchanged`` says that it has not
    changed since, and then ``body`` is empty. ``capture`` is how it came, where that is known.
    """

    url: str
    body: bytes
    content_type: str
    charset: str | None
    known: Validators = Validators()
    unchanged: bool = False
    capture: Capture | None = None


class Refused(FetchError):
    """The site answered, but not with the page.

    ``status`` is the HTTP status; ``retry_after`` the seconds that the site asks to wait, if it says so.
    """

    def __init__(self, message: str, status: int, retry_after: float | None) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class Fetch(Protocol):
    """What fetches: :func:`fetch` with its first settings bound, or a stand-in for it."""

    def __call__(
        self, url: str, *, max_bytes: int = ..., known: Validators | None = ..., lists: bool = ...
    ) -> Fetched: ...


def fetch(
    url: str,
    fetching: Fetching | None = None,
    *,
    max_bytes: int = MAX_BYTES,
    known: Validators | None = None,
    lists: bool = False,
    pace: Pace | None = None,
) -> Fetched:
    """Fetch a page.

    With ``known``, what an earlier answer gave, an answer of "not modified" has
    no body and says ``unchanged``. ``lists`` also takes feeds and packed files
    (sitemaps) and not only pages. ``pace`` keeps many calls polite.

    Raises:
        FetchError: the address may not or cannot be fetched; the message says why in one line.
            It is :class:`Refused` where the site answered with another status than 200.
        TooLarge: the page has more than ``max_bytes``.
    """
    import httpx2

    how = fetching or Fetching()
    ask = _Ask(how, known or Validators(), lists, pace, time.monotonic() + how.deadline)
    try:
        with _client(how, lambda: ask.stop) as client:
            page = _page(client, url, ask, max_bytes)
    except httpx2.TimeoutException as error:
        if time.monotonic() > ask.stop:
            raise FetchError(f"{_short(url)}: the site is too slow") from error
        raise FetchError(f"{_short(url)}: no answer within {how.timeout:g} seconds") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, zlib.error) as error:
        reason = str(error).strip().splitlines()
        raise FetchError(f"{_short(url)}: {reason[0][:200] if reason else type(error).__name__}") from error
    return page if how.keep is None or page.unchanged else how.keep(page)


def fetcher(fetching: Fetching | None = None, pace: Pace | None = None) -> Fetch:
    """Return :func:`fetch` with its manner and pace set, for many calls."""
    return partial(fetch, fetching=fetching, pace=pace or Pace())


def _client(how: Fetching, stop: Callable[[], float]) -> Client:
    import httpx2

    from .wire import Transport

    return httpx2.Client(
        headers={
            "User-Agent": how.user_agent,
            "Accept": "text/html,application/xhtml+xml,text/plain,*/*;q=0.5",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en",
        },
        timeout=httpx2.Timeout(how.timeout),
        follow_redirects=False,
        trust_env=False,  # a proxy would do the resolving that is checked here
        transport=Transport(stop),
    )


@dataclass(slots=True)
class _Ask:
    """What one fetch is asked to do; ``stop`` is when it must be over, by the monotonic clock."""

    how: Fetching
    known: Validators
    lists: bool
    pace: Pace | None
    stop: float

    def rules(self, target: URL) -> Any:
        """Return the rules of the site's robots.txt, ``None`` where there are none to obey."""
        import httpx2

        if self.pace is not None:
            self.pace.open(target.host)
        try:
            return _rules(target, self.how) if self.how.obey_robots else None
        except httpx2.HTTPError:
            self.failed(target)
            raise
        except Refused as error:
            self.failed(target, error.retry_after)
            raise

    def wait(self, target: URL, gap: float | None) -> None:
        if self.pace is not None:
            self.stop += self.pace.wait(target.host, gap)

    def failed(self, target: URL, retry_after: float | None = None) -> None:
        if self.pace is not None:
            self.pace.failed(target.host, retry_after)


def _page(client: Client, url: str, ask: _Ask, max_bytes: int) -> Fetched:
    import httpx2

    target = _target(url)
    for _ in range(_MAX_REDIRECTS + 1):
        rules = ask.rules(target)
        agent = ask.how.user_agent.split("/")[0]
        if rules is not None and not rules.can_fetch(str(target), agent):
            raise FetchError(
                f"{_short(str(target))}: the site's robots.txt asks programs not to read this page"
            )
        ask.wait(target, rules.crawl_delay(agent) if rules is not None else None)
        try:
            with _Answer(client, target, ask.how, ask.stop, ask.known.headers()) as answer:
                if answer.redirect is not None:
                    target = _target(answer.redirect)
                    continue
                return _fetched(answer, target, ask, max_bytes)
        except httpx2.HTTPError:
            ask.failed(target)
            raise
    raise FetchError(f"{_short(url)}: more than {_MAX_REDIRECTS} redirects")


def _fetched(answer: _Answer, target: URL, ask: _Ask, max_bytes: int) -> Fetched:
    status, headers = answer.response.status_code, answer.response.headers
    if status == 304 and ask.known != Validators():
        return Fetched(str(target), b"", "", None, ask.known, unchanged=True)
    if status != 200:
        asked = retry_after(headers.get("retry-after"))
        if status in _RETRY:
            ask.failed(target, asked)
        reason = _REASONS.get(status, "the site has a fault" if status >= 500 else "not a page")
        raise Refused(f"{_short(str(target))}: the site answers {status}: {reason}", status, asked)
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    listed = ask.lists and (_FEED.match(content_type) or _PACKED.match(content_type))
    if not listed and not _READABLE.match(content_type):
        raise FetchError(f"{_short(str(target))}: this is {content_type[:60]} and not a page of text")
    charset = _CHARSET.search(headers.get("content-type", ""))
    body = answer.body(max_bytes)
    if ask.pace is not None:
        ask.pace.answered(target.host)
    known = Validators(_header(headers.get("etag")), _header(headers.get("last-modified")))
    capture = Capture(str(target), instant(datetime.now(UTC)), status, kept(_as_sent(headers.raw)))
    return Fetched(str(target), body, content_type, charset[1] if charset else None, known, capture=capture)


def _as_sent(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    return ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _header(value: str | None) -> str | None:
    """Return a header's value if it can be sent back as it came."""
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None


class _Answer:
    """One request to a checked address and its answer, closed at the end of a ``with`` block."""

    def __init__(
        self,
        client: Client,
        target: URL,
        how: Fetching,
        stop: float,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._client, self._target, self._how, self._stop = client, target, how, stop
        self._headers = headers or {}
        self.response: Response

    def __enter__(self) -> _Answer:
        import httpx2

        addresses = _addresses(self._target, self._how.allow_private)
        for number, address in enumerate(addresses, start=1):
            _in_time(self._target, self._stop)
            request = self._client.build_request(
                "GET",
                self._target.copy_with(host=address),
                headers={"Host": self._target.netloc.decode("ascii"), **self._headers},
                extensions={"sni_hostname": self._target.raw_host.decode("ascii")},
            )
            try:
                self.response = self._client.send(request, stream=True)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return self
        raise FetchError(f"{_short(str(self._target))}: no address to connect to")

    def __exit__(self, *_: object) -> None:
        self.response.close()

    @property
    def redirect(self) -> str | None:
        """Where a redirect leads, as an absolute address."""
        location = self.response.headers.get("location")
        if self.response.status_code in (301, 302, 303, 307, 308) and location:
            return str(self._target.join(location))
        return None

    def body(self, max_bytes: int, *, cut: bool = False) -> bytes:
        """Read the body, unpacked, up to the limit; over it raise :class:`TooLarge`, or ``cut`` it there."""
        encoding = self.response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise FetchError(f"{_short(str(self._target))}: packed in an unknown way ({encoding[:20]})")
        unpack = zlib.decompressobj(31) if "gzip" in encoding else None
        parts, total, came = [], 0, 0
        for raw in self.response.iter_raw(_CHUNK):
            _in_time(self._target, self._stop)
            came += len(raw)
            piece = unpack.decompress(raw, max_bytes + 1 - total) if unpack else raw
            parts.append(piece)
            total += len(piece)
            if total > max_bytes or came > max_bytes + _CHUNK:  # a packed page may be all head and no text
                if cut:
                    break
                raise TooLarge(
                    f"{_short(str(self._target))}: the page is over the limit of {size(max_bytes)}"
                )
            if unpack and unpack.eof:
                break  # what stands behind the end of the packed page is none of it, and may have no end
        return b"".join(parts)[:max_bytes]


def _short(url: str) -> str:
    return url if len(url) <= 120 else url[:117] + "..."


def _in_time(target: URL, stop: float) -> None:
    if time.monotonic() > stop:
        raise FetchError(f"{_short(str(target))}: the site is too slow")


def _target(url: str) -> URL:
    import httpx2

    try:
        target = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError(f"{_short(url)}: not a web address") from error
    if target.scheme not in ("http", "https") or not target.host:
        raise FetchError(f"{_short(url)}: only http and https addresses can be fetched")
    if target.userinfo:
        raise FetchError(f"{_short(target.host)}: an address with a password in it is not fetched")
    return target.copy_with(fragment=None)


def _addresses(target: URL, allow_private: bool) -> list[str]:
    """Resolve the host; refuse it where any of its addresses is not a public one."""
    try:
        found = socket.getaddrinfo(target.raw_host.decode("ascii"), target.port or 0, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{_short(str(target))}: there is no such site ({target.host})") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise FetchError(
                    f"{_short(str(target))}: {address} is a private or reserved address and is not fetched "
                    "(--allow-private allows it)"
                )
    return addresses[:_MAX_ADDRESSES]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, also where an IPv6 one wraps an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def checked(url: str, *, allow_private: bool = False) -> tuple[URL, list[str]]:
    """Return an address, and the IP addresses to connect to for it, under the rules of :func:`fetch`.

    Raises:
        FetchError: it is not http or https, is not there, or is private.
    """
    target = _target(url)
    return target, _addresses(target, allow_private)


def _rules(target: URL, how: Fetching) -> Any:
    """Return the rules of the site's robots.txt, or ``None`` where it has none."""
    origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
    return _robots(origin, how, int(time.monotonic() // 3600))


@lru_cache(maxsize=64)
def _robots(origin: str, how: Fetching, hour: int) -> Any:
    """Read a site's robots.txt, kept for the hour; ``None`` where it has none, so that all is allowed."""
    from protego import Protego

    stop = time.monotonic() + how.deadline
    target = _target(f"{origin}/robots.txt")
    with _client(how, lambda: stop) as client:
        for _ in range(_MAX_REDIRECTS + 1):
            with _Answer(client, target, how, stop) as answer:
                if answer.redirect is not None:
                    target = _target(answer.redirect)
                    continue
                status = answer.response.status_code
                if status >= 500 or status == 429:
                    raise Refused(
                        f"{origin}: its robots.txt cannot be read now ({status}), so nothing is fetched",
                        status,
                        retry_after(answer.response.headers.get("retry-after")),
                    )
                if status != 200:
                    return None
                body = answer.body(_ROBOTS_BYTES, cut=True)
                return Protego.parse(body.decode("utf-8", errors="replace"))
    return None
