"""What an update changed, as blocks that every view can set."""

from agent.views.blocks import Group, Heading, Item, Note
from agent.views.changes import changes
from tests.browser.briefs import complete, update


def test_a_brief_that_updates_none_has_nothing_to_tell(brief):
    assert list(changes(brief)) == []


def test_the_earlier_brief_and_the_new_sources_are_named(brief):
    heading, earlier, new, *_ = changes(complete(brief))
    assert heading == Heading("What Changed Since the Earlier Brief", 2)
    assert earlier == Note(
        "Earlier brief",
        "Kim writes to Putin; written 2025-12-28, run 20251228T090000-1a2b, SHA-256 cdcdcdcdcdcd",
    )
    assert new == Note("New sources", "2")


def test_judgements_stand_under_their_fate_with_why_and_on_what(brief):
    blocks = list(changes(complete(brief)))
    groups = [block.title for block in blocks if isinstance(block, Group)]
    assert groups == [
        "New",
        "Changed",
        "Dropped",
        "Indicators that fired",
        "Indicators that did not fire",
    ]
    new, changed, dropped, fired, silent = (b for b in blocks if isinstance(b, Item))
    assert (new.odds, new.cites) == ("(very likely, 80-95%)", "[2.1]")
    where = "in section 4 (Political / Geopolitical)"
    assert new.remark == f"— no earlier judgement speaks of it; {where}"
    assert changed.odds == "(likely, 55-80%)"
    assert changed.remark.endswith(
        "it was: Engineers replace combat troops.; before: (unlikely, 20-45%)"
    )
    assert dropped.text == "Hackers of both countries share tools."
    assert (dropped.odds, dropped.remark) == (
        "(likely, 55-80%)",
        "— it did not stand the check again",
    )
    assert fired.remark == "— supported by the new sources, score 0.91"
    assert (silent.cites, silent.remark) == ("", "— unsupported by the new sources, score 0.08")


def test_a_judgement_of_which_only_the_likelihood_changed_is_not_quoted_twice(brief):
    full = complete(brief)
    one = update().judgements[1]
    same = one.model_copy(update={"text_before": one.text_after})
    moved = update().model_copy(update={"judgements": (same,), "indicators": ()})
    (item,) = (b for b in changes(full.model_copy(update={"update": moved})) if isinstance(b, Item))
    assert "it was" not in item.remark
    assert item.remark.endswith("before: (unlikely, 20-45%)")
