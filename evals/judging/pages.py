"""What a person who labels sees: two briefs without a hint of who wrote which, and the article."""

from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.views.lines import plain
from agent.views.terminal import console_to
from evals.judging.printed import Line, Printed
from schemas.sources import Source

NARROWEST = 40
SIDE_BY_SIDE = 120  # columns; with fewer, one column has no room for a sentence


def pair_page(first: Printed, second: Printed, *, width: int, colour: bool) -> str:
    """Return two briefs as 1 and 2: side by side where there is room, else one after the other."""
    text = StringIO()
    console = console_to(text, max(width, NARROWEST), colour)
    if width >= SIDE_BY_SIDE:
        _print_beside(console, first, second)
    else:
        for number, shown in enumerate((first, second), start=1):
            console.rule(Text(str(number), "bold"), characters="=")
            for section in _sections(first, second):
                _print_section(console, section, shown)
    return _trimmed(text.getvalue())


def article_page(sources: tuple[Source, ...], *, width: int, colour: bool) -> str:
    """Return the articles that the briefs are of, one numbered sentence to a line."""
    text = StringIO()
    console = console_to(text, max(width, NARROWEST), colour)
    for source in sources:
        console.print(Text(plain(source.title), "bold"))
        for sentence in source.sentences:
            console.print(Text(f"[{sentence.id}] {plain(sentence.text)}"))
    return _trimmed(text.getvalue())


def _print_beside(console: Console, first: Printed, second: Printed) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    for number in ("1", "2"):
        table.add_column(Text(number), ratio=1, overflow="fold")
    for section in _sections(first, second):
        table.add_row(_heading(section), _heading(section))
        table.add_row(*(_cell(section, shown) for shown in (first, second)))
    console.print(table)


def _print_section(console: Console, section: str, shown: Printed) -> None:
    console.print(_heading(section))
    console.print(_cell(section, shown))


def _sections(first: Printed, second: Printed) -> list[str]:
    """Return every section that one of them has: a gap on one side shows as one."""
    return list(dict.fromkeys(line.section for line in (*first.lines, *second.lines)))


def _heading(section: str) -> Text:
    return Text(section.capitalize() if section != "bluf" else "BLUF", "bold cyan")


def _cell(section: str, shown: Printed) -> Text:
    lines = [_sentence(line) for line in shown.lines if line.section == section]
    return Text("\n").join(lines) if lines else Text("(nothing)", "dim")


def _sentence(line: Line) -> Text:
    return Text.assemble(f"- {plain(line.text)} ", (f"({plain(line.told)})", "dim"))


def _trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
