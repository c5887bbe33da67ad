"""Read the files of one prompt version and fill their texts."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any

from agent.clean import one_line
from agent.errors import UsageError
from agent.llm.request import Filled
from agent.material import break_tags
from agent.prompts.digests import answer_schema, section_digest, set_digest

SYSTEM = "system"
MATERIAL = "material"
MANIFEST = "manifest.toml"
LARGEST = 200_000  # bytes; no window of a model takes a task of that size
FENCE = "+++\n"
FRONT = {"needs": list, "schema": str, "method": str, "max_tokens": int, "material": bool}
SHAPE = re.compile(r"schemas(\.[A-Za-z_][A-Za-z0-9_]*)+")
HOTTEST = 2.0  # the highest temperature that endpoints take


@dataclass(frozen=True)
class Prompt:
    """One prompt file: its text with `$name` placeholders, and what its front matter says."""

    name: str
    text: str
    needs: frozenset[str]
    schema: str | None = None
    method: str | None = None
    max_tokens: int = 0
    material: bool = False


@dataclass(frozen=True)
class Manifest:
    """Where a version comes from, and how its prompts are sampled.

    Attributes:
        parent: The version it was made from; empty for the first.
        author: Who made it.
        why: What it is meant to do better than its parent.
        temperature: Sampling temperature of every call, 0 to 2.
    """

    parent: str
    author: str
    why: str
    temperature: float


@dataclass(frozen=True)
class PromptSet:
    """All prompts of one version, and the material (the numbered source) they share."""

    version: str
    temperature: float
    prompts: Mapping[str, Prompt]
    material: str = field(default="")

    def with_material(self, marker: str, sentences: str) -> "PromptSet":
        """Return the same prompts with the numbered source in front of every task."""
        text = _substitute(self.prompts[MATERIAL], {"marker": marker, "sentences": sentences})
        return replace(self, material=text)

    def fill(self, name: str, **values: str) -> Filled:
        """Return one filled prompt: system text, then the material, then the task.

        The long shared part stands first, so that an endpoint's prefix cache serves every call
        after the first.

        Raises:
            KeyError: The version has no prompt of that name, or a placeholder got no value.
        """
        prompt = self.prompts[name]
        task = _substitute(prompt, values)
        return Filled(
            prompt=name,
            system=_substitute(self.prompts[SYSTEM], {}),
            text=f"{self.material}\n\n{task}" if prompt.material else task,
            max_tokens=prompt.max_tokens,
            temperature=self.temperature,
        )

    @property
    def methods(self) -> dict[str, str]:
        """The source of the method of each prompt that follows one, by the prompt's name."""
        return {name: prompt.method for name, prompt in self.prompts.items() if prompt.method}

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each prompt by its name, the system text among them.

        Raises:
            UsageError: A prompt names a shape that is not there.
        """
        return {name: self._digest(prompt) for name, prompt in sorted(self.prompts.items())}

    @property
    def digest(self) -> str:
        """What identifies the version: SHA-256 over the digests of its prompts.

        Raises:
            UsageError: A prompt names a shape that is not there.
        """
        return set_digest(self.digests)

    def answer(self, name: str) -> dict[str, Any] | None:
        """Return the strict JSON schema of a prompt's answer, or None where no answer is asked.

        It is the schema as sent, but for the ids of the sentences that a run puts in.

        Raises:
            KeyError: The version has no prompt of that name.
            UsageError: The prompt names a shape that is not there.
        """
        dotted = self.prompts[name].schema
        return None if dotted is None else answer_schema(dotted, prompt=name)

    def _digest(self, prompt: Prompt) -> str:
        return section_digest(
            prompt.text,
            answer=self.answer(prompt.name),
            sampling={"temperature": self.temperature},
            max_tokens=prompt.max_tokens,
            material=prompt.material,
        )


def prompt_files(folder: Path) -> list[Path]:
    """Return the prompt files of a version, by name; hidden files are none of them.

    Raises:
        UsageError: The folder cannot be listed.
    """
    try:
        return sorted(p for p in folder.iterdir() if p.suffix == ".md" and p.name[0] != ".")
    except OSError as error:
        raise UsageError(f"prompts {_shown(folder)}: {error.strerror}") from error


def read_prompt(file: Path) -> Prompt:
    """Return the prompt that a file holds.

    Raises:
        UsageError: It cannot be read, its front matter is not as it must be, or `needs` and the
            text disagree.
    """
    name = file.name.removesuffix(".md")
    fence, _, rest = read_text(file).partition(FENCE)
    front, closing, text = rest.partition(f"\n{FENCE}")
    if fence or not closing:
        raise UsageError(f"prompt {_shown(file)}: it must open with TOML between two lines of +++")
    prompt = _prompt(name, _front_matter(f"{front}\n", file), text.strip())
    template = Template(prompt.text)
    if not template.is_valid():
        raise UsageError(f"prompt {_shown(file)}: a $ that begins no name is written $$")
    if (found := frozenset(template.get_identifiers())) != prompt.needs:
        raise UsageError(
            f"prompt {_shown(file)}: needs = {sorted(prompt.needs)}, "
            f"but the text has {sorted(found)}"
        )
    return prompt


def read_manifest(folder: Path) -> Manifest:
    """Return what a version's manifest says.

    Raises:
        UsageError: It is missing, or is not as it must be.
    """
    file = folder / MANIFEST
    stated = _toml(read_text(file), file)
    sampling = stated.pop("sampling", None)
    if set(stated) != {"parent", "author", "why"} or not _all_are(str, stated.values()):
        raise UsageError(f"{_shown(file)}: it must hold parent, author and why, each a text")
    if not isinstance(sampling, dict) or set(sampling) != {"temperature"}:
        raise UsageError(f"{_shown(file)}: [sampling] must hold temperature and nothing else")
    temperature = sampling["temperature"]
    if type(temperature) not in {int, float} or not 0 <= temperature <= HOTTEST:
        raise UsageError(f"{_shown(file)}: temperature must be a number from 0 to {HOTTEST:g}")
    return Manifest(**stated, temperature=float(temperature))


def read_text(file: Path) -> str:
    """Return the file's text in NFC, its lines ended by newlines, without a byte order mark.

    What is sent is what is hashed: an editor that ends lines or composes letters otherwise makes
    no other prompt.

    Raises:
        UsageError: It cannot be read, is not UTF-8, or is larger than `LARGEST`.
    """
    try:
        if not file.is_file():
            raise UsageError(f"{_shown(file)}: there is no such file")
        if file.stat().st_size > LARGEST:
            raise UsageError(f"{_shown(file)}: more than {LARGEST:,} bytes is no prompt")
        return unicodedata.normalize("NFC", file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{_shown(file)}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{_shown(file)}: it is not UTF-8 ({error.reason})") from error


def _prompt(name: str, front: dict[str, Any], text: str) -> Prompt:
    return Prompt(name=name, text=text, **{**front, "needs": frozenset(front["needs"])})


def _front_matter(text: str, file: Path) -> dict[str, Any]:
    front = _toml(text, file)
    if unknown := sorted(front.keys() - FRONT):
        raise UsageError(f"prompt {_shown(file)}: {', '.join(unknown)}: there is no such key")
    for key, value in front.items():
        if type(value) is not FRONT[key]:
            raise UsageError(f"prompt {_shown(file)}: {key} must be a {FRONT[key].__name__}")
    if not _all_are(str, front.get("needs", [None])):
        raise UsageError(f"prompt {_shown(file)}: needs must list the placeholders of the text")
    if "schema" in front:
        # The name is imported, and a version that came from elsewhere must not choose what runs.
        if not SHAPE.fullmatch(front["schema"]):
            raise UsageError(f"prompt {_shown(file)}: schema must name a shape in schemas")
        if front.get("max_tokens", 0) < 1:
            raise UsageError(f"prompt {_shown(file)}: an answer needs max_tokens, 1 or more")
    return front


def _toml(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{_shown(file)}: it is not TOML: {error}") from error


def _all_are(kind: type, values: Iterable[object]) -> bool:
    return all(isinstance(value, kind) for value in values)


def _shown(path: Path) -> str:
    return one_line("/".join(path.parts[-2:]), limit=80)


def _substitute(prompt: Prompt, values: Mapping[str, str]) -> str:
    # Every value comes from a source or a model, by whatever way: none may end a turn.
    return Template(prompt.text).substitute({k: break_tags(v) for k, v in values.items()})
