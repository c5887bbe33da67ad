import asyncio
import gzip
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent.errors import SourceError, UsageError
from agent.sources import load
from agent.sources.load import Stated, load_sources
from schemas.sources import Source, Sources
from tests.sources import bombs
from tests.sources.conftest import Server

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT = (
    "Army leaves town\nBy Ana Cole\nTest Wire\nMarch 4, 2026\n\nThe army left. Nobody knows why.\n"
)


def read(*names: str | Path, stdin: bytes | None = None, **options: Any) -> Sources:
    return asyncio.run(load_sources([str(n) for n in names], stdin=stdin, **options))


def read_one(name: str | Path, stdin: bytes | None = None, **options: Any) -> Source:
    return read(name, stdin=stdin, **options).items[0]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_text_becomes_a_source(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", TEXT)
    source = read_one(path)
    assert source.text == "The army left. Nobody knows why."
    assert [(s.id, s.text) for s in source.sentences] == [
        ("1.1", "The army left."),
        ("1.2", "Nobody knows why."),
    ]
    assert (source.number, source.name, source.kind) == (1, str(path), "text")
    assert (source.title, source.author, source.publisher) == (
        "Army leaves town",
        "Ana Cole",
        "Test Wire",
    )
    assert (source.published, source.published_from) == (
        date(2026, 3, 4),
        "line in the head of the text",
    )
    assert source.sha256 == hashlib.sha256(source.text.encode()).hexdigest()
    assert (source.reliability, source.credibility, source.notes) == ("F", 6, ())


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda p: p.name)
def test_every_example_is_read_with_exact_offsets(path: Path) -> None:
    source = read_one(path)
    assert source.published
    assert source.published.year in {2025, 2026}
    assert source.author
    assert source.publisher
    assert source.language == "en"
    assert len(source.sentences) >= 12
    assert all(source.text[s.start : s.end] == s.text for s in source.sentences)
    assert source.notes == ()


def test_several_sources_keep_their_order_and_are_numbered(tmp_path: Path) -> None:
    sources = read(
        EXAMPLES / "letter.txt", "-", write(tmp_path, "b.txt", TEXT), stdin=TEXT.encode()
    )
    assert [s.number for s in sources.items] == [1, 2, 3]
    assert [s.name for s in sources.items][1] == "-"
    assert sources.sentences["3.2"].text == "Nobody knows why."
    assert sources.items[2].notes == ("its text is that of source 2",)


def test_what_the_user_states_goes_before_what_the_source_says() -> None:
    stated = Stated("T", "P", "A", date(2020, 1, 2), "https://a.b/", "B", 2)
    source = read_one("-", TEXT.encode(), stated=stated)
    assert (source.title, source.publisher, source.author) == ("T", "P", "A")
    assert (source.published, source.published_from) == (date(2020, 1, 2), "stated by the user")
    assert (source.url, source.reliability, source.credibility) == ("https://a.b/", "B", 2)


def test_ratings_apply_to_every_source_and_a_title_to_one_only(tmp_path: Path) -> None:
    names = (write(tmp_path, "a.txt", TEXT), EXAMPLES / "letter.txt")
    rated = read(*names, stated=Stated(reliability="C", credibility=3))
    assert {(s.reliability, s.credibility) for s in rated.items} == {("C", 3)}
    with pytest.raises(UsageError, match="title can be stated for one source only"):
        read(*names, stated=Stated(title="T"))


def test_no_source_and_standard_input_twice_are_errors_of_usage() -> None:
    with pytest.raises(UsageError, match="no source given"):
        read()
    with pytest.raises(UsageError, match="- was given twice"):
        read("-", "-", stdin=b"x")


def test_a_text_without_a_title_is_named_by_its_first_words() -> None:
    source = read_one("-", b"The army left the town on Monday. " * 20)
    assert source.title.startswith("The army left the town on Monday.")
    assert source.title.endswith("…")
    assert source.published is None


def test_what_is_removed_is_noted_and_offsets_refer_to_the_rest() -> None:
    source = read_one("-", b"The \x1b[31marmy\x07 left. Nobody\x00 knows why.")
    assert source.text == "The [31marmy left. Nobody knows why."
    assert source.notes == ("3 control characters removed",)
    assert source.sentences[1].text == "Nobody knows why."


def test_an_encoding_other_than_utf8_is_noted() -> None:
    text = "La rivière était très haute près du château, a déclaré l’élu. Il pleut déjà."
    source = read_one("-", text.encode("cp1252"))
    assert (source.text, source.notes) == (text, ("read as Windows-1252",))


def test_a_date_in_the_future_is_noted() -> None:
    assert "lies in the future" in read_one("-", TEXT.replace("2026", "2090").encode()).notes[0]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "it is empty"),
        (b" \n\t\xef\xbb\xbf", "it is empty"),
        ("\u200b\u2028\u200b".encode(), "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "it is a PNG image"),
        (b"%PDF-1.4 nothing", "damaged or cut short"),
        (b"x" * 2_000, "larger than 0 MB"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        read("-", stdin=raw, max_bytes=1_000)
    assert "\n" not in str(caught.value)
    assert caught.value.name == "-"


def test_paths_that_are_no_files_each_have_their_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in {
        str(tmp_path / "none.txt"): "there is no such file",
        str(tmp_path): "it is a folder",
        str(tmp_path / "pipe"): "it is a pipe",
        "/dev/zero": "it is a device",
        "a\0b": "it cannot be opened",
        "x" * 5_000: "it cannot be opened",
        "example.com/story": "write https://example.com/story",
        "ftp://example.com/a": "ftp is not fetched",
    }.items():
        with pytest.raises(SourceError, match=said):
            read(name)


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be a user whom the kernel refuses: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_one_may_not_read_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "secret.txt", TEXT)
    path.chmod(0)
    with somebody_else(), pytest.raises(SourceError, match="you may not read it; check its perm"):
        read(path)


def test_a_socket_and_a_link_to_itself_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "s"))
        for name in ("loop", "s"):
            with pytest.raises(SourceError, match="it cannot be opened"):
                read(tmp_path / name)


@pytest.mark.parametrize("ending", ["txt", "html", "pdf", "md"])
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "it is a PNG image"),
        (gzip.compress(b"x" * 99), "it is a gzip archive"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "it is an ELF program"),
    ],
    ids=["png", "gzip", "elf"],
)
def test_what_the_bytes_are_counts_and_not_the_name(
    tmp_path: Path, raw: bytes, said: str, ending: str
) -> None:
    with pytest.raises(SourceError, match=said):
        read(write(tmp_path, f"a.{ending}", raw))


def test_a_file_beyond_the_limit_is_refused_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "a.html", b"<html>" + b"<p>x</p>" * 3_200_000)
    with pytest.raises(SourceError, match="it is larger than 20 MB; give a part of it"):
        read(path)


def test_three_hundred_thousand_words_are_read_to_the_last() -> None:
    text = "".join(
        f"Item {n} of the list was sold on that day in the town. " for n in range(26_000)
    )
    source = read_one("-", text.encode())
    assert len(source.text.split()) > 300_000
    assert len(source.sentences) == 26_000
    middle = source.sentences[13_000]
    assert middle.text == "Item 13000 of the list was sold on that day in the town."
    assert source.text[middle.start : middle.end] == middle.text
    assert source.sentences[-1].end == len(source.text)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ar", "قال الجيش يوم الاثنين إنه غادر المدينة وإن الطريق الشمالي مغلق لأسباب أمنية."),
        ("zh", "军方星期一表示已经离开该镇，居民无法使用北方道路，原因是安全问题。"),
        ("de", "Die Armee hat am Montag mitgeteilt, dass sie die Stadt verlassen hat und nicht mit "
               "einer Rückkehr auf dem Weg rechnet, wie der Sprecher des Ministeriums sagte."),
    ],
)  # fmt: skip
def test_a_text_in_another_language_keeps_every_letter(language: str, sentence: str) -> None:
    source = read_one("-", f"{sentence} {sentence}\n\n{sentence}\n".encode())
    assert source.language == language
    assert [s.text for s in source.sentences] == [sentence] * 3


def test_a_stub_is_refused_and_can_be_forced(server: Server, article: bytes) -> None:
    raw = article.replace(b"</article>", b"<p>Subscribe to continue reading.</p></article>")
    raw = re.sub(rb"<p>Paragraph [3-7].*?</p>", b"", raw)
    with pytest.raises(SourceError, match=r"only \d+ words were found; this may be a paywall"):
        read("-", stdin=raw)
    assert "this may be a paywall" in read_one("-", raw, force=True).notes[0]


def test_a_hostile_name_is_shown_cleaned() -> None:
    with pytest.raises(SourceError) as caught:
        read("a\x1b]0;x\x07\nb")
    assert caught.value.name == "a]0;x b"


def test_nothing_on_standard_input_is_an_error() -> None:
    with pytest.raises(SourceError, match="nothing came on standard input"):
        read("-")


def test_the_first_bad_source_in_order_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a.pdf", tmp_path / "b.txt")
    assert caught.value.name.endswith("a.pdf")


def test_a_page_is_fetched_and_read(server: Server) -> None:
    source = read_one(f"{server.url}/moved", allow_private=True)
    assert (source.title, source.kind, source.language) == ("Levy passes", "html", "en")
    assert source.url == f"{server.url}/article"
    assert source.published == date(2026, 3, 4)
    assert source.sentences[0].text.startswith("Paragraph 0 of the article")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/image", "it is a PNG image"),
        ("/json", "it is JSON, not an article"),
        ("/empty", "it is empty"),
        ("/404", "HTTP status 404"),
    ],
)
def test_a_page_that_is_no_article_says_what_it_is(server: Server, path: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(server.url + path, allow_private=True)


def test_a_page_that_ends_early_is_noted(server: Server) -> None:
    source = read_one(f"{server.url}/cut-unseen", allow_private=True)
    assert "the page ends without </html>; it may be incomplete" in source.notes


def test_a_server_that_drips_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FETCH_S", 1)
    with pytest.raises(SourceError, match="gave up after 1 s; the server is too slow"):
        read(f"{server.url}/drip", allow_private=True)


def test_a_page_that_holds_the_parser_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "READ_S", 2)
    with pytest.raises(SourceError, match="gave up after 2 s; it takes too long to read"):
        read("-", stdin=bombs.many_hidden_attributes(120_000))
    with pytest.raises(ChildProcessError):  # neither alive nor a zombie
        os.waitpid(-1, os.WNOHANG)


def test_cancelling_ends_the_child(server: Server) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(load_sources([f"{server.url}/drip"], allow_private=True))
        await asyncio.to_thread(wait_until_asked, server)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancelled())
    assert not children_of(os.getpid())


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
def test_an_interrupt_ends_program_and_child(server: Server) -> None:
    program = (
        "import asyncio, sys; from agent.sources.load import load_sources\n"
        "try: asyncio.run(load_sources([sys.argv[1]], allow_private=True))\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, f"{server.url}/drip"])
    wait_until_asked(server)
    children = children_of(process.pid)
    assert children
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == 130
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_child_does_not_see_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.sources.child import _environment

    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    assert "sk-canary" not in _environment().values()


def test_plain_text_is_read_in_little_time() -> None:
    text = (EXAMPLES / "letter.txt").read_bytes()
    began = time.monotonic()
    read("-", stdin=text)
    assert time.monotonic() - began < 0.3


def wait_until_asked(server: Server) -> None:
    end = time.monotonic() + 10
    while not server.requests and time.monotonic() < end:
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []
