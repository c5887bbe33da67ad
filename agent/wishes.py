"""What the user asked for beyond the sources, as every verb that writes a brief takes it."""

from dataclasses import dataclass, field

from agent.config import Config
from agent.llm.budget import Budget
from agent.prompts import PromptSet
from agent.sources.load import Stated
from schemas.filing import Category
from schemas.sources import Tlp


@dataclass(frozen=True)
class Wishes:
    """What the user asked for.

    Attributes:
        config: The endpoint, the model and the store.
        budget: What all calls together may use.
        prompts: One version of the prompts.
        judge: A model at the endpoint, "none", or None for the writer where it can judge.
        stated: What the user says of the source.
        tlp: The user's mark; a stricter one in a source holds.
        category: The user's own, instead of the model's.
        force: Whether to brief even what would be declined.
        allow_private: Whether addresses of the user's own network may be fetched.
    """

    config: Config
    budget: Budget
    prompts: PromptSet
    judge: str | None = None
    stated: Stated = field(default_factory=Stated)
    tlp: Tlp | None = None
    category: Category | None = None
    force: bool = False
    allow_private: bool = False
