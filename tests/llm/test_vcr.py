from pathlib import Path

import vcr

from agent.llm.calls import open_store
from agent.llm.secret import hide_key
from tests.llm.conftest import KEY, REQUEST, Endpoint, Reply
from tests.llm.faultserver import says
from tests.llm.test_secret import KEPT_HEADERS, leaks


def only_kept_headers(message):
    """Keep the headers that matter: an allow-list cannot forget a credential."""
    headers = message["headers"] if isinstance(message, dict) else message.headers
    for name in [name for name in headers if name.lower() not in KEPT_HEADERS]:
        del headers[name]
    return message


def without_key(response):
    response["body"]["string"] = hide_key(response["body"]["string"].decode("latin-1"), KEY).encode(
        "latin-1"
    )
    return only_kept_headers(response)


def test_a_call_can_be_recorded_without_the_key_and_replayed_without_a_server(
    endpoint: Endpoint, tmp_path: Path
):
    """The server repeats the key in its headers and its body, beside the answer."""
    repeated = {"set-cookie": f"key={KEY}", "openai-organization": KEY, "x-key": KEY}
    answer = says({"word": "no"}, id=f"c-{KEY}")
    head, _, body = answer.partition(b"\r\n\r\n")
    more = "".join(f"\r\n{name}: {value}" for name, value in repeated.items()).encode()
    endpoint.server.script = [head + more + b"\r\n\r\n" + body]
    recorder = vcr.VCR(
        match_on=["method", "path", "body"],
        before_record_request=only_kept_headers,
        before_record_response=without_key,
        record_mode="once",
    )
    cassette = tmp_path / "one.yaml"
    with recorder.use_cassette(str(cassette)):
        assert endpoint.ask() == Reply(word="no")
    assert len(endpoint.server.asked) == 1
    assert leaks(cassette.read_text()) == []
    with recorder.use_cassette(str(cassette)) as played, open_store(None, print) as endpoint.store:
        (again,) = endpoint.ask_all((Reply, REQUEST, 0), base_url="http://127.0.0.1:9/v1")
        assert again == Reply(word="no")
        assert played.all_played
