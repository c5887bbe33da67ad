"""Tell which sources speak of one event, so that nothing is merged or compared across events."""

from agent.analysis.comparison import frequent_names, share_names
from schemas.sources import Source


class Events:
    """What is known of sources' events; the names of each text are read once, and when needed."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def same(self, one: Source, other: Source) -> bool:
        """Whether two sources are one text, or share enough of the names that they repeat.

        The rule by which figures of several sources of one brief are compared.
        """
        if one.sha256 == other.sha256:
            return True
        return share_names(self._names_of(one), self._names_of(other))

    def _names_of(self, source: Source) -> frozenset[str]:
        # Reading the names of a long text takes milliseconds, and most are never asked for.
        if source.sha256 not in self._names:
            self._names[source.sha256] = frequent_names(source)
        return self._names[source.sha256]
