"""What a call cost, and how large a hosted model's window is, from the genai-prices tables."""

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from genai_prices.types import PriceCalculation

from agent.llm.calls import Usage


def cost_usd(model: str, base_url: str, usage: Usage) -> float | None:
    """Return the price of one call in US dollars, or None where it is not known.

    Args:
        model: The model's name at the endpoint.
        base_url: The endpoint; a model of the same name has no known price elsewhere.
        usage: Tokens as the endpoint counted them; without a count there is no price.
    """
    if usage.tokens_in is None or usage.tokens_out is None:
        return None
    cached = min(usage.tokens_cached or 0, usage.tokens_in)
    found = _look_up(model, base_url, usage.tokens_in, usage.tokens_out, cached)
    return float(found.total_price) if found else None


def context_window(model: str, base_url: str) -> int | None:
    """Return the window of a hosted model in tokens, or None where it is not known."""
    found = _look_up(model, base_url, 1, 1, 0)
    return found.model.context_window if found else None


def _look_up(
    model: str, base_url: str, tokens_in: int, tokens_out: int, cached: int
) -> PriceCalculation | None:
    usage = PricedUsage(input_tokens=tokens_in, output_tokens=tokens_out, cache_read_tokens=cached)
    try:
        return calc_price(usage, model_ref=model, provider_api_url=base_url)
    except LookupError:
        return None
