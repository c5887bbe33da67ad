"""Make a new version from an old one, and release it once it is to change no more."""

import json
import shutil
import tempfile
from pathlib import Path

from agent.clean import one_line
from agent.errors import UsageError, WriteError
from agent.prompts.loading import find_faults
from agent.prompts.lock import lock, read_lock, write_lock
from agent.prompts.texts import MANIFEST, Manifest, prompt_files
from agent.prompts.versions import NAME, Version, find_version, list_versions, shipped


def new_version(
    name: str, parent: str, own: Path | None = None, *, author: str = "", why: str = ""
) -> Path:
    """Copy a version under a new name, and return the folder of the copy, a draft.

    It is made in the user's own folder; without one, among the versions of a checkout.

    Args:
        name: Letters, digits, hyphens and underscores, 40 at most.
        parent: Name or path of the version to copy.
        own: The folder of the user's own versions; it is made if need be.
        author: Who makes it.
        why: What it is meant to do better.

    Raises:
        UsageError: The name is odd or taken, there is no such parent, or bluf is installed and no
            own folder is named.
        WriteError: The folder cannot be written.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"prompts: {one_line(name)!r} is no name for a version; take letters, digits, - and _, "
            "40 at most"
        )
    source, place = find_version(parent, own), _place(own)
    # A file system may hold v2 and V2 for the same.
    taken = {folder.name.lower() for folder in list_versions(own)}
    if name.lower() in taken or (place / name).exists():
        raise UsageError(f"prompts: there is a version {name} already; take another name")
    manifest = Manifest(source.name, author, why, source.manifest.temperature)
    try:
        return _copy(source.folder, place / name, manifest)
    except OSError as error:
        raise WriteError(f"{place / name}: it cannot be made ({error.strerror})") from error


def release(version: str, own: Path | None = None) -> Version:
    """Write a version's digests to the lock beside it, and return the version.

    One that is released already and did not change is left as it is.

    Args:
        version: Its name, or the path of its folder.
        own: The folder of the user's own versions.

    Raises:
        UsageError: It has a fault, its manifest does not say who made it and why, or it was
            released and is another now.
        WriteError: The lock cannot be written.
    """
    found = find_version(version, own)
    if faults := find_faults(found.folder, own):
        raise UsageError(f"prompts {found.name}: {faults[0]}")
    if not (found.manifest.author.strip() and found.manifest.why.strip()):
        raise UsageError(f"prompts {found.name}: say in {MANIFEST} who made it (author) and why")
    place = found.folder.parent
    released = read_lock(place)
    if found.name not in released:
        write_lock(place, {**released, found.name: lock(found.prompts)})
    return found


def _place(own: Path | None) -> Path:
    if own is not None:
        return own.absolute()
    # What is written into an installed package is lost with the next upgrade.
    if (shipped().parent / "pyproject.toml").is_file():
        return shipped()
    raise UsageError(
        "bluf is installed, and a new version would be lost with the next: "
        "set BLUF_PROMPTS to a folder of your own"
    )


def _copy(source: Path, target: Path, manifest: Manifest) -> Path:
    """Copy the prompt files beside the target first, so that it appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for file in prompt_files(source):
            shutil.copyfile(file, part / file.name)
        (part / MANIFEST).write_text(_toml(manifest), encoding="utf-8", newline="\n")
        part.chmod(0o755)
        return part.rename(target)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _toml(manifest: Manifest) -> str:
    stated = {"parent": manifest.parent, "author": manifest.author, "why": manifest.why}
    # One clean line in JSON quotes is a TOML string too.
    lines = [
        f"{key} = {json.dumps(one_line(value, limit=500), ensure_ascii=False)}"
        for key, value in stated.items()
    ]
    return "\n".join([*lines, "", "[sampling]", f"temperature = {manifest.temperature}", ""])
