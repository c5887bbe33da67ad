"""Every error that bluf raises on purpose, each with its exit status.

    BlufError
    ├── UsageError            2   a flag or a setting makes no sense
    ├── SourceError           3   a source cannot be read or fetched
    ├── ModelError            4   the endpoint failed, or its answers stayed unusable
    │   ├── EndpointError         no usable answer: connection, status, time-out
    │   │   └── WindowError       the request is longer than the model's window
    │   ├── SchemaError           answers came, but none of the asked-for shape
    │   └── RefusalError          the model declined to answer
    ├── WriteError            5   the store or the output cannot be written
    ├── BudgetError           7   a limit of tokens, cost or time is reached
    ├── DeclinedError         8   the text cannot carry a brief
    └── EvidenceError         9   a recording is missing, or evidence does not match its hash

Anything else that escapes is a fault in bluf (status 70). The message of each is one line: what
failed, on which thing, and what to do about it.
"""


class BlufError(Exception):
    """The base: `except BlufError` catches every failure that was foreseen."""

    status = 70


class UsageError(BlufError):
    """A flag, a setting or a combination of them makes no sense."""

    status = 2


class SourceError(BlufError):
    """A source cannot be read or fetched.

    Attributes:
        name: What the user typed for the source.
        problem: What is wrong with it and what to do.
    """

    status = 3

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem


class ModelError(BlufError):
    """A model call failed for good."""

    status = 4


class EndpointError(ModelError):
    """The endpoint gave no usable answer.

    Attributes:
        prompt: Name of the prompt that was asked.
        http_status: The last HTTP status, or None when there was no response.
    """

    def __init__(self, prompt: str, problem: str, http_status: int | None = None) -> None:
        super().__init__(f"{prompt}: {problem}")
        self.prompt = prompt
        self.http_status = http_status


class WindowError(EndpointError):
    """The request is longer than the model's window.

    Attributes:
        allowed_tokens: The window as the endpoint names it; None when it names none.
    """

    def __init__(
        self, prompt: str, problem: str, http_status: int, allowed_tokens: int | None
    ) -> None:
        known = f"BLUF_CONTEXT={allowed_tokens}" if allowed_tokens else "BLUF_CONTEXT to it"
        super().__init__(
            prompt,
            f"the request is longer than the model's window: {problem}; set {known}, and the "
            "sources are read in parts that fit",
            http_status,
        )
        self.allowed_tokens = allowed_tokens


class SchemaError(ModelError):
    """Answers came, but none of the asked-for shape.

    Attributes:
        prompt: Name of the prompt that was asked.
        shape: Name of the wanted shape.
        attempts: How many answers were tried.
        last: What was wrong with the last one.
    """

    def __init__(self, *, prompt: str, shape: str, attempts: int, last: str) -> None:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        super().__init__(f"{prompt}: no valid {shape} in {tries}; the last failed with: {last}")
        self.prompt = prompt
        self.shape = shape
        self.attempts = attempts
        self.last = last


class RefusalError(ModelError):
    """The model declined to answer.

    Attributes:
        prompt: Name of the prompt that was asked.
        words: What the model said, if anything.
    """

    def __init__(self, *, prompt: str, words: str) -> None:
        said = f": {words}" if words else ""
        super().__init__(f"{prompt}: the model declined{said}; try another model")
        self.prompt = prompt
        self.words = words


class WriteError(BlufError):
    """The store or the output cannot be written."""

    status = 5


class BudgetError(BlufError):
    """A limit of tokens, cost or time is reached; the same command goes on from there.

    Attributes:
        calls: How many calls were made within the budget.
    """

    status = 7

    def __init__(self, problem: str, *, calls: int) -> None:
        if calls == 0:
            end = "stopped before any call: raise the limit"
        else:
            done = "1 call, which is" if calls == 1 else f"{calls} calls, which are"
            end = f"stopped after {done} kept: the same command goes on from there"
        super().__init__(f"{problem}; {end}")
        self.calls = calls


class DeclinedError(BlufError):
    """The text cannot carry a brief; `--force` overrides."""

    status = 8


class EvidenceError(BlufError):
    """A recording is missing, or a file is not the one whose hash is on record."""

    status = 9
