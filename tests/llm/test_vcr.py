from pathlib import Path

import vcr

from agent.llm.calls import open_store
from tests.llm.conftest import KEY, REQUEST, Endpoint, Reply
from tests.llm.faultserver import says


def test_a_call_can_be_recorded_and_replayed_without_a_server(endpoint: Endpoint, tmp_path: Path):
    endpoint.server.script = [says({"word": "no"})]
    recorder = vcr.VCR(
        match_on=["method", "path", "body"],
        filter_headers=["authorization"],
        record_mode="once",
    )
    cassette = str(tmp_path / "one.yaml")
    with recorder.use_cassette(cassette):
        assert endpoint.ask() == Reply(word="no")
    assert len(endpoint.server.asked) == 1
    assert KEY not in Path(cassette).read_text()
    with recorder.use_cassette(cassette) as played, open_store(None, print) as endpoint.store:
        (answer,) = endpoint.ask_all((Reply, REQUEST, 0), base_url="http://127.0.0.1:9/v1")
        assert answer == Reply(word="no")
        assert played.all_played
