"""Read a date that stands in a text; what is ambiguous or incomplete is no date."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
    )
)
# The words that may stand beside a date on a line of its own, one pattern for each word.
BESIDE = re.compile(
    r"(?i:(?:first|originally|last|published|posted|dated?|issued|released|updated|on|at):?"
    r"|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?"
    r"|T?\d{1,2}[:.]\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?|[ap]\.?m\.?)|[A-Z]{2,4}"
)
WORD = re.compile(r"[^\s,|·•–—()-]+")


def find_date(text: str) -> date | None:
    """Return the first whole date (day, month and year) in a text, or None.

    03/04/2026 is none: nobody can say which number is the month.
    """
    found = [m for form in FORMS if (m := form.search(text))]
    for match in sorted(found, key=lambda m: m.start()):
        month = match["month"].lower()
        number = int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1
        try:
            return date(int(match["year"]), number, int(match["day"]))
        except ValueError:
            continue
    return None


def is_date_line(line: str) -> bool:
    """Whether a line says a date and nothing else but a time, a weekday or `Published`."""
    for form in FORMS:
        if match := form.search(line):
            rest = f"{line[: match.start()]} {line[match.end() :]}"
            return len(rest) < 80 and all(BESIDE.fullmatch(word) for word in WORD.findall(rest))
    return False
