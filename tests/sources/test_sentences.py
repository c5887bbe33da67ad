import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.sources.sentences import LONGEST, number_sentences, split_sentences
from evals.benchmarks import sentences as benchmark

PARTS = [
    *('"', "“", "”", "‘", "’", "(", ")", "«", "»", ".", "!", "?", "...", "…", "。", ","),
    *(" ", "\n", "\n\n", "\t", "- ", "1. ", "a.m.", "U.S.", "U.S. The", "Gen.", "The", "said"),
    *("Smith", "3.5", "é", "🙂", "x" * 300, "http://a.b/c?d=e.f"),
]
NEWS = st.lists(st.sampled_from(PARTS)).map("".join)


def pieces(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@settings(max_examples=150)
@given(st.one_of(st.text(), NEWS))
def test_sentences_are_exact_and_hold_every_visible_character_once(text: str) -> None:
    spans = split_sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= start + LONGEST
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_a_lone_surrogate_does_no_harm() -> None:
    assert pieces("One \ud800. Two.") == ["One \ud800.", "Two."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Gen. Rustam Odilbek met Sen. Dana Whitcombe at 4:20 a.m. Saturday.",
        '"Is it true?" Smith asked.',
        '"Nobody can!" Gen. Mirko Stanic replied.',
        '"We heard nothing. We saw nothing," he said.',
        "SEOUL, Dec. 27 (Peninsula Wire) - Kim wrote to Putin on Sept. 2, 2025.",
        "The U.S. Navy sent 3.5 tons to J. P. Willems of Arden Corp. in Washington, D.C.",
        "See https://example.org/a.b?c=d.e for No. 3, e.g. the map.",
        "The company said the crew were safe (it gave no proof. None at all).",
        "If the cable was cut ... then nobody knows.",
        "Brig. Gen. (ret.) O. Haas disagrees.",
        "The address is WWW.TSUNAMI.GOV for all.",
    ],
)
def test_this_is_one_sentence(sentence: str) -> None:
    assert pieces(f"It began. {sentence} It ended.") == ["It began.", sentence, "It ended."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It left at 9:15 a.m. The sea was calm.", ["It left at 9:15 a.m.", "The sea was calm."]),
        ("They flew to the U.S. They stayed.", ["They flew to the U.S.", "They stayed."]),
        ("(It was late.) She left.", ["(It was late.)", "She left."]),
        ('"I heard it," she said. "It was loud."', ['"I heard it," she said.', '"It was loud."']),
        ("Key points\n\n- One thing\n- Another.\n", ["Key points", "- One thing", "- Another."]),
        ("1. Drivers stop.\n2. Convoys go.", ["1. Drivers stop.", "2. Convoys go."]),
        ("第一句。第二句。", ["第一句。", "第二句。"]),
    ],
)
def test_this_is_cut_so(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_a_wrapped_line_is_no_end_and_a_short_line_is() -> None:
    wrapped = "The army said on Monday that it had taken the whole of the\nvalley. Nobody agreed."
    assert pieces(wrapped)[0].endswith("the\nvalley.")
    assert pieces(f"Outlook\n{wrapped}")[0] == "Outlook"


def test_a_long_quotation_is_cut_at_its_own_sentences() -> None:
    inner = " ".join(f"This is sentence {n} of a very long speech indeed." for n in range(20))
    assert len(pieces(f'"{inner}"')) == 20


def test_a_table_is_cut_into_parts_at_white_space() -> None:
    parts = pieces("cell " * 1_000)
    assert len(parts) > 4
    assert all(len(p) <= LONGEST and p.endswith("cell") for p in parts)


def test_ids_count_from_one_within_their_source() -> None:
    first, second = number_sentences("One came. Two left.", source=3)
    assert (first.id, second.id) == ("3.1", "3.2")
    assert (second.start, second.end, second.text) == (10, 19, "Two left.")


def test_the_gold_texts_score_as_published() -> None:
    scores = [benchmark.score(name) for name in benchmark.TEXTS]
    assert sum(s.marked for s in scores) >= 140
    assert all(s.f1 >= 0.98 for s in scores)


@pytest.mark.parametrize(
    "space", ["\u2002", "\u2009", "\u200a", "\u202f", "\u3000", "\u2028", "\xa0"]
)
def test_a_wide_space_before_a_full_stop_does_no_harm(space: str) -> None:
    # The library cannot take "B" + en space + "." and would end the whole program.
    assert pieces(f"They joined team B{space}. It ended.") == [
        f"They joined team B{space}.", "It ended."
    ]  # fmt: skip
