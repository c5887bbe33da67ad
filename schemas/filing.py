"""Under which headings briefs are filed: a closed list."""

from typing import Literal

Category = Literal[
    "regional conflicts",
    "counter-terrorism",
    "cyber",
    "national security",
    "economy",
    "disasters",
    "diplomacy",
    "other",
]
