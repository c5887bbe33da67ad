"""What is kept comes back to the letter, whatever it holds and whatever happens to the disk."""

import hashlib
import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.briefs import digest
from agent.errors import EvidenceError, UsageError, WriteError
from agent.library import Library, keep_brief, open_library, read_library
from agent.llm.database import STEPS, open_memory
from tests.analysis.products import claim
from tests.daily.day import DAY, brief_of, reported, reviewed, updates
from tests.machine import (
    ROOT,
    as_another_user,
    clean_environment,
    folder_for_all,
    on_small_disk,
    python,
    run,
)
from tests.views.conftest import HOSTILE

TROOPS = reported("About 2,000 of the troops have been killed.", "1.2")
FUEL = reported("Russia has paid for the troops with fuel.", "1.7", id="bluf.what.2")

# Keeps briefs until it is killed.
KEEPER = """
import sys
from pathlib import Path
from agent.library import open_library
from tests.daily.day import brief_of, reported

with open_library(Path(sys.argv[1]), print) as library:
    for number in range(1_000_000):
        library.keep(brief_of(number, *(reported(f"Line {n} of {number}.") for n in range(30))))
        print("kept", flush=True)
"""
# Prints a brief and keeps it then, as `bluf brief` does.
PRINTER = """
import sys
from pathlib import Path
from agent.library import keep_brief
from agent.views.json import as_json
from tests.daily.day import brief_of, reported

brief = brief_of(1, *(reported("word " * 190 + str(n)) for n in range(200)))
print(len(as_json(brief)), flush=True)
keep_brief(brief, Path(sys.argv[1]), lambda line: print(line, file=sys.stderr))
"""


@pytest.fixture
def library():
    with closing(open_memory()) as database:
        yield Library(database)


def texts(hits):
    return [hit.text for hit in hits]


def is_in_step(library):
    """Whether the index says what the table says: FTS5's own check."""
    database = library._database
    database.execute("INSERT INTO found (found, rank) VALUES ('integrity-check', 1)")
    return database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_brief_comes_back_to_the_letter_with_its_hash(library):
    brief = brief_of(1, TROOPS, title="Kim — “blood”\n  and \x1b[31m more")
    assert library.keep(brief)
    assert library.get(brief.run.id) == brief
    (entry,) = library.list_briefs()
    assert (entry.sha256, entry.title) == (digest(brief), brief.title)


def test_keeping_the_same_run_again_replaces_it_in_the_list_and_in_the_search(library):
    library.keep(brief_of(1, TROOPS))
    library.keep(brief_of(2, TROOPS))
    library.keep(brief_of(1, FUEL))
    assert len(library.list_briefs()) == 2
    assert [hit.brief.id for hit in library.search(["killed"])] == [brief_of(2).run.id]
    assert texts(library.search(["paid"])) == [FUEL.text]
    assert is_in_step(library)


def test_a_reviewed_brief_takes_the_place_of_its_draft_and_never_the_other_way(library):
    draft = brief_of(1, TROOPS)
    assert library.keep(draft) and library.keep(reviewed(draft))
    assert not library.keep(draft)
    assert [entry.status for entry in library.list_briefs()] == ["reviewed"]
    assert library.keep(reviewed(draft))


def test_a_draft_that_is_kept_after_its_review_is_said_to_stay_out(tmp_path):
    notes: list[str] = []
    for brief in (reviewed(brief_of(1)), brief_of(1)):
        keep_brief(brief, tmp_path / "calls.db", notes.append)
    assert len(notes) == 1 and "the reviewed brief stays" in notes[0]


def test_the_list_is_newest_first_and_narrowed_by_category_day_status_and_limit(library):
    midnight = datetime.fromisoformat("2026-01-02T00:30:00+02:00")
    library.keep(brief_of(1, category="cyber"))
    library.keep(brief_of(2))
    library.keep(reviewed(brief_of(3, category="other")))
    library.keep(brief_of(4, generated_at=midnight, category="cyber"))

    def found(**wanted):
        return [entry.title[-1] for entry in library.list_briefs(**wanted)]

    assert found() == ["3", "2", "1", "4"]
    assert found(limit=2) == ["3", "2"]
    assert found(category="cyber") == ["1", "4"]
    assert found(category="other") == ["3", "2"]
    assert found(status="reviewed") == ["3"]
    assert found(day=date(2026, 1, 2)) == ["3", "2", "1"]
    assert found(day=date(2026, 1, 1), category="cyber") == ["4"]
    assert found(day=date(2026, 1, 3)) == []
    assert library.days() == ((date(2026, 1, 2), 3), (date(2026, 1, 1), 1))
    assert library.days("cyber") == ((date(2026, 1, 2), 1), (date(2026, 1, 1), 1))


def test_a_time_without_a_zone_is_taken_for_utc_and_sorts_among_the_others(library):
    library.keep(brief_of(1, generated_at=datetime(2026, 1, 2, 9, 30)))
    library.keep(brief_of(2, generated_at=datetime(2026, 1, 2, 9, 29, 59, 999_999, tzinfo=UTC)))
    assert [entry.title[-1] for entry in library.list_briefs(day=date(2026, 1, 2))] == ["1", "2"]


@pytest.mark.parametrize("by_run", [True, False])
def test_a_brief_that_a_later_one_updates_names_it_and_the_later_names_none(library, by_run):
    first = brief_of(1)
    second = brief_of(2, update=updates(first, by_run=by_run))
    library.keep(second)
    library.keep(first)
    assert [entry.updated_by for entry in library.list_briefs()] == [None, second.run.id]


def test_an_id_is_found_by_its_beginning_and_an_exact_one_before_longer_ones(library):
    for number in (1, 2, 22):
        library.keep(brief_of(number))
    short = brief_of(3, run=brief_of(3).run.model_copy(update={"id": "20260102-0902"}))
    library.keep(short)
    assert library.find("20260102-0901") == brief_of(1).run.id
    assert library.find("20260102-0902") == "20260102-0902"
    with pytest.raises(UsageError, match=r"'2026' begins .* and 1 more; give more of the id"):
        library.find("2026")


@pytest.mark.parametrize(
    "wild", ["", "%", "_", "2026*", "2026?", "' OR 1=1 --", "\x1b[31m", "é\0", "\udcff"]
)
def test_an_unknown_id_is_a_usage_error_and_no_sign_in_it_is_a_wildcard(library, wild):
    library.keep(brief_of(1))
    with pytest.raises(UsageError, match=r"no brief .*bluf list") as caught:
        library.find(wild)
    assert str(caught.value).isprintable()


def test_a_brief_that_is_not_there_is_a_key_error(library):
    with pytest.raises(KeyError):
        library.get("20260102")


def test_a_kept_brief_whose_bytes_changed_is_never_given_back(library):
    library.keep(brief_of(1, TROOPS))
    rows = "SELECT packed FROM briefs"
    packed = bytearray(library._database.execute(rows).fetchone()[0])
    packed[len(packed) // 2] ^= 0xFF
    library._database.execute("UPDATE briefs SET packed = ?", (bytes(packed),))
    with pytest.raises(EvidenceError, match="is damaged"):
        library.get(brief_of(1).run.id)
    library.keep(brief_of(1, TROOPS))
    library._database.execute("UPDATE briefs SET sha256 = ?", (hashlib.sha256().hexdigest(),))
    with pytest.raises(EvidenceError, match="does not match its hash"):
        library.get(brief_of(1).run.id)


def test_words_are_found_in_any_order_and_a_phrase_only_as_it_stands(library):
    library.keep(brief_of(1, TROOPS, FUEL))
    assert texts(library.search(["killed", "troops"])) == [TROOPS.text]
    assert texts(library.search(["killed AND troops"])) == []  # an argument with spaces: a phrase
    assert texts(library.search(["killed", "AND", "troops"])) == [TROOPS.text]
    assert texts(library.search(["of the troops"])) == [TROOPS.text]
    assert texts(library.search(['"the troops have" killed'])) == [TROOPS.text]
    assert texts(library.search(['"troops the of'])) == []
    assert texts(library.search(["killed", "fuel"])) == []


def test_endings_accents_and_case_do_not_matter_and_parts_of_words_do_not_match(library):
    library.keep(
        brief_of(1, reported("Reyes-Touré awarded the strikers of Pjöngjang 2,000 coins."))
    )
    for word in (
        "AWARD",
        "award",
        "striker",
        "toure",
        "TOURÉ",
        "pjongjang",
        "2,000",
        "Reyes-Touré",
    ):
        assert len(library.search([word])) == 1, word
    for word in ("war", "strike-breaker", "Pjong"):
        assert library.search([word]) == (), word


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (
            "朝鲜领导人对俄罗斯总统普京说，联盟是用鲜血凝成的。",
            ["普京", "俄罗斯总统", "人"],
            ["普统", "金"],
        ),
        (
            "北朝鮮はロシアのプーチン大統領に書簡を送った。",
            ["大統領", "ロシア", "プーチン"],
            ["日本"],
        ),
        ("북한은 러시아에 병력을 파견했다고 밝혔다.", ["북한", "러시아", "병력"], ["남한"]),
        ("ผู้นำเกาหลีเหนือส่งสารถึงประธานาธิบดีรัสเซีย", ["เกาหลีเหนือ", "รัสเซีย"], ["จีน"]),
        ("उत्तर कोरिया ने रूस के राष्ट्रपति को लिखा।", ["रूस", "राष्ट्रपति"], ["रस", "चीन"]),
        ("أعلنت وسائل الإعلام في كوريا الشمالية", ["كوريا", "الإعلام"], ["الصين"]),
    ],
    ids=["Chinese", "Japanese", "Korean", "Thai", "Hindi", "Arabic"],
)
def test_words_of_scripts_without_spaces_are_found_and_shown_as_written(
    library, text, inside, outside
):
    library.keep(brief_of(1, reported(text), title="A title"))
    for word in inside:
        (hit,) = library.search([word])
        assert hit.text == "".join(piece for piece, _ in hit.snippet) == text
        assert [piece for piece, matches in hit.snippet if matches] == [word]
    for word in outside:
        assert library.search([word]) == (), word


def test_a_title_is_found_once_and_helps_to_find_a_claim(library):
    library.keep(brief_of(1, TROOPS, FUEL, title="Blood in the Kursk trench"))
    (hit,) = library.search(["Kursk"])
    assert (hit.claim, hit.text, hit.evidence) == (None, "Blood in the Kursk trench", ())
    (hit,) = library.search(["Kursk", "fuel"])
    assert hit.text == FUEL.text


def test_a_hit_tells_what_its_claim_is_and_where_it_stands_in_the_sources(library):
    said = claim(
        "outlook.worst.1",
        "A new deployment follows.",
        likelihood="unlikely",
        evidence=("1.6", "1.8"),
        verdict="partial",
    )
    library.keep(brief_of(1, said, tlp="AMBER"))
    (hit,) = library.search(["deployment"])
    assert (hit.claim, hit.basis, hit.likelihood) == (said.id, "judgement", "unlikely")
    assert (hit.evidence, hit.brief.tlp) == (("1.6", "1.8"), "AMBER")
    assert hit.remark == "(only partly supported)"
    assert [(o.name, o.published) for o in hit.sources] == [("Peninsula Wire", date(2025, 12, 28))]


def test_only_the_neighbourhood_of_a_match_in_a_long_claim_is_its_snippet(library):
    text = f"{'before ' * 60}the needle {'after ' * 60}".strip()
    library.keep(brief_of(1, reported(text)))
    (hit,) = library.search(["needle"])
    shown = "".join(piece for piece, _ in hit.snippet)
    assert shown.startswith("…") and shown.endswith("…") and len(shown) < len(text) / 2
    assert [piece for piece, matches in hit.snippet if matches] == ["needle"]
    assert hit.text == text


def test_a_claim_that_is_not_in_the_body_is_in_no_table(library):
    brief = brief_of(1, TROOPS)
    withheld = reported("The troops were given medals.", id="bluf.what.9", verdict="unsupported")
    library.keep(brief.model_copy(update={"withheld": (withheld,), "ledger": (TROOPS, withheld)}))
    assert library.search(["medals"]) == ()
    assert len(library.search(["troops"])) == 1


def test_a_search_is_narrowed_by_category_and_limit(library):
    library.keep(brief_of(1, TROOPS, category="cyber"))
    library.keep(brief_of(2, TROOPS))
    assert [h.brief.title[-1] for h in library.search(["troops"], category="cyber")] == ["1"]
    assert [h.brief.title[-1] for h in library.search(["troops"], category="other")] == ["2"]
    assert len(library.search(["troops"], limit=1)) == 1


SYNTAX = [
    '"', '""', '"""', '" OR "', "AND", "OR", "NOT", "NOT troops", "NEAR(troops killed)", "title:x",
    "text : troops", "- troops", "^troops", "troops*", "(troops", "troops)", "+", "{text}: x",
    "a\0b",
    "'; DROP TABLE briefs; --", "\u200b", "“troops", "👍", "\ud800", "#", "\\", "ﷺ", "x" * 100_000,
]  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SYNTAX)), max_size=4))
@example(["troops", '"'] * 500)
def test_nothing_that_can_be_typed_is_read_as_a_query(words):
    with closing(open_memory()) as database:
        library = Library(database)
        library.keep(brief_of(1, TROOPS, FUEL))
        try:
            found = library.search(words)
        except UsageError as error:
            assert str(error) == "there is no word to search for"
        else:
            assert set(texts(found)) <= {TROOPS.text, FUEL.text, "Brief number 1"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("troops*", True), ("^troops", True), ("(troops)", True), ("NEAR", False), ("NOT", False),
        ("text:troops", False), ("“of the troops”", True), ("troops'", True), ("-killed", True),
    ],
)  # fmt: skip
def test_what_is_syntax_elsewhere_is_a_word_here(library, typed, found):
    library.keep(brief_of(1, TROOPS))
    assert bool(library.search([typed])) == found


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_in_every_field_is_kept_whole_and_found_without_its_signs(library, text):
    run_ = brief_of(1).run.model_copy(update={"id": f"run {text}"})
    brief = brief_of(1, reported(f"{text} needle"), title=text, publisher=text, run=run_)
    library.keep(brief)
    assert library.get(library.find("run ")) == brief
    (hit,) = library.search(["needle"])
    assert "\x1b" not in hit.text and "\u202e" not in hit.text and hit.text.isprintable()
    assert "\x1b" not in "".join(piece for piece, _ in hit.snippet)
    assert is_in_step(library)


def test_half_a_surrogate_pair_does_not_keep_a_brief_out(library):
    library.keep(brief_of(1, reported("half \ud800 of a pair"), title="\udfff"))
    (hit,) = library.search(["half"])
    assert hit.text == "half � of a pair"
    assert library.get(brief_of(1).run.id).title == "�"


def test_where_there_is_no_store_the_library_is_empty_and_none_is_made(tmp_path):
    with read_library(tmp_path / "none" / "calls.db") as library:
        assert library.list_briefs() == library.days() == library.search(["x"]) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_store_of_an_older_bluf_is_an_empty_library_until_a_brief_is_kept(tmp_path):
    path = tmp_path / "calls.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in (statement for step in STEPS[:2] for statement in step):
            database.execute(statement)
        database.execute("PRAGMA user_version = 2")
        database.execute("INSERT INTO runs VALUES ('r', 'x', 'm', 'done', '2026-01-01', NULL)")
    before = path.read_bytes()
    with read_library(path) as library:
        assert library.list_briefs() == library.search(["troops"]) == library.days() == ()
        with pytest.raises(UsageError):
            library.find("2026")
    assert path.read_bytes() == before
    notes: list[str] = []
    keep_brief(brief_of(1, TROOPS), path, notes.append)
    with read_library(path) as library:
        assert len(library.search(["troops"])) == 1
        assert library._database.execute("SELECT id FROM runs").fetchone()[0] == "r"
    assert notes == []


def test_a_file_that_is_no_store_is_left_alone_and_said_in_one_line(tmp_path):
    path = tmp_path / "diary"
    path.write_text("Dear diary, today I wrote no database.\n" * 100)
    before = path.read_bytes()
    notes: list[str] = []
    keep_brief(brief_of(1), path, notes.append)
    assert len(notes) == 1 and "this brief is in no library" in notes[0]
    assert "it is no store of bluf" in notes[0] and "BLUF_STORE" in notes[0]
    with pytest.raises(WriteError, match="the library cannot be read"), read_library(path):
        pass
    assert path.read_bytes() == before


def test_a_damaged_store_is_moved_aside_and_the_brief_is_kept_in_a_new_one(tmp_path):
    path = tmp_path / "calls.db"
    keep_brief(brief_of(1, TROOPS), path, print)
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(WriteError, match="it is damaged"), read_library(path):
        pass
    notes: list[str] = []
    keep_brief(brief_of(2, TROOPS), path, notes.append)
    assert len(notes) == 1 and "damaged; moved to calls.db.bad-" in notes[0]
    with read_library(path) as library:
        assert [entry.title for entry in library.list_briefs()] == ["Brief number 2"]


def test_on_a_full_disk_the_printed_brief_stays_printed_and_the_failure_is_one_note(tmp_path):
    done = run(on_small_disk(tmp_path, 160, python(PRINTER, tmp_path / "calls.db")))
    assert done.returncode == 0
    assert int(done.stdout) > 200_000
    assert done.stderr.count(b"\n") == 1
    assert b"this brief is in no library" in done.stderr and b"full" in done.stderr


def test_a_store_that_may_only_be_read_is_read_and_a_keep_into_it_is_one_note():
    with folder_for_all() as folder:
        path = folder / "calls.db"
        keep_brief(brief_of(1, TROOPS), path, print)
        path.chmod(0o444)
        done = run(as_another_user(python(PRINTER, path)))
        assert (done.returncode, done.stderr.count(b"\n")) == (0, 1)
        assert b"this brief is in no library" in done.stderr
        read = (
            "import sys; from pathlib import Path; from agent.library import read_library\n"
            "with read_library(Path(sys.argv[1])) as library: "
            "print(len(library.search(['troops'])), len(library.list_briefs()))"
        )
        assert run(as_another_user(python(read, path))).stdout == b"1 1\n"


def test_a_killed_process_leaves_every_brief_whole_or_out(tmp_path):
    path = tmp_path / "calls.db"
    with subprocess.Popen(
        python(KEEPER, path), cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE
    ) as keeping:
        for _ in range(3):
            keeping.stdout.readline()
        keeping.send_signal(signal.SIGKILL)
    with open_library(path, print) as library:
        kept = library.list_briefs()
        assert len(kept) >= 3
        for entry in kept:
            assert len(library.get(entry.id).bluf.parts[0].claims) == 30
        lines = "SELECT count(*) FROM claims GROUP BY brief"
        assert {row[0] for row in library._database.execute(lines)} == {31}
        assert is_in_step(library)


def test_two_processes_keep_their_briefs_at_once(tmp_path):
    path = tmp_path / "calls.db"
    code = (
        "import sys; from pathlib import Path; from agent.library import keep_brief\n"
        "from tests.daily.day import brief_of, reported\n"
        "for n in range(8): keep_brief(brief_of(n + 8 * int(sys.argv[2]), reported('x y')),"
        " Path(sys.argv[1]), print)"
    )
    running = [
        subprocess.Popen(
            python(code, path, place), cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE
        )
        for place in range(2)
    ]
    assert [process.communicate()[0] for process in running] == [b"", b""]
    with open_library(path, print) as library:
        assert len(library.list_briefs()) == len(library.search(["x"], limit=99)) == 16
        assert is_in_step(library)


def test_the_store_with_briefs_is_its_owners_alone(tmp_path):
    path = tmp_path / "new" / "calls.db"
    keep_brief(brief_of(1), path, print)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_day_of_the_test_briefs_is_the_second_of_january():
    assert brief_of(1).generated_at.date() == DAY.date() == date(2026, 1, 2)
