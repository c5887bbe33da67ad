"""Fetch one page from the web; runs as a child process, so that its deadline always holds."""

import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from agent.clean import one_line
from agent.errors import SourceError
from agent.sources.addresses import is_public, public_url, resolve
from agent.sources.files import too_large
from agent.sources.worker import serve

MOST_REDIRECTS = 5
MOST_RETRIES = 2  # of a site that says it is busy
TIMEOUT_S = 15  # for one step; the parent bounds the whole
LIMIT_S = 30
PAGE_S = 5  # kept for the page itself when a wait is granted
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; bluf/0.1)",
    "Accept": "text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf;q=0.9",
    "Accept-Language": "en,*;q=0.5",
    # Any other coding can expand a thousandfold in one step.
    "Accept-Encoding": "gzip",
}
MEANINGS = {
    401: "the page needs a log-in; save it from a browser and give the file",
    402: "the page must be paid for; save it from a browser and give the file",
    403: "the site refuses programs; save it from a browser and give the file",
    404: "there is no such page; check the address",
    410: "the page was taken down; try an archive",
    429: "the site asks for fewer requests; try later",
    451: "the page is withheld for legal reasons",
}


@dataclass(frozen=True)
class Page:
    """Where a page came from and what its server said it was."""

    url: str
    content_type: str
    charset: str | None


@dataclass(frozen=True)
class _Busy:
    """A site's answer that it is busy, and for how long it asks to be left alone."""

    wait_s: float


def fetch_page(
    url: str, *, name: str, max_bytes: int, allow_private: bool = False, limit_s: float = LIMIT_S
) -> tuple[Page, bytes]:
    """Return the page at an address and its decoded bytes, at most `max_bytes` of them.

    Each address is looked up once, judged, and connected to as judged, again at each of at
    most five redirects. No proxy, netrc file or cookie of the user's is used. Status 503 alone
    is tried again, twice at most, after the wait that the site asks for, if `limit_s` leaves
    room for it.

    Raises:
        SourceError: The address is refused or cannot be reached, or what came back is an
            error, incomplete, too large, or in a coding that was not asked for.
    """
    ends = time.monotonic() + limit_s
    context = ssl.create_default_context()
    with httpx.Client(
        trust_env=False, verify=context, timeout=TIMEOUT_S, headers=HEADERS
    ) as client:
        for tries_left in reversed(range(MOST_RETRIES + 1)):
            got = _follow(client, url, name, max_bytes=max_bytes, allow_private=allow_private)
            if not isinstance(got, _Busy):
                return got
            if got.wait_s > ends - time.monotonic() - PAGE_S:
                asked = f" and asks to wait {got.wait_s:,.0f} s"
                raise SourceError(name, f"HTTP status 503: the site is busy{asked}; try later")
            if tries_left:
                time.sleep(got.wait_s)
    tries = MOST_RETRIES + 1
    raise SourceError(name, f"HTTP status 503, {tries} times: the site is busy; try later")


def _follow(
    client: httpx.Client, url: str, name: str, *, max_bytes: int, allow_private: bool
) -> tuple[Page, bytes] | _Busy:
    """Return the page behind at most five redirects."""
    for hop in range(MOST_REDIRECTS + 1):
        with _opened(client, url, name, hop=hop, allow_private=allow_private) as response:
            if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return _Busy(_wait_s(response.headers.get("retry-after", "")))
            if not response.has_redirect_location:
                return _page(response, url, name), _body(response, name, max_bytes)
            url = _target(response, url, name)
    raise SourceError(name, f"redirected more than {MOST_REDIRECTS} times; check the address")


def _wait_s(asked: str) -> float:
    """Return the seconds that a Retry-After header asks for; 1 when it says nothing of use."""
    if asked.strip().isascii() and asked.strip().isdecimal():
        return float(asked.strip()[:9])
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return 1
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


@contextmanager
def _opened(
    client: httpx.Client, url: str, name: str, *, hop: int, allow_private: bool
) -> Iterator[httpx.Response]:
    """Yield the response of one request, its body still to be read."""
    target = _checked(url, name)
    port = target.port or (443 if target.scheme == "https" else 80)
    addresses = _judged(target.host, port, name, hop=hop, allow_private=allow_private)
    try:
        response = _answer(client, target, addresses)
        try:
            yield response
        finally:
            response.close()
    except httpx.HTTPError as error:
        raise SourceError(name, _failure(error, target)) from error


def _checked(url: str, name: str) -> httpx.URL:
    if any(c.isspace() or c == "\\" for c in url) or not url.isprintable():
        raise SourceError(name, "it is no valid web address; check it")
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SourceError(name, "it is no valid web address; check it") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise SourceError(
            name, f"{target.scheme or 'it'} is not fetched; give an http or https page"
        )
    if target.userinfo:
        raise SourceError(name, "an address with a user name or password in it is not fetched")
    return target


def _judged(host: str, port: int, name: str, *, hop: int, allow_private: bool) -> list[str]:
    """Return the addresses of a host that may be connected to."""
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            problem = f"{host} cannot be looked up, there may be no network; check the connection"
        else:
            problem = f"the name {host} cannot be found; check the address"
        raise SourceError(name, problem) from error
    if not allow_private and not all(map(is_public, addresses)):
        how = "it redirected to" if hop else "it is"
        raise SourceError(name, f"{how} a private address, refused (--allow-private permits it)")
    return addresses


def _answer(client: httpx.Client, target: httpx.URL, addresses: list[str]) -> httpx.Response:
    """Return the first address's response; the next address is tried if none connects."""
    for address in addresses:
        # The judged address is in the URL; the name stays in Host and in the TLS handshake.
        request = client.build_request(
            "GET",
            target.copy_with(host=address),
            headers={"Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        try:
            return client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if address == addresses[-1]:
                raise
    raise httpx.ConnectError("no address")


def _target(response: httpx.Response, url: str, name: str) -> str:
    """Return where a redirect points."""
    target = urljoin(url, response.headers["location"])
    scheme = target.partition(":")[0].lower()
    if scheme not in {"http", "https"}:
        raise SourceError(name, f"it redirected to a {one_line(scheme, 20)} address, refused")
    return target


def _page(response: httpx.Response, url: str, name: str) -> Page:
    """Return what the headers say.

    Raises:
        SourceError: The status says that this is not the page.
    """
    status = response.status_code
    if status != 200:
        meaning = MEANINGS.get(status) or (
            "the site has a fault; try later" if status >= 500 else "this is not the page"
        )
        raise SourceError(name, f"HTTP status {status}: {meaning}")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Page(url=public_url(url), content_type=kind, charset=response.charset_encoding)


def _body(response: httpx.Response, name: str, max_bytes: int) -> bytes:
    """Return the decoded body; decoding stops at the limit, not behind it."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip", ""}:
        raise SourceError(name, f"the page came in a coding not asked for ({one_line(coding, 40)})")
    inflate = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            room = max_bytes + 1 - len(body)
            body += inflate.decompress(chunk, room) if inflate else chunk
            if len(body) > max_bytes:
                raise SourceError(name, too_large(max_bytes))
    except zlib.error as error:
        raise SourceError(name, "the page's compression is broken; try later") from error
    if inflate and not inflate.eof:
        raise SourceError(name, "the page arrived incomplete; try again")
    return bytes(body)


def _failure(error: httpx.HTTPError, target: httpx.URL) -> str:
    """Return what a failed exchange means to the user."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        why = one_line(str(error).rpartition("failed: ")[2].partition(" (_ssl")[0], 80)
        return f"the certificate of {target.host} is not trusted ({why}); nothing was read"
    if isinstance(error, httpx.ConnectError):
        where = target.netloc.decode("ascii")
        if "unreachable" in str(error):
            return f"{where} cannot be reached, there may be no network; check the connection"
        return f"no connection to {where}; check the address and the network"
    if isinstance(error, httpx.TimeoutException):
        return f"{target.host} did not answer within {TIMEOUT_S} s; try later"
    if "complete message" in str(error) or isinstance(error, httpx.ReadError):
        return "the page arrived incomplete; try again"
    return f"{target.host} did not answer as a web server should; try later"


def _handle(job: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
    page, body = fetch_page(
        job["url"],
        name=job["name"],
        max_bytes=job["max_bytes"],
        allow_private=job["allow_private"],
        limit_s=job["limit_s"],
    )
    return asdict(page), body


if __name__ == "__main__":
    serve(_handle)
