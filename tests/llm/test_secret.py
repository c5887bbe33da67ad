"""No key gets out, whatever an endpoint does with the one that it was sent."""

import base64
import logging
import re
import traceback
from pathlib import Path

import pytest
import yaml

from agent.config import Patience
from agent.errors import BlufError
from agent.llm.secret import HIDDEN, hide_key
from tests.llm.conftest import KEY, REQUEST, Endpoint, Reply
from tests.llm.faultserver import cut, drip, fault, raw, reset, says, silence, status

CASSETTES = sorted(Path(__file__).parents[1].glob("cassettes/**/*.yaml"))
KEPT_HEADERS = {"content-type"}
# What a server can make of a key: all of it, a part, as it is masked, as headers are encoded.
ECHOES = {
    "clear": f"key {KEY} was sent",
    "part": f"Incorrect API key provided: {KEY[:9]}*****{KEY[-9:]}",
    "base64": base64.b64encode(f"Authorization: Bearer {KEY}".encode()).decode(),
    "base64 by itself": base64.b64encode(KEY.encode()).decode(),
    "hex": KEY.encode().hex(),
    "twice": f"{KEY}{KEY}",
    "all": f"{KEY} {KEY[3:14]} {base64.b64encode(KEY.encode()).decode()}",
}


def leaks(text: str, key: str = KEY) -> list[str]:
    """Return every run of 8 characters of the key, in clear, base64 or hex, in the text."""
    raw_key = key.encode()
    spellings = [key, raw_key.hex()]
    for before in range(3):
        for after in range(3):
            padded = b"x" * before + raw_key + b"y" * after
            # Characters that depend on the neighbours say nothing of the key.
            spellings.append(base64.b64encode(padded).decode().rstrip("=")[4:-4])
    parts = {s[n : n + 8] for s in spellings for n in range(len(s) - 7)}
    return sorted(part for part in parts if part in text)


def ask_and_look(endpoint: Endpoint, tmp_path: Path, caplog, *, deadline_s: float = 30.0) -> str:
    """Ask once and return all that can be seen of it, the traceback of a failure included."""
    seen: list[str] = []
    # What a program sees that turns on the logs of the SDKs.
    for name in ("openai", "instructor"):
        caplog.set_level(logging.DEBUG, logger=name)
    try:
        patience = Patience(deadline_s=deadline_s, attempts=2, first_wait_s=0.01)
        answers = endpoint.ask_all((Reply, REQUEST, 0), patience=patience)
        seen.append(repr(answers))
    except BlufError as error:
        seen += [str(error), *traceback.format_exception(error)]
    seen += endpoint.notes
    # As `bluf runs show --full` prints them: what lies in the file is compressed.
    seen += [repr(kept) for kept in endpoint.store.show_run(endpoint.run)]
    seen += [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir()]
    seen += [record.getMessage() for record in caplog.records]
    return "\n".join(seen)


@pytest.mark.parametrize("echo", ECHOES)
def test_a_key_is_hidden_in_every_spelling_and_nothing_else_is(echo: str):
    hidden = hide_key(f"before {ECHOES[echo]} after", KEY)
    assert leaks(ECHOES[echo]) != []
    assert leaks(hidden) == []
    assert hidden.startswith("before ") and hidden.endswith(" after")
    assert HIDDEN in hidden


def test_a_text_without_the_key_stays_as_it_is():
    text = "The key to the harvest: sk-, canary birds, 0123456, abcdef."
    assert hide_key(text, KEY) == text
    # Placeholders that local servers take are words of the language.
    assert hide_key("ollama runs where none is set", "ollama") == "ollama runs where none is set"


@pytest.mark.parametrize(
    "make",
    [
        lambda said: fault(400, said),
        lambda said: fault(401, said),
        lambda said: fault(403, said),
        lambda said: fault(404, said),
        lambda said: fault(429, said, retry_after="86400", x_key=KEY),
        lambda said: fault(429, f"insufficient_quota {said}"),
        lambda said: fault(503, said),
        lambda said: fault(400, f"response_format {said}"),
        lambda said: fault(400, f"maximum context length is 5 tokens {said}"),
        lambda said: fault(307, location=f"http://127.0.0.1:9/v1?key={KEY}"),
        lambda said: raw(200, f"<html>{said}</html>".encode()),
        lambda said: raw(200, f'{{"error": "{said}"'.encode(), {"set-cookie": f"k={KEY}"}),
        lambda said: status(200, {"error": {"code": 502, "message": said}}),
        lambda said: says(f"I was sent {said}"),
        lambda said: says({"word": said}),
        lambda said: says(None, message={"refusal": said}),
        lambda said: says(said, reason=said),
        lambda said: says({"word": "yes"}, id=said, model=said),
        lambda said: f"HTTP/1.1 200 {said}\r\nx: {said}\r\n\r\n{{".encode(),
        lambda said: said.encode(),
        lambda _: reset,
        lambda _: cut,
    ],
)
def test_a_key_that_the_endpoint_repeats_is_seen_nowhere(
    endpoint: Endpoint, tmp_path: Path, caplog, make
):
    endpoint.server.script = [make(ECHOES["all"])]
    seen = ask_and_look(endpoint, tmp_path, caplog)
    assert endpoint.server.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert leaks(seen) == []


@pytest.mark.parametrize("step", [silence, drip])
def test_a_key_is_not_in_what_a_deadline_leaves(endpoint: Endpoint, tmp_path: Path, caplog, step):
    endpoint.server.script = [step]
    seen = ask_and_look(endpoint, tmp_path, caplog, deadline_s=0.5)
    assert "gave no usable answer within 0.5 s" in seen
    assert leaks(seen) == []


def test_the_search_for_leaks_finds_one(endpoint: Endpoint, tmp_path: Path, caplog):
    endpoint.notes.append(f"left over: {KEY[5:13]}")
    endpoint.server.script = [says({"word": "yes"})]
    assert leaks(ask_and_look(endpoint, tmp_path, caplog)) == [KEY[5:13]]


def test_there_is_a_cassette_to_look_at():
    assert CASSETTES


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_a_recording_holds_no_header_and_no_address_that_could_hold_a_secret(cassette: Path):
    recorded = yaml.load(cassette.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for exchange in recorded["interactions"]:
        request, response = exchange["request"], exchange["response"]
        assert {name.lower() for name in request["headers"]} <= KEPT_HEADERS
        assert {name.lower() for name in response["headers"]} <= KEPT_HEADERS
        assert not {"@", "?", "#"} & set(request["uri"])


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_a_recording_holds_no_text_that_looks_like_a_key(cassette: Path):
    text = cassette.read_text(encoding="utf-8")
    looks = r"\b(?:sk|gsk|pk|xai|hf|ghp|AIza|eyJ)[-_][A-Za-z0-9_-]{16,}|(?i:bearer )[A-Za-z0-9]"
    assert re.findall(looks, text) == []
