"""Read what a web page states of its article in markup: title, date, author, publisher, address."""

import json
import re
from collections.abc import Iterator
from datetime import date
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
PUBLISHER_NAMES = ("og:site_name", "dc.publisher", "citation_journal_title", "application-name")
BETWEEN_NAMES = re.compile(r"\s+(?:and|und|et|&)\s+|\s*;\s*")
NO_PERSON = re.compile(r"://|@|^www\.|^(?:admin|editor|staff|redaktion|webmaster)$", re.IGNORECASE)
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
        """The headline: og:title, else JSON-LD, else the first heading, without the site's name."""
        stated = self._first("og:title", "twitter:title", "dc.title", "citation_title")
        heading = self._heading()
        title = stated or self._item("headline") or heading or self._tree.findtext(".//title")
        if not title:
            return None
        # What follows the heading in a title is the section and the site.
        if heading and len(heading) > 20 and title.startswith(heading):
            title = heading
        return one_line(_without_site(title, self.publisher), 300) or None

    @property
    def published(self) -> tuple[date, str] | None:
        """The day of publication and where it stood."""
        for item in self._items:
            if day := find_date(_text(item.get("datePublished")) or ""):
                return day, "JSON-LD datePublished"
        for name in DATE_NAMES:
            if day := find_date(_spaced(self._meta.get(name, ""))):
                return day, f"meta {name}"
        return self._time()

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
        for link in [*links, self._meta.get("og:url", "")]:
            parts = urlsplit(link) if len(link) < 2_000 else urlsplit("")
            if parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc:
                return one_line(link, 2_000)
        return None

    @property
    def language(self) -> str | None:
        """The ISO 639-1 code that the page states."""
        stated = self._tree.get("lang") or self._meta.get("og:locale") or ""
        match = re.match(r"([a-zA-Z]{2})(?:[-_]|$)", stated.strip())
        return match[1].lower() if match else None

    def _first(self, *names: str) -> str | None:
        return next((self._meta[n] for n in names if self._meta.get(n, "").strip()), None)

    def _item(self, key: str) -> str | None:
        return next((t for i in self._items if (t := _text(i.get(key)))), None)

    def _heading(self) -> str | None:
        headings = self._tree.xpath("//article//h1") or self._tree.xpath("//h1")
        return next((t for h in headings if (t := " ".join(h.text_content().split()))), None)

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


def _plain(name: str) -> str:
    """Return the letters of a site's name, so that Global News is Globalnews.ca."""
    return re.sub(r"\W", "", re.sub(r"\.\w{2,3}$", "", name.lower().strip()))
