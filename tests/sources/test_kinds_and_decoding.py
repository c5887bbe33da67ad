import gzip
import zipfile
from io import BytesIO

import pytest

from agent.errors import SourceError
from agent.sources.decoding import decode
from agent.sources.kinds import find_kind
from agent.sources.language import find_language


def zipped(*names: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (b"The army left.", "a.txt", "text"),
        (b"The army left.", "a.html", "text"),
        (b"%PDF-1.7 ...", "a.txt", "pdf"),
        (b"<!DOCTYPE html><html><body><p>x</p></body></html>", "a.txt", "html"),
        (b"\xef\xbb\xbf<p>One</p><p>Two</p>", "-", "html"),
        (b"The tags <html> and <body> open a page.", "a.txt", "text"),
        (b"The army left.", "a.md", "markdown"),
        (b"---\ntitle: Army leaves\n---\nThe army left.", "-", "markdown"),
        (b"# Army leaves\n\nThe army left.", "-", "markdown"),
        ("<html><p>x</p></html>".encode("utf-16"), "a.html", "html"),
        (b"BMW recalls cars. MZ too.", "a.txt", "text"),
    ],
)
def test_content_decides_the_kind_and_then_the_name(raw: bytes, name: str, kind: str) -> None:
    assert find_kind(raw, name=name) == kind


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (gzip.compress(b"text" * 50), "a gzip archive"),
        (b"\x7fELF" + bytes(50), "an ELF program"),
        (zipped("word/document.xml"), "a Word document"),
        (zipped("notes.txt"), "a ZIP archive"),
        (bytes(range(32)) * 40, "binary data"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "a feed"),
        (b'{"title": "x"}', "JSON"),
        (b" \n\t \xef\xbb\xbf", "empty"),
        (b"", "empty"),
    ],
    # An archive holds the time at which it was made: it would name its test anew each time.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_article_is_named(raw: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        find_kind(raw, name="article.txt")


def test_utf8_needs_no_note() -> None:
    assert decode("Zürich".encode(), name="a") == ("Zürich", ())
    assert decode(b"\xef\xbb\xbfa", name="a") == ("a", ())


def test_utf16_is_read_with_and_without_its_mark() -> None:
    text = "The army left Zürich on Monday morning."
    assert decode(text.encode("utf-16"), name="a") == (text, ("read as utf-16",))
    assert decode(text.encode("utf-16-be"), name="a") == (text, ("read as utf-16-be",))


def test_latin1_declared_as_utf8_keeps_its_accents() -> None:
    text = "La rivière était très haute près du château, a déclaré l’élu à la presse."
    found, notes = decode(text.encode("cp1252"), name="a", declared="utf-8")
    assert (found, notes) == (text, ("read as Windows-1252",))


def test_a_declared_encoding_is_used() -> None:
    text = "地震が発生した。津波の心配はない。"
    assert decode(text.encode("shift_jis"), name="a", declared="shift_jis")[0] == text


def test_japanese_is_detected_where_nothing_is_declared() -> None:
    text = "地震が発生した。津波の心配はない。住民は北の道路を使うことができない。軍は町を離れた。"
    assert decode(text.encode("shift_jis"), name="a")[0] == text


def test_a_declared_encoding_that_is_none_does_no_harm() -> None:
    raw = "Zürich, très tôt, déjà vu".encode("cp1252")
    for declared in ("hex", "no-such", "utf\0", "zip", ""):
        assert "Zürich" in decode(raw, name="a", declared=declared)[0]


def test_a_few_broken_bytes_are_replaced_and_counted() -> None:
    raw = "Größe, Übung, Straße, Füße, Höhe, Mühe".encode() + b" \xff end"
    text, notes = decode(raw, name="a")
    assert text.endswith("\N{REPLACEMENT CHARACTER} end")
    assert notes == ("read as UTF-8, 1 broken character replaced",)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The army said on Monday that it had left the town and that it was not to return."),
        ("de", "Die Armee hat am Montag mitgeteilt, dass sie die Stadt verlassen hat und nicht mit "
               "einer Rückkehr auf dem Weg rechnet, wie der Sprecher des Ministeriums sagte."),
        ("fr", "L’armée a dit lundi que la ville est libre et que les soldats ne sont pas dans le "
               "centre, mais que la route du nord est fermée pour des raisons de sécurité."),
        ("es", "El ejército dijo el lunes que la ciudad es libre y que los soldados no están en el "
               "centro, pero que la carretera del norte está cerrada por razones de seguridad."),
        ("ru", "Армия сообщила в понедельник, что она покинула город и не вернётся, но дорога на "
               "север закрыта по соображениям безопасности, а жители не могут из него выехать."),
        ("ja", "軍は月曜日に町を離れたと発表した。住民は北の道路を使うことができない。"),
        ("zh", "军方星期一表示已经离开该镇，居民无法使用北方道路，原因是安全问题。"),
        ("ar", "قال الجيش يوم الاثنين إنه غادر المدينة وإن الطريق الشمالي مغلق لأسباب أمنية"),
    ],
)  # fmt: skip
def test_the_language_is_told(code: str, text: str) -> None:
    assert find_language(text) == code


def test_the_language_of_little_or_mixed_text_is_unknown() -> None:
    assert find_language("EF2 111 to 135") is None
    assert find_language("Kalo Brena Tosk " * 20) is None
