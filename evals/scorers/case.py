"""What a scorer looks at: one output, what is known of its article, and the claims in it."""

from dataclasses import dataclass

from evals.generate import Output
from evals.items import Facts
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.sources import Sources


@dataclass(frozen=True)
class Case:
    """One output to be scored.

    Attributes:
        output: What was generated.
        facts: What a person knows of the article; None where nobody wrote it down.
    """

    output: Output
    facts: Facts | None

    @property
    def brief(self) -> Brief | None:
        """The brief, or None when there is none."""
        return self.output.brief

    @property
    def sources(self) -> Sources | None:
        """The article as it was read."""
        return self.output.sources

    @property
    def drafted(self) -> tuple[CheckedClaim, ...]:
        """Every sentence that the model drafted, printed or withheld."""
        ledger = self.brief.ledger if self.brief else ()
        return tuple(c for c in ledger if c.author == "model" and c.form == "sentence")

    @property
    def printed(self) -> tuple[CheckedClaim, ...]:
        """Every sentence of the body, those included that the program took from the source."""
        if self.brief is None:
            return ()
        withheld = {claim.id for claim in self.brief.withheld}
        return tuple(c for c in self.brief.ledger if c.form == "sentence" and c.id not in withheld)


def share(hits: int, total: int) -> float | None:
    """Return a share in [0, 1]; None of nothing, since missing is not zero."""
    return hits / total if total else None
