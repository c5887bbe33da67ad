"""Write a brief in the format that was asked for, to a file or to standard output."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agent.cli.output import screen, write_bytes, write_text
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.cli.display import PlainDisplay
    from schemas.brief import Brief

Format = Literal["terminal", "markdown", "json", "html", "docx", "pdf", "stix"]
Detail = Literal["compact", "full"]
SUFFIXES: dict[str, Format] = {
    ".stix.json": "stix",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".txt": "terminal",
}
BINARY: frozenset[Format] = frozenset({"docx", "pdf"})
PIPE_WIDTH = 80  # columns when standard output is no terminal


def choose_format(asked: Format | None, output: Path | None) -> Format:
    """Return the format that was asked for, else what the file's name ends in, else terminal.

    Raises:
        UsageError: No format goes with the name, or a binary one would go to a screen.
    """
    chosen = asked or _by_name(output)
    on_screen = output is None and sys.stdout is not None and sys.stdout.isatty()
    if chosen in BINARY and on_screen:
        raise UsageError(f"--format {chosen} is not for a screen; give -o FILE.{chosen}")
    return chosen


def write_as(brief: "Brief", format_: Format, output: Path | None, detail: Detail) -> None:
    """Write the brief; a compact one is shorter only in a terminal.

    Raises:
        UsageError: The format needs a package that is not installed.
        WriteError: The file or standard output cannot be written.
    """
    if format_ == "docx":
        from agent.views.docx import docx

        write_bytes(docx(brief), output)
    elif format_ == "pdf":
        from agent.views.pdf import pdf

        write_bytes(pdf(brief), output)
    else:
        write_text(_text(brief, format_, output, detail), output)


def write_and_keep(
    brief: "Brief",
    format_: Format,
    output: Path | None,
    detail: Detail,
    *,
    store: Path,
    notify: "Callable[[str], None]",
) -> None:
    """Write a new brief as `write_as` does, and keep it in the library of the store.

    It is kept also when it cannot be written, for `bluf show`; where the library cannot be
    written, a note says so and nothing else changes.

    Raises:
        UsageError: The format needs a package that is not installed.
        WriteError: The file or standard output cannot be written.
    """
    from agent.library import keep_brief

    try:
        write_as(brief, format_, output, detail)
    finally:
        keep_brief(brief, store, notify)


def note_faults(brief: "Brief", display: "PlainDisplay") -> None:
    """Note every fault of tradecraft that is left in a brief."""
    from agent.analysis.tradecraft import faults_in_brief

    for fault in faults_in_brief(brief):
        display.note(f"tradecraft: {fault.claim}: {fault.kind}: {fault.words} - {fault.advice}")


def _by_name(output: Path | None) -> Format:
    if output is None or not output.suffix:
        return "terminal"
    for ending, format_ in SUFFIXES.items():
        if output.name.lower().endswith(ending):
            return format_
    known = ", ".join(SUFFIXES)
    raise UsageError(f"{output}: no format goes with this ending; give --format, or {known}")


def _text(brief: "Brief", format_: Format, output: Path | None, detail: Detail) -> str:
    if format_ == "json":
        from agent.views.json import as_json

        return as_json(brief)
    if format_ == "stix":
        from agent.views.stix import stix

        return stix(brief)
    if format_ == "html":
        from agent.views.html import html

        return html(brief)
    if format_ == "markdown":
        from agent.views.markdown import markdown

        return markdown(brief)
    from agent.views.terminal import terminal

    width, colour = screen(output, piped=PIPE_WIDTH)
    return terminal(brief, width=width, colour=colour, detail=detail == "full")
