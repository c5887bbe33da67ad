"""What a judge said, kept beside the report of a comparison."""

from pathlib import Path

from agent.errors import EvidenceError, UsageError
from agent.views.json import dump
from evals.judging.shapes import JudgedRows

FILE = "judged.json"


def write_judged(judged: JudgedRows) -> str:
    """Return what a judge said as JSON in ASCII: the same answers give the same bytes."""
    return dump(judged.model_dump(mode="json"))


def read_judged(folder: Path) -> JudgedRows:
    """Return what the judge of a report said.

    Raises:
        UsageError: The report has no judge.
        EvidenceError: What lies there is not from this version of bluf.
    """
    file = folder / FILE
    if not file.is_file():
        raise UsageError(
            f"{folder}: no judge read these briefs; make the report again with --judge MODEL"
        )
    try:
        return JudgedRows.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{file}: cannot be read; make the report again") from error
