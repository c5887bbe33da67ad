"""Ask a model for verdicts; where it fails, claims go unchecked and the brief is still made."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from agent.errors import EndpointError, ModelError, SchemaError, WindowError
from agent.llm.client import Model
from agent.llm.request import Filled
from agent.llm.schema import schema_name

S = TypeVar("S", bound=BaseModel)

# The endpoint found fault with one request; the next may do.
OF_ONE_REQUEST = frozenset({200, 400, 413, 422})


class Judge:
    """A model as its brief's judge; satisfies `agent.llm.client.Model`.

    What has been written is not lost because the judge's endpoint fails: no answer is like an
    answer of no use, and what was asked about is withheld as unchecked. Once the endpoint has
    failed for good it is not asked again, or every claim would wait out all retries.

    Attributes:
        model: The model itself.
        name: Its name and, once it has failed, in words how often, for every view of the brief.
        context_tokens: Its window.
        parallel: How many calls may be in flight.
        judges: Whether it is large enough.
    """

    def __init__(self, model: Model, notify: Callable[[str], None]) -> None:
        self.model = model
        self.name = model.name
        self.context_tokens = model.context_tokens
        self.parallel = model.parallel
        self.judges = model.judges
        self._notify = notify
        self._asked = 0
        self._failed = 0
        self._down: EndpointError | None = None

    async def ask(self, shape: type[S], request: Filled, *, repeat: int = 0) -> S:
        """Return a valid value of `shape`; see `agent.llm.client.Model.ask`.

        Raises:
            SchemaError: No usable answer came, the endpoint's failures included.
            RefusalError: The model declined.
            BudgetError: The call could pass a limit of the run.
        """
        try:
            if self._down is not None:
                raise self._down
            return await self.model.ask(shape, request, repeat=repeat)
        except ModelError as error:
            self._failed += 1
            if not isinstance(error, EndpointError):
                raise
            self._stop_asking(error)
            raise SchemaError(
                prompt=request.prompt, shape=schema_name(shape), attempts=1, last=str(error)
            ) from error
        finally:
            self._asked += 1
            self._say_how_often()

    def _stop_asking(self, error: EndpointError) -> None:
        one = isinstance(error, WindowError) or error.http_status in OF_ONE_REQUEST
        if self._down is None and not one:
            self._down = error
            self._notify(f"the judge fails, and what it has to check is withheld: {error}")

    def _say_how_often(self) -> None:
        if self._failed:
            self.name = (
                f"{self.model.name}, which FAILED in {self._failed} of {self._asked} calls: "
                "what they were to check is withheld"
            )
