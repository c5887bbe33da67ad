"""What one call to the model needs: a filled prompt and its sampling settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filled:
    """A prompt file with its placeholders filled, ready to be sent.

    Attributes:
        prompt: Name of the prompt file, such as bluf.
        system: The system message.
        text: The user message: the shared part (the source) first, the task last, so that
            endpoints can reuse the prefix.
        max_tokens: Room for the answer, in tokens.
        temperature: Sampling temperature, 0 or more.
    """

    prompt: str
    system: str
    text: str
    max_tokens: int
    temperature: float
