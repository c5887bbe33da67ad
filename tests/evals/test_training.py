"""The parts of training that need no torch: folds, planted errors, what was seen."""

import random

import numpy as np
import pytest

from evals.training.augment import planted
from evals.training.documents import document_pairs
from evals.training.fit import logistic
from evals.training.folds import assign, groups
from evals.training.seen import was_seen

LONG = "word%d " * 40 % tuple(range(40))
CLAIM = "Anna Holt told Peter Rask on Monday that 120 ships were not allowed to leave Sarrel."
PASSAGE = f"In Sarrel, {CLAIM} Ivor Stane of Brezhal disagreed and named 135 ships."


def test_documents_that_share_a_quarter_of_their_runs_are_one_group():
    near = " ".join(LONG.split()[:25]) + " and then something else entirely happened over there"
    found = groups([LONG, near, "Quite another text that shares nothing with the first of them."])
    assert found[0] == found[1] != found[2]


def test_a_group_is_never_split_and_sets_are_spread_over_the_folds():
    group = [n // 2 for n in range(24)]
    fold = assign(group, ["a"] * 12 + ["b"] * 12, 3)
    assert all(fold[n] == fold[n + 1] for n in range(0, 24, 2))
    assert {fold[:12].count(f) for f in range(3)} == {4}


def test_each_planted_error_changes_the_claim_and_is_never_called_supported():
    found = list(planted(CLAIM, PASSAGE, random.Random(3)))
    assert len(found) >= 4
    assert all(text != CLAIM and label in (-1, 2) for text, label in found)


def test_an_unsupported_row_is_never_turned_into_a_supported_pair():
    row = {"doc": PASSAGE, "claim": "Nothing of this is true.", "label": 0, "dataset": "a"}
    pairs = document_pairs([row], seed=1, words=60)
    assert all(p.label != 0 for p in pairs if p.claim == row["claim"])


def test_a_row_of_our_own_was_not_trained_on():
    assert not was_seen(PASSAGE, CLAIM)


def test_the_logistic_fit_finds_the_weights_that_made_the_data():
    rng = np.random.default_rng(0)
    values = np.c_[np.ones(4000), rng.normal(size=(4000, 2))]
    chance = 1 / (1 + np.exp(-values @ [0.3, 1.0, -0.5]))
    found = logistic(values, (rng.random(4000) < chance).astype(float))
    assert found == pytest.approx((0.3, 1.0, -0.5), abs=0.12)
