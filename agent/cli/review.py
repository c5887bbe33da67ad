"""`bluf review BRIEF.json`: a named person decides on every claim, then stands behind the brief."""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.outcome import run_async
from agent.cli.output import say, write_bytes, write_text
from agent.errors import UsageError, WriteError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.cli.review_screen import ReviewApp
    from agent.llm.client import Model
    from schemas.brief import Brief
    from schemas.claims import CheckedClaim, Verdict


def review(
    brief: Path = typer.Argument(
        help="A brief in JSON; it keeps every decision until the review is ended.",
        metavar="BRIEF.json",
    ),
    reviewer: str | None = typer.Option(
        None, metavar="NAME", help="Who stands behind the brief; asked for when not given."
    ),
    output: Path | None = typer.Option(
        None,
        "--output",
        "-o",
        metavar="FILE.json",
        dir_okay=False,
        help="Write the reviewed brief there and leave the draft as it is.",
    ),
    judge: str = typer.Option(
        "none", help="A model at the endpoint that checks an edit where the steps are unsure."
    ),
    take_over: bool = typer.Option(
        False, "--take-over", help="Begin anew where somebody else began, without their decisions."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Decide on every claim of a brief, each beside its passage: accept, edit, reject, dissent.

    An edit is checked again at once. Every decision is saved as it is made: quit whenever you
    like, and the same command goes on. The brief is a draft until its reviewer has ended this.

    Examples: bluf review brief.json; bluf review brief.json --reviewer "Anna Berg" -o signed.json
    """
    del debug  # read where a fault is caught
    _require_terminal()
    if output and output.suffix.lower() != ".json":
        raise UsageError(f"{output}: a reviewed brief is JSON; bluf show sets it in other formats")
    from agent.briefs import LARGEST, parse_brief
    from agent.review import begin
    from agent.sources.files import read_file

    brief = brief.expanduser()
    raw = read_file(str(brief), max_bytes=LARGEST)
    draft = parse_brief(raw, str(brief))
    name = reviewer if reviewer is not None else _ask_name()
    begun = begin(draft, name, datetime.now(UTC), take_over=take_over)
    file = DecisionFile(brief, raw)
    file.save(begun)
    app, outcome = run_async(_on_screen(begun, file, output, judge))
    if app.return_code:
        raise RuntimeError(f"the screen failed; what was decided is in {brief}")
    _take_leave(app, outcome, brief, output or brief)


class DecisionFile:
    """The brief's file, which holds every decision as soon as it is made."""

    def __init__(self, path: Path, known: bytes) -> None:
        """Take the file, and what was read from it."""
        self._path = path
        self._known = known

    def save(self, brief: "Brief") -> None:
        """Replace the file by one with these decisions; one that is gone is written anew.

        Raises:
            WriteError: It cannot be written, or somebody else has changed it since.
        """
        from agent.views.json import as_json

        if self._was_changed():
            raise WriteError(f"{self._path}: another program has changed it; it is left as it is")
        text = as_json(brief)
        write_whole(text, self._path)
        self._known = text.encode()

    def _was_changed(self) -> bool:
        try:
            return self._path.read_bytes() != self._known
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _not_written(self._path, error) from error


def write_whole(text: str, file: Path) -> None:
    """Replace a file, and leave standard output, which may be the screen, alone.

    Raises:
        WriteError: It cannot be written.
    """
    try:
        write_bytes(text.encode(), file)
    except WriteError as error:
        # Its message says where else the text is, which is true of other verbs.
        if isinstance(error.__cause__, OSError):
            raise _not_written(file, error.__cause__) from error
        raise


def _not_written(file: Path, error: OSError) -> WriteError:
    return WriteError(f"{file}: cannot be written ({error.strerror or error})")


def screen_on(
    begun: "Brief", file: DecisionFile, output: Path | None, judge: "Model | None"
) -> "ReviewApp":
    """Return the screen for a begun review, ready to run.

    Args:
        begun: A draft whose review was begun.
        file: Holds its decisions.
        output: Where the reviewed brief goes; None: into the same file.
        judge: A model that is asked about an edit where the steps are unsure, or None.
    """
    from agent.cli.review_screen import ReviewApp
    from agent.prompts import load_prompts
    from agent.review import end, recheck
    from agent.views.json import as_json

    prompts = load_prompts()

    async def check(
        brief: "Brief", claim: "CheckedClaim", text: str, evidence: "Sequence[str]"
    ) -> "Verdict":
        checked = recheck(brief, claim, text, evidence, judge=judge, prompts=prompts)
        # In a thread the screen goes on; but a judge answers only in the loop that opened it.
        return await (asyncio.to_thread(asyncio.run, checked) if judge is None else checked)

    def finish(brief: "Brief") -> "Brief":
        outcome = end(brief, datetime.now(UTC))
        if output:
            write_whole(as_json(outcome), output)
        else:
            file.save(outcome)
        return outcome

    return ReviewApp(begun, save=file.save, finish=finish, recheck=check)


async def _on_screen(
    begun: "Brief", file: DecisionFile, output: Path | None, judge: str
) -> "tuple[ReviewApp, Brief | None]":
    from agent.cli.judging import open_judge

    async with AsyncExitStack() as stack:
        # What it notes while the screen is up is not shown: the verdict says what came out.
        asked = await open_judge(judge, stack, what="review", notify=say)
        app = screen_on(begun, file, output, asked)
        outcome = await app.run_async()
        task = asyncio.current_task()
        # The screen ends as if by itself when a signal ends it.
        if task is not None and task.cancelling() and not app.failure:
            raise asyncio.CancelledError
        return app, outcome


def _take_leave(app: "ReviewApp", outcome: "Brief | None", draft: Path, written: Path) -> None:
    """Say where things stand; decisions that no file could take go to standard output."""
    from agent.config import Config
    from agent.library import keep_brief
    from agent.review import undecided
    from agent.views.json import as_json
    from agent.views.lines import status

    if outcome is not None:
        keep_brief(outcome, Config.from_env(os.environ, model="embedded").store, say)
        say(f"{status(outcome)}: {written}")
        return
    if app.failure:
        write_text(as_json(app.brief), None)
        raise WriteError(f"{app.failure}; the brief with its decisions went to standard output")
    say(f"{len(undecided(app.brief))} claims are not decided; bluf review {draft} goes on")


def _require_terminal() -> None:
    """Refuse to ask where no person can answer.

    Raises:
        UsageError: Standard input or standard error, on which the screen is drawn, is no terminal.
    """
    streams = (sys.__stdin__, sys.__stderr__)
    if not all(s is not None and not s.closed and s.isatty() for s in streams):
        raise UsageError("bluf review asks a person, so it needs a terminal")
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise UsageError("bluf review needs a terminal that can be drawn on; set TERM")


def _ask_name() -> str:
    sys.stderr.write("Your name, which will stand on the brief: ")
    sys.stderr.flush()
    return sys.stdin.readline()
