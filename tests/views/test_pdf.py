"""The PDF is tagged, marked on each page, the same every time, and fetches nothing."""

import hashlib
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from agent.views import lines
from agent.views.json import as_json
from agent.views.pdf import print_page
from schemas.brief import Brief
from tests.machine import run
from tests.views.readers import one_line, printed

PRINT = """
import hashlib, sys
from agent.briefs import read_brief
from agent.views.pdf import pdf
print(hashlib.sha256(pdf(read_brief(sys.argv[1]))).hexdigest())
"""
FAIL = """
import sys
from agent.briefs import read_brief
from agent.errors import UsageError
from agent.views.pdf import pdf
try:
    pdf(read_brief(sys.argv[1]))
except UsageError as error:
    print(error)
"""
WRITTEN = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def marked(brief: Brief) -> Brief:
    return brief.model_copy(update={"tlp": "AMBER+STRICT"})


@pytest.fixture
def reader(marked: Brief) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(printed(marked)))


@contextmanager
def counting() -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a server on this machine, and every request that reaches it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(4096))

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked


def titles(outline: list, depth: int = 0) -> Iterator[tuple[str, int]]:
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry, depth + 1)
        else:
            yield entry.title, depth


def test_it_is_tagged_and_says_its_title_language_author_and_date(reader, brief):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert reader.metadata.title == one_line(brief.title)
    assert reader.metadata.author == "bluf 0.1.0, SmolLM2-135M-Instruct"
    assert reader.metadata.creation_date == brief.generated_at


def test_its_outline_is_the_headings_of_the_brief(reader, brief):
    found = dict(titles(reader.outline))
    assert found[one_line(brief.title)] == 0
    for number, section in enumerate(lines.sections(brief), start=1):
        assert found[f"{number}. {section.title}"] == 1
    assert {"Withheld", "Sources", "How this brief was made"} <= set(found)


def test_each_page_bears_the_mark_and_that_it_is_a_draft_above_and_the_mark_below(reader):
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 3
    assert {page.count("TLP:AMBER+STRICT") >= 2 for page in pages} == {True}
    assert {"DRAFT" in page for page in pages} == {True}


def test_no_link_leads_out_of_it_and_nothing_runs(reader):
    for page in reader.pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            assert action.get("/S", "/GoTo") == "/GoTo"
    root = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(root.get("/Names", {}))


def test_the_same_brief_gives_the_same_bytes_in_another_process_that_says_nothing(marked, tmp_path):
    wanted = hashlib.sha256(printed(marked)).hexdigest()
    command = [sys.executable, "-c", PRINT, _kept(marked, tmp_path)]
    told = run(command, PYTHONHASHSEED="7", TZ="Asia/Tokyo")
    assert (told.returncode, told.stderr) == (0, b"")
    assert told.stdout.decode().strip() == wanted


def test_no_address_on_the_page_is_fetched_whatever_its_scheme(brief, tmp_path):
    printed(brief)  # skips where nothing can be printed
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>SECRET</text></svg>')
    with counting() as (address, asked):
        page = f"""<html lang="en"><title>t</title><link rel="stylesheet" href="{address}/a.css">
        <link rel="attachment" href="{secret.as_uri()}">
        <style>@import url({address}/b.css); @font-face {{ font-family: f; src: url({address}/f) }}
        p {{ background: url({address}/c.png); font-family: f }}</style>
        <p>text <img src="{address}/d.png"> <img src="{secret.as_uri()}">
        <object data="{address}/e"></object> <svg><image href="{address}/g.png"/></svg></p>"""
        file = print_page(page, identifier=b"1", written=WRITTEN, authors=("a",))
    assert asked == []
    pdf = pypdf.PdfReader(BytesIO(file))
    assert one_line(pdf.pages[0].extract_text()) == "text"
    assert not pdf.attachments


def test_a_word_longer_than_a_line_is_set_whole(brief):
    printed(brief)
    word = "x" * 2_000
    page = f'<html lang="en"><title>t</title><p style="overflow-wrap: anywhere">{word}</p></html>'
    file = print_page(page, identifier=b"1", written=WRITTEN, authors=("a",))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)
    assert text.count("x") == 2_000


def test_without_weasyprint_one_line_says_what_to_install_and_what_to_do_instead(marked, tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    for package in Path(pypdf.__file__).parents[1].iterdir():
        if not package.name.startswith("weasyprint"):
            (packages / package.name).symlink_to(package)
    command = [sys.executable, "-S", "-c", FAIL, _kept(marked, tmp_path)]
    told = run(command, PYTHONPATH=str(packages))
    assert told.stdout.decode() == (
        "PDF needs WeasyPrint and Pango (No module named 'weasyprint'): pip install 'bluf[pdf]', "
        "on Debian apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; or print "
        "--format html in any browser\n"
    )
    assert told.stderr == b""


def test_without_pango_the_same_line_names_the_library_and_no_advice_of_others(marked, tmp_path):
    printed(marked)  # loads the library, so that its file can be found
    maps = Path("/proc/self/maps").read_text()
    library = re.search(r"/\S*libpango-1\.0\S*", maps)
    hidden = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    hidden += ['mount --bind /dev/null "$0" && exec "$@"', library.group()]
    if shutil.which("unshare") is None or subprocess.run([*hidden, "true"]).returncode:
        pytest.skip("mounting needs user namespaces")
    told = run([*hidden, sys.executable, "-c", FAIL, _kept(marked, tmp_path)])
    said = told.stdout.decode()
    assert said.startswith("PDF needs WeasyPrint and Pango (cannot load library 'libpango-1.0")
    assert said.endswith("or print --format html in any browser\n")
    assert said.count("\n") == 1
    assert told.stderr == b""


def _kept(brief: Brief, folder: Path) -> str:
    file = folder / "brief.json"
    file.write_text(as_json(brief))
    return str(file)
