"""Brief the articles of a batch, several at once, and say of each what became of it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from agent.batch.articles import Article, Found, Unreadable
from agent.batch.index import Entry, Index
from agent.errors import BudgetError, DeclinedError, EndpointError, ModelError, SourceError
from agent.llm.calls import CallStore
from agent.llm.judge import OF_ONE_REQUEST
from agent.llm.openai_model import OpenAIModel
from agent.progress import Silent
from agent.sources.load import load_sources
from agent.triage import require_substance
from agent.wishes import Wishes
from agent.writing import write_with
from schemas.brief import Brief
from schemas.sources import Sources

KEY_LENGTH = 16  # hex digits; 100,000 articles meet by chance once in a billion batches


@dataclass(frozen=True)
class Batch:
    """One batch under way.

    Attributes:
        models: The writer and the judge, which all lanes share.
        wishes: What every brief is written with.
        store: Where every call is looked up and kept.
        index: What became of each article so far.
        write: Writes a brief to a file whose ending names the format.
        ending: That ending, such as .json.
        made_with: Digest of all that a brief depends on beside its article.
    """

    models: tuple[OpenAIModel, OpenAIModel | None]
    wishes: Wishes
    store: CallStore
    index: Index
    write: Callable[[Brief, Path], None]
    ending: str
    made_with: str


async def brief_all(
    found: Found, batch: Batch, *, lanes: int
) -> AsyncGenerator[tuple[Entry, bool], None]:
    """Give what became of each article as soon as it is known, and whether it was found out now.

    What the index says is done with the same prompts and models is not done again. No more than
    `lanes` articles are in memory.

    Args:
        found: The articles.
        batch: Everything they share.
        lanes: How many to brief at once.

    Raises:
        EndpointError: The endpoint failed for good, and would fail for every other article.
        BudgetError: A limit is reached.
        WriteError: The folder cannot be written.
    """
    texts = {e.text_sha256: e.key for e in batch.index if e.outcome == "done" and e.text_sha256}
    running: set[asyncio.Task[Entry]] = set()
    try:
        async with aclosing(found) as coming:
            async for article in coming:
                if earlier := _settled(article, batch):
                    yield earlier, False
                    continue
                running.add(asyncio.create_task(_settle(article, batch, texts)))
                if len(running) >= lanes:
                    done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        yield task.result(), True
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result(), True
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def made_with(models: tuple[OpenAIModel, OpenAIModel | None], wishes: Wishes) -> str:
    """Return the digest of all that a brief depends on beside its article."""
    writer, judge = models
    parts = (wishes.prompts.digest, writer.name, judge.name if judge else "", wishes.tlp or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:KEY_LENGTH]


def _settled(article: Article | Unreadable, batch: Batch) -> Entry | None:
    """Return what an earlier run made of the article, where it still holds."""
    entry = batch.index[article.key]
    if entry is None or isinstance(article, Unreadable) or entry.outcome == "failed":
        return None
    same = (entry.fingerprint, entry.made_with) == (article.fingerprint, batch.made_with)
    there = entry.file is None or (batch.index.path.parent / entry.file).is_file()
    return entry if same and there else None


async def _settle(article: Article | Unreadable, batch: Batch, texts: dict[str, str]) -> Entry:
    entry = Entry(key=article.key, outcome="failed", made_with=batch.made_with)
    if isinstance(article, Unreadable):
        entry = entry.model_copy(update={"reason": article.problem, "status": SourceError.status})
    else:
        entry = entry.model_copy(update={"fingerprint": article.fingerprint})
        entry = await _brief(article, entry, batch, texts)
    batch.index.add(entry)
    return entry


async def _brief(article: Article, entry: Entry, batch: Batch, texts: dict[str, str]) -> Entry:
    digest = ""
    try:
        sources = await _load(article, batch.wishes)
        digest = sources.items[0].sha256
        first = texts.setdefault(digest, article.key)
        if first != article.key:
            reason = f"its text is that of {first}"
            return _with(entry, outcome="duplicate", reason=reason, text_sha256=digest)
        if not batch.wishes.force:
            require_substance(sources)
        written = await write_with(batch.models, sources, batch.wishes, batch.store, Silent())
    except DeclinedError as error:
        return _with(entry, outcome="declined", reason=str(error), status=error.status)
    except BudgetError:
        raise
    except (SourceError, ModelError) as error:
        if isinstance(error, EndpointError) and error.http_status not in OF_ONE_REQUEST:
            raise
        # Another copy of the same text may have better luck.
        texts.pop(digest, None)
        return _with(entry, reason=str(error), status=error.status)
    file = f"{_hashed(article.key)}{batch.ending}"
    batch.write(written, batch.index.path.parent / file)
    return _with(
        entry,
        outcome="done",
        file=file,
        title=written.title,
        run=written.run.id,
        text_sha256=digest,
        confidence=written.confidence.level,
        kept=len(written.ledger) - len(written.withheld),
        withheld=len(written.withheld),
    )


async def _load(article: Article, wishes: Wishes) -> Sources:
    stated = replace(
        article.stated,
        reliability=wishes.stated.reliability,
        credibility=wishes.stated.credibility,
    )
    sources = await load_sources(
        [article.name],
        stated=stated,
        stdin=article.raw,
        allow_private=wishes.allow_private,
        force=wishes.force,
    )
    named = tuple(source.model_copy(update={"name": article.key}) for source in sources.items)
    return sources.model_copy(update={"items": named})


def _with(entry: Entry, **changes: object) -> Entry:
    return entry.model_copy(update=changes)


def _hashed(key: str) -> str:
    """Return a file name for a key, which may hold whatever an outsider put into it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]
