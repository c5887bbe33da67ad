"""`bluf review` on its real screen, driven key by key, and in a terminal of its own."""

import asyncio
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
import typer
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea
from typer.testing import CliRunner

from agent.briefs import read_brief
from agent.cli.judging import open_judge
from agent.cli.review import DecisionFile, review, screen_on, write_whole
from agent.cli.review_screen import ReviewApp
from agent.errors import UsageError, WriteError
from agent.review import begin, reviewable, undecided
from agent.views.json import as_json
from schemas.brief import Brief
from schemas.review import Decision
from schemas.sources import Sources
from tests.builders import LETTER, good_answers, make_source
from tests.endpoint import running_endpoint
from tests.machine import ROOT, clean_environment, on_small_disk, python, run
from tests.test_pipeline import write

AT = datetime(2026, 1, 3, 9, 30, tzinfo=UTC)
VERB = """
import sys, typer
from agent.cli.outcome import handled
from agent.cli.review import review
app = typer.Typer()
app.command()(handled(review))
app()
"""
SUPPORTED = "None of the casualty figures could be independently verified."
WRONG = "About 9,000 of the troops have been killed."


@pytest.fixture(scope="module")
def drafted() -> Brief:
    """A brief of seven claims: its bottom line, three hypotheses, two indicators, an assumption."""
    whole, _ = write(Sources(items=(make_source(LETTER),)))
    names = ("implications", "outlook", "entities", "tags")
    bare = {n: getattr(whole, n).model_copy(update={"parts": ()}) for n in names}
    assumptions = whole.assumptions.model_copy(update={"parts": whole.assumptions.parts[1:2]})
    kept = ("bluf.", "hypotheses.", "indicators.", "assumptions.gaps.")
    return whole.model_copy(
        update={
            **bare,
            "assumptions": assumptions,
            "techniques": whole.techniques[:1],
            "ledger": tuple(claim for claim in whole.ledger if claim.id.startswith(kept)),
        }
    )


@pytest.fixture
def file(drafted, tmp_path):
    path = tmp_path / "brief.json"
    path.write_text(as_json(drafted), encoding="utf-8")
    return path


def opened(file, *, reviewer="Anna Berg", output=None) -> ReviewApp:
    """Return the screen on a brief's file, as the verb opens it."""
    kept = DecisionFile(file, file.read_bytes())
    begun = begin(read_brief(str(file)), reviewer, AT)
    kept.save(begun)
    return screen_on(begun, kept, output, None)


Step = str | Callable[[Pilot], None]


def drive(app: ReviewApp, *steps: Step, size=(80, 24)) -> ReviewApp:
    """Press keys, or call with the pilot, one after another, on a screen of that size."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for step in steps:
                if isinstance(step, str):
                    await pilot.press(step)
                    await app.workers.wait_for_complete()
                else:
                    await pilot.pause()
                    step(pilot)
            await pilot.pause()

    asyncio.run(run())
    return app


def typed(text: str) -> list[str]:
    return ["space" if letter == " " else letter for letter in text]


def decisions(file) -> dict[str, Decision]:
    return {d.claim: d for d in read_brief(str(file)).review.decisions}


def shown(pilot, selector) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def see(text: str, selector="#told") -> Step:
    """Return a step that holds the screen against a text."""

    def look(pilot) -> None:
        assert text in shown(pilot, selector)

    return look


def on(id: str) -> Step:
    """Return a step that holds the open claim against an id."""

    def look(pilot) -> None:
        assert pilot.app.query_one("#claims", OptionList).highlighted_option.id == id

    return look


def go_to(id: str) -> Step:
    def highlight(pilot) -> None:
        claims = pilot.app.query_one("#claims", OptionList)
        claims.highlighted = claims.get_option_index(id)

    return highlight


def answer(text: str, field="Input") -> Step:
    """Return a step that puts a text into the one line that is asked for."""

    def fill(pilot) -> None:
        pilot.app.screen.query_one(field, Input).value = text

    return fill


def write_text_as(text: str, cites: str) -> Step:
    """Return a step that puts text and citations into the open dialog."""

    def fill(pilot) -> None:
        pilot.app.screen.query_one(TextArea).text = text
        pilot.app.screen.query_one("#cites", Input).value = cites

    return fill


# Decisions


def test_a_accepts_the_claim_and_opens_the_next_and_the_file_has_it_at_once(file):
    def look(pilot) -> None:
        assert decisions(file)["bluf.what.1"].ruling == "accepted"

    drive(opened(file), on("bluf.what.1"), "a", look, on("bluf.meaning.1"), "q")


def test_the_claim_stands_beside_its_verdict_and_its_passage(file):
    drive(
        opened(file),
        see("BLUF (Bottom Line Up Front) › What happened", "#claim"),
        see("R reported", "#claim"),
        see("supported, by ", "#claim"),
        see("  1.1 North Korean leader", "#claim"),
        see("► 1.2 South Korean intelligence officials", "#claim"),
        see("  1.3 Pyongyang has never", "#claim"),
        "n",
        see("J judgement (likely, 55-80%)", "#claim"),
    )


def test_r_rejects_and_u_takes_it_back(file):
    app = drive(opened(file), "r", "u", on("bluf.what.1"), see("taken back"))
    assert decisions(file) == {}
    assert len(undecided(app.brief)) == 8
    drive(opened(file), "a", "up", "r")
    assert decisions(file)["bluf.what.1"].ruling == "rejected"


def test_a_supported_edit_is_kept_with_its_verdict(file):
    drive(opened(file), "e", write_text_as(SUPPORTED, "[1.4]"), "ctrl+s", on("bluf.meaning.1"))
    decision = decisions(file)["bluf.what.1"]
    assert (decision.ruling, decision.text, decision.evidence) == ("edited", SUPPORTED, ("1.4",))
    assert decision.verdict.label == "supported"
    assert decision.override is None


def test_an_edit_is_typed_in_key_by_key(file):
    def look(pilot) -> None:
        assert pilot.app.screen.query_one(TextArea).text.endswith("have been so, a e.")

    drive(opened(file), "e", *["backspace"] * 7, *typed("so, a e."), look, "escape", "q")
    assert decisions(file) == {}


def test_an_unsupported_edit_is_kept_only_with_a_reason(file):
    drive(
        opened(file),
        "e",
        write_text_as(WRONG, "1.2"),
        "ctrl+s",
        see("unsupported, by figures", "#verdict"),
        "ctrl+s",
        see("say why it stays", "#verdict"),
        lambda _: decisions_are(file, {}),
        answer("I counted them", "#why"),
        "enter",
        on("bluf.meaning.1"),
    )
    decision = decisions(file)["bluf.what.1"]
    assert (decision.verdict.label, decision.override) == ("unsupported", "I counted them")


def decisions_are(file, wanted) -> None:
    assert decisions(file) == wanted


def test_a_reason_given_for_one_text_does_not_serve_another(file):
    drive(
        opened(file),
        "e",
        write_text_as(WRONG, "1.2"),
        "ctrl+s",
        answer("because", "#why"),
        write_text_as(WRONG.replace("9,000", "8,000"), "1.2"),
        "ctrl+s",
        see("says 8,000 troops, which no source gives", "#verdict"),
        lambda _: decisions_are(file, {}),
        "escape",
    )
    assert decisions(file) == {}


@pytest.mark.parametrize(
    ("text", "cites", "fault"),
    [
        ("", "1.2", "The text is empty"),
        (WRONG, "1.2, 9.9", "No source has sentence 9.9."),
        (WRONG, "", "It cites nothing"),
        (None, None, "Nothing was changed"),
    ],
)
def test_an_edit_that_cannot_be_checked_is_not_kept(file, text, cites, fault):
    fill = write_text_as(text, cites) if text is not None else lambda _: None
    drive(opened(file), "e", fill, "ctrl+s", see(fault, "#verdict"), "escape", on("bluf.what.1"))
    assert decisions(file) == {}


def test_the_passage_follows_the_citations_as_they_are_typed(file):
    app = opened(file)
    drive(
        app, "e", write_text_as(WRONG, "1.7"),
        see("► 1.7 South Korean officials say Russia has paid", "#passage"), "escape",
    )  # fmt: skip


def test_a_dissent_accepts_the_claim_and_an_empty_one_is_taken_back(file):
    drive(opened(file), "d", answer("not so"), "enter", see("accepted, with your dissent"))
    assert decisions(file)["bluf.what.1"].dissent == "not so"
    drive(opened(file), go_to("bluf.what.1"), "d", answer(""), "enter")
    assert decisions(file)["bluf.what.1"].dissent is None
    assert decisions(file)["bluf.what.1"].ruling == "accepted"


def test_a_quotation_opens_no_editor(tmp_path, sources):
    brief, _ = write(sources, judge=False)
    path = tmp_path / "quoted.json"
    path.write_text(as_json(brief), encoding="utf-8")
    quotation = next(c for c in reviewable(brief) if c.author == "program")
    drive(opened(path), go_to(quotation.id), "e", see("accepted or rejected, not edited"), "r")
    assert decisions(path)[quotation.id].ruling == "rejected"


# Quit, go on, end


def test_a_review_goes_on_where_it_was_left(file):
    drive(opened(file), "a", "r", "q")
    assert set(decisions(file)) == {"bluf.what.1", "bluf.meaning.1"}
    drive(opened(file), see("2 of 8 decided", "#progress"), on("hypotheses.hypotheses.1"), "q")


def test_n_and_p_go_round_the_claims_that_are_left(file):
    app = opened(file)
    ids = [claim.id for claim in reviewable(app.brief)]
    drive(app, "a", "p", on(ids[-1]), "n", on(ids[1]), "p", on(ids[-1]))


def test_f_does_not_end_a_review_with_claims_left(file):
    app = drive(opened(file), "a", "f", see("7 not decided yet"), "q")
    assert app.return_value is None
    assert read_brief(str(file)).status == "draft"


def test_after_the_last_decision_the_reviewer_signs_with_y(file):
    app = opened(file)
    drive(
        app, "r", *["a"] * 7,
        lambda pilot: asked(pilot, "1 rejected", "Anna Berg", "Your name is printed on it"), "y",
    )  # fmt: skip
    done = read_brief(str(file))
    assert done == app.return_value
    assert done.status == "reviewed"
    assert "bluf.what.1" in {claim.id for claim in done.withheld}


def asked(pilot, *texts) -> None:
    said = " ".join(str(part.content) for part in pilot.app.screen.query(Static))
    assert [text for text in texts if text not in said] == []


def test_whoever_does_not_sign_can_still_change_everything(file):
    app = drive(opened(file), *["a"] * 8, "n", go_to("assumptions.gaps.1"), "r", "escape", "q")
    assert app.return_value is None
    assert decisions(file)["assumptions.gaps.1"].ruling == "rejected"
    assert read_brief(str(file)).status == "draft"
    again = drive(opened(file), "y")
    assert again.return_value.status == "reviewed"


def test_an_outcome_elsewhere_leaves_the_draft_with_its_decisions(file, tmp_path):
    output = tmp_path / "signed.json"
    drive(opened(file, output=output), *["a"] * 8, "y")
    assert read_brief(str(output)).status == "reviewed"
    left = read_brief(str(file))
    assert (left.status, len(left.review.decisions)) == ("draft", 8)


# When the file cannot be written


def test_a_file_that_cannot_be_written_is_told_and_loses_nothing(file):
    app = opened(file)
    drive(
        app,
        "a",
        lambda _: file.chmod(0o444),
        "r",
        see("NOT SAVED: "),
        see("the file is write-protected); nothing is lost"),
        on("hypotheses.hypotheses.1"),
        "q",
        "n",
        lambda _: file.chmod(0o644),
        "s",
        see("saved"),
        "q",
    )
    assert [d.ruling for d in decisions(file).values()] == ["accepted", "rejected"]
    assert app.failure is None


def test_whoever_leaves_unsaved_takes_the_decisions_along(file):
    app = drive(opened(file), lambda _: file.chmod(0o444), "a", "q", "y")
    assert app.failure and "write-protected" in app.failure
    assert len(app.brief.review.decisions) == 1
    assert decisions(file) == {}


def test_a_file_that_somebody_else_has_changed_is_not_written_over(file):
    def change(pilot) -> None:
        file.write_text("theirs", encoding="utf-8")

    drive(opened(file), "a", change, "a", see("another program has changed it"), "q", "y")
    assert file.read_text(encoding="utf-8") == "theirs"


def test_an_outcome_that_cannot_be_written_keeps_the_review_open(file, tmp_path):
    output = tmp_path / "no such folder" / "signed.json"
    app = opened(file, output=output)
    drive(app, *["a"] * 8, "y", see("no such folder)", "#failed"), "n", "q")
    assert app.return_value is None
    assert len(decisions(file)) == 8


def test_what_cannot_be_written_says_why_and_not_where_else_it_went(tmp_path):
    with pytest.raises(WriteError, match=r"b\.json: cannot be written \(no such folder\)$"):
        write_whole("{}", tmp_path / "missing" / "b.json")


# What is on the screen


HOSTILE = "[bold]x[/bold] [/] [@click=app.quit]go[/] \x1b[31mred\x1b]0;t\x07 \u202eevil :skull:"


def test_hostile_text_is_shown_to_the_letter_and_steers_nothing(file, drafted):
    raw = json.loads(as_json(drafted))
    raw["title"] = raw["sources"][0]["publisher"] = HOSTILE
    for claims in (raw["bluf"]["parts"][0]["claims"], raw["ledger"]):
        claims[0] |= {"text": HOSTILE, "reason": HOSTILE, "note": HOSTILE, "method": HOSTILE}
    raw["sources"][0]["sentences"][1]["text"] = HOSTILE
    raw["bluf"]["title"] = raw["bluf"]["parts"][0]["title"] = HOSTILE
    file.write_text(json.dumps(raw), encoding="utf-8")
    clean = "[bold]x[/bold] [/] [@click=app.quit]go[/] [31mred]0;t evil :skull:"

    def look(pilot) -> None:
        page = shown(pilot, "#claim")
        assert page.count(clean) >= 6
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", page)
        listed = pilot.app.query_one("#claims", OptionList)
        assert any(clean in str(option.prompt) for option in listed.options)

    drive(opened(file), look, "d", answer("[/] [bold]"), "enter", "e", "escape", "q")
    assert decisions(file)["bluf.what.1"].dissent == "[/] [bold]"


@pytest.mark.parametrize(("width", "listed"), [(80, True), (200, True), (50, False)])
def test_every_key_is_named_and_the_list_gives_way_where_there_is_no_room(file, width, listed):
    def look(pilot) -> None:
        assert pilot.app.query_one("#claims").display is listed
        claim = pilot.app.query_one("#claim")
        assert claim.region.width >= 40

    drive(opened(file), look, "q", size=(width, 24))


def test_at_80_columns_the_last_key_is_still_in_sight(file):
    def look(pilot) -> None:
        keys = pilot.app.query("FooterKey")
        assert [key.description for key in keys][-1] == "Quit"
        assert all(key.region.right <= 80 for key in keys)

    drive(opened(file), look, "q")


# The verb


def verb(*arguments: object) -> list[str]:
    return python(VERB, *arguments)


def test_without_a_terminal_the_verb_is_refused_in_one_line(file):
    done = run(verb(file, "--reviewer", "Anna"))
    assert done.returncode == 2
    assert done.stderr.decode() == "bluf: bluf review asks a person, so it needs a terminal\n"
    assert read_brief(str(file)).review is None


def test_there_is_no_way_to_accept_everything_at_once(file):
    app = typer.Typer()
    app.command()(review)
    done = CliRunner().invoke(app, [str(file), "--accept-all"])
    assert done.exit_code == 2
    assert "No such option" in done.output


class Terminal:
    """A command on a terminal of its own, 80 by 24, that keys are typed into."""

    def __init__(self, command: list[str]) -> None:
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment(TERM="xterm-256color"),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        os.set_blocking(leader, False)
        self.leader, self.seen = leader, ""

    def read(self) -> None:
        try:
            self.seen += os.read(self.leader, 65_536).decode(errors="replace")
        except (BlockingIOError, OSError):
            time.sleep(0.1)

    def until(self, true: Callable[[], bool]) -> None:
        """Read what is shown until something is true; a minute is far more than it takes."""
        ends = time.monotonic() + 60
        while not true():
            assert time.monotonic() < ends, self.seen[-2000:]
            self.read()

    def press(self, keys: str) -> None:
        os.write(self.leader, keys.encode())

    def end(self) -> int:
        self.until(lambda: self.process.poll() is not None)
        for _ in range(5):
            self.read()
        os.close(self.leader)
        return self.process.returncode


def decided(file) -> int:
    review = read_brief(str(file)).review
    return len(review.decisions) if review else -1


def test_in_a_terminal_it_asks_for_the_name_and_quits_with_a_line_that_says_how_to_go_on(file):
    terminal = Terminal(verb(file))
    terminal.until(lambda: "Your name" in terminal.seen)
    terminal.press("Anna Berg\n")
    terminal.until(lambda: "0 of 8" in terminal.seen)
    terminal.press("a")
    terminal.until(lambda: decided(file) == 1)
    terminal.press("q")
    assert terminal.end() == 0
    assert "7 claims are not decided; bluf review" in terminal.seen
    assert read_brief(str(file)).review.reviewer == "Anna Berg"


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_review_has_every_decision_in_its_file_and_goes_on(file, blow):
    first = Terminal(verb(file, "--reviewer", "Anna Berg"))
    first.until(lambda: "0 of 8" in first.seen)
    first.press("ar")
    first.until(lambda: decided(file) == 2)
    first.process.send_signal(blow)
    assert first.end() == (-signal.SIGKILL if blow == signal.SIGKILL else 130)
    with pytest.raises(UsageError, match="the review by Anna Berg is not ended"):
        opened(file, reviewer="Ben")
    assert len(undecided(opened(file).brief)) == 6


def test_on_a_full_disk_it_says_so_before_it_asks_anything(file, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    size_kib = file.stat().st_size // 1024 + 12
    copied = 'cp "$1" "$2/b.json" && shift 2 && exec "$@"'
    command = ["sh", "-c", copied, "sh", str(file), str(small), *verb(small / "b.json")]
    terminal = Terminal(on_small_disk(small, size_kib, [*command, "--reviewer", "Anna"]))
    assert terminal.end() == 5
    assert "b.json: cannot be written (No space left on device)" in terminal.seen


# The judge


def test_a_judge_at_the_endpoint_settles_an_edited_judgement(file, tmp_path, monkeypatch):
    text = "Engineers carry more of the alliance by now than soldiers do."

    async def edit(url: str) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("BLUF_STORE", str(tmp_path / "calls.db"))
        async with AsyncExitStack() as stack:
            judge = await open_judge("scripted-70b", stack, what="review", notify=print)
            app = screen_on(begin(read_brief(str(file)), "Anna Berg", AT), kept, None, judge)
            async with app.run_test(size=(80, 24)) as pilot:
                for step in (go_to("bluf.meaning.1"), "e", write_text_as(text, "1.6"), "ctrl+s"):
                    await pilot.pause()
                    await pilot.press(step) if isinstance(step, str) else step(pilot)
                await app.workers.wait_for_complete()
                await pilot.pause()

    kept = DecisionFile(file, file.read_bytes())
    with running_endpoint(good_answers()) as endpoint:
        asyncio.run(edit(endpoint.url))
    decision = decisions(file)["bluf.meaning.1"]
    assert (decision.verdict.label, decision.verdict.method) == ("supported", "judge")
    assert decision.override is None


def test_a_judge_needs_an_endpoint(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    async def ask(name: str):
        async with AsyncExitStack() as stack:
            return await open_judge(name, stack, what="review", notify=print)

    assert asyncio.run(ask("none")) is None
    with pytest.raises(UsageError, match="OPENAI_BASE_URL"):
        asyncio.run(ask("some-model"))
