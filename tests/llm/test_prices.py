from agent.config import OPENAI_URL
from agent.llm.calls import Usage
from agent.llm.prices import context_window, cost_usd


def test_a_known_model_has_a_price_and_a_cached_token_costs_less():
    full = cost_usd("gpt-4o-mini", OPENAI_URL, Usage(tokens_in=1000, tokens_out=100))
    cached = cost_usd(
        "gpt-4o-mini", OPENAI_URL, Usage(tokens_in=1000, tokens_out=100, tokens_cached=900)
    )
    assert full is not None and cached is not None
    assert 0 < cached < full < 0.01


def test_what_is_not_known_has_no_price():
    usage = Usage(tokens_in=1000, tokens_out=100)
    assert cost_usd("no-such-model", OPENAI_URL, usage) is None
    assert cost_usd("gpt-4o-mini", "http://localhost:8080/v1", usage) is None
    assert cost_usd("gpt-4o-mini", OPENAI_URL, Usage(tokens_in=1000)) is None


def test_the_window_of_a_known_model_is_known():
    assert context_window("gpt-4o-mini", OPENAI_URL) == 128_000
    assert context_window("no-such-model", OPENAI_URL) is None
