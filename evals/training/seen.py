"""Know the rows that the shipped weights were trained on, so that no figure is taken on them."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

FILE = "seen.txt"


def was_seen(document: str, claim: str) -> bool:
    """Return whether the weights were trained on this document and claim."""
    return _digest(document, claim) in _seen()


def write_seen(rows: Iterable[tuple[str, str]], target: Path) -> None:
    """Write one digest a line for the (document, claim) rows that were trained on."""
    target.write_text("".join(f"{digest}\n" for digest in sorted({_digest(*r) for r in rows})))


@lru_cache(maxsize=1)
def _seen() -> frozenset[str]:
    return frozenset((files("evals.training") / FILE).read_text(encoding="utf-8").split())


def _digest(document: str, claim: str) -> str:
    return hashlib.sha256(f"{document}\n{claim}".encode("utf-8", "replace")).hexdigest()[:10]
