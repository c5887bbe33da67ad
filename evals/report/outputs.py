"""The briefs behind a comparison, kept beside its report for reading and for labels."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.errors import EvidenceError
from evals.shapes import Side
from schemas.brief import Brief
from schemas.record import Record

if TYPE_CHECKING:
    from evals.generate import Output  # with it come the SDKs, which no reader of a report needs

FILE = "outputs.jsonl"
# The same calls give the same bytes, whenever they are replayed.
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(Record):
    """One brief of a comparison, or why there is none."""

    side: Side
    item: str
    repeat: int
    brief: Brief | None
    failure: str | None


def write_outputs(outputs_a: Sequence["Output"], outputs_b: Sequence["Output"]) -> str:
    """Return the outputs of both sides as JSON Lines; the same calls give the same bytes.

    What differs from run to run is left out: when a brief was made, by which run, how fast.
    """
    return "".join(f"{s.model_dump_json()}\n" for s in as_shown(outputs_a, outputs_b))


def as_shown(outputs_a: Sequence["Output"], outputs_b: Sequence["Output"]) -> tuple[Shown, ...]:
    """Return the outputs of both sides as they are kept, in the order in which they are kept."""
    shown = [
        *(_as_shown(output, "a") for output in outputs_a),
        *(_as_shown(output, "b") for output in outputs_b),
    ]
    return tuple(sorted(shown, key=lambda s: (s.item, s.repeat, s.side)))


def read_outputs(folder: Path) -> tuple[Shown, ...]:
    """Return the outputs in a report's folder.

    Raises:
        EvidenceError: They are missing, or not those of this version of bluf.
    """
    file = folder / FILE
    try:
        # Not by splitlines, which would also cut at a line separator inside a text.
        lines = file.read_text(encoding="utf-8").split("\n")
        return tuple(Shown.model_validate_json(line) for line in lines if line)
    except (OSError, ValueError, ValidationError) as error:
        raise EvidenceError(
            f"{file}: the briefs of this report cannot be read; make it again with bluf eval "
            "compare"
        ) from error


def _as_shown(output: "Output", side: Side) -> Shown:
    return Shown(
        side=side,
        item=output.job.item.id,
        repeat=output.job.repeat,
        brief=output.brief and _timeless(output.brief),
        failure=output.failure,
    )


def _timeless(brief: Brief) -> Brief:
    run = brief.run.model_copy(update={"id": "", "seconds": 0.0, "calls_from_store": 0})
    return brief.model_copy(update={"generated_at": NO_TIME, "run": run})
