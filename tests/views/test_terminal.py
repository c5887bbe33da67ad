import re
import unicodedata

import pytest
from rich.cells import cell_len

from agent.views.lines import plain
from agent.views.terminal import terminal
from schemas.brief import Brief

SGR = re.compile(r"\x1b\[[0-9;]*m")

HEAD = """\
Kim tells Putin that North Korea and Russia are bound by shared blood in New
Year message

Status:       DRAFT: machine-written, not reviewed by a person
Published on: 2025-12-28 (date from: line 4 of the text)
Sources:      1 Peninsula Wire, 2025-12-28, F6 (cannot be judged); 2 Ministry
              watches for congress, date not stated, B2
Note:         source 1: 3 hidden passages were left out
Marks:        R reported, J judgement, A assumption, ► recommendation; [1.3] is
              sentence 3 of source 1
Confidence:   moderate; state media alone vouch for 50% of the signals: caps at
              moderate (4 more with --detail full)

1. BLUF (Bottom Line Up Front)
──────────────────────────────
     What happened
  R  State media reported that Kim Jong Un called the alliance with Russia one
     of "sharing blood, life and death in the same trench". [1.1, 1.2]
  R  South Korean intelligence officials estimate that about 2,000 of roughly
     15,000 troops sent to Russia have been killed. [1.4]

  J  What it means (likely, 55-80%): The message is meant to secure payment for
     the troops before the war ends. [1.7, 1.11]
"""
QUOTED = """\
     Bias & Deception Risks: No drafted risk stood the check; statements by
     parties with a stake:
  R  Peninsula Wire: “None of the casualty figures could be independently
     verified.” [1.6]
"""
EMPTY_PART = """\
     Cyber / Information Space: The source says nothing that bears on this.
"""
TAGS = """\
7. Thematic Tags
────────────────
  R  North Korea [1.1], Russia [1.1], military cooperation [1.9], casualty
     figures [1.6], state media [1.1], sanctions [1.7]
"""
MATRIX = """\
     Signal                                                    A   B   C  Spread
     1.4    South Korean intelligence officials estimate       C   I   N    0.47
            that North Korea has sent roughly 15,000
            troops to…
"""
POINTS = """\
     Points against                                            0   4   1

     Least refuted (fewest points): A; asked in the opposite order, the result
     was the same. CC very consistent; C consistent; N neutral; I inconsistent,
     1 point; II very inconsistent, 2 points; NA not applicable. Spread says how
     far a signal tells the hypotheses apart: 0 is not at all.
"""
FOOT = """\
How this brief was made
───────────────────────
Withheld:     3 drafted claims left out: 2 unsupported, by judge; 1
              contradicted, by figures. To read them, add --detail full.
Verification: 36 claims drafted: 33 kept (1 of them after repair), 3 withheld.
              22 decided by rule, 14 by the judge (SmolLM2-135M-Instruct), 0
              could not be checked. 1 source sentence put in by rule where no
              claim was left.
AI use:       Machine-written by SmolLM2-135M-Instruct (embedded), prompts v1
              (hash 3f9a12bc); 14 calls (3 of them from the store); 21,340
              tokens in (18,002 cached), 3,201 out; cost not known; 41.2 s;
              answers held to a schema by json_schema. Written 2026-01-02 10:15
              UTC by bluf 0.1.0, run 20260102T101500-7c1e.
"""
WITHHELD = """\
Withheld
────────
     3 drafted claims left out: 2 unsupported, by judge; 1 contradicted, by
     figures.
  ✗  About 20,000 North Korean soldiers have been killed. [1.4] — contradicted,
     by figures: 20,000 is not in the cited sentence, which says 2,000
     (bluf.what.3)
"""
SOURCE = """\
     Source 2. Ministry watches for congress
     publisher: not stated; author: not stated; published: not stated; Admiralty
     code: B2 (usually reliable, probably true); read from: source-2.txt (text);
     language: en; SHA-256: 9e88542215fb
     Cited sentences, 1 of 2:
  2.1    Seoul's unification ministry said it was watching for a date of the
         party congress.
"""
NARROW_MATRIX = """\
  Signal               A   B   C  Spread
  1.4                  C   I   N    0.47
    South Korean intelligence officials
    estimate that North Korea has sent
    roughly 15,000 troops to…
"""


def text_of(brief: Brief, width: int = 80, *, detail: bool = False) -> str:
    return terminal(brief, width=width, colour=False, detail=detail)


def test_the_brief_opens_with_what_it_is_and_its_bottom_line(brief):
    assert text_of(brief).startswith(HEAD)


@pytest.mark.parametrize("piece", [QUOTED, EMPTY_PART, TAGS, MATRIX, POINTS])
def test_each_kind_of_block_is_set_as_written_here(brief, piece):
    assert piece in text_of(brief)


def test_the_brief_ends_with_how_it_was_made(brief):
    assert text_of(brief).endswith(FOOT)


@pytest.mark.parametrize("piece", [WITHHELD, SOURCE])
def test_detail_adds_withheld_claims_and_cited_sentences(brief, piece):
    assert piece in text_of(brief, detail=True)
    assert piece not in text_of(brief)


def test_a_narrow_page_puts_signals_below_their_ratings(brief):
    assert NARROW_MATRIX in text_of(brief, 40)


@pytest.mark.parametrize("width", [0, 20, 40, 41, 63, 64, 80, 100, 300])
def test_no_line_is_wider_than_the_page_held_between_40_and_100(brief, width):
    longest = max(cell_len(line) for line in text_of(brief, width, detail=True).splitlines())
    assert longest <= max(40, min(width, 100))


def test_wide_letters_and_words_without_spaces_stay_inside_the_page(brief):
    source = brief.sources[0].model_copy(update={"publisher": "新華社通信" * 30})
    wide = brief.model_copy(update={"title": "👩‍👩‍👧" * 50, "sources": (source,)})
    assert max(cell_len(line) for line in text_of(wide, 40).splitlines()) <= 40


def test_no_line_ends_in_a_space(brief):
    assert not [line for line in text_of(brief, detail=True).splitlines() if line != line.rstrip()]


def test_colour_adds_styles_and_changes_no_word(brief):
    coloured = terminal(brief, width=80, colour=True, detail=True)
    assert SGR.search(coloured)
    assert SGR.sub("", coloured) == text_of(brief, detail=True)


def test_the_environment_has_no_say(brief, monkeypatch):
    expected = text_of(brief)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "dumb")
    assert text_of(brief) == expected


@pytest.mark.parametrize("detail", [False, True])
def test_without_colour_there_is_no_control_character_but_the_newline(hostile, detail):
    _, brief = hostile
    printed = text_of(brief, detail=detail).replace("\n", "")
    assert {c for c in printed if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == set()


def test_with_colour_the_only_control_characters_are_our_own_styles(hostile):
    _, brief = hostile
    printed = SGR.sub("", terminal(brief, width=80, colour=True, detail=True)).replace("\n", "")
    assert {c for c in printed if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == set()


def test_hostile_text_is_printed_as_the_words_it_is(hostile):
    text, brief = hostile
    flat = " ".join(text_of(brief, 100, detail=True).split())
    assert (
        f"{plain(text)} {plain(brief.bluf.parts[0].claims[0].text)[len(plain(text)) + 1 :]}" in flat
    )


def test_hostile_text_can_forge_no_line(hostile, brief):
    _, tainted = hostile
    marks = re.compile(r"^  [RJA►✗]  ", re.MULTILINE)
    expected = marks.findall(text_of(brief, detail=True))
    assert marks.findall(text_of(tainted, detail=True)) == expected
