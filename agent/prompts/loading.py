"""Load a version that the program can work with, and say what is wrong with one that it cannot."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from agent.errors import UsageError
from agent.prompts.digests import answer_shape, short
from agent.prompts.lock import LOCK, read_lock
from agent.prompts.texts import (
    MANIFEST,
    Prompt,
    PromptSet,
    prompt_files,
    read_manifest,
    read_prompt,
)
from agent.prompts.versions import (
    Version,
    find_folder,
    list_versions,
    places,
    read_version,
    shipped,
    versions_in,
)

# What a brief is written with unless a user chooses. Its prompts, their placeholders and the shapes
# of their answers are what the program works with, and so what every other version is held to.
DEFAULT = "v3"
# Asked only where a version has them: those that came before have not.
OPTIONAL = frozenset({"category"})
# The code that asks these names the shape itself: another one in a file would be hashed, not sent.
FIXED = frozenset(
    {"signals", "grade_items", "grade_speakers", "cross_impact", "judge", "judge_premises"}
)


def load_prompts(version: str = DEFAULT, own: Path | None = None) -> PromptSet:
    """Return the prompts of a version, ready to be filled.

    What would fail only at the call that needs it is found here, before anything is paid for.

    Args:
        version: Its name, or the path of its folder; a path holds a separator.
        own: The folder of the user's own versions.

    Raises:
        UsageError: There is no such version, one of its files is not as it must be, the program
            cannot work with it, or it changed since its release.
    """
    found = read_version(find_folder(version, own))
    faults = [*_misfits(found), *_changed(found)]
    if faults:
        more = f" ({len(faults) - 1} more: `bluf prompts check`)" if len(faults) > 1 else ""
        raise UsageError(f"prompts {found.name}: {faults[0]}{more}")
    return found.prompts


def find_faults(folder: Path, own: Path | None = None) -> list[str]:
    """Return everything that is wrong with a version, a line for each; none when it can be used.

    Args:
        folder: Where the version is.
        own: The folder of the user's own versions, where its parent may be.
    """
    try:
        if unreadable := list(_unreadable(folder)):
            return unreadable
        found = read_version(folder)
        faults = [*_misfits(found), *_missing_shapes(found.prompts), *_odd_parents(found, own)]
        # Without its shapes a version has no digest to compare.
        return list(dict.fromkeys(faults)) or list(_changed(found))
    except UsageError as error:  # of the default version, or of a lock
        return [str(error)]


def find_lost(own: Path | None = None) -> list[str]:
    """Return a line for each released version whose folder is gone, and each unreadable lock."""
    return [fault for place in places(own) for fault in _lost_from(place)]


def _lost_from(place: Path) -> Iterator[str]:
    try:
        released = read_lock(place)
    except UsageError as error:
        yield str(error)
        return
    for name in released:
        if not (place / name / MANIFEST).is_file():
            yield f"{name}: {place / LOCK} says that it is released; its folder is gone, restore it"


def _unreadable(folder: Path) -> Iterator[str]:
    for read, file in chain(
        [(read_manifest, folder)], ((read_prompt, file) for file in prompt_files(folder))
    ):
        try:
            read(file)
        except UsageError as error:
            yield str(error)


def _misfits(found: Version) -> Iterator[str]:
    """Say what of a version the program cannot work with."""
    default = shipped() / DEFAULT
    if found.folder == default:
        return
    expected, given = read_version(default).prompts.prompts, found.prompts.prompts
    for name in sorted(expected.keys() - given.keys() - OPTIONAL):
        yield f"there is no {name}.md, which the program asks"
    for name in sorted(given.keys() - expected.keys()):
        yield f"{name}.md: the program asks no such prompt"
    for name in sorted(expected.keys() & given.keys()):
        yield from _strange_placeholders(given[name], expected[name])
        yield from _strange_shape(given[name], expected[name])


def _strange_placeholders(given: Prompt, expected: Prompt) -> Iterator[str]:
    if strange := sorted(given.needs - expected.needs):
        known = ", ".join(f"${name}" for name in sorted(expected.needs)) or "none"
        yield f"{given.name}.md: nothing fills ${strange[0]} there; placeholders: {known}"


def _strange_shape(given: Prompt, expected: Prompt) -> Iterator[str]:
    if given.schema == expected.schema:
        return
    if given.schema is None or expected.schema is None or given.name in FIXED:
        yield f"{given.name}.md: schema must be {expected.schema or 'left out'}"
        return
    base = answer_shape(expected.schema, prompt=given.name)
    try:
        if not issubclass(answer_shape(given.schema, prompt=given.name), base):
            yield f"{given.name}.md: {given.schema} is no kind of {expected.schema}"
    except UsageError as error:
        yield str(error)


def _missing_shapes(prompts: PromptSet) -> Iterator[str]:
    for name in sorted(prompts.prompts):
        try:
            prompts.answer(name)
        except UsageError as error:
            yield str(error)


def _changed(found: Version) -> Iterator[str]:
    if not found.changes:
        return
    was = short(read_lock(found.folder.parent)[found.name].digest)
    advice = f"Undo that and change a copy instead: `bluf prompts new NAME --from {found.name}`"
    if any("shape of the answer" in change for change in found.changes):
        advice += ", which may name a new shape; one in use stays as it is"
    yield (
        f"released as {was}, but now {short(found.prompts.digest)}: "
        f"{', '.join(found.changes)}. {advice}"
    )


def _odd_parents(found: Version, own: Path | None) -> Iterator[str]:
    near = versions_in(found.folder.parent)
    folders = {folder.name: folder for folder in [*list_versions(own), *near]}
    line, manifest = [found.name], found.manifest
    while parent := manifest.parent:
        if parent in line:
            yield f"its line of parents runs in a circle: {' < '.join([*line, parent])}"
            return
        if parent not in folders:
            yield f"{line[-1]} has the parent {parent}, but there is no such version"
            return
        line.append(parent)
        manifest = read_manifest(folders[parent])
