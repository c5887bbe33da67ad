"""Let the model that the settings choose repair planted errors, and see what comes out.

`python -m evals.benchmarks.repair` sends back every claim of the planted set that the verifier
fails, as a section would, and checks the answer. It prints how many were saved and each saved
text beside the truth, for a person to say whether it is true. OPENAI_BASE_URL, OPENAI_API_KEY and
BLUF_MODEL choose the model, as for a brief; the judge is that model where it may judge.
"""

import asyncio
import os
import sys

from agent.config import Config
from agent.desk import Desk
from agent.llm.calls import open_store
from agent.llm.client import Model, open_model
from agent.material import marker, number_lines
from agent.pipeline import REPAIR_ROUNDS, REPAIR_ROUNDS_SMALL
from agent.progress import Silent
from agent.prompts import load_prompts
from agent.verify.cascade import check_claims, stands
from agent.verify.repair import settle
from evals.benchmarks.planted import TRUE, Planted, claim_of, read_articles, read_planted
from schemas.claims import Claim
from schemas.sources import Sources


def main() -> None:
    """Print what one model makes of the failing claims."""
    sys.stdout.write(asyncio.run(_run()))


async def _run() -> str:
    config = Config.from_env(os.environ)
    with open_store(config.store, _say) as store:
        run = store.begin_run(what="repair benchmark", model=config.model or "embedded")
        async with open_model(config, store=store, run=run, notify=_say) as model:
            articles = await read_articles()
            every = [(line, articles[line.article]) for line in read_planted()]
            failing = [pair for pair in every if await _fails(*pair)]
            repaired = [(pair[0], await _repaired(*pair, model)) for pair in failing]
        store.end_run(run, "done")
    saved = [(line, claim) for line, claim in repaired if claim is not None]
    lines = [f"{len(failing)} planted errors fail; repair saved {len(saved)} of them"]
    lines += [f"\n{line.kind}\n  was    {line.text}\n  now    {claim.text}\n  truth  {line.truth}"
              for line, claim in saved]  # fmt: skip
    return "\n".join(lines) + "\n"


async def _fails(line: Planted, sources: Sources) -> bool:
    if line.kind == TRUE:
        return False
    claim = claim_of(line, line.text, sources)
    verdict = (await check_claims([claim], sources, None, load_prompts()))[claim.id]
    return verdict.label in {"unsupported", "contradicted", "partial"}


async def _repaired(line: Planted, sources: Sources, model: Model) -> Claim | None:
    """Return the claim as it stands after repair, or None when it does not."""
    shown = tuple(sources.sentences.values())
    lines = number_lines(shown, sources)
    desk = Desk(
        model=model,
        judge=model if model.judges else None,
        prompts=load_prompts().with_material(marker(lines), lines),
        sources=sources,
        shown=shown,
        signals="",
        progress=Silent(),
        repair_rounds=REPAIR_ROUNDS if model.judges else REPAIR_ROUNDS_SMALL,
    )
    settled = await settle([claim_of(line, line.text, sources)], desk)
    (claim,) = settled.claims
    return claim if stands(settled.verdicts[claim.id]) else None


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
