"""What every section is written with: the models, the prompts, the sources, the signals."""

from dataclasses import dataclass
from pkgutil import resolve_name

from agent.llm.client import Model
from agent.progress import Progress
from agent.prompts import PromptSet
from schemas.sections import Answer, citing
from schemas.sources import Sentence, Sources


@dataclass(frozen=True)
class Desk:
    """The writer's desk for one brief.

    Attributes:
        model: Writes.
        judge: Settles what rules cannot, or None when no model may.
        prompts: With the material already in front of every task.
        sources: Everything that was read; claims are checked against all of it.
        shown: The sentences the prompts show; only these can be cited.
        signals: The signals as one text, for prompts that need them.
        repair_rounds: How often a failing claim goes back to the writer.
    """

    model: Model
    judge: Model | None
    prompts: PromptSet
    sources: Sources
    shown: tuple[Sentence, ...]
    signals: str
    progress: Progress
    repair_rounds: int

    async def ask(self, prompt: str, **values: str) -> Answer:
        """Return the model's answer to one prompt, in the shape its file names.

        Raises:
            ModelError: No usable answer came.
        """
        named = self.prompts.prompts[prompt].schema
        if named is None:
            raise ValueError(f"prompt {prompt} names no schema")
        shape: type[Answer] = resolve_name(named)
        bound = citing(shape, [sentence.id for sentence in self.shown])
        wanted = self.prompts.prompts[prompt].needs
        filled = self.prompts.fill(prompt, **{k: v for k, v in values.items() if k in wanted})
        return await self.model.ask(bound, filled)
