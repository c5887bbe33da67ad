"""Measure how well and how fast sentences are found, on text whose sentences we marked by hand."""

import sys
import time
from dataclasses import dataclass
from importlib.resources import files

from agent.sources.sentences import split_sentences

MARK = "¦"  # ends a sentence in the gold files
TEXTS = {"wire": "tuned on", "mixed": "tuned on", "held": "held out"}


@dataclass(frozen=True)
class Score:
    """How the ends of sentences that were found compare with those that were marked."""

    name: str
    marked: int
    found: int
    right: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in [0, 1]."""
        return 2 * self.right / (self.marked + self.found)


def main() -> None:
    """Print boundary F1 for each gold text and for all of them, then characters a second."""
    scores = [score(name) for name in TEXTS]
    whole = Score(
        "all", *(sum(getattr(s, f) for s in scores) for f in ("marked", "found", "right"))
    )
    lines = [f"{'text':<8}{'marked':>8}{'found':>8}{'right':>8}{'F1':>8}"]
    lines += [f"{s.name:<8}{s.marked:>8}{s.found:>8}{s.right:>8}{s.f1:>8.3f}" for s in scores]
    lines += [f"{whole.name:<8}{whole.marked:>8}{whole.found:>8}{whole.right:>8}{whole.f1:>8.3f}"]
    lines += [f"speed   {speed() / 1e6:.1f} million characters a second"]
    sys.stdout.write("\n".join(lines) + "\n")


def read_gold(name: str) -> tuple[str, frozenset[int]]:
    """Return a gold text without its marks, and the offsets in it where sentences end."""
    marked = files("evals").joinpath("sets", "sentences", f"{name}.txt").read_text("utf-8")
    parts = marked.split(MARK)
    ends, length = set(), 0
    for part in parts[:-1]:
        length += len(part)
        ends.add(length)
    return "".join(parts), frozenset(ends)


def score(name: str) -> Score:
    """Return the score of `split_sentences` on one gold text."""
    text, marked = read_gold(name)
    found = {end for _, end in split_sentences(text)}
    return Score(name, len(marked), len(found), len(found & marked))


def speed() -> float:
    """Return how many characters of news text are split in a second."""
    text = "\n\n".join([read_gold("wire")[0]] * 50)
    began = time.perf_counter()
    split_sentences(text)
    return len(text) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
