"""A review: a named person decides on every claim of a brief and then stands behind it."""

from agent.review.decisions import (
    as_reviewed,
    begin,
    decide,
    draft_of,
    end,
    reviewable,
    undecided,
)
from agent.review.outcome import MARKED
from agent.review.passage import Line, passage
from agent.review.recheck import recheck

__all__ = [
    "MARKED",
    "Line",
    "as_reviewed",
    "begin",
    "decide",
    "draft_of",
    "end",
    "passage",
    "recheck",
    "reviewable",
    "undecided",
]
