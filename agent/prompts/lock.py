"""Keep what released versions were, in LOCK.toml beside them, and say what changed since."""

import hashlib
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import UsageError, WriteError
from agent.prompts.digests import set_digest, sha256_json
from agent.prompts.texts import MANIFEST, PromptSet, read_text

LOCK = "LOCK.toml"
HEAD = (
    "# What each released version of the prompts is; `bluf prompts release NAME` writes it.\n"
    "# A version that stands here never changes again, and one that does not is a draft.\n"
)
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LockedPrompt:
    """One prompt as it was released.

    `digest` alone decides; the rest lets a message say what changed.

    Attributes:
        digest: Of all of it, as `digests.section_digest` makes it.
        text: SHA-256 of the text.
        answer: SHA-256 of the JSON schema of the answer, as canonical JSON.
        max_tokens: Room for the answer.
        material: Whether the numbered source stands before the text.
    """

    digest: str
    text: str
    answer: str
    max_tokens: int
    material: bool


@dataclass(frozen=True)
class Locked:
    """One version as it was released."""

    digest: str
    temperature: float
    prompts: Mapping[str, LockedPrompt]


def lock(prompts: PromptSet) -> Locked:
    """Return what the lock says of these prompts once they are released.

    Raises:
        UsageError: A prompt names a shape that is not there.
    """
    locked = {
        name: LockedPrompt(
            digest=digest,
            text=hashlib.sha256(prompts.prompts[name].text.encode()).hexdigest(),
            answer=sha256_json(prompts.answer(name)),
            max_tokens=prompts.prompts[name].max_tokens,
            material=prompts.prompts[name].material,
        )
        for name, digest in prompts.digests.items()
    }
    return Locked(prompts.digest, prompts.temperature, locked)


def find_changes(released: Locked, now: Locked) -> list[str]:
    """Return what differs from the release, a phrase for each; none when the digests are equal."""
    if released.digest == now.digest:
        return []
    changes = []
    if released.temperature != now.temperature:
        changes.append(f"temperature in {MANIFEST} changed")
    for name in sorted(released.prompts.keys() | now.prompts.keys()):
        changes += _changes(name, released.prompts.get(name), now.prompts.get(name))
    return changes or ["what a digest covers changed"]


def read_lock(folder: Path) -> dict[str, Locked]:
    """Return the released versions among those in a folder, by name; none without a lock.

    Raises:
        UsageError: The lock cannot be read, or was edited.
    """
    file = folder / LOCK
    if not file.exists():
        return {}
    try:
        stated = tomllib.loads(read_text(file))
        return {name: _locked(entry) for name, entry in stated.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{folder.name}/{LOCK}: it is not as `bluf prompts release` wrote it; restore it"
        ) from error


def write_lock(folder: Path, released: Mapping[str, Locked]) -> None:
    """Write the lock of a folder; it is replaced whole or not at all.

    Raises:
        WriteError: It cannot be written.
    """
    file = folder / LOCK
    text = "\n".join((HEAD, *(_entry(name, released[name]) for name in sorted(released))))
    try:
        descriptor, part = tempfile.mkstemp(dir=folder, prefix=f".{LOCK}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(part).chmod(0o644)
            Path(part).replace(file)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteError(f"{file}: it cannot be written ({error.strerror})") from error


def _changes(name: str, released: LockedPrompt | None, now: LockedPrompt | None) -> Iterator[str]:
    if released is None or now is None:
        yield f"{name}.md is {'new' if released is None else 'gone'}"
        return
    if released.text != now.text:
        yield f"the text of {name}.md changed"
    if released.answer != now.answer:
        yield f"the shape of the answer to {name} changed"
    for setting in ("max_tokens", "material"):
        if getattr(released, setting) != getattr(now, setting):
            yield f"{setting} in {name}.md changed"


def _locked(entry: dict[str, Any]) -> Locked:
    prompts = {name: LockedPrompt(**stated) for name, stated in entry["prompts"].items()}
    digests = {name: prompt.digest for name, prompt in prompts.items()}
    if not all(map(SHA256.fullmatch, digests.values())) or set_digest(digests) != entry["digest"]:
        raise ValueError("the digests do not fit together")
    return Locked(entry["digest"], float(entry["temperature"]), prompts)


def _entry(name: str, locked: Locked) -> str:
    lines = [f"[{name}]", f'digest = "{locked.digest}"', f"temperature = {locked.temperature}"]
    for prompt, stated in sorted(locked.prompts.items()):
        lines += [
            "",
            f"[{name}.prompts.{prompt}]",
            f'digest = "{stated.digest}"',
            f'text = "{stated.text}"',
            f'answer = "{stated.answer}"',
            f"max_tokens = {stated.max_tokens}",
            f"material = {str(stated.material).lower()}",
        ]
    return "\n".join(lines) + "\n"
