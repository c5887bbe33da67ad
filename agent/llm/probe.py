"""Find out what the chosen endpoint can do, for `bluf doctor`; nothing is printed or kept."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from agent.config import Config
from agent.errors import SchemaError
from agent.llm.calls import open_store
from agent.llm.client import Notify, open_model
from agent.llm.request import Filled
from schemas.record import Record

REQUEST = Filled(
    prompt="probe",
    system="You describe the weather.",
    text="Say in two sentences what the weather is like on a day in May.",
    max_tokens=200,
    temperature=0.0,
)


class Weather(Record):
    """The weather."""

    # No model would choose these by itself: where one comes back, the schema is enforced.
    station: Literal["zq7", "kx4"]
    report: str = Field(min_length=80, max_length=300)


@dataclass(frozen=True)
class Probe:
    """What one small question showed.

    Attributes:
        model: The model that answers.
        endpoint: Which kind of endpoint it is.
        context_tokens: The model's window.
        parallel: How many calls would be in flight.
        judges: False for a model too small to be asked for a verdict.
        structured_output: How the schema was asked for.
        constrained: Whether the first answer had the shape.
        seconds: Time of the answer.
        tokens_per_second: Speed of the answer; None when the endpoint counts no tokens.
        fault: Why no answer had the shape; None when one had.
    """

    model: str
    endpoint: Literal["embedded", "openai-compatible"]
    context_tokens: int
    parallel: int
    judges: bool
    structured_output: str
    constrained: bool
    seconds: float
    tokens_per_second: float | None
    fault: str | None


async def probe(config: Config, notify: Notify) -> Probe:
    """Return what the endpoint of the settings can do, after one question to it.

    Args:
        config: Which endpoint and model.
        notify: Gets one line for each wait and each fallback.

    Raises:
        UsageError: No model is installed, or a setting is missing.
        EndpointError: The endpoint does not answer.
        RefusalError: The model declined.
    """
    with open_store(None, notify) as store:
        run = store.begin_run(what="probe", model=config.model or "")
        async with open_model(config, store=store, run=run, notify=notify) as model:
            fault = None
            try:
                await model.ask(Weather, REQUEST)
            except SchemaError as error:
                fault = error.last
            totals = store.totals(run)
            speed = totals.tokens_out / totals.seconds if totals.tokens_out else None
            return Probe(
                model=model.name,
                endpoint=model.endpoint,
                context_tokens=model.context_tokens,
                parallel=model.parallel,
                judges=model.judges,
                structured_output=model.structured_output,
                constrained=fault is None and totals.calls == 1,
                seconds=totals.seconds,
                tokens_per_second=speed,
                fault=fault,
            )
