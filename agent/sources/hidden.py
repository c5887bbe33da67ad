"""Take out of a web page what its reader does not see: a place where text for machines is put."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

NEVER_TEXT = ("script", "style", "noscript", "svg", "iframe", "object", "canvas")
HIDING_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only screenreader"
    " offscreen off-screen u-hidden is-hidden".split()
)
HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?:\.0*)?(?:px|pt|em|rem|%)?(?:;|!|$)"
    r"|(?:^|;)opacity:0(?:\.0\d*)?(?:;|!|$)|(?:left|top|right|text-indent|margin-left):-\d{3,}"
    r"|clip:rect\((?:0|1px)|clip-path:inset\((?:50|100)%"
    r"|(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$).*overflow:hidden"
    r"|transform:scale\(0\)"
)
COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)", "transparent", "rgba(0,0,0,0)"})
RULE = re.compile(r"([^{}]{1,200})\{([^{}]{1,2000})\}")
SELECTOR = re.compile(r"\s*[a-z]*([.#])([\w-]+)\s*")
MEDIA = re.compile(r"@(?:media|supports|container|print)[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
CHROME = frozenset(
    {"nav", "header", "footer", "form", "aside", "dialog", "menu", "button", "select"}
)
CHROME_ROLES = frozenset({"dialog", "alertdialog", "navigation", "menu", "search", "tooltip"})
FEWEST_WORDS = 6  # a hidden label of fewer words is part of the page's workings


def remove_hidden(tree: HtmlElement) -> tuple[str, ...]:
    """Remove hidden elements from the tree, in place, and return a note on what was removed.

    Hidden is what an attribute, an inline style, a well-known class or a simple rule of the
    page's own style sheet keeps from view. What holds most of the page's text is left in
    place, since such pages are shown by their scripts. Only passages that could pass for a
    part of the article are counted: every page hides menus and forms.
    """
    named = _hidden_names(tree)
    most = len(_words(tree)) / 2
    count, kept = 0, False
    for element in list(_hidden(tree, named)):
        words = [] if element.tag in NEVER_TEXT else _words(element)
        if len(words) > max(most, FEWEST_WORDS):
            kept = True
            continue
        count += _could_pass(element, words, tree)
        _drop(element)
    notes = [f"{count:,} hidden passage{'s were' if count > 1 else ' was'} left out"] * bool(count)
    notes += ["most of this page's text is hidden until its scripts run"] * kept
    return tuple(notes)


def _hidden(tree: HtmlElement, named: frozenset[str]) -> Iterator[HtmlElement]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            yield element
        elif element.tag in {"html", "body", "head"}:
            continue
        elif element.tag in NEVER_TEXT or element.tag == "template" or _is_hidden(element, named):
            # Structured facts about the article are read from scripts before this runs.
            yield element


def _is_hidden(element: HtmlElement, named: frozenset[str]) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    classes = (element.get("class") or "").split()
    if any(c in HIDING_CLASSES or f".{c}" in named for c in classes):
        return True
    if f"#{element.get('id')}" in named:
        return True
    if element.tag == "details" and element.get("open") is None:
        # Its summary is in view; the rest is not until it is opened.
        return False
    parent = element.getparent()
    if parent is not None and parent.tag == "details" and parent.get("open") is None:
        return bool(element.tag != "summary")
    style = element.get("style")
    return bool(style) and _hides(style)


def _hides(style: str) -> bool:
    style = re.sub(r"\s+", "", style.lower())
    if HIDING.search(style):
        return True
    colour, background = COLOUR.search(style), BACKGROUND.search(style)
    if colour and background:
        return colour[1] == background[1]
    return bool(colour and colour[1] in WHITE)


def _hidden_names(tree: HtmlElement) -> frozenset[str]:
    """Return the classes and ids, as `.name` and `#name`, that the page's own rules hide."""
    names: set[str] = set()
    for sheet in tree.iter("style"):
        for selectors, body in RULE.findall(MEDIA.sub("", (sheet.text or "")[:200_000])):
            if not _hides(body):
                continue
            names.update("".join(m.groups()) for s in selectors.split(",")
                         if (m := SELECTOR.fullmatch(s)))  # fmt: skip
    return frozenset(names)


def _words(element: HtmlElement) -> list[str]:
    """Return the words in view of a person or an extractor: not those of scripts or comments."""
    if not isinstance(element.tag, str):
        return []
    texts = (
        text
        for part in element.iter()
        if isinstance(part.tag, str) and part.tag not in NEVER_TEXT
        for text in (part.text, *(child.tail for child in part))
    )
    return [word for text in texts if text for word in text.split()]


def _could_pass(element: HtmlElement, words: list[str], tree: HtmlElement) -> bool:
    """Whether a removed element held a passage that an extractor could have taken for article."""
    if len(words) < FEWEST_WORDS or not any(w.endswith((".", "!", "?", ".”", '."')) for w in words):
        return False
    around = [element, *element.iterancestors()]
    linked = sum(len(_words(link)) for link in element.iter("a"))
    # Not in the tree: it went with an ancestor that was removed before.
    return around[-1] is tree and linked < len(words) / 2 and not any(map(_is_chrome, around))


def _is_chrome(element: HtmlElement) -> bool:
    return element.tag in CHROME or element.get("role") in CHROME_ROLES


def _drop(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    # Text behind the element is in view and belongs to the parent.
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
