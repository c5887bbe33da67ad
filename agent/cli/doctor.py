"""`bluf doctor`: which endpoint and model answer, whether schemas hold there, and how fast."""

import os
from typing import TYPE_CHECKING

import typer

from agent.cli.outcome import run_async
from agent.cli.output import say, write_text

if TYPE_CHECKING:
    from agent.llm.probe import Probe


def doctor(
    model: str | None = typer.Option(None, help="A model at the endpoint, or a .gguf file."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Say which endpoint and model answer, whether schemas hold there, and how fast.

    Examples: bluf doctor; bluf doctor --model ~/models/some.gguf
    """
    del debug  # read where a fault is caught
    from agent.config import Config
    from agent.llm.probe import probe

    config = Config.from_env(os.environ, model=model)
    found = run_async(probe(config, notify=say))
    write_text(_report(found, config.base_url, str(config.store)), None)


def _report(found: "Probe", base_url: str | None, store: str) -> str:
    from agent.clean import one_line

    speed = "not reported"
    if found.tokens_per_second is not None:
        speed = f"{found.tokens_per_second:.0f} tokens a second"
    judging = "this model, in a pass of its own"
    if not found.judges:
        judging = "rules alone: the model is too small, so no inference is printed"
    lines = {
        "endpoint": one_line(base_url or "embedded, in this process"),
        "model": one_line(found.model),
        "window": f"{found.context_tokens:,} tokens, {found.parallel} calls at once",
        "schema": _schema_line(found),
        "speed": f"{speed}; first answer after {found.seconds:.1f} s",
        "checked by": judging,
        "store": one_line(store),
    }
    return "".join(f"{name + ':':<12}{value}\n" for name, value in lines.items())


def _schema_line(found: "Probe") -> str:
    from agent.clean import one_line

    if found.fault is not None:
        return f"NOT usable: no answer had the shape ({one_line(found.fault)})"
    if found.constrained:
        return f"enforced while decoding, by {found.structured_output}"
    return f"kept at a later try, by {found.structured_output}; not enforced while decoding"
