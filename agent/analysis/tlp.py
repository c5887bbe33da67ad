"""Traffic Light Protocol 2.0: which mark a text bears, and which of several holds.

FIRST, "Traffic Light Protocol (TLP)", version 2.0, August 2022.
"""

import re
from collections.abc import Iterable
from typing import get_args

from schemas.sources import Tlp

# A mark stands on a line of its own, as FIRST asks of documents; "TLP:RED" in running text is
# talk about the protocol. WHITE is what version 1 called CLEAR.
MARK = re.compile(
    r"^\W*TLP\s?:\s?(CLEAR|WHITE|GREEN|AMBER\+STRICT|AMBER|RED)\W*$", re.IGNORECASE | re.MULTILINE
)


def find_tlp(text: str) -> Tlp | None:
    """Return the strictest mark that stands on a line of its own, or None."""
    return strictest(_named(found) for found in MARK.findall(text))


def strictest(marks: Iterable[Tlp | None]) -> Tlp | None:
    """Return the mark that holds where several meet, or None where there is none."""
    order: tuple[Tlp, ...] = get_args(Tlp)
    return max((mark for mark in marks if mark), key=order.index, default=None)


def _named(found: str) -> Tlp:
    names: dict[str, Tlp] = {name: name for name in get_args(Tlp)}
    return names.get(found.upper(), "CLEAR")
