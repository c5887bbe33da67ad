"""`bluf schema brief`: the JSON Schema of the brief."""

import json
from typing import Literal

import typer

from agent.cli.output import write_text


def schema(
    name: Literal["brief"] = typer.Argument(help="Which document: only `brief` for now."),
) -> None:
    """Print the JSON Schema of the JSON brief.

    Examples: bluf schema brief; bluf schema brief > brief.schema.json
    """
    from schemas.brief import Brief

    del name
    write_text(json.dumps(Brief.model_json_schema(mode="serialization"), indent=2) + "\n", None)
