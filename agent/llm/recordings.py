"""Write calls to a file and answer from it alone, with no endpoint behind it."""

import json
import lzma
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from agent.clean import one_line
from agent.errors import EvidenceError, WriteError
from agent.llm.calls import Call, CallStore, Usage
from agent.llm.exchange import Session
from agent.llm.openai_model import OpenAIModel, silence
from agent.llm.wire import Dialect, Question, StructuredOutput
from schemas.record import Record

SUFFIX = ".jsonl.xz"


class About(Record):
    """What is true of every call in a recording: the first line of its file.

    The fields from `provider` on are what a call's key and the size of a prompt depend on. When
    `judged`, the writer was also the judge.
    """

    bluf_recording: Literal[1] = 1
    set: str
    version: str
    prompt_digest: str
    repeats: int
    model: str
    endpoint: Literal["embedded", "openai-compatible"]
    judged: bool
    provider: str
    context_tokens: int
    parallel: int
    seeded: bool
    terse: bool
    structured_output: StructuredOutput


@dataclass(frozen=True)
class Recording:
    """A recording as it was read; `calls` are in the order of their keys."""

    about: About
    calls: tuple[Call, ...]


def write_recording(recording: Recording, target: Path) -> None:
    """Write a recording; the same calls give the same bytes.

    What was asked is left out: whoever replays a call has to build the very same question to find
    its key, which covers every word of it.

    Raises:
        WriteError: The file cannot be written.
    """
    calls = sorted({call.key: call for call in recording.calls}.values(), key=lambda c: c.key)
    lines = [recording.about.model_dump_json(), *(_as_line(call) for call in calls)]
    content = lzma.compress("".join(f"{line}\n" for line in lines).encode(), preset=9)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise WriteError(f"{target}: {error.strerror or error}") from error


def read_recording(file: Path) -> Recording:
    """Return the recording in a file.

    Raises:
        EvidenceError: It cannot be read, or is none.
    """
    try:
        first, *rest = lzma.decompress(file.read_bytes()).decode().splitlines()
        about = About.model_validate_json(first)
        return Recording(about, tuple(_as_call(line) for line in rest))
    except (OSError, lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        problem = one_line(str(error), limit=120)
        raise EvidenceError(f"{file}: is no recording of bluf ({problem})") from error


def replay(about: About, store: CallStore) -> OpenAIModel:
    """Return the recorded model: it answers what the store holds, and nothing else.

    An ask that the store cannot answer raises `EvidenceError`.
    """
    silence()
    session = Session(
        endpoint=NoEndpoint(about),
        model=about.model,
        provider=about.provider,
        context_tokens=about.context_tokens,
        seeded=about.seeded,
        price=lambda _: None,
        store=store,
        run="",
        use_cache=True,
        terse=about.terse,
    )
    return OpenAIModel(
        session, parallel=about.parallel, judges=not about.terse, endpoint=about.endpoint
    )


class NoEndpoint:
    """Stands where an endpoint would, and has no way to anywhere."""

    def __init__(self, about: About) -> None:
        self.host = "the recording"
        self.dialect = Dialect(mode=about.structured_output)

    async def fetch(self, question: Question, prompt: str) -> bytes:
        """Raise, since nothing can be fetched.

        Raises:
            EvidenceError: Always.
        """
        del question
        raise EvidenceError(f"{prompt}: the recording has no answer to this question")

    def adopt(self, mode: str) -> None:
        """Do nothing: the recording says which mode it was made with."""


async def refill(store: CallStore, calls: Iterable[Call], *, run: str) -> None:
    """Put recorded calls into a store, as calls of one run."""
    for call in calls:
        await store.keep(call, run=run)


def _as_line(call: Call) -> str:
    fields = asdict(call)
    del fields["request"]
    return json.dumps(fields, sort_keys=True, ensure_ascii=True)


def _as_call(line: str) -> Call:
    fields = json.loads(line)
    return Call(request="", usage=Usage(**fields.pop("usage")), **fields)
