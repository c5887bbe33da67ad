import hashlib
import json

import pytest

from agent.errors import EvidenceError, SourceError, UsageError
from evals.items import load_set


def write_items(folder, *items):
    folder.mkdir(exist_ok=True)
    for item in items:
        (folder / item["file"]).write_text(f"Article {item['id']}.", encoding="utf-8")
    lines = "".join(f"{json.dumps(item)}\n" for item in items)
    (folder / "items.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_a_folder_with_nothing_but_articles_is_a_set(tmp_path):
    for name in ("b.txt", "a.md", "notes.json"):
        (tmp_path / name).write_text("Text.", encoding="utf-8")
    found = load_set(str(tmp_path))
    assert [item.id for item in found.items] == ["a", "b"]
    assert found.stories == {"a": "a", "b": "b"}
    assert found.facts == {}


def test_only_the_asked_for_split_is_read(tmp_path):
    folder = write_items(
        tmp_path / "mine",
        {"id": "one", "file": "1.txt", "cluster": "port"},
        {"id": "two", "file": "2.txt", "split": "sealed"},
    )
    assert [item.id for item in load_set(str(folder)).items] == ["one"]
    assert [item.id for item in load_set(str(folder), "sealed").items] == ["two"]
    assert [item.id for item in load_set(str(folder), "all").items] == ["one", "two"]
    assert load_set(str(folder)).stories == {"one": "port"}


def test_an_article_that_was_changed_is_no_evidence(tmp_path):
    digest = hashlib.sha256(b"Article one.").hexdigest()
    folder = write_items(tmp_path / "mine", {"id": "one", "file": "1.txt", "sha256": digest})
    before = load_set(str(folder)).digest
    assert load_set(str(folder)).digest == before
    (folder / "1.txt").write_text("Article two.", encoding="utf-8")
    with pytest.raises(EvidenceError, match="not the article that the set was made with"):
        load_set(str(folder))


def test_changed_facts_change_the_digest(tmp_path):
    folder = write_items(tmp_path / "mine", {"id": "one", "file": "1.txt"})
    before = load_set(str(folder)).digest
    (folder / "facts").mkdir()
    facts = {"id": "one", "facts": [{"text": "It rained.", "marks": [["rain", "rained"]]}]}
    (folder / "facts" / "one.json").write_text(json.dumps(facts), encoding="utf-8")
    assert load_set(str(folder)).digest != before
    assert load_set(str(folder)).facts["one"].facts[0].marks == (("rain", "rained"),)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", "mine/items.jsonl:1: is no item .id: Field required"),
        ("not json", "is no item"),
        ('{"id": "../x", "file": "1.txt"}', "is no item .id"),
        ('{"id": "x", "file": "../../etc/passwd"}', "points out of its set"),
        ('{"id": "x", "file": "absent.txt"}', "No such file"),
        ('{"id": "x", "file": "a.txt"}\n{"id": "x", "file": "b.txt"}', "more than one article"),
    ],
)
def test_a_broken_set_is_refused_in_one_line_that_says_where(tmp_path, line, message):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "items.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as raised:
        load_set(str(folder))
    assert "\n" not in str(raised.value)


def test_facts_of_another_article_are_refused(tmp_path):
    folder = write_items(tmp_path / "mine", {"id": "one", "file": "1.txt"})
    (folder / "facts").mkdir()
    (folder / "facts" / "one.json").write_text('{"id": "two"}', encoding="utf-8")
    with pytest.raises(SourceError, match="its id is two"):
        load_set(str(folder))


@pytest.mark.parametrize("name", ["no-such-set", "../sets/core", ""])
def test_a_set_that_is_not_there_is_a_usage_error(name):
    with pytest.raises(UsageError):
        load_set(f"/nowhere/{name}")


def test_the_set_of_bluf_is_whole_and_split():
    dev, sealed = load_set("core"), load_set("core", "sealed")
    assert len(dev.items) == len(sealed.items) == 12
    assert not set(dev.stories.values()) & set(sealed.stories.values())
    for evals in (dev, sealed):
        assert set(evals.facts) == {item.id for item in evals.items}
        assert all(item.sha256 and item.domain and item.cluster for item in evals.items)
    assert len({item.domain for item in (*dev.items, *sealed.items)}) >= 7
