"""What judges and people who label see of a brief: its sentences, not who or what wrote them."""

from dataclasses import asdict, dataclass

from agent.material import break_tags, fold
from agent.prompts.digests import sha256_json
from agent.views.lines import body, caveat, cites, odds, plain, words
from schemas.brief import Brief
from schemas.claims import CheckedClaim, SectionName


@dataclass(frozen=True)
class Line:
    """One printed sentence.

    Attributes:
        id: The claim's id.
        section: Where it stands.
        text: What it says, on one line.
        told: What the reader is told of it: basis, likelihood, citation, verdict if not clean.
    """

    id: str
    section: SectionName
    text: str
    told: str


@dataclass(frozen=True)
class Printed:
    """The sentences of one brief in the order in which they are printed."""

    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what is shown: the same for two briefs that read the same."""
        return sha256_json([asdict(line) for line in self.lines])


def printed(brief: Brief) -> Printed:
    """Return the sentences of the body; labels, such as tags and names, are none."""
    lines = {
        claim.id: Line(claim.id, claim.section, plain(words(claim, brief.sources)), _told(claim))
        for claim in body(brief)
        if claim.form == "sentence"
    }
    return Printed(tuple(lines.values()))


def as_material(shown: Printed) -> str:
    """Return the sentences one to a line, with ids, for a prompt."""
    lines = (f"[{line.id}] ({inert(line.told)}) {inert(line.text)}" for line in shown.lines)
    return "\n".join(lines) or "(The brief holds no sentence.)"


def inert(text: str) -> str:
    """Return text on one line as a prompt shows it; quotations are looked for in this form."""
    return break_tags(fold(text))


def _told(claim: CheckedClaim) -> str:
    # What the views put in parentheses of its own stands here among others.
    parts = (claim.basis, odds(claim)[1:-1], cites(claim), caveat(claim)[1:-1])
    return "; ".join(plain(part) for part in parts if part)
