"""A flat denial stands beside what it denies."""

import pytest

from tests.analysis.articles import conflicts, examples, told


def accounts(found):
    return [
        [(side.speakers[0], side.evidence) for side in row.sides]
        for row in found
        if row.about == "account"
    ]


def test_a_rejected_figure_stands_beside_the_denial():
    assert accounts(conflicts(examples("border-clash.txt"))) == [
        [("Gen. Rustam Odilbek", ("1.7",)), ("Irena Kasabian", ("1.8",))]
    ]


def test_sirens_that_sounded_stand_beside_no_siren():
    assert [
        ("Company spokesman Daniel R. Oakes", ("1.16",)),
        ("Eleven residents of three villages", ("1.18",)),
    ] in accounts(conflicts(examples("dam-flood.txt")))


@pytest.mark.parametrize(
    "text",
    [
        "The cause is disputed. The mayor said the bridge was old.",
        "The mayor said the bridge was old. The engineer denied that rain had come.",
        "The mayor said evidence was found. The engineer said he saw no evidence.",
        "The mayor said sirens sounded. The mayor heard no siren.",
    ],
)
def test_what_denies_nobody_plainly_is_left_alone(text):
    assert accounts(conflicts(told(text))) == []
