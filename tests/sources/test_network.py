"""Faults of the network, each made for real: servers on the loopback, and networks of our own."""

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from agent.errors import SourceError
from agent.sources import web
from agent.sources.load import load_sources
from agent.sources.web import fetch_page
from tests.sources.conftest import ARTICLE, Server, answer, running_server


def fetch(url: str, *, limit_s: float = 30, max_bytes: int = 1_000_000) -> bytes:
    _, body = fetch_page(
        url, name=url, max_bytes=max_bytes, allow_private=True, limit_s=limit_s
    )  # fmt: skip
    return body


def paths(server: Server) -> list[str]:
    return [request.split(" ")[1] for request in server.requests]


# 503 is the one status that says: try again.


def test_a_busy_site_is_asked_again_after_the_wait_it_asks_for(server: Server) -> None:
    assert fetch(f"{server.url}/503-once=1") == ARTICLE
    assert len(server.requests) == 2


def test_a_wait_until_a_date_is_understood(server: Server) -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(minutes=1), usegmt=True)
    assert fetch(f"{server.url}/503-once={past.replace(' ', '%20')}") == ARTICLE


@pytest.mark.parametrize("asked", ["soon", "-5", "", "1e9"])
def test_a_wait_that_is_none_counts_as_a_second(server: Server, asked: str) -> None:
    assert web._wait_s(asked) == 1


def test_a_site_that_stays_busy_is_given_up_after_three_tries(server: Server) -> None:
    with pytest.raises(SourceError, match="HTTP status 503, 3 times: the site is busy; try later"):
        fetch(f"{server.url}/503-for-ever")
    assert len(server.requests) == 3


def test_a_wait_beyond_the_deadline_is_not_begun(server: Server) -> None:
    with pytest.raises(SourceError, match="the site is busy and asks to wait 86,400 s; try later"):
        fetch(f"{server.url}/503-for-a-day")
    assert len(server.requests) == 1


@pytest.mark.parametrize("path", ["/403", "/404", "/410", "/451", "/500"])
def test_no_other_status_is_tried_again_nor_its_page_read(server: Server, path: str) -> None:
    with pytest.raises(SourceError, match=f"HTTP status {path[1:]}: "):
        fetch(server.url + path)
    assert paths(server) == [path]


# Servers that never end.


def test_silence_after_the_connection_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 0.3)
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 did not answer within 0\.3 s; try later"):
        fetch(f"{server.url}/silent")


def test_an_endless_page_stops_at_the_limit(server: Server) -> None:
    with pytest.raises(SourceError, match="larger than 1 MB"):
        fetch(f"{server.url}/endless")


def test_two_thousand_headers_do_no_harm(server: Server) -> None:
    assert fetch(f"{server.url}/many-headers") == ARTICLE


# What a server says of its page, and how it sends it.


@pytest.mark.parametrize("path", ["/mislabelled", "/untyped"])
def test_content_decides_where_the_type_is_wrong_or_missing(server: Server, path: str) -> None:
    source = asyncio.run(load_sources([server.url + path], allow_private=True)).items[0]
    assert (source.kind, source.title) == ("html", "Levy passes")


def test_a_coding_that_was_not_asked_for_is_refused(server: Server) -> None:
    with pytest.raises(SourceError, match=r"a coding not asked for \(br\)"):
        fetch(f"{server.url}/brotli")


def test_a_redirect_to_ftp_is_refused(server: Server) -> None:
    with pytest.raises(SourceError, match="it redirected to a ftp address, refused"):
        fetch(f"{server.url}/to-ftp")


@pytest.mark.parametrize(
    "host",
    ["[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]",
     "0x7f.1", "017700000001", "127.0.0.1.", "localhost.", "127。0。0。1"],
)  # fmt: skip
def test_no_written_form_of_the_loopback_is_asked(server: Server, host: str) -> None:
    url = server.url.replace("127.0.0.1", host) + "/article"
    with pytest.raises(
        SourceError, match=r"private address, refused|no valid web|be found|looked up"
    ):
        fetch_page(url, name="a", max_bytes=1_000, allow_private=False)
    assert server.requests == []


@pytest.mark.parametrize(
    "form", ["http://news.example@{}/article", "http://news.example\\@{}/article",
             "http://a:b@{}/article"]
)  # fmt: skip
def test_an_address_with_a_user_or_a_backslash_is_not_asked(server: Server, form: str) -> None:
    with pytest.raises(SourceError, match=r"user name or password|no valid web address"):
        fetch(form.format(server.url.removeprefix("http://")))
    assert server.requests == []


# Traps in the environment.


def test_nothing_of_the_environment_is_used_for_a_source(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password canary\n")
    (tmp_path / ".netrc").chmod(0o600)
    with running_server() as trap:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, trap.url)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(tmp_path / "none.pem"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        assert fetch(f"{server.url}/article") == ARTICLE
        source = asyncio.run(load_sources([f"{server.url}/article"], allow_private=True))
        assert source.items[0].title == "Levy passes"
    assert trap.requests == []
    assert not any("authorization" in r.lower() or "canary" in r for r in server.requests)


# Certificates.


@pytest.mark.parametrize(
    ("end", "is_known", "said"),
    [
        ("20990101000000Z", True, None),
        ("20990101000000Z", False, r"the certificate of 127\.0\.0\.1 is not trusted \(self"),
        ("20200201000000Z", True, r"is not trusted \(certificate has expired\); nothing was read"),
    ],
    ids=["good", "self-signed", "expired"],
)
def test_only_a_good_certificate_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, is_known: bool, said: str | None
) -> None:
    certificate, key = make_certificate(tmp_path, end)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate, key) as (url, spoken):
        if said is None:
            assert fetch(url) == ARTICLE
            return
        with pytest.raises(SourceError, match=said):
            fetch(url)
    assert spoken == []


AUTHORITY = """
[ca]\ndefault_ca=x
[x]\ndatabase=index\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\npolicy=p\nx509_extensions=e
[p]\ncommonName=supplied
[e]\nsubjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:TRUE
"""


def make_certificate(folder: Path, end: str) -> tuple[Path, Path]:
    """Return a certificate that 127.0.0.1 signed for itself, good until `end`, and its key."""
    if not which("openssl"):
        pytest.skip("certificates are made by openssl, and there is none")
    (folder / "ca.cnf").write_text(AUTHORITY)
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    request = ("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
               " -subj /CN=127.0.0.1 -keyout key.pem -out request.pem")  # fmt: skip
    signing = ("ca -batch -selfsign -config ca.cnf -in request.pem -keyfile key.pem -notext"
               f" -startdate 20200101000000Z -enddate {end} -out cert.pem")  # fmt: skip
    for command in (request, signing):
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True, cwd=folder)
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Serve the article over TLS once; yield its address, and what the client went on to say."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    spoken: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    spoken.append(secured.recv(1_000))
                    secured.sendall(answer(ARTICLE))
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/article", spoken
        thread.join(timeout=10)


# Networks of our own, where a public address can be had.


@pytest.fixture(scope="module")
def isolated() -> dict[str, Any]:
    """What happened in a network and a mount table of our own."""
    here = ["unshare", "-rnm"]
    if (
        not which("unshare")
        or subprocess.run([*here, "ip", "link"], capture_output=True).returncode
    ):
        pytest.skip("this machine grants no network of one's own")
    command = [*here, sys.executable, "-m", "tests.sources.isolated"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_without_a_network_the_message_says_so(isolated: dict[str, Any]) -> None:
    said = isolated["offline"]
    assert said["name"].startswith("news.example cannot be looked up, there may be no network;")
    assert said["address"].startswith("93.184.216.34 cannot be reached, there may be no network;")


def test_a_public_site_cannot_send_us_to_a_private_one(isolated: dict[str, Any]) -> None:
    found = isolated["redirected"]
    assert found["straight"] == "read"
    assert found["said"].startswith("it redirected to a private address, refused")
    assert found["private"] == []


def test_a_name_that_turns_private_behind_the_check_is_not_followed(
    isolated: dict[str, Any],
) -> None:
    found = isolated["rebound"]
    assert (found["straight"], found["looked_up"]) == ("read", 1)
    assert found["said"].startswith("it redirected to a private address, refused")
    assert (found["again"], found["private"]) == (2, [])
