"""A whole brief on recorded traffic of the embedded model; BLUF_RECORD=1 records it anew."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import vcr
from vcr.cassette import Cassette

from agent.config import Config
from agent.llm.calls import open_store
from agent.llm.client import open_model
from agent.llm.embedded import start_embedded
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts
from schemas.brief import Brief
from schemas.sources import Sources
from tests.test_pipeline import RUN, printed

CASSETTE = Path(__file__).parent / "cassettes" / "test_recorded_brief" / "letter.yaml"
RECORDING = bool(os.environ.get("BLUF_RECORD"))
KEPT_HEADERS = {"content-type"}
NOWHERE = "http://127.0.0.1:9/v1"
MODEL = "SmolLM2-135M-Instruct.Q4_1"


def without_headers(message):
    """Keep the headers that matter: an allow-list cannot forget a credential."""
    headers = message["headers"] if isinstance(message, dict) else message.headers
    for name in [name for name in headers if name.lower() not in KEPT_HEADERS]:
        del headers[name]
    return message


@contextmanager
def cassette() -> Iterator[tuple[str, str, Cassette]]:
    """Give the address and key of the model, real when recording, and the cassette."""
    recorder = vcr.VCR(
        match_on=["method", "path", "body"],
        record_mode="all" if RECORDING else "none",
        before_record_request=without_headers,
        before_record_response=without_headers,
    )
    if RECORDING:
        CASSETTE.unlink(missing_ok=True)
        server = start_embedded(None)
        with recorder.use_cassette(str(CASSETTE)) as tape:
            yield server.url, server.key, tape
        server.close()
        return
    with recorder.use_cassette(str(CASSETTE)) as tape:
        yield NOWHERE, "no-key", tape


async def write(url: str, key: str, sources: Sources, tmp_path: Path) -> Brief:
    environ = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, "BLUF_MODEL": MODEL}
    config = Config.from_env(environ, store=tmp_path / "calls.db", parallel=1)
    with open_store(config.store, print) as store:
        run = store.begin_run(what="letter", model=MODEL)
        async with open_model(config, store=store, run=run, notify=print) as model:
            return await write_brief(
                sources,
                model,
                load_prompts(),
                Silent(),
                judge=None,
                describe_run=lambda: RUN,
            )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    from tests.builders import LETTER, make_source

    sources = Sources(items=(make_source(LETTER),))
    with cassette() as (url, key, tape):
        brief = asyncio.run(write(url, key, sources, tmp_path_factory.mktemp("store")))
    return brief, tape


def test_every_recorded_answer_was_asked_for_again(recorded):
    _, tape = recorded
    assert RECORDING or tape.all_played


def test_what_the_small_model_gets_wrong_is_withheld_and_the_brief_is_whole(recorded):
    brief, _ = recorded
    drafted = [c for c in brief.ledger if c.author == "model"]
    assert len(drafted) >= 20
    assert sorted([*printed(brief), *(c.id for c in brief.withheld)]) == sorted(
        c.id for c in brief.ledger
    )
    for section in (brief.bluf, brief.hypotheses, brief.assumptions, brief.outlook):
        assert any(part.claims for part in section.parts), section.name


def test_every_claim_in_the_body_is_supported_by_sentences_that_exist(recorded):
    brief, _ = recorded
    ids = {s.id for source in brief.sources for s in source.sentences}
    body = set(printed(brief))
    for claim in brief.ledger:
        assert set(claim.evidence) <= ids
        if claim.id in body:
            assert claim.verdict == "supported"
            assert claim.basis == "reported"


def test_the_recording_holds_no_credential():
    text = CASSETTE.read_text(encoding="utf-8").lower()
    for word in ("authorization", "bearer", "api-key", "cookie", "organization"):
        assert word not in text
