"""Read what a web page states of its article in markup: title, date, author, publisher, address."""

import html
import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from agent.clean import one_line
from agent.sources.dates import find_date

ARTICLE_TYPES = re.compile(r"Article|Posting|Report|WebPage|Review", re.IGNORECASE)
# In order of trust; modification dates are not publication dates.
DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "date",
    "article.published", "cxenseparse:recs:publishtime", "bt:pubdate", "last-published",
)  # fmt: skip
AUTHOR_NAMES = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author",
                "parsely-author", "sailthru.author", "byl", "cxenseparse:author")  # fmt: skip
TITLE_NAMES = ("og:title", "twitter:title", "dc.title", "citation_title")
PUBLISHER_NAMES = ("og:site_name", "dc.publisher", "citation_journal_title", "application-name")
BETWEEN_NAMES = re.compile(r"\s+(?:and|und|et|&)\s+|\s*;\s*")
NO_PERSON = re.compile(r"://|@|^www\.|^(?:admin|editor|staff|redaktion|webmaster)$", re.IGNORECASE)
MOST_BETWEEN = 15  # elements from the headline to its date
SEPARATORS = re.compile(r"\s+[|\-–—·»:•]+\s+")


class Facts:
    """What the markup of one page says; each property is None when it says nothing."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._meta = _metas(tree)
        self._items = [i for i in _items(tree) if ARTICLE_TYPES.search(_text(i.get("@type")) or "")]
        # A page names itself as WebPage beside the article; the article knows better.
        self._items.sort(key=lambda i: (_text(i.get("@type")) or "").endswith("WebPage"))

    @property
    def title(self) -> str | None:
        """The headline as the page shows it, without the site's name.

        What is stated for search engines and feeds is often another wording, with the section
        and the site behind it. So a first-level heading that the markup bears out goes first,
        then og:title and its like, then any heading, then the title of the window.
        """
        window = " ".join((self._tree.findtext(".//title") or "").split())
        stated = self._first(*TITLE_NAMES)
        headings = [h for h in self._headings if not _is_site(h, window, self.publisher)]
        title = (
            self._borne_out(headings, stated or window)
            or stated
            or self._item("headline")
            or next(iter(headings), None)
            or (_first_part(window) if self._headings else window)
        )
        return one_line(_without_site(title, self.publisher), 300) or None if title else None

    @property
    def published(self) -> tuple[date, str] | None:
        """The day of publication and where it stood.

        A day beside the headline that is earlier than the stated one goes first: content
        systems state the day of their last release as that of publication.
        """
        stated = next(self._stated_days(), None) or self._time()
        shown = self._shown_day()
        if stated and shown and shown < stated[0]:
            return shown, "beside the headline"
        return stated

    @property
    def other_days(self) -> tuple[tuple[date, str], ...]:
        """Further days that it gives as that of publication, more than a time zone apart."""
        taken = self.published
        if taken is None:
            return ()
        found = dict(self._stated_days())
        if shown := self._shown_day():
            found.setdefault(shown, "beside the headline")
        return tuple((day, where) for day, where in found.items() if abs(day - taken[0]).days > 1)

    @property
    def author(self) -> str | None:
        """The names of the authors, joined with commas."""
        stated = [n for i in self._items for n in _names(i.get("author"))]
        stated = stated or [self._first(*AUTHOR_NAMES) or ""]
        names = [one_line(n, 100) for line in stated for n in BETWEEN_NAMES.split(line)]
        # Content systems name the site itself, an address or an account as the author.
        people = (n for n in names if n and n != self.publisher and not NO_PERSON.search(n))
        return ", ".join(dict.fromkeys(people)) or None

    @property
    def publisher(self) -> str | None:
        """The name of the site or its publisher."""
        stated = self._first(*PUBLISHER_NAMES)
        names = [n for i in self._items for n in _names(i.get("publisher"))]
        name = stated or next(iter(names), None)
        return one_line(name, 100) or None if name else None

    @property
    def url(self) -> str | None:
        """The address that the page gives as its own, if it is one of the web."""
        links = self._tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
        stated = [*links, self._meta.get("og:url", "")]
        return next((one_line(link, 2_000) for link in stated if _is_of_the_web(link)), None)

    @property
    def language(self) -> str | None:
        """The ISO 639-1 code that the page states."""
        stated = self._tree.get("lang") or self._meta.get("og:locale") or ""
        match = re.match(r"([a-zA-Z]{2})(?:[-_]|$)", stated.strip())
        return match[1].lower() if match else None

    @property
    def is_free(self) -> bool:
        """Whether nothing says that only subscribers see the whole article."""
        said = [str(i.get("isAccessibleForFree", True)).strip().lower() for i in self._items]
        tier = self._meta.get("article:content_tier", "free").lower()
        return "false" not in said and tier not in {"locked", "metered"}

    def _first(self, *names: str) -> str | None:
        return next((self._meta[n] for n in names if self._meta.get(n, "").strip()), None)

    def _item(self, key: str) -> str | None:
        return next((html.unescape(t) for i in self._items if (t := _text(i.get(key)))), None)

    @property
    def _headings(self) -> list[str]:
        headings = self._tree.xpath("//article//h1") or self._tree.xpath("//h1")
        return [t for h in headings[:20] if (t := " ".join(h.text_content().split()))]

    def _borne_out(self, headings: list[str], stated: str | None) -> str | None:
        """Return the heading that JSON-LD repeats, or that the stated title is a version of."""
        headline = _plain_words(self._item("headline"))
        if headline and headline == _plain_words(stated):
            return None
        for heading in headings:
            if headline and headline == _plain_words(heading):
                return heading
        for heading in headings:
            if stated and len(heading) > 20 and stated.startswith(heading):
                return heading
        # One heading alone, in much the same words, is the outlet's; the other serves a search.
        if len(headings) == 1 and stated and not headline and _is_version(headings[0], stated):
            return headings[0]
        return None

    def _stated_days(self) -> Iterator[tuple[date, str]]:
        for item in self._items:
            if day := find_date(_text(item.get("datePublished")) or ""):
                yield day, "JSON-LD datePublished"
        for name in DATE_NAMES:
            if day := find_date(_spaced(self._meta.get(name, ""))):
                yield day, f"meta {name}"

    def _shown_day(self) -> date | None:
        """The day of the first <time> right behind the headline, where readers look for it."""
        headings = self._tree.xpath("//article//h1") or self._tree.xpath("//h1")
        if len(headings) != 1:
            return None
        behind = dropwhile(lambda e: e is not headings[0], self._tree.iter("*"))
        near = islice(behind, MOST_BETWEEN)
        time = next((e for e in near if e.tag == "time" and e.get("datetime")), None)
        return None if time is None else find_date(time.get("datetime"))

    def _time(self) -> tuple[date, str] | None:
        marked = self._tree.xpath("//*[@itemprop='datePublished']|//time[@pubdate]")
        times = [(t, "markup datePublished") for t in marked]
        # One <time> in the article is its own; of several, some belong to other stories.
        inside = self._tree.xpath("//article//time[@datetime]") or self._tree.xpath(
            "//time[@datetime]"
        )
        days = {find_date(t.get("datetime", "")) for t in inside} - {None}
        times += [(t, "markup time") for t in inside if len(days) == 1]
        for element, where in times:
            said = element.get("datetime") or element.get("content") or element.text_content()
            if day := find_date(_spaced(said)):
                return day, where
        return None


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Return the first content of each meta name, in lower case."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if content := (meta.get("content") or "").strip():
            metas.setdefault(name.strip().lower(), content[:2_000])
    return metas


def _items(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield every object of the page's JSON-LD, the nested ones of a graph too."""
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        try:
            # Real pages break the rule that a string has no line ends.
            found = json.loads((script.text or "").strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        queue = [found]
        while queue:
            value = queue.pop(0)
            if isinstance(value, dict):
                yield value
                queue.extend(value.get(k) for k in ("@graph", "mainEntity", "mainEntityOfPage"))
            elif isinstance(value, list):
                queue.extend(value[:200])


def _text(value: Any) -> str | None:
    """Return a JSON-LD value as text: itself, or the first of a list."""
    if isinstance(value, list):
        return next((t for v in value if (t := _text(v))), None)
    return value.strip() or None if isinstance(value, str) else None


def _names(value: Any) -> list[str]:
    """Return the names in a JSON-LD person, organisation, list of them, or plain string."""
    if isinstance(value, list):
        return [name for v in value[:20] for name in _names(v)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [value] if isinstance(value, str) else []


def _spaced(stated: str) -> str:
    """Return a date in compact form, 20260709, with its dashes."""
    return re.sub(r"^((?:19|20)\d\d)[/.]?(\d\d)[/.]?(\d\d)(?!\d)", r"\1-\2-\3", stated.strip())


def _without_site(title: str, site: str | None) -> str:
    """Return the title without the site's name, where a separator sets it off."""
    parts = SEPARATORS.split(title)
    if not site or len(parts) < 2:
        return title
    ends = [part for part in (parts[-1], parts[0]) if _plain(part) == _plain(site)]
    if not ends:
        return title
    return title.removesuffix(ends[0]).removeprefix(ends[0]).strip(" |-–—·»:•\t\n")


def _is_of_the_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    is_safe = bool(parts.netloc) and "@" not in parts.netloc and len(link) < 2_000
    return is_safe and parts.scheme in {"http", "https"}


def _first_part(title: str) -> str:
    return SEPARATORS.split(title, maxsplit=1)[0]


def _is_site(heading: str, window: str, site: str | None) -> bool:
    """Whether a heading is the site's name: the stated one, or what follows in the window."""
    first, *others = map(_plain, SEPARATORS.split(window))
    # Some windows name the site first; a headline is longer than a name.
    is_behind = _plain(heading) in others and len(_plain(heading)) < len(first)
    return is_behind or bool(site and _plain(heading) == _plain(site))


def _is_version(heading: str, stated: str) -> bool:
    """Whether most words of a heading of at least four stand in a stated title too."""
    words = _plain_words(heading)
    shared = set(words) & set(_plain_words(stated))
    return len(words) >= 4 and len(shared) > len(set(words)) / 2


def _plain_words(text: str | None) -> list[str]:
    """Return a title's words in lower case; JSON-LD often holds character references."""
    return re.findall(r"\w+", html.unescape(text or "").lower())


def _plain(name: str) -> str:
    """Return the letters of a site's name, so that Global News is Globalnews.ca."""
    return re.sub(r"\W", "", re.sub(r"\.\w{2,3}$", "", name.lower().strip()))
