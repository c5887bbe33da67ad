import time
import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from agent.errors import SourceError
from agent.sources.pdf import read_pdf

LINES = [
    "Army leaves the town of Belako",
    "By Ana Cole",
    "The army left the northern town of Belako on Monday, the ministry said in a state-",
    "ment to reporters. It gave no reason for a move that surprised the inhabi-",
    "tants of the town, who had been told that the self-defence force would stay on.",
    "The self-",
    "defence force stayed.",
]


WORDS = ["alpha", "beta", "gamma", "delta", "epsilon"]


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), extra, content)


def drawn(lines: list[str]) -> bytes:
    shown = "\n".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F1 11 Tf 14 TL 50 780 Td\n{shown}\nET".encode("latin-1")


def pdf(contents: list[bytes], info: bytes = b"") -> bytes:
    """Return a PDF of one page for each content stream object."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * i) for i in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< %s >>" % info,
    ]
    for i, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (6 + 2 * i)
        )
        objects.append(content)
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


GOOD = pdf([stream(drawn(LINES))], b"/Title (Army leaves) /CreationDate (D:20260304090000Z)")


def test_lines_are_joined_and_so_are_words_that_a_line_end_parted() -> None:
    text = read_pdf(GOOD, name="a").text
    assert "said in a statement to reporters." in text
    assert "surprised the inhabitants of the town" in text
    assert text.endswith("The self-defence force stayed.")


def test_a_heading_is_a_paragraph_of_its_own() -> None:
    assert read_pdf(GOOD, name="a").text.startswith(f"{LINES[0]}\n\n{LINES[1]}\n\nThe army left")


def test_the_date_of_the_file_is_a_note_and_no_date_of_publication() -> None:
    reading = read_pdf(GOOD, name="a")
    assert (reading.title, reading.published) == ("Army leaves", None)
    assert reading.notes == ("the PDF was made on 2026-03-04",)


def test_a_title_that_a_word_processor_wrote_is_none() -> None:
    raw = pdf([stream(drawn(LINES))], b"/Title (Microsoft Word - draft.docx)")
    assert read_pdf(raw, name="a").title is None


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = []
    for p in range(1, 5):
        lines = [f"{word} {WORDS[p]} the text goes on here" for word in WORDS]
        pages.append(stream(drawn(["Border Review 2026", *lines, f"Page {p}"])))
    reading = read_pdf(pdf(pages), name="a")
    assert "Border Review" not in reading.text
    assert "Page" not in reading.text
    assert reading.notes == ("8 running heads and page numbers were left out",)


def test_a_scan_without_text_is_an_error_that_speaks_of_ocr() -> None:
    with pytest.raises(SourceError, match="no text, only images; run it through OCR"):
        read_pdf(pdf([stream(b"q 100 0 0 100 0 0 cm Q")]), name="a")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_an_error(algorithm: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(GOOD)))
    writer.encrypt("secret", algorithm=algorithm)
    buffer = BytesIO()
    writer.write(buffer)
    with pytest.raises(SourceError, match="is encrypted or needs a password"):
        read_pdf(buffer.getvalue(), name="a")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_that_only_forbids_copying_is_read(algorithm: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(GOOD)))
    writer.encrypt("", "owner", algorithm=algorithm)
    buffer = BytesIO()
    writer.write(buffer)
    assert "Belako" in read_pdf(buffer.getvalue(), name="a").text


@pytest.mark.parametrize("raw", [b"%PDF-1.4\n", GOOD[:300], b"%PDF-1.7" + bytes(1_000)])
def test_a_damaged_file_is_an_error(raw: bytes) -> None:
    with pytest.raises(SourceError, match="damaged or cut short"):
        read_pdf(raw, name="a")


def test_a_file_without_pages_is_an_error() -> None:
    with pytest.raises(SourceError, match="no pages"):
        read_pdf(pdf([]), name="a")


def test_a_stream_that_expands_without_end_is_an_error_in_little_time() -> None:
    bomb = zlib.compress(zlib.compress(bytes(120_000_000), 9), 9)
    raw = pdf([stream(bomb, b"/Filter [/FlateDecode /FlateDecode] ")])
    began = time.monotonic()
    with pytest.raises(SourceError, match="expands past the limit"):
        read_pdf(raw, name="a")
    assert time.monotonic() - began < 5


def test_a_page_tree_that_loops_is_an_error() -> None:
    raw = GOOD.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    with pytest.raises(SourceError, match=r"damaged or cut short|has no pages"):
        read_pdf(raw, name="a")


def test_columns_drawn_one_after_the_other_are_read_so_and_their_words_joined() -> None:
    left = ["The army left the northern town of Be-", "lako on Monday, the ministry said.",
            "It gave no reason for the withdraw-", "al of its troops."]  # fmt: skip
    right = ["Farmers of the valley said that no-", "body had asked them beforehand."]
    shown = [b"BT /F1 11 Tf 14 TL %d 780 Td\n%s\nET" % (x, b"\n".join(b"(%s) Tj T*" % line.encode()
             for line in column)) for x, column in ((50, left), (320, right))]  # fmt: skip
    text = " ".join(read_pdf(pdf([stream(b"\n".join(shown))]), name="a").text.split())
    assert "the northern town of Belako on Monday" in text
    assert "withdrawal of its troops. Farmers of the valley said that nobody had asked" in text
