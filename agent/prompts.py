"""Read a prompt version from its folder and fill its texts."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pkgutil import resolve_name
from string import Template

from agent.errors import UsageError
from agent.llm.request import Filled

SYSTEM = "system"
MATERIAL = "material"


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
class PromptSet:
    """All prompts of one version, and the material (the numbered source) they share."""

    version: str
    temperature: float
    prompts: Mapping[str, Prompt]
    material: str = field(default="")

    def with_material(self, marker: str, sentences: str) -> "PromptSet":
        """Return the same prompts with the numbered source in front of every task."""
        text = _substitute(self.prompts[MATERIAL], {"marker": marker, "sentences": sentences})
        return PromptSet(self.version, self.temperature, self.prompts, text)

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
            system=self.prompts[SYSTEM].text,
            text=f"{self.material}\n\n{task}" if prompt.material else task,
            max_tokens=prompt.max_tokens,
            temperature=self.temperature,
        )

    @property
    def methods(self) -> dict[str, str]:
        """The source of the method of each prompt that follows one, by the prompt's name."""
        return {name: prompt.method for name, prompt in self.prompts.items() if prompt.method}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every text, the JSON schema of every answer and the sampling settings."""
        content = {
            name: {
                "text": prompt.text,
                "max_tokens": prompt.max_tokens,
                "schema": resolve_schema(prompt.schema) if prompt.schema else None,
            }
            for name, prompt in sorted(self.prompts.items())
        }
        whole = {"temperature": self.temperature, "prompts": content}
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def load_prompts(version: str = "v1") -> PromptSet:
    """Return the prompt version of that name.

    Raises:
        UsageError: There is no such version, or one of its files is not as it must be.
    """
    folder = resources.files("prompts") / version
    if not version.isalnum() or not folder.is_dir():
        raise UsageError(f"prompts: there is no version {version!r}; versions: {_versions()}")
    files = (entry for entry in folder.iterdir() if entry.name.endswith(".md"))
    prompts = {prompt.name: prompt for prompt in map(_read, files)}
    return PromptSet(version, _temperature(folder), prompts)


def resolve_schema(dotted: str) -> object:
    """Return the JSON schema of the shape named in a prompt's front matter."""
    return resolve_name(dotted).model_json_schema()


def _versions() -> str:
    folders = (
        e.name for e in resources.files("prompts").iterdir() if (e / "manifest.toml").is_file()
    )
    return ", ".join(sorted(folders))


def _temperature(folder: Traversable) -> float:
    try:
        manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
        return float(manifest["sampling"]["temperature"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"prompts {folder.name}: manifest.toml: {error!r}") from error


def _read(file: Traversable) -> Prompt:
    name = file.name.removesuffix(".md")
    try:
        _, front, text = file.read_text(encoding="utf-8").split("+++\n", 2)
        meta = tomllib.loads(front)
        needs = frozenset(meta.pop("needs"))
        prompt = Prompt(name=name, text=text.strip(), needs=needs, **meta)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"prompt {name}: its front matter cannot be read: {error}") from error
    found = frozenset(Template(prompt.text).get_identifiers())
    if found != needs:
        raise UsageError(
            f"prompt {name}: needs = {sorted(needs)}, but the text has {sorted(found)}"
        )
    return prompt


def _substitute(prompt: Prompt, values: Mapping[str, str]) -> str:
    return Template(prompt.text).substitute(values)
