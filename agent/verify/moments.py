"""Read the dates and clock times of a text, as far as each is stated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from agent.verify.words import plain

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b"
_YEAR = r"(?:1[5-9]|20)\d\d\b"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"

_MOMENT = re.compile(
    rf"""(?<![\w.$€£¥-])(?:
      (?P<iso>{_YEAR}-\d\d-\d\d)
    | (?P<slashed>\d{{1,2}}[/]\d{{1,2}}[/]\d{{2,4}})
    | (?P<md>(?P<md_m>(?i:{_MONTH}))\ (?:the\ )?(?P<md_d>{_DAY})(?![,.]\d)
      (?:,?\ (?P<md_y>{_YEAR}))?)
    | (?P<dm>(?P<dm_d>{_DAY})\ (?:of\ )?(?P<dm_m>(?i:{_MONTH}))(?:,?\ (?P<dm_y>{_YEAR}))?)
    | (?P<my>(?P<my_m>(?i:{_MONTH})),?\ (?:of\ )?(?P<my_y>{_YEAR}))
    | (?P<month>{_MONTH})
    | (?P<clock>(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d\d))?\ ?(?P<half>[aApP]\.?[mM]\b\.?)
      | (?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)\b | (?P<word>noon|midnight)\b)
    | (?P<relative>(?i:yesterday|today|tomorrow|tonight
      |(?:last|this|next|previous|coming|past)\ (?:week|month|year))\b)
    | (?P<weekday>{_WEEKDAY})s?\b
    | (?P<decade>(?:1[5-9]|20)\d0s)\b
    | (?P<year>{_YEAR})(?!,\d|\.\d|\ ?%|\ (?:percent|million|billion|thousand)\b)
    )""",
    re.VERBOSE,
)

# A bare four-digit number before one of these, or before a plural, is a count and no year.
_COUNTED = re.compile(r"\s+(?:people|men|women|children|troops|km\b|[a-z]+(?:[^s\W]s)\b)")


@dataclass(frozen=True)
class Moment:
    """A point in time as far as it is stated; a field that is not stated is None.

    Attributes:
        month: 1 to 12.
        weekday: 0 is Monday.
        minute: Minutes after midnight.
        relative: The words, such as last week.
        start: Offset in the plain text.
        end: Offset in the plain text.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    relative: str | None = None
    start: int = 0
    end: int = 0
    text: str = ""

    @property
    def parts(self) -> dict[str, int]:
        """The fields that are stated, `relative` aside."""
        names = ("year", "month", "day", "weekday", "minute")
        return {n: v for n in names if (v := getattr(self, n)) is not None}


@lru_cache(maxsize=16384)
def moments_in(text: str) -> tuple[Moment, ...]:
    """Return the moments that a text states, in order; offsets refer to `plain(text)`."""
    return tuple(_read(plain(text)))


@lru_cache(maxsize=16384)
def resolved(moment: Moment, published: date | None) -> tuple[Moment, ...]:
    """Return the moment with what the publication date lets one infer.

    A weekday is taken both as the last one and as the next one; a day without a year falls into
    the year that puts it nearest to publication. Without a date the moment comes back alone.
    """
    if published is None:
        return (moment,)
    if moment.weekday is not None and moment.day is None:
        back = (published.weekday() - moment.weekday) % 7
        days = (published - timedelta(days=back), published + timedelta(days=7 - back))
        return tuple(_dated(moment, day) for day in days)
    if moment.relative:
        return tuple(_relative(moment, published))
    if moment.month and moment.day:
        return tuple(_with_year(moment, published))
    if moment.month and moment.year is None:
        return tuple(replace(moment, year=published.year + n) for n in (0, -1, 1))
    return (moment,)


def _read(text: str) -> Iterator[Moment]:
    for match in _MOMENT.finditer(text):
        if not _is_other_word(match, text):
            yield replace(_moment(match), start=match.start(), end=match.end(), text=match.group())


def _moment(match: re.Match[str]) -> Moment:
    for kind in ("md", "dm", "my"):
        if match[kind]:
            fields = match.groupdict()
            return Moment(
                year=_number(fields.get(f"{kind}_y")),
                month=_month(match[f"{kind}_m"]),
                day=_number(fields.get(f"{kind}_d")),
            )
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return Moment(year=year, month=month, day=day)
    return _part(match)


def _part(match: re.Match[str]) -> Moment:
    """Return a moment of which one part is stated, or none that can be read (a decade, 3/4/26)."""
    weekday = match["weekday"]
    return Moment(
        year=_number(match["year"]),
        month=_month(match["month"]) if match["month"] else None,
        weekday=_WEEKDAYS.index(weekday[:3].lower()) if weekday else None,
        minute=_minute(match) if match["clock"] else None,
        relative=match["relative"].lower() if match["relative"] else None,
    )


def _is_other_word(match: re.Match[str], text: str) -> bool:
    """Tell May the month from may the verb, and 2000 soldiers from the year 2000."""
    if match["month"] in ("May", "March", "Mar"):
        before = text[: match.start()].split()
        return not before or not re.fullmatch(
            r"(?:in|by|since|on|of|last|next|until|from|and|between|this|late|early|mid|"
            r"through|for|before|after|to)-?",
            before[-1].lower(),
        )
    if match["year"]:
        return bool(_COUNTED.match(text, match.end()))
    return False


def _minute(match: re.Match[str]) -> int:
    if match["word"]:
        return 720 if match["word"] == "noon" else 0
    if match["hour24"]:
        return int(match["hour24"]) * 60 + int(match["minute24"])
    hour = int(match["hour"]) % 12 + (12 if match["half"][0] in "pP" else 0)
    return hour * 60 + int(match["minute"] or 0)


def _number(digits: str | None) -> int | None:
    return int(re.sub(r"\D", "", digits)) if digits else None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def _dated(moment: Moment, day: date) -> Moment:
    return replace(
        moment, year=day.year, month=day.month, day=day.day, weekday=day.weekday(), relative=None
    )


def _with_year(moment: Moment, published: date) -> Iterator[Moment]:
    years = [moment.year] if moment.year else [published.year + n for n in (0, -1, 1)]
    days = []
    for year in years:
        try:
            days.append(date(year, moment.month or 1, moment.day or 1))
        except ValueError:  # February 30, or the 29th in a common year
            continue
    if not days:
        yield moment
        return
    nearest = min(days, key=lambda day: abs((day - published).days))
    yield _dated(moment, nearest)


def _relative(moment: Moment, published: date) -> Iterator[Moment]:
    word = moment.relative or ""
    days = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
    if word in days:
        yield _dated(moment, published + timedelta(days=days[word]))
        return
    step = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1}.get(word.split()[0], 0)
    if word.endswith("year"):
        yield replace(moment, year=published.year + step)
    elif word.endswith("month"):
        months = published.year * 12 + published.month - 1 + step
        yield replace(moment, year=months // 12, month=months % 12 + 1)
    else:
        monday = published + timedelta(days=7 * step - published.weekday())
        yield from (_dated(moment, monday + timedelta(days=n)) for n in range(7))
