"""Get the outputs that a comparison needs: from a model through the call store, or recorded."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from agent.config import Config
from agent.errors import EvidenceError
from agent.llm.budget import Budget
from agent.llm.calls import CallStore, open_store
from agent.llm.openai_model import OpenAIModel
from agent.llm.recordings import SUFFIX, About, Recording, read_recording, refill, replay
from agent.prompts import PromptSet
from agent.writing import open_models
from evals.generate import Job, Output, generate, missing, plan
from evals.items import EvalSet

Notify = Callable[[str], None]
USUAL_REPEATS = 3
REPLAYED = 4  # briefs at once: while one waits for its checks, another is put together


@dataclass(frozen=True)
class Sides:
    """The two versions of a comparison, each with the repeats it is run for.

    A version against itself gets repeats of its own on each side: the same ones would show that
    nothing differs from itself.
    """

    a: PromptSet
    b: PromptSet
    repeats_a: tuple[int, ...]
    repeats_b: tuple[int, ...]

    @classmethod
    def of(cls, a: PromptSet, b: PromptSet, repeats: int) -> "Sides":
        """Return the sides with so many repeats on each."""
        later = repeats if a.digest == b.digest else 0
        return cls(a, b, tuple(range(repeats)), tuple(range(later, later + repeats)))

    def jobs(self, evals: EvalSet) -> tuple[Job, ...]:
        """Return every job, the two versions side by side."""
        a = plan([self.a], evals.items, self.repeats_a)
        b = plan([self.b], evals.items, self.repeats_b)
        return tuple(job for pair in zip(a, b, strict=True) for job in pair)

    def split(self, outputs: Sequence[Output]) -> tuple[list[Output], list[Output]]:
        """Return the outputs of each side."""
        first, second = self.repeats_a, self.repeats_b
        return (
            [o for o in outputs if o.job.prompts is self.a and o.job.repeat in first],
            [o for o in outputs if o.job.prompts is self.b and o.job.repeat in second],
        )


@dataclass(frozen=True)
class Models:
    """Who writes and who judges, and where their calls are kept.

    Attributes:
        writer: Writes.
        judge: Settles what rules cannot, or None.
        store: Where every call is looked up and kept.
        lanes: How many briefs to have under way.
    """

    writer: OpenAIModel
    judge: OpenAIModel | None
    store: CallStore
    lanes: int


@asynccontextmanager
async def open_live(
    config: Config, judge: str | None, notify: Notify, budget: Budget
) -> AsyncIterator[Models]:
    """Give the models that the settings choose, with the user's call store behind them.

    Args:
        config: Which endpoint, model and store.
        judge: A model at the same endpoint; None: the writer, when it is large enough; "none".
        notify: Gets one line for each thing the user should know.
        budget: What all briefs together may use.

    Raises:
        UsageError: A setting is missing, or the judge is too small.
        EndpointError: The endpoint does not answer.
    """
    with open_store(config.store, notify) as store:
        models = open_models(config, judge, store=store, run="", notify=notify, budget=budget)
        async with models as (writer, checker):
            # One brief alone seldom keeps a hosted model busy.
            lanes = 1 if writer.endpoint == "embedded" else writer.parallel
            yield Models(writer, checker, store, lanes)


@asynccontextmanager
async def open_recorded(recordings: Sequence[Recording]) -> AsyncIterator[Models]:
    """Give the recorded model, which answers from the recordings and from nothing else.

    Raises:
        EvidenceError: The recordings are of different models.
    """
    about = recordings[0].about
    for other in recordings[1:]:
        if (other.about.model, other.about.provider) != (about.model, about.provider):
            raise EvidenceError(
                f"{about.version} was recorded from {about.model}, {other.about.version} from "
                f"{other.about.model}: they cannot be compared"
            )
    with open_store(None, lambda _: None) as store:
        run = store.begin_run(what="recordings", model=about.model)
        for recording in recordings:
            await refill(store, recording.calls, run=run)
        writer = replay(about, store)
        yield Models(writer, writer if about.judged else None, store, REPLAYED)


def find_recordings(
    versions: Sequence[PromptSet], evals: EvalSet, folder: Path | None, model: str | None
) -> list[Recording]:
    """Return the recording of each version on a set.

    Args:
        versions: What was recorded.
        evals: On which set.
        folder: Where recordings lie: a folder for each model; None for those of bluf.
        model: The model's name; None for the only one that has them all.

    Raises:
        EvidenceError: One is missing, or was made with other prompts.
    """
    base = folder or Path(str(resources.files("evals") / "recordings"))
    models = sorted(p.name for p in base.iterdir() if p.is_dir()) if base.is_dir() else []
    wanted = {version.version: version for version in versions}
    for name in [model] if model else models:
        files = [recording_file(base, name, evals, version) for version in wanted.values()]
        if all(file.is_file() for file in files):
            found = [read_recording(file) for file in files]
            for recording, version in zip(found, wanted.values(), strict=True):
                _check(recording.about, version)
            return found
    names = " and ".join(wanted)
    raise EvidenceError(
        f"{base}: there are no recordings of {names} on the set {evals.name}"
        + (f" from {model}" if model else "")
        + "; make them with bluf eval record, or leave out --offline"
    )


def recording_file(base: Path, model: str, evals: EvalSet, version: PromptSet) -> Path:
    """Return where the recording of a version on a set lies."""
    return base / model / f"{evals.name}-{version.version}{SUFFIX}"


async def collect(
    jobs: Sequence[Job],
    evals: EvalSet,
    models: Models,
    finished: Callable[[Output], None] = lambda _: None,
) -> list[Output]:
    """Return the output of every job.

    Args:
        jobs: What to make.
        evals: The set they are of.
        models: Who writes and judges.
        finished: Is told of each output as it comes.

    Raises:
        EvidenceError: A recording lacks what some jobs need; the message lists them.
        EndpointError: The endpoint failed for good; what is finished is kept.
    """
    outputs = []
    stream = generate(jobs, evals, models.writer, models.judge, models.store, lanes=models.lanes)
    async with aclosing(stream) as coming:
        async for output in coming:
            finished(output)
            outputs.append(output)
    if lacking := [output.job for output in outputs if output.unrecorded]:
        raise missing(lacking)
    return outputs


def as_recording(outputs: Sequence[Output], evals: EvalSet, models: Models) -> Recording:
    """Return a recording of everything that the outputs of one version rest on."""
    prompts = outputs[0].job.prompts
    calls = [
        kept.call for output in outputs if output.run for kept in models.store.show_run(output.run)
    ]
    session = models.writer.session
    about = About(
        set=evals.name,
        version=prompts.version,
        prompt_digest=prompts.digest,
        repeats=max(output.job.repeat for output in outputs) + 1,
        model=models.writer.name,
        endpoint=models.writer.endpoint,
        judged=models.judge is not None,
        provider=session.provider,
        context_tokens=session.context_tokens,
        parallel=models.writer.parallel,
        seeded=session.seeded,
        terse=session.terse,
        structured_output=session.endpoint.dialect.mode,
    )
    return Recording(about, tuple(calls))


def _check(about: About, version: PromptSet) -> None:
    if about.prompt_digest != version.digest:
        raise EvidenceError(
            f"the prompts {version.version} ({version.digest[:8]}) are not those that were "
            f"recorded ({about.prompt_digest[:8]}); record them anew with bluf eval record"
        )
