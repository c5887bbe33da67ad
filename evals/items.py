"""Read a set of articles to compare prompt versions on: data in a folder, the user's own included.

A set is a folder with articles. `items.jsonl` beside them says more of each (see `Item`), and
`facts/<id>.json` what a good brief of it must carry (see `Facts`); both may be missing.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from agent.clean import one_line
from agent.errors import EvidenceError, SourceError, UsageError
from schemas.record import Record

SUFFIXES = frozenset((".md", ".markdown", ".txt", ".html", ".htm", ".pdf"))
Split = Literal["dev", "sealed"]
Marks = tuple[tuple[str, ...], ...]


class Item(Record):
    """One article of a set."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
    file: str = Field(description="Path of the article inside the set's folder.")
    sha256: str | None = Field(default=None, description="Hex digest of the file's bytes.")
    cluster: str | None = Field(default=None, description="The story; null: one of its own.")
    domain: str | None = None
    lang: str | None = None
    words: int | None = None
    split: Split = "dev"
    licence: str | None = None

    @property
    def story(self) -> str:
        """The cluster, or the item's own id when it stands alone."""
        return self.cluster or self.id


class Fact(Record):
    """Something a good brief says: one claim holds a word of every group of `marks`."""

    id: str = ""
    text: str
    marks: Marks = Field(min_length=1)


class Trap(Record):
    """Something easy to get wrong: a claim with a word of every group of `wrong` fell for it."""

    kind: Literal["figure", "name", "date", "negation", "attribution", "role", "certainty"]
    text: str
    wrong: Marks = Field(min_length=1)


class Facts(Record):
    """What is known of an article beforehand, written by a person."""

    id: str
    facts: tuple[Fact, ...] = ()
    hypotheses: tuple[Fact, ...] = ()
    traps: tuple[Trap, ...] = ()


@dataclass(frozen=True)
class EvalSet:
    """A set as it was read.

    Attributes:
        name: The folder's name.
        folder: Where it lies.
        items: Its articles, in order, those of the asked-for split alone.
        facts: By item id, for the items that have any.
        digest: SHA-256 over every article and every fact file that is used.
    """

    name: str
    folder: Path
    items: tuple[Item, ...]
    facts: dict[str, Facts]
    digest: str

    def path(self, item: Item) -> Path:
        """Return where an article lies."""
        return self.folder / item.file

    @property
    def stories(self) -> dict[str, str]:
        """The story of each item, by item id."""
        return {item.id: item.story for item in self.items}


def load_set(name: str, split: Split | Literal["all"] = "dev") -> EvalSet:
    """Return a set that comes with bluf, by its name, or one in a folder, by its path.

    Raises:
        UsageError: There is no such set, or nothing of the split is in it.
        SourceError: A file of it cannot be read, or is not as it must be.
        EvidenceError: An article is not the one whose digest the set holds.
    """
    folder = _find(name)
    listed = folder / "items.jsonl"
    everything = _read_items(listed) if listed.is_file() else _items_of_folder(folder)
    items = tuple(item for item in everything if split in ("all", item.split))
    if not items:
        raise UsageError(f"{name}: there is no article of the split {split!r} in {folder}")
    digest = hashlib.sha256()
    facts = {}
    for item in items:
        digest.update(_read_article(folder, item))
        known = _read_facts(folder / "facts" / f"{item.id}.json", item.id)
        if known:
            facts[item.id] = known
            digest.update(known.model_dump_json().encode())
        digest.update(f"{item.id}\n{item.story}\n".encode())
    return EvalSet(folder.name, folder, items, facts, digest.hexdigest())


def _find(name: str) -> Path:
    given = Path(name)
    if given.is_dir():
        return given
    shipped = Path(str(resources.files("evals") / "sets" / name))
    if name.replace("-", "").isalnum() and (shipped / "items.jsonl").is_file():
        return shipped
    raise UsageError(f"{name}: neither a folder with articles nor a set of bluf, such as core")


def _items_of_folder(folder: Path) -> tuple[Item, ...]:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    try:
        items = tuple(Item(id=file.stem, file=file.name) for file in files)
    except ValidationError as error:
        raise SourceError(str(folder), f"a file's name is no id ({_first(error)})") from error
    return _without_twins(items, str(folder))


def _read_items(file: Path) -> tuple[Item, ...]:
    items = []
    for number, line in enumerate(_read_text(file).splitlines(), start=1):
        if line.strip():
            try:
                items.append(Item.model_validate_json(line))
            except ValidationError as error:
                raise SourceError(f"{file}:{number}", f"is no item ({_first(error)})") from error
    return _without_twins(tuple(items), str(file))


def _without_twins(items: tuple[Item, ...], place: str) -> tuple[Item, ...]:
    ids = [item.id for item in items]
    twins = sorted({id for id in ids if ids.count(id) > 1})
    if twins:
        raise SourceError(place, f"the id {twins[0]} stands for more than one article")
    return items


def _read_article(folder: Path, item: Item) -> bytes:
    path = (folder / item.file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SourceError(item.file, f"item {item.id} points out of its set")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), error.strerror or str(error)) from error
    found = hashlib.sha256(content).hexdigest()
    if item.sha256 not in {None, found}:
        raise EvidenceError(
            f"{path}: this is not the article that the set was made with; restore it, or put "
            f"its digest into items.jsonl ({found})"
        )
    return content


def _read_facts(file: Path, id: str) -> Facts | None:
    if not file.is_file():
        return None
    try:
        facts = Facts.model_validate_json(_read_text(file))
    except ValidationError as error:
        raise SourceError(str(file), f"are no facts ({_first(error)})") from error
    if facts.id != id:
        raise SourceError(str(file), f"its id is {facts.id}, but it lies at {id}")
    return facts


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(file), f"cannot be read ({error})") from error


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the line"
    return one_line(json.dumps(f"{place}: {fault['msg']}").strip('"'), limit=160)
