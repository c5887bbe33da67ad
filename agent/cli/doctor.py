"""`bluf doctor`: which endpoint and model answer, whether schemas hold there, and how fast."""

import asyncio
import os
import platform
from typing import TYPE_CHECKING

import typer

from agent import __version__
from agent.cli.output import say, write_text

if TYPE_CHECKING:
    from agent.config import Config


def doctor(
    model: str | None = typer.Option(None, help="A model at the endpoint, or a .gguf file."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Say which endpoint and model answer, whether schemas hold there, and how fast.

    Examples: bluf doctor; bluf doctor --model ~/models/some.gguf
    """
    del debug
    from agent.config import Config

    config = Config.from_env(os.environ, model=model)
    write_text(asyncio.run(_examine(config)), None)


async def _examine(config: "Config") -> str:
    from agent.llm.probe import probe

    found = await probe(config, notify=say)
    return f"{found}\n"
