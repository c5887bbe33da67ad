import pytest

from agent.analysis.tlp import find_tlp, strictest


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("TLP:AMBER\nThe port was closed.", "AMBER"),
        ("The port was closed.\n\n** tlp: amber+strict **\n", "AMBER+STRICT"),
        ("TLP:WHITE", "CLEAR"),
        ("TLP:GREEN\nOne page.\nTLP:RED\nAnother page.", "RED"),
        ("Reports marked TLP:RED were leaked.", None),
        ("The port was closed.", None),
    ],
)
def test_a_mark_counts_when_it_stands_on_a_line_of_its_own(text, mark):
    assert find_tlp(text) == mark


def test_the_strictest_mark_holds_and_none_is_no_mark():
    assert strictest(["GREEN", None, "AMBER+STRICT", "AMBER"]) == "AMBER+STRICT"
    assert strictest([None]) is None
