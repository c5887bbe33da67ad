"""Find prompt versions and read them: a version is a folder with a manifest."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from agent.clean import one_line
from agent.errors import UsageError
from agent.prompts.lock import find_changes, lock, read_lock
from agent.prompts.texts import (
    MANIFEST,
    Manifest,
    PromptSet,
    prompt_files,
    read_manifest,
    read_prompt,
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
NUMBER = re.compile(r"(\d+)")

State = Literal["released", "draft", "changed"]


@dataclass(frozen=True)
class Version:
    """One version as its folder holds it.

    Attributes:
        folder: Where it is; its name is the version's.
        manifest: Where it comes from and why.
        prompts: Its texts.
    """

    folder: Path
    manifest: Manifest
    prompts: PromptSet

    @property
    def name(self) -> str:
        """What its folder is called; its digest is what identifies it."""
        return self.folder.name

    @cached_property
    def changes(self) -> list[str] | None:
        """What changed since its release, a phrase for each; None for a draft.

        Raises:
            UsageError: The lock cannot be read, or a prompt names a shape that is not there.
        """
        released = read_lock(self.folder.parent).get(self.name)
        return None if released is None else find_changes(released, lock(self.prompts))

    @property
    def state(self) -> State:
        """Whether it is a draft, released, or released and changed since.

        Raises:
            UsageError: The lock cannot be read, or a prompt names a shape that is not there.
        """
        if self.changes is None:
            return "draft"
        return "changed" if self.changes else "released"


def find_version(version: str, own: Path | None = None) -> Version:
    """Return a version given its name or its path, whether or not the program can work with it.

    Raises:
        UsageError: There is none, two go by that name, or a file of it is not as it must be.
    """
    return read_version(find_folder(version, own))


def read_version(folder: Path) -> Version:
    """Return the version in a folder, whether or not the program can work with it.

    Raises:
        UsageError: One of its files is not as it must be.
    """
    manifest = read_manifest(folder)
    prompts = {prompt.name: prompt for prompt in map(read_prompt, prompt_files(folder))}
    return Version(folder, manifest, PromptSet(folder.name, manifest.temperature, prompts))


def find_folder(version: str, own: Path | None = None) -> Path:
    """Return the folder of a version.

    Args:
        version: Its name, or the path of its folder; a path holds a separator.
        own: The folder of the user's own versions.

    Raises:
        UsageError: There is none, or two go by that name.
    """
    if any(mark in version for mark in (os.sep, os.altsep) if mark):
        return _folder_at(version)
    versions = list_versions(own)
    found = [folder for folder in versions if folder.name == version]
    if len(found) == 1:
        return found[0]
    if found:
        places = " and ".join(str(folder.parent) for folder in found)
        raise UsageError(f"prompts: {version} is in {places}; rename one, or give its path")
    known = ", ".join(folder.name for folder in versions)
    raise UsageError(f"prompts: there is no version {version!r}; versions: {known}")


def list_versions(own: Path | None = None) -> list[Path]:
    """Return the folders of all versions, those of the package first, v2 before v10.

    Raises:
        UsageError: A folder of versions cannot be listed.
    """
    return [folder for place in places(own) for folder in versions_in(place)]


def versions_in(place: Path) -> list[Path]:
    """Return the folders of the versions in one place; none when there is no such place.

    Raises:
        UsageError: It cannot be listed.
    """
    try:
        folders = [entry for entry in place.iterdir() if NAME.fullmatch(entry.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"prompts: {place} cannot be listed ({error.strerror})") from error
    versions = (folder for folder in folders if (folder / MANIFEST).is_file())
    return sorted(versions, key=_by_number)


def places(own: Path | None = None) -> list[Path]:
    """Return the folders that hold versions: the package's, then the user's own."""
    return list(dict.fromkeys((shipped(), *([own.absolute()] if own is not None else []))))


def own_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of the user's own versions, which BLUF_PROMPTS names, or None."""
    named = environ.get("BLUF_PROMPTS", "").strip()
    return Path(named) if named else None


def shipped() -> Path:
    """Return the folder of the versions that come with the program."""
    # Not by the name of the package `prompts`: a folder of that name where Python is started would
    # be taken for a part of it.
    return Path(__file__).parents[2] / "prompts"


def _folder_at(path: str) -> Path:
    folder = Path(path).absolute()
    if not (folder / MANIFEST).is_file():
        raise UsageError(f"prompts: {one_line(path)} is no version: it holds no {MANIFEST}")
    # The name goes into every brief and into the lock.
    if not NAME.fullmatch(folder.name):
        raise UsageError(f"prompts: {one_line(folder.name)!r} is no name for a version; rename it")
    return folder


def _by_number(folder: Path) -> list[tuple[int, str]]:
    # Numbers stand at the odd places of what is split.
    parts = NUMBER.split(folder.name)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]
