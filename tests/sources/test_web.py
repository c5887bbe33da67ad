import pytest

from agent.errors import SourceError
from agent.sources import web
from agent.sources.addresses import is_public, public_url
from agent.sources.web import Page, fetch_page
from tests.sources.conftest import Server


def fetch(
    url: str, *, allow_private: bool = True, max_bytes: int = 1_000_000
) -> tuple[Page, bytes]:
    return fetch_page(url, name=url, max_bytes=max_bytes, allow_private=allow_private)


def test_a_page_comes_with_its_type_and_final_address(server: Server, article: bytes) -> None:
    page, body = fetch(f"{server.url}/moved")
    assert body == article
    assert page == Page(f"{server.url}/article", "text/html", "utf-8")


def test_compression_is_undone(server: Server, article: bytes) -> None:
    assert fetch(f"{server.url}/gzip")[1] == article


def test_the_name_stays_in_the_host_header(server: Server) -> None:
    fetch(server.url.replace("127.0.0.1", "localhost") + "/article")
    assert "host: localhost:" in server.requests[0].lower()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/loop", "redirected more than 5 times"),
        ("/to-file", "redirected to a file address, refused"),
        ("/403", "HTTP status 403: the site refuses programs"),
        ("/404", "HTTP status 404: there is no such page"),
        ("/500", "HTTP status 500: the site has a fault"),
        ("/cut", "the page arrived incomplete"),
        ("/cut-gzip", "the page arrived incomplete"),
        ("/reset", "the page arrived incomplete"),
        ("/bad-gzip", "compression is broken"),
        ("/bomb", "larger than 1 MB"),
        ("/stacked", "a coding not asked for"),
        ("/big-header", "did not answer as a web server should"),
        ("/nonsense", "did not answer as a web server should"),
    ],
)
def test_a_fault_of_the_server_has_its_own_sentence(server: Server, path: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        fetch(server.url + path)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0", "①②⑦.0.0.1"],
)
def test_no_form_of_a_private_address_is_asked(server: Server, host: str) -> None:
    with pytest.raises(SourceError, match=r"private address, refused|no valid web|be found"):
        fetch(server.url.replace("127.0.0.1", host) + "/article", allow_private=False)
    assert server.requests == []


def test_a_redirect_to_a_private_address_is_refused_before_it_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = iter([True])
    monkeypatch.setattr(web, "is_public", lambda address: next(judged, False))
    with pytest.raises(SourceError, match="it redirected to a private address"):
        fetch(f"{server.url}/moved", allow_private=False)
    assert len(server.requests) == 1


def test_a_name_is_looked_up_once_for_each_request(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(web, "resolve", resolve)
    fetch(server.url.replace("127.0.0.1", "news.example") + "/article")
    assert looked_up == ["news.example"]


def test_the_next_address_is_tried_when_one_does_not_connect(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "resolve", lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert fetch(server.url.replace("127.0.0.1", "news.example") + "/article")[0]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9/", r"no connection to 127\.0\.0\.1:9"),
        ("http://name.invalid/", r"name\.invalid cannot be (?:found|looked up)"),
        ("http://user:pass@127.0.0.1/", "user name or password"),
        ("http://evil.example\\@127.0.0.1/", "no valid web address"),
        ("http://a b/", "no valid web address"),
        ("http:///", "give an http or https page"),
        ("http://[::1/", "no valid web address"),
    ],
)
def test_an_address_that_leads_nowhere_has_its_own_sentence(url: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        fetch(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.8", "224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fec0::1",
        "fe80::1",         "fe80::1%eth0", "fc00::1", "ff02::1", "2001:0:a:b:c:d:80ff:fffe",
    ],
)  # fmt: skip
def test_this_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_this_address_is_public(address: str) -> None:
    assert is_public(address)


def test_an_address_is_shown_without_its_secrets() -> None:
    shown = public_url("https://user:pw@h.example/a?id=7&access_token=abc&key=k#frag")
    assert shown == "https://h.example/a?id=7&access_token=REMOVED&key=REMOVED"
    assert public_url("https://h.example/a?q=x%20y") == "https://h.example/a?q=x%20y"
