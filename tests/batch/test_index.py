import pytest

from agent.batch.index import NAME, Entry, Index
from agent.errors import WriteError


def test_the_last_line_of_a_key_holds_and_closing_leaves_one_for_each(tmp_path):
    index = Index(tmp_path)
    index.add(Entry(key="a", outcome="failed", reason="no"))
    index.add(Entry(key="b", outcome="done"))
    index.add(Entry(key="a", outcome="done", file="a.json"))
    assert len((tmp_path / NAME).read_text().splitlines()) == 3
    again = Index(tmp_path)
    assert again["a"] == Entry(key="a", outcome="done", file="a.json")
    assert again["c"] is None
    again.close()
    assert [e.key for e in Index(tmp_path)] == ["a", "b"]
    assert len((tmp_path / NAME).read_text().splitlines()) == 2


def test_a_line_that_a_killed_run_left_half_is_passed_over(tmp_path):
    index = Index(tmp_path)
    index.add(Entry(key="a", outcome="done"))
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"key": "b", "outc')
    assert [e.key for e in Index(tmp_path)] == ["a"]


def test_a_key_may_hold_anything(tmp_path):
    key = 'a\n{"key": "b"}\u2028\x1b[31m'
    Index(tmp_path).add(Entry(key=key, outcome="done"))
    assert [e.key for e in Index(tmp_path)] == [key]


def test_an_index_that_cannot_be_written_is_one_error(tmp_path):
    with pytest.raises(WriteError, match="cannot be written"):
        Index(tmp_path / "absent").add(Entry(key="a", outcome="done"))
