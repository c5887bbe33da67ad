import pytest

from agent.config import Patience
from agent.errors import EndpointError, RefusalError, SchemaError
from agent.llm.request import Filled
from schemas.record import Record
from tests.llm.conftest import KEY, REQUEST, Endpoint, Reply
from tests.llm.faultserver import cut, drip, fault, lists, raw, reset, says, silence, status

YES = says({"word": "yes"})


class Figure(Record):
    """A figure."""

    value: float
    note: str


def test_the_request_on_the_wire_is_strict_and_enumerates_the_choices(endpoint: Endpoint):
    endpoint.server.script = [YES]
    assert endpoint.ask() == Reply(word="yes")
    (body,) = endpoint.server.asked
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "Is it so?"},
        ],
        "max_tokens": 50,
        "temperature": 0.2,
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "Reply",
                "strict": True,
                "schema": {
                    "type": "object",
                    "description": "Whether it is so.",
                    "properties": {"word": {"type": "string", "enum": ["yes", "no"]}},
                    "required": ["word"],
                    "additionalProperties": False,
                },
            },
        },
    }


def test_braces_and_dollars_of_a_source_arrive_as_they_are(endpoint: Endpoint):
    endpoint.server.script = [YES]
    hostile = "x {{ 7 * 7 }} {% raw %} $name ${HOME} {0} é \ud800"
    endpoint.ask(request=Filled("bluf", "s", hostile, 50, 0.0))
    sent = endpoint.server.asked[0]["messages"][1]["content"]
    assert sent == hostile.replace("\ud800", "?")


def test_an_answer_is_of_the_asked_for_type_and_carries_nothing_of_the_sdk(endpoint: Endpoint):
    endpoint.server.script = [YES]
    answer = endpoint.ask()
    assert type(answer) is Reply
    assert vars(answer) == {"word": "yes"}


def test_a_wait_that_the_endpoint_asks_for_is_waited_and_told(endpoint: Endpoint):
    endpoint.server.script = [fault(429, retry_after="1"), YES]
    assert endpoint.ask().word == "yes"
    assert len(endpoint.server.asked) == 2
    assert endpoint.notes == [
        f"{endpoint.server.url[7:-3]}: rate limited; waiting 1.0 s (1 of 3); "
        "4 calls at once from now on"
    ]


@pytest.mark.parametrize("code", [408, 409, 500, 502, 503, 529])
def test_a_passing_failure_is_tried_again(endpoint: Endpoint, code: int):
    endpoint.server.script = [fault(code), YES]
    assert endpoint.ask().word == "yes"
    assert len(endpoint.server.asked) == 2


@pytest.mark.parametrize("step", [reset, cut])
def test_a_lost_connection_is_tried_again_and_no_part_of_an_answer_is_used(
    endpoint: Endpoint, step
):
    endpoint.server.script = [step, says({"word": "no"})]
    assert endpoint.ask().word == "no"
    assert len(endpoint.server.asked) == 2


def test_a_failure_that_does_not_pass_ends_with_its_status(endpoint: Endpoint):
    endpoint.server.script = [fault(503, "over capacity")]
    with pytest.raises(EndpointError, match=r"status 503 after 4 attempts: over capacity") as error:
        endpoint.ask()
    assert error.value.http_status == 503
    assert len(endpoint.server.asked) == 4


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (fault(429, "You exceeded your quota: insufficient_quota"), "quota .* is used up"),
        (fault(429, retry_after="86400"), "asks to wait 24.0 h"),
        (fault(404), "set BLUF_MODEL"),
        (fault(307, location="http://elsewhere.example/v1"), "redirects to http://elsewhere"),
        (fault(400, "maximum context length is 4096 tokens, 9000 given"), "9000 given"),
        (fault(400, "no such thing"), "refused the request: no such thing"),
        (raw(200, b"<!doctype html><title>Sign in</title>"), "it sent a web page"),
        (raw(200, b'{"error": {"message": "teapot"}}'), "it sent an error.*teapot"),
        (raw(200, b'{"cho'), "only a part"),
        (raw(200, b"[" * 100_000), "only a part"),
    ],
)
def test_what_cannot_pass_is_final_at_once(endpoint: Endpoint, answer: bytes, message: str):
    endpoint.server.script = [answer]
    with pytest.raises(EndpointError, match=message):
        endpoint.ask()
    assert len(endpoint.server.asked) == 1
    assert endpoint.store.totals(endpoint.run).calls == 0


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key_is_named_by_its_variable_and_never_shown(endpoint: Endpoint, code: int):
    endpoint.server.script = [fault(code, f"Incorrect API key provided: {KEY[:12]}***")]
    with pytest.raises(EndpointError, match="set OPENAI_API_KEY") as error:
        endpoint.ask()
    assert KEY[:8] not in str(error.value)
    assert len(endpoint.server.asked) == 1


def test_a_key_that_the_endpoint_repeats_is_taken_out_of_its_words(endpoint: Endpoint):
    endpoint.server.script = [fault(400, f"bad header Bearer {KEY}")]
    with pytest.raises(EndpointError, match=r"bad header Bearer \[key\]"):
        endpoint.ask()


def test_control_characters_of_a_server_never_reach_a_message(endpoint: Endpoint):
    endpoint.server.script = [fault(400, "bad \x1b]0;title\x07 \x9b31m thing")]
    with pytest.raises(EndpointError) as error:
        endpoint.ask()
    assert str(error.value).isprintable()


def test_an_unknown_model_is_answered_with_those_that_are_known(endpoint: Endpoint):
    endpoint.server.script = [fault(404, "model not found")]
    endpoint.server.models = lists({"id": "small"}, {"id": "large"})
    with pytest.raises(EndpointError, match=r"has no model 'm'.*it lists: small, large"):
        endpoint.ask()


def test_a_closed_port_is_said_to_be_out_of_reach(endpoint: Endpoint):
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:9 cannot be reached"):
        endpoint.ask_all((Reply, REQUEST, 0), base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("step", [silence, drip])
def test_the_deadline_ends_a_silent_and_a_dripping_server(endpoint: Endpoint, step):
    endpoint.server.script = [step]
    with pytest.raises(EndpointError, match=r"no usable answer within 0.5 s"):
        endpoint.ask_all((Reply, REQUEST, 0), patience=Patience(deadline_s=0.5))


def test_an_answer_cut_off_gets_eight_times_the_room_once(endpoint: Endpoint):
    endpoint.server.script = [says('{"word": "yes"}', reason="length"), says({"word": "no"})]
    assert endpoint.ask().word == "no"
    assert [body["max_tokens"] for body in endpoint.server.asked] == [50, 400]


def test_an_answer_cut_off_twice_is_an_error_that_says_so(endpoint: Endpoint):
    endpoint.server.script = [says('{"word": "yes"}', reason="length")]
    with pytest.raises(SchemaError, match="cut off for want of room") as error:
        endpoint.ask()
    assert error.value.attempts == 2


def test_the_second_answer_of_a_truncated_call_is_served_without_asking(endpoint: Endpoint):
    endpoint.server.script = [says("{", reason="length"), YES]
    endpoint.ask()
    assert endpoint.ask() == Reply(word="yes")
    assert len(endpoint.server.asked) == 2
    assert endpoint.store.totals(endpoint.run).calls_from_store == 1


@pytest.mark.parametrize(
    "bad",
    [
        '{"word": "ye',
        '{"word": "maybe"}',
        '{"word": "yes", "more": 1}',
        "{}",
        '["yes"]',
        '{"word": ["yes"]}',
        "I would rather say yes.",
        '{"word": "yes"} {"word": "no"}',
        '{"word": "\\ud800"}',
    ],
)
def test_an_answer_of_another_shape_is_asked_again_with_what_was_wrong(
    endpoint: Endpoint, bad: str
):
    endpoint.server.script = [says(bad), YES]
    assert endpoint.ask().word == "yes"
    first, second = endpoint.server.asked
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2] == {"role": "assistant", "content": bad}
    assert "errors" in second["messages"][3]["content"]
    assert second["response_format"] == first["response_format"]


@pytest.mark.parametrize(
    "fine",
    [
        '\ufeff{"word": "yes"}',
        'Here it is:\n```json\n{"word": "yes"}\n```\nDone.',
        'The answer is {"word": "yes"} I think.',
    ],
)
def test_a_fence_or_words_around_one_object_are_forgiven(endpoint: Endpoint, fine: str):
    endpoint.server.script = [says(fine)]
    assert endpoint.ask().word == "yes"


@pytest.mark.parametrize(
    "bad",
    [
        '{"value": NaN, "note": ""}',
        '{"value": 1e999, "note": ""}',
        '{"value": ' + "9" * 5000 + ', "note": ""}',
        '{"value": ' + "[" * 100_000 + "}",
        '{"value": "1", "note": ""}',
    ],
)
def test_a_number_that_is_none_is_an_error_of_ours(endpoint: Endpoint, bad: str):
    endpoint.server.script = [says(bad)]
    with pytest.raises(SchemaError, match="no valid Figure in 3 attempts"):
        endpoint.ask(Figure)


def test_a_lone_surrogate_in_an_answer_does_not_crash(endpoint: Endpoint):
    body = says({"value": 1.5, "note": "a"}).replace(b'\\"a\\"', b'\\"\\ud800\\"')
    endpoint.server.script = [raw(200, body.partition(b"\r\n\r\n")[2])]
    assert endpoint.ask(Figure) == Figure(value=1.5, note="?")


def test_a_shape_that_never_comes_ends_after_three_readings_and_is_asked_again_next_time(
    endpoint: Endpoint,
):
    endpoint.server.script = [says({"word": "maybe"})]
    with pytest.raises(SchemaError, match=r"bluf: no valid Reply in 3 attempts.*word: Input") as e:
        endpoint.ask()
    assert (e.value.attempts, len(endpoint.server.asked)) == (3, 3)
    endpoint.server.script = [YES]
    assert endpoint.ask().word == "yes"


def test_a_refusal_comes_with_the_words_of_the_model(endpoint: Endpoint):
    endpoint.server.script = [says(None, message={"refusal": "I cannot\x1b[31m help."})]
    with pytest.raises(RefusalError, match=r"declined: I cannot\[31m help\.; try another"):
        endpoint.ask()
    endpoint.server.script = [says("{}", reason="content_filter")]
    with pytest.raises(RefusalError, match="content filter"):
        endpoint.ask()


@pytest.mark.parametrize(
    "nothing",
    [
        says(""),
        says(None),
        says("  \n"),
        says(None, message={"reasoning_content": "Hm."}),
        says(None, choices=[]),
        says({"word": "yes"}, reason=None),
        says({"word": "yes"}, reason="mystery"),
    ],
)
def test_nothing_is_asked_for_once_more_and_then_an_error(endpoint: Endpoint, nothing: bytes):
    endpoint.server.script = [nothing, YES]
    assert endpoint.ask().word == "yes"
    endpoint.server.script = [nothing]
    with pytest.raises(SchemaError, match="attempts; the last failed with: the answer"):
        endpoint.ask(repeat=1)
    assert len(endpoint.server.asked) == 4


def test_an_endpoint_without_json_schema_is_asked_with_strict_tools(endpoint: Endpoint):
    call = {
        "id": "t",
        "type": "function",
        "function": {"name": "Reply", "arguments": '{"word": "no"}'},
    }
    endpoint.server.script = [
        fault(400, "response_format is not supported"),
        says(None, reason="tool_calls", message={"tool_calls": [call]}),
    ]
    assert endpoint.ask_all((Reply, REQUEST, 0), (Reply, REQUEST, 1)) == [Reply(word="no")] * 2
    last = endpoint.server.asked[-1]
    assert "response_format" not in last
    assert last["tools"][0]["function"]["strict"] is True
    assert last["tools"][0]["function"]["parameters"]["additionalProperties"] is False
    assert last["tool_choice"] == {"type": "function", "function": {"name": "Reply"}}
    assert endpoint.structured_output == "tools"
    assert [
        note for note in endpoint.notes if "does not take json_schema" in note
    ] == endpoint.notes
    assert len(endpoint.notes) == 1


def test_the_weakest_endpoint_is_told_the_schema_in_words(endpoint: Endpoint):
    endpoint.server.script = [
        fault(400, "unknown field response_format"),
        fault(400, "tools are not supported"),
        fault(422, "response_format: extra fields not permitted"),
        says('Sure!\n```json\n{"word": "no"}\n```'),
    ]
    assert endpoint.ask().word == "no"
    assert endpoint.structured_output == "text"
    last = endpoint.server.asked[-1]
    assert set(last) == {"model", "messages", "max_tokens", "temperature"}
    assert last["messages"][1]["content"].startswith("Is it so?\n\nAnswer with one JSON object")
    # The answer is kept under what was asked, so that the next run needs no endpoint at all.
    asked = len(endpoint.server.asked)
    assert endpoint.ask().word == "no"
    assert (len(endpoint.server.asked), endpoint.structured_output) == (asked, "text")


def test_settings_that_a_model_does_not_take_are_learnt(endpoint: Endpoint):
    endpoint.server.script = [
        fault(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        fault(400, "Unsupported value: 'temperature' does not support 0.2"),
        YES,
    ]
    assert endpoint.ask().word == "yes"
    last = endpoint.server.asked[-1]
    assert last["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & set(last)
    assert endpoint.structured_output == "json_schema"
    assert endpoint.notes == []


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": -5, "completion_tokens": "many"}, {"prompt_tokens": 1e99}]
)
def test_tokens_that_are_not_told_have_no_price(endpoint: Endpoint, usage: object):
    endpoint.server.script = [says({"word": "yes"}, usage=usage)]
    endpoint.ask()
    totals = endpoint.store.totals(endpoint.run)
    assert (totals.calls, totals.tokens_in, totals.cost_usd) == (1, 0, None)


def test_the_key_is_sent_to_the_endpoint_and_to_no_other_place(endpoint: Endpoint, tmp_path):
    endpoint.server.script = [fault(500, f"trace {KEY}"), YES]
    endpoint.ask()
    assert endpoint.server.received[-1].headers["authorization"] == f"Bearer {KEY}"
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert KEY.encode() not in kept
    calls = endpoint.store.show_run(endpoint.run)
    assert not any(KEY in repr(call) for call in calls)
    assert KEY not in repr(endpoint.config) and KEY not in " ".join(endpoint.notes)


def test_no_request_follows_a_redirect(endpoint: Endpoint):
    from tests.llm.faultserver import run_server

    with run_server() as other:
        endpoint.server.script = [fault(307, location=f"{other.url}/chat/completions")]
        with pytest.raises(EndpointError, match="redirects"):
            endpoint.ask()
        assert other.received == []


def test_the_first_listed_model_answers_when_none_is_named(endpoint: Endpoint):
    endpoint.server.script = [YES]
    endpoint.server.models = lists({"id": "first", "max_model_len": 2048}, {"id": "second"})
    endpoint.ask_all((Reply, REQUEST, 0), model=None, context_tokens=None)
    assert endpoint.server.asked[0]["model"] == "first"


def test_a_model_cannot_be_chosen_where_none_is_listed(endpoint: Endpoint):
    endpoint.server.models = status(200, {"data": []})
    with pytest.raises(EndpointError, match="lists no model; set BLUF_MODEL"):
        endpoint.ask_all((Reply, REQUEST, 0), model=None)


def test_a_deadline_that_ends_the_retries_names_what_went_wrong_last(endpoint: Endpoint):
    endpoint.server.script = [fault(500)]
    with pytest.raises(EndpointError, match=r"within 0.5 s in all; the last try: .*500"):
        endpoint.ask_all((Reply, REQUEST, 0), patience=Patience(deadline_s=0.5, first_wait_s=0.3))
