"""Say under which category a brief is filed, from a closed list; nothing is forced."""

from agent.desk import Desk
from agent.errors import EndpointError, ModelError
from schemas.filing import Category
from schemas.sections import Filing

PROMPT = "category"


async def choose_category(desk: Desk) -> Category | None:
    """Return the category of the main event, "other" where none fits.

    None where the prompt version asks for none, the model is too small to judge (it was right about
    9 of 29 articles, docs/library.md), or it gave no usable answer: a brief is not lost because
    nobody could say on which shelf it goes.

    Raises:
        EndpointError: The endpoint failed for good.
    """
    if PROMPT not in desk.prompts.prompts or not desk.model.judges:
        return None
    desk.progress.stage(PROMPT, "started")
    try:
        answer = await desk.ask(PROMPT)
    except EndpointError:
        raise
    except ModelError as error:
        desk.progress.note(f"filed under no category: {error}")
        return None
    category = answer.category if isinstance(answer, Filing) else None
    desk.progress.stage(PROMPT, "finished", category or "")
    return category
