"""Say whether what made a brief is at hand: the version of the prompts, and of the program."""

from pathlib import Path

from agent import __version__
from agent.clean import one_line
from agent.errors import UsageError
from agent.prompts.digests import short
from agent.prompts.versions import find_version
from schemas.brief import Brief
from schemas.recheck import Check, Fault


def check_making(brief: Brief, own: Path | None = None) -> Check:
    """Return whether the prompts that made the brief are those that go by that name here.

    A version that is not installed, and a draft that went on, are no fault of the brief; a released
    version under the same name with another hash is.

    Args:
        brief: What was made.
        own: The folder of the user's own versions.
    """
    faults, notes = _prompts(brief.run.prompt_version, brief.run.prompt_hash, own)
    if brief.run.bluf_version != __version__:
        written = one_line(brief.run.bluf_version)
        notes += (f"written by bluf {written}, and this is {__version__}: a step may differ",)
    return Check(
        name="prompts",
        subject="conclusions",
        asked="the prompts of that name have the hash that the brief bears",
        count=1,
        unit="version",
        faults=faults,
        notes=notes,
    )


def _prompts(name: str, digest: str, own: Path | None) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    named = one_line(name)
    try:
        # A name alone: what a brief calls its prompts leads to no folder of its choice.
        version = find_version(Path(name).name, own)
        same, state = version.prompts.digest == digest, version.state
    except UsageError as error:
        return (), (f"the prompts {named} cannot be compared: {error}",)
    if same:
        return (), ()
    said = f"{named} has the hash {short(version.prompts.digest)} here, and the brief bears "
    if state == "draft":
        return (), (f"{said}{one_line(short(digest))}: it is a draft that went on",)
    return (Fault(where="prompts", problem=f"{said}{one_line(short(digest))}"),), ()
