"""Tell whether a page shows one whole article: not what stands before a wall, and not a list."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile

from lxml.html import HtmlElement

from agent.sources.language import count_words

FEWEST_WORDS = 40
WHOLE = 250  # words; a text of this length is an article, whatever else its page says
LONGEST_ENTRY = 150  # words of one entry of a list, headline and all
LONGEST_BEHIND = 60  # words behind a bare headline; a chapter of an article has more
FEWEST_ENTRIES = 4
ENTRIES = frozenset({"li", "div", "article", "section", "td", "dt"})
BLOCKS = frozenset({"p", "div", "ul", "blockquote", "time", "br"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

MISSING = re.compile(
    r"^(?:error |http )?404\b|\b404 (?:error|not found)|not found$"
    r"|(?:page|article|story|content) (?:\w+ ){0,5}?"
    r"(?:(?:was|is|could|can) ?(?:not |no longer |n[o’']t )"
    r"|not |no longer )(?:be )?(?:found|available)"
    r"|seite (?:wurde )?nicht gefunden|page introuvable|página no encontrada"
    r"|pagina non trovata|страница не найдена",
    re.IGNORECASE,
)
SCRIPTS = re.compile(
    r"(?:enable|turn on|activate|activer|aktivieren sie) javascript|(?:requires|needs) javascript"
    r"|javascript (?:is (?:off|disabled|required|not)|must be|aktivieren)",
    re.IGNORECASE,
)
SUBSCRIPTION = re.compile(
    r"subscribe (?:now |today )?(?:to|and|for) (?:continue|keep|read|unlock|full|get full)"
    r"|already a subscriber|(?:to|and) (?:continue|keep) reading|(?:log|sign) in to (?:read|cont)"
    r"|(?:article|story|content) is (?:only |exclusively )?(?:available |reserved )?(?:for|to) "
    r"(?:our )?(?:paying |registered )?(?:subscribers|members)|create (?:a free|an) account to"
    r"|free articles? (?:left|remaining|this month)|reached your (?:free )?(?:article )?limit"
    r"|jetzt abonnieren|weiterlesen mit|nur für abonnenten|réservé aux abonnés"
    r"|(?:solo|exclusivo) para suscriptores",
    re.IGNORECASE,
)
COOKIES = re.compile(
    r"(?:we|our partners|this (?:web)?site) (?:\w+ ){0,3}uses? cookies"
    r"|cookie (?:settings|preferences)|(?:accept|reject|manage) (?:all )?cookies"
    r"|verwende(?:n|t) (?:wir )?cookies|utilis(?:e|ons) des cookies|your privacy choices",
    re.IGNORECASE,
)
ROBOT = re.compile(
    r"(?:verify|checking|confirm) (?:that )?(?:you are (?:a )?human|your browser|if the site)"
    r"|unusual traffic|are you a robot|complete the captcha",
    re.IGNORECASE,
)
PAYWALL = "this may be a paywall or a log-in"
# What a page says when it stops short, and what the user is told; in order of certainty.
WALLS = (
    (ROBOT, "the site takes this program for a robot"),
    (SCRIPTS, "the page is made by scripts"),
    (SUBSCRIPTION, PAYWALL),
    (COOKIES, "this may be a cookie notice"),
)
UNKNOWN_WALL = "this may be a paywall, a log-in or a page made by scripts"
MARKED_WALL = re.compile(r"(?:pay|reg|premium|subscri\w+)-?wall|subscri\w+-(?:only|prompt)", re.I)
ADVICE = "open it in a browser, and save the text to a file"


def find_stub(
    tree: HtmlElement, text: str, *, title: str | None, is_free: bool = True
) -> str | None:
    """Return why a page's text is not a whole article and what to do, or None when it may be.

    Too few words are one reason. Up to 250 words, so is a page that says of itself that it was
    not found, or that asks for scripts, a subscription or cookies. A list, such as the front of a
    site, is told by its entries: four or more short texts that each stand in a block of
    their own with one linked headline, and together make up most of the text.

    Args:
        tree: The page without what it hides.
        text: What was extracted from it.
        title: Its headline, if it has one.
        is_free: Whether its markup does not say that only subscribers see it whole.
    """
    words = count_words(text)
    is_little = words < FEWEST_WORDS
    if (words < WHOLE and MISSING.search(title or "")) or (is_little and _says_missing(tree)):
        return "the page says that it was not found; check the address"
    # An extractor finds next to nothing on some lists: what the page shows is judged then.
    if problem := _list_problem(tree, tree.text_content() if is_little else text):
        return problem
    wall = None
    if words < WHOLE:
        wall = _wall(tree.text_content() if is_little else f"{text}\n{_marked_wall(tree)}")
        wall = wall or (None if is_free else PAYWALL)
    if wall is None and not is_little:
        return None
    found = f"only {words:,} words were found" if words else "no article was found"
    return f"{found}; {wall or UNKNOWN_WALL}: {ADVICE}"


def _says_missing(tree: HtmlElement) -> bool:
    said = tree.text_content()
    return len(said.split()) < WHOLE and MISSING.search(said) is not None


def _wall(said: str) -> str | None:
    """Return what keeps a short text from being whole, as the page itself says it."""
    return next((what for pattern, what in WALLS if pattern.search(said)), None)


def _marked_wall(tree: HtmlElement) -> str:
    """Return the text of what the page calls a wall; pleas elsewhere stand beside whole texts."""
    marked = tree.xpath("//*[@class or @id]")
    names = ((e, f"{e.get('class') or ''} {e.get('id') or ''}") for e in marked)
    walls = (e for e, name in names if MARKED_WALL.search(name) and not _has_many(e))
    return "\n".join(e.text_content() for e in islice(walls, 10))


def _list_problem(tree: HtmlElement, text: str) -> str | None:
    headlines = list(_linked_headlines(tree))
    within = Counter(e for headline in headlines for e in (headline, *headline.iterancestors()))
    extracted = _letters(text)
    sizes = [
        size for headline in headlines if (size := _entry_words(headline, within, extracted)) > 0
    ]
    if len(sizes) < FEWEST_ENTRIES or sum(sizes) < count_words(text) / 2:
        return None
    mean = sum(sizes) // len(sizes)
    return (
        f"several short texts, no article ({len(sizes):,} of about {mean} words each); it looks "
        "like a front page or a list: give the address of one article"
    )


def _entry_words(headline: HtmlElement, within: Counter[HtmlElement], extracted: str) -> int:
    """Return how many words of the extracted text stand in the entry of a linked headline.

    The entry is the largest block that holds no other headline, and what follows it up to the
    next one. A long entry is an article, or a chapter of one, and counts nothing.
    """
    block = headline
    for ancestor in headline.iterancestors():
        if within[ancestor] > 1:
            break
        block = ancestor
    strings = [*block.itertext()]
    if count_words(" ".join(strings)) > LONGEST_ENTRY:
        return 0
    behind = takewhile(lambda sibling: not within[sibling], block.itersiblings())
    siblings = (s for s in islice(behind, 20) if isinstance(s.tag, str))
    more = [string for sibling in siblings for string in sibling.itertext()]
    if count_words(" ".join(more)) <= LONGEST_BEHIND:
        strings += more
    return sum(count_words(s) for s in strings if (plain := _letters(s)) and plain in extracted)


def _letters(text: str) -> str:
    """Return the letters and figures alone: extractors change the spaces and marks between."""
    return "".join(re.findall(r"\w+", text)).lower()


def _linked_headlines(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the links that are headlines: in a heading, around one, or alone in their block."""
    for link in tree.iter("a"):
        target = link.get("href") or "#"
        if target.startswith("#") or _has_many(link):
            continue
        words = link.text_content().split()
        around = (link.getparent(), *link.iterancestors())[:3]
        is_heading = any(e is not None and e.tag in HEADINGS for e in around)
        is_around = any(e.tag in HEADINGS for e in link.iterdescendants())
        is_one = is_heading or is_around or _opens_entry(link) or _is_alone(link, words)
        if is_one and count_words(" ".join(words)) > 2:
            yield link


def _opens_entry(link: HtmlElement) -> bool:
    """Whether a link stands at the head of a list item or the like, with a block behind it."""
    entry, after = link.getparent(), link.getnext()
    if entry is None or after is None or entry.tag not in ENTRIES or after.tag not in BLOCKS:
        return False
    is_first = link.getprevious() is None and not (entry.text or "").strip()
    return is_first and not (link.tail or "").strip()


def _is_alone(link: HtmlElement, words: list[str]) -> bool:
    block = link.getparent()
    while block is not None and block.tag in {"span", "b", "strong", "em", "i"}:
        block = block.getparent()
    return block is not None and not _has_many(block) and block.text_content().split() == words


def _has_many(block: HtmlElement) -> bool:
    """Whether a block holds more than a paragraph or a headline does."""
    return next(islice(block.iterdescendants(), 40, None), None) is not None
