"""`bluf eval show`: which articles a comparison turned on, and what both briefs say of one."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.output import screen, write_text

if TYPE_CHECKING:
    pass

PIPE_WIDTH = 120


def show(
    report: str = typer.Argument("last", help="A report's folder, its id, or last."),
    item: str | None = typer.Argument(None, help="An article of it, by its id."),
    repeat: int = typer.Option(0, min=0, help="Which of the briefs of that article, from 0."),
    reports: Path = typer.Option(Path("reports"), metavar="FOLDER", help="Where reports lie."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Show the articles of a comparison, worst first; or both briefs of one, side by side.

    Words that only A has stand in [-...-], words that only B has in {+...+}.

    Examples: bluf eval show; bluf eval show last art-017; bluf eval show 1a2b3c4d art-017
    """
    del debug
    from evals import desk
    from evals.report.outputs import read_outputs
    from evals.report.show import show_item, show_items

    folder, found = desk.open_report(reports, report)
    width, colour = screen(None, piped=PIPE_WIDTH)
    if item is None:
        text = show_items(found, primary=found.primary, width=width, colour=colour)
    else:
        text = show_item(
            found, read_outputs(folder), item, repeat=repeat, width=width, colour=colour
        )
    write_text(text, None)
