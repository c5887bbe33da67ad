"""What a failing endpoint can do beyond `test_asking.py`, each fault produced on a real socket."""

import gzip
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import pytest
from pydantic import Field

from agent.config import Patience
from agent.errors import EndpointError, RefusalError, SchemaError, WindowError
from schemas.record import Record
from tests.llm.conftest import REQUEST, Endpoint, Reply
from tests.llm.faultserver import cut_unseen, endless, fault, lists, raw, says, status

YES = says({"word": "yes"})
SOON = Patience(deadline_s=60.0, attempts=3, first_wait_s=0.01, longest_wait_s=0.05)


class Items(Record):
    """Some items."""

    items: tuple[Literal["a", "b"], ...] = Field(max_length=3)


def in_future(**ahead: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize("asked", ["-5", "0", "soon", "", "nan", "inf", "Mon, 32 Foo 2020"])
def test_a_wait_that_makes_no_sense_is_ours_to_choose(endpoint: Endpoint, asked: str):
    endpoint.server.script = [fault(429, retry_after=asked), YES]
    assert endpoint.ask().word == "yes"
    assert "rate limited; waiting 0.0 s (1 of 3)" in endpoint.notes[0]


@pytest.mark.parametrize("as_date", [False, True])
def test_a_long_wait_is_capped_and_both_are_told(endpoint: Endpoint, as_date: bool):
    asked = in_future(seconds=19) if as_date else "15"
    endpoint.server.script = [fault(503, retry_after=asked), YES]
    endpoint.ask_all((Reply, REQUEST, 0), patience=SOON)
    assert ": status 503; waiting 0.1 s, asked for 1" in endpoint.notes[0]


@pytest.mark.parametrize("as_date", [False, True])
def test_a_wait_beyond_the_deadline_is_not_begun(endpoint: Endpoint, as_date: bool):
    asked = in_future(hours=24) if as_date else "86400"
    endpoint.server.script = [fault(429, retry_after=asked)]
    with pytest.raises(EndpointError, match=r"asks to wait 24\.0 h \(rate limited\); giving up"):
        endpoint.ask()
    assert (len(endpoint.server.asked), endpoint.notes) == (1, [])


def test_a_date_is_read_against_the_clock_of_the_server_that_gave_it(endpoint: Endpoint):
    there = datetime(2020, 1, 1, tzinfo=UTC)
    date, later = (format_datetime(t, usegmt=True) for t in (there, there + timedelta(days=1)))
    endpoint.server.script = [fault(429, retry_after=later, date=date)]
    with pytest.raises(EndpointError, match=r"asks to wait 24\.0 h"):
        endpoint.ask()


def test_a_clock_that_jumps_back_an_hour_makes_no_wait_longer(endpoint: Endpoint, monkeypatch):
    real, calls = time.time, iter(range(10**6))
    monkeypatch.setattr(time, "time", lambda: real() - (3600 if next(calls) else 0))
    endpoint.server.script = [fault(503), fault(429, retry_after="0.02"), YES]
    assert endpoint.ask().word == "yes"


@pytest.mark.parametrize(
    "answer",
    [
        fault(402, "Insufficient credits"),
        fault(429, "billing_hard_limit_reached"),
        fault(400, "Your credit balance is too low"),
        status(429, {"error": {"code": "insufficient_quota", "message": "Pay."}}),
    ],
)
def test_a_used_up_quota_is_final_in_every_wording(endpoint: Endpoint, answer: bytes):
    endpoint.server.script = [answer]
    with pytest.raises(EndpointError, match=r"quota at 127\.0\.0\.1:\d+ is used up"):
        endpoint.ask()
    assert len(endpoint.server.asked) == 1


def test_an_endpoint_that_wants_a_key_is_not_said_to_refuse_one(endpoint: Endpoint):
    endpoint.server.script = [fault(401)]
    with pytest.raises(EndpointError, match=r"wants a key.*set OPENAI_API_KEY"):
        endpoint.ask_all((Reply, REQUEST, 0), api_key="none")


@pytest.mark.parametrize(
    "words", ["m is not a valid model ID", "Invalid model: m", "The model `m` does not exist"]
)
def test_an_unknown_model_is_known_by_its_words_too(endpoint: Endpoint, words: str):
    endpoint.server.script = [fault(400, words)]
    endpoint.server.models = lists({"id": "small"}, {"id": "large"})
    with pytest.raises(EndpointError, match=r"has no model 'm' \(status 400\).*small, large"):
        endpoint.ask()


@pytest.mark.parametrize(
    ("words", "more", "allowed"),
    [
        ("This model's maximum context length is 4096 tokens. You requested 9000.", {}, 4096),
        ("the request exceeds the available context size", {"n_ctx": 8192}, 8192),
        ("The input token count (90) exceeds the maximum number of tokens allowed (64).", {}, 64),
        ("prompt is too long: 210000 tokens > 200000 maximum", {}, 200_000),
        ("Prompt contains 40 tokens, too large for model with 32,768 maximum", {}, 32_768),
        ("Please reduce the length.", {"code": "context_length_exceeded"}, None),
    ],
)
def test_a_request_beyond_the_window_names_the_window_and_the_way_on(
    endpoint: Endpoint, words: str, more: dict[str, object], allowed: int | None
):
    endpoint.server.script = [status(400, {"error": {"message": words, **more}})]
    with pytest.raises(WindowError, match="longer than the model's window") as error:
        endpoint.ask()
    assert error.value.allowed_tokens == allowed
    assert f"set BLUF_CONTEXT{f'={allowed}' if allowed else ' to it'}" in str(error.value)
    assert len(endpoint.server.asked) == 1


def test_more_room_that_the_window_does_not_have_costs_one_answer_and_not_the_run(
    endpoint: Endpoint,
):
    full = fault(400, "maximum context length is 60 tokens, you requested 400")
    endpoint.server.script = [says("{", reason="length"), full]
    with pytest.raises(SchemaError, match="more than the model's window holds"):
        endpoint.ask()


def test_an_answer_that_ends_with_its_connection_is_asked_for_again(endpoint: Endpoint):
    endpoint.server.script = [cut_unseen, says({"word": "no"})]
    assert endpoint.ask().word == "no"
    assert "the connection was closed inside the answer" in endpoint.notes[0]


@pytest.mark.parametrize(
    "nonsense",
    [
        raw(200, b"not gzip", {"content-encoding": "gzip"}),
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
    ],
)
def test_what_is_no_http_is_a_lost_connection(endpoint: Endpoint, nonsense: bytes):
    endpoint.server.script = [nonsense, YES]
    assert endpoint.ask().word == "yes"
    endpoint.server.script = [nonsense]
    with pytest.raises(EndpointError, match="cannot be reached after 4 attempts: "):
        endpoint.ask(repeat=1)


@pytest.mark.parametrize(
    "step", [endless, raw(200, gzip.compress(b" " * 2**25), {"content-encoding": "gzip"})]
)
def test_a_body_without_end_fills_no_memory_and_is_final(endpoint: Endpoint, step):
    endpoint.server.script = [step]
    with pytest.raises(EndpointError, match="the answer is larger than 16 MiB"):
        endpoint.ask()
    assert len(endpoint.server.asked) == 1


def test_a_failure_told_inside_an_answer_is_a_failure(endpoint: Endpoint):
    busy = status(200, {"error": {"code": 502, "message": "upstream"}})
    endpoint.server.script = [busy, YES]
    assert endpoint.ask().word == "yes"
    endpoint.server.script = [busy]
    with pytest.raises(EndpointError, match="status 502 after 4 attempts: upstream"):
        endpoint.ask(repeat=1)


def test_a_stream_that_nobody_asked_for_is_named(endpoint: Endpoint):
    events = b': hello\ndata:{"choices":[]}\n\ndata: [DONE]\n\n'
    endpoint.server.script = [raw(200, events, {"content-type": "text/event-stream"})]
    with pytest.raises(EndpointError, match="a stream of events, which was not asked for"):
        endpoint.ask()
    assert "stream" not in endpoint.server.asked[0]


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (None, "did not say that it had ended, so it may be a part"),
        ("error", "ended in an error of the endpoint"),
        ("mystery\x1b[2J", r"a reason that is not known: 'mystery"),
        ("length", r"cut off for want of room \(400 tokens allowed\)"),
        ("model_length", "cut off for want of room"),
    ],
)
def test_every_way_to_end_has_its_own_message(endpoint: Endpoint, reason: str | None, message: str):
    endpoint.server.script = [says({"word": "yes"}, reason=reason)]
    with pytest.raises(SchemaError, match=message) as error:
        endpoint.ask()
    assert str(error.value).isprintable()


@pytest.mark.parametrize("reason", ["content_filter", "refusal", "safety"])
def test_an_answer_that_was_stopped_is_a_refusal_even_if_it_parses(endpoint: Endpoint, reason: str):
    endpoint.server.script = [says({"word": "yes"}, reason=reason)]
    with pytest.raises(RefusalError, match=r"declined: .*; try another model"):
        endpoint.ask()


@pytest.mark.parametrize("reason", ["eos", "eos_token", "end_turn"])
def test_other_servers_words_for_the_end_are_understood(endpoint: Endpoint, reason: str):
    endpoint.server.script = [says({"word": "yes"}, reason=reason)]
    assert endpoint.ask().word == "yes"


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_a_model_that_only_reasoned_is_said_to(endpoint: Endpoint, field: str):
    endpoint.server.script = [says(None, message={field: "Let me think."})]
    with pytest.raises(SchemaError, match="the answer was empty: the model only reasoned"):
        endpoint.ask()


def test_a_refusal_in_prose_is_shown_as_the_words_it_is(endpoint: Endpoint):
    endpoint.server.script = [says("I cannot help\x1b[31m with that.")]
    with pytest.raises(SchemaError, match=r"an answer in prose: 'I cannot help\[31m with") as error:
        endpoint.ask()
    assert error.value.attempts == 3


@pytest.mark.parametrize(
    "bad",
    [
        {"items": ["a"], "extra": 1},
        {"items": "a"},
        {},
        {"items": ["c"]},
        {"items": ["a"] * 10_000},
        {"items": ["c"] * 10_000},
        "{'items': ['a']}",
        '{"items": ["a"],}',
        '{"items": ["a"], "items": ["b"]}',
        '{"items": ["a\\u0000"]}',
    ],
)
def test_an_answer_against_the_schema_goes_back_within_bounds(endpoint: Endpoint, bad: object):
    endpoint.server.script = [says(bad), says({"items": ["b"]})]
    assert endpoint.ask(Items) == Items(items=("b",))
    assert len(json.dumps(endpoint.server.asked[1])) < 60_000
    endpoint.server.script = [says(bad)]
    with pytest.raises(SchemaError, match="no valid Items in 3 attempts"):
        endpoint.ask(Items, repeat=1)
    # The raw answer is history, for `bluf runs show --full`, and is served to nobody.
    kept = endpoint.store.show_run(endpoint.run)
    assert {call.call.outcome for call in kept} == {"invalid"}


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": 0, "completion_tokens": 0}, {"total_tokens": 9}]
)
def test_zeros_are_no_count_of_tokens(endpoint: Endpoint, usage: object):
    endpoint.server.script = [says({"word": "yes"}, usage=usage)]
    endpoint.ask()
    (kept,) = endpoint.store.show_run(endpoint.run)
    assert (kept.call.usage.tokens_in, kept.call.usage.tokens_out) == (None, None)


def test_a_line_of_waiting_calls_does_not_use_up_their_time(endpoint: Endpoint):
    def slow(connection):
        time.sleep(0.2)
        connection.sendall(YES)

    endpoint.server.script = [slow]
    asks = [(Reply, REQUEST, number) for number in range(12)]
    answers = endpoint.ask_all(*asks, parallel=1, patience=Patience(deadline_s=2.0))
    assert len(answers) == 12
