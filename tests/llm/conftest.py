"""A scripted endpoint, and asking it one question the way the pipeline does."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from agent.config import Config, Patience
from agent.llm.calls import CallStore, open_store
from agent.llm.client import open_model
from agent.llm.request import Filled
from schemas.record import Record
from tests.llm.faultserver import FaultServer, run_server

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]
KEY = "sk-canary-0123456789abcdef"
REQUEST = Filled(
    prompt="bluf", system="You are brief.", text="Is it so?", max_tokens=50, temperature=0.2
)


class Reply(Record):
    """Whether it is so."""

    word: Literal["yes", "no"]


@dataclass
class Endpoint:
    """The scripted server and what the user would have been told."""

    server: FaultServer
    config: Config
    store: CallStore
    notes: list[str] = field(default_factory=list)

    def ask(self, shape: type[Any] = Reply, *, request: Filled = REQUEST, repeat: int = 0) -> Any:
        return self.ask_all((shape, request, repeat))[0]

    def ask_all(self, *asks: tuple[type[Any], Filled, int], **settings: Any) -> list[Any]:
        """Ask at the same time, in one run of its own."""

        async def run() -> list[Any]:
            self.run = self.store.begin_run(what="test", model="m")
            config = replace(self.config, **settings)
            async with open_model(
                config, store=self.store, run=self.run, notify=self.notes.append
            ) as model:
                answers = await asyncio.gather(*[model.ask(s, r, repeat=n) for s, r, n in asks])
                self.structured_output = model.structured_output
            return answers

        return asyncio.run(run())


def make_config(url: str | None, store: Path, **changes: Any) -> Config:
    config = Config(
        base_url=url,
        model="m",
        weights=None,
        api_key=KEY,
        context_tokens=8000,
        parallel=None,
        patience=Patience(deadline_s=5.0, attempts=4, first_wait_s=0.01),
        store=store,
        use_cache=True,
    )
    return replace(config, **changes)


@pytest.fixture(scope="session")
def start_python(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start a script in a process of its own; compiled modules are shared between them."""
    compiled = str(tmp_path_factory.mktemp("compiled"))
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}

    def start(code: str, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with run_server() as running:
        yield running


@pytest.fixture
def endpoint(server: FaultServer, tmp_path: Path) -> Iterator[Endpoint]:
    notes: list[str] = []
    path = tmp_path / "calls.db"
    with open_store(path, notes.append) as store:
        yield Endpoint(server, make_config(server.url, path), store, notes)
