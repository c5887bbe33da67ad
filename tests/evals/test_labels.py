"""Blind labels and what they say of a judge."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.errors import SourceError, UsageError, WriteError
from evals.judging.calibration import calibrate, judge_prefers, people_prefer
from evals.judging.labels import Label, add_label, pairs_of, read_labels
from evals.judging.shapes import JudgedBrief, JudgedPair, JudgedRows, ProbesResult
from evals.report.outputs import Shown
from tests.evals.cases import brief_of, checked


def shown(item, side, text, repeat=0):
    brief = brief_of(checked(text, id="bluf.what.1")) if text else None
    failure = None if text else "no brief"
    return Shown(side=side, item=item, repeat=repeat, brief=brief, failure=failure)


def pairs_for(*items):
    return pairs_of(
        [shown(item, side, f"{side} says so of {item}.") for item in items for side in ("a", "b")]
    )


def label_of(pair, choice, who="anna"):
    first = pair.first(who, 0)
    return pair.labelled(who, choice, report="r", first=first, notes=("", ""))


def judged_of(pairs, scores, choices=None, flipped=()):
    """Return a judge that gave these figures to both sides, and these second looks by item."""
    briefs = [
        JudgedBrief(item=pair.item, side=side, repeat=0, free_of_flaws=score)
        for pair, both in zip(pairs, scores, strict=True)
        for side, score in zip(("a", "b"), both, strict=True)
    ]
    looks = [
        JudgedPair(
            item=item,
            repeat_a=0,
            repeat_b=0,
            choice=choice,
            flipped=item in flipped,
            unparsed=0,
            reasons=(),
        )
        for item, choice in (choices or {}).items()
    ]
    return JudgedRows(
        judge="judge",
        rubric="flaws.v1",
        rubric_digest="0",
        probes_digest="0",
        same_as_writer=False,
        probes=ProbesResult(trusted=True, right=10, total=10, unparsed=0, rows=()),
        briefs=tuple(briefs),
        pairs=tuple(looks),
        unparsed=0.0,
        misquoted=None,
        flip_rate=None,
    )


# Pairs


def test_one_pair_of_each_article_comes_before_the_second_of_any():
    briefs = [
        shown(item, side, f"{side} {item} {repeat} says so.", repeat)
        for item in ("y", "x")
        for side, repeats in (("a", (0, 1)), ("b", (2, 3)))
        for repeat in repeats
    ]
    assert [(p.item, p.repeats) for p in pairs_of(briefs)] == [
        ("x", (0, 2)), ("y", (0, 2)), ("x", (1, 3)), ("y", (1, 3)),
    ]  # fmt: skip


def test_briefs_that_read_the_same_missing_ones_and_repeated_texts_make_no_pair():
    briefs = [
        shown("same", "a", "It says so."),
        shown("same", "b", "It says so."),
        shown("gone", "a", None),
        shown("gone", "b", "It says so."),
        *(shown("twice", "a", "It says so.", n) for n in (0, 1)),
        *(shown("twice", "b", "It says no.", n) for n in (0, 1)),
    ]
    assert [(p.item, p.repeats) for p in pairs_of(briefs)] == [("twice", (0, 0))]


def test_which_brief_stands_first_is_drawn_for_each_pair_and_person_and_stays():
    pairs = pairs_for(*(f"item-{n}" for n in range(200)))
    drawn = [pair.first("anna", 7) for pair in pairs]
    assert 70 <= Counter(drawn)["a"] <= 130
    assert drawn == [pair.first("anna", 7) for pair in pairs]
    assert drawn != [pair.first("ben", 7) for pair in pairs]
    assert drawn != [pair.first("anna", 8) for pair in pairs]


# The file


def test_labels_come_back_as_they_were_written_and_the_last_of_one_person_counts(tmp_path):
    (pair,) = pairs_for("x")
    file = tmp_path / "deep" / "labels.jsonl"
    for choice, who in (("a", "anna"), ("b", "ben"), ("tie", "anna")):
        add_label(file, label_of(pair, choice, who))
    labels, passed_over = read_labels([file])
    assert {(label.who, label.choice) for label in labels} == {("anna", "tie"), ("ben", "b")}
    assert passed_over == 0
    assert all(label.pair == pair.id for label in labels)


def test_a_line_that_was_cut_off_swallows_neither_the_next_nor_goes_unsaid(tmp_path):
    one, two = pairs_for("x", "y")
    file = tmp_path / "labels.jsonl"
    add_label(file, label_of(one, "a"))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    add_label(file, label_of(two, "b"))
    labels, passed_over = read_labels([file])
    assert [label.item for label in labels] == ["x", "y"]
    assert passed_over == 1


def test_a_full_disk_and_a_missing_file_are_told_apart_in_one_line(tmp_path):
    (pair,) = pairs_for("x")
    with pytest.raises(WriteError, match="No space left"):
        add_label(Path("/dev/full"), label_of(pair, "a"))
    with pytest.raises(SourceError, match="cannot be read"):
        read_labels([tmp_path / "nowhere.jsonl"])


# Preferences


def test_the_judge_prefers_what_it_named_in_both_orders_and_else_what_is_freer_of_flaws():
    pairs = pairs_for("even", "fewer", "named", "none", "unheard")
    scores = [(0.5, 0.5), (0.2, 0.8), (0.9, 0.1), (None, 0.5), (0.3, 0.4)]
    judged = judged_of(pairs, scores, {"named": "b", "unheard": None})
    found = judge_prefers(judged, pairs)
    by_item = {pair.item: found[pair.id] for pair in pairs}
    assert by_item == {"named": "b", "fewer": "b", "even": "tie", "none": None, "unheard": "b"}


def test_people_prefer_what_most_of_them_chose_and_a_draw_is_a_tie():
    one, two = pairs_for("x", "y")
    labels = [
        *(label_of(one, choice, who) for choice, who in (("a", "p"), ("b", "q"), ("b", "r"))),
        *(label_of(two, choice, who) for choice, who in (("a", "p"), ("b", "q"))),
    ]
    assert people_prefer(labels) == {one.id: "b", two.id: "tie"}


# Calibration

ITEMS = [f"item-{n}" for n in range(12)]
PEOPLE = ["a", "b", "b", "a", "tie", "b", "a", "b", "tie", "b", "a", "b"]
JUDGE = ["a", "b", "a", "a", "tie", "b", "tie", "b", "b", "b", "a", "tie"]
SCORES = {"a": (1.0, 0.0), "b": (0.0, 1.0), "tie": (0.5, 0.5)}


def kappa_by_hand(first, second):
    """Cohen (1960), Educ. Psychol. Meas. 20:37."""
    count = len(first)
    seen = sum(x == y for x, y in zip(first, second, strict=True)) / count
    chance = sum(first.count(x) * second.count(x) for x in {*first, *second}) / count**2
    return (seen - chance) / (1 - chance)


def calibration_of(people, scores, **fields):
    pairs = pairs_for(*ITEMS)
    labels = [label_of(p, c) for p, c in zip(pairs, people, strict=True) if c]
    return calibrate(judged_of(pairs_for(*ITEMS), scores, **fields), pairs, labels)


def test_the_figures_are_those_of_the_textbook():
    found = calibration_of(PEOPLE, [SCORES[c] for c in JUDGE])
    assert (found.labels, found.labelled, found.compared) == (12, 12, 12)
    hits = sum(p == j for p, j in zip(PEOPLE, JUDGE, strict=True))
    assert (found.agreement.hits, found.agreement.total) == (hits, 12) == (8, 12)
    assert found.kappa.kappa == pytest.approx(kappa_by_hand(PEOPLE, JUDGE))
    # The event is "the second brief is preferred": six times by people, four of them also here.
    assert (found.sensitivity.hits, found.sensitivity.total) == (4, 6)
    assert (found.specificity.hits, found.specificity.total) == (5, 6)
    low, high = found.sensitivity.interval
    assert low < 4 / 6 < high


def test_a_gap_drops_its_own_pair_and_shifts_no_other():
    people = [*PEOPLE]
    people[0] = None  # nobody labelled it
    scores = [SCORES[c] for c in PEOPLE]
    scores[3] = (None, 1.0)  # the judge gave nothing usable
    found = calibration_of(people, scores)
    assert (found.labelled, found.compared) == (11, 10)
    assert (found.agreement.hits, found.kappa.kappa) == (10, 1.0)


def test_labels_of_other_texts_are_left_out_and_counted():
    pairs = pairs_for(*ITEMS)
    strange = pairs_of([shown("item-0", "a", "Old."), shown("item-0", "b", "Older.")])
    labels = [label_of(pair, "a") for pair in (*pairs, *strange)]
    found = calibrate(judged_of(pairs, [SCORES["a"]] * 12), pairs, labels)
    assert (found.labels, found.foreign) == (12, 1)


def test_without_a_label_that_fits_there_is_an_error_and_no_figure():
    pairs = pairs_for("x")
    judged = judged_of(pairs, [(0.1, 0.9)])
    with pytest.raises(UsageError, match="none of 0 labels"):
        calibrate(judged, pairs, [])
    silent = judged_of(pairs, [(None, None)])
    with pytest.raises(UsageError, match="no preference on any of 1 labelled"):
        calibrate(silent, pairs, [label_of(pairs[0], "a")])


def test_what_the_labels_cannot_give_is_null_and_not_zero():
    found = calibration_of(["a"] * 12, [SCORES["a"]] * 12)
    assert found.kappa is None
    assert found.sensitivity is None
    assert found.flips is None
    assert (found.specificity.hits, found.agreement.hits) == (12, 12)


def test_the_flip_rate_comes_with_its_count():
    looks = {"item-0": "tie", "item-1": "b", "item-2": "tie"}
    fields = {"choices": looks, "flipped": ("item-0",)}
    found = calibration_of(PEOPLE, [SCORES[c] for c in JUDGE], **fields)
    assert (found.flips.hits, found.flips.total) == (1, 3)
    assert found.second_looks == 3


def test_people_are_held_against_each_other_too():
    pairs = pairs_for(*ITEMS)
    labels = [
        *(label_of(p, c, "anna") for p, c in zip(pairs, PEOPLE, strict=True)),
        *(label_of(p, c, "ben") for p, c in zip(pairs, JUDGE, strict=True)),
        label_of(pairs[0], "a", "carl"),
    ]
    found = calibrate(judged_of(pairs, [SCORES[c] for c in JUDGE]), pairs, labels)
    anna_ben = next(two for two in found.among_people if two.who == ("anna", "ben"))
    assert anna_ben.kappa.kappa == pytest.approx(kappa_by_hand(PEOPLE, JUDGE))
    carl = next(two for two in found.among_people if "carl" in two.who)
    assert carl.kappa is None  # one pair, one label


def test_a_label_says_when_and_of_which_texts_it_is():
    (pair,) = pairs_for("x")
    label = label_of(pair, "tie")
    assert label.at.tzinfo is UTC
    assert label.at <= datetime.now(UTC)
    assert (label.digest_a, label.digest_b) == (pair.printed_a.digest, pair.printed_b.digest)
    assert Label.model_validate_json(label.model_dump_json()) == label
