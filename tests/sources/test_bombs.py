import pytest

from tests.sources import bombs

SAID = {
    "attributes": "one tag has more than 10,000 attributes; it is no article page",
    "pdf": "the PDF expands past the limit; give its text",
    "pdf-twice": "the PDF expands past the limit; give its text",
    "gzip-http": "it is larger than 20 MB; give a part of it",
    "gzip-twice-http": "the page came in a coding not asked for (gzip, gzip)",
}


@pytest.fixture(scope="module")
def met() -> list[bombs.Met]:
    return bombs.meet(*SAID)


def test_each_bomb_is_refused_in_its_own_words(met: list[bombs.Met]) -> None:
    assert [found["said"] for found in met] == list(SAID.values())


def test_no_reader_takes_half_a_gigabyte(met: list[bombs.Met]) -> None:
    assert 10 < met[-1]["peak_mib"] < 512


def test_no_reader_is_left_alive_or_as_a_zombie(met: list[bombs.Met]) -> None:
    assert not any(found["left"] for found in met)


def test_the_bombs_are_small() -> None:
    assert len(bombs.many_attributes()) < 450_000
    assert len(bombs.inflating()) < 1_100_000
    assert len(bombs.gzipped_twice()) < 3_000
