"""Draw likelihoods and simulated probabilities on one scale of probability, as SVG for a page.

Places along the scale are percentages and letters keep their size, so that one drawing serves a
telephone, a wide screen and paper. Colours are presentation attributes, for readers that apply no
style sheet to a drawing; the page's style sheet overrules them by class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from agent.analysis.estimative import BANDS, phrase
from agent.clean import one_line
from agent.views.lines import plain
from schemas.claims import Likelihood

INK, QUIET, RULE, ACCENT = "#1c1c1a", "#5c5c56", "#d5d5cd", "#0b57a4"
SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
ROW = 42  # pixels from one row to the next
EDGES = sorted({edge for band in BANDS.values() for edge in band} - {1, 99})
NARROWEST_NAMED = 10  # percent; a band below this has no room for its name
LONGEST = 56  # characters of a row's name; no more find room


@dataclass(frozen=True)
class Simulated:
    """One event of a simulation: its short name, what it is, and its probabilities.

    `figures`, three of them, are both probabilities and the change as the table beside has them.
    """

    name: str
    text: str
    before: float
    after: float
    figures: tuple[str, ...]


def likelihood_scale(rows: Sequence[tuple[str, Likelihood]], *, id: str, title: str) -> str:
    """Return a drawing with one row for each name: its likelihood's band on the ICD 203 scale.

    Args:
        rows: Names with their likelihoods; at least one.
        id: What the page calls the drawing; unique in it.
        title: What it shows.
    """
    told = "; ".join(f"{name}: {phrase(likelihood)}" for name, likelihood in rows)
    svg = _drawing(id, title, told, rows=len(rows))
    for number, (name, likelihood) in enumerate(rows):
        low, high = BANDS[likelihood]
        _head(svg, ROW * number, (name, ""), phrase(likelihood))
        _bar(svg, "band", (low, high), ROW * number + 22, height=9, fill=ACCENT)
    return tostring(svg, encoding="unicode", short_empty_elements=False)


def before_and_after(events: Sequence[Simulated], *, id: str, title: str) -> str:
    """Return a drawing with two bars for each event: hollow before the simulation, full after.

    Args:
        events: At least one.
        id: What the page calls the drawing; unique in it.
        title: What it shows.
    """
    told = "; ".join(
        f"{event.name}: {event.figures[0]} before, {event.figures[1]} after" for event in events
    )
    svg = _drawing(id, title, told, rows=len(events))
    for number, event in enumerate(events):
        top = ROW * number
        before, after, change = event.figures
        _head(svg, top, (event.name, event.text), f"{before} → {after} ({change})")
        _bar(svg, "before", (0, 100 * event.before), top + 19, height=6, fill="none", stroke=ACCENT)
        _bar(svg, "after", (0, 100 * event.after), top + 27, height=7, fill=ACCENT)
    return tostring(svg, encoding="unicode", short_empty_elements=False)


def _drawing(id: str, title: str, told: str, *, rows: int) -> Element:
    """Return a drawing with the scale, as high as its rows need."""
    bottom = ROW * rows
    attributes = {
        "role": "img",
        "aria-labelledby": f"{id}-title {id}-told",
        "width": "100%",
        "height": str(bottom + 36),
        "font-family": SANS,
        "font-size": "12",
    }
    svg = Element("svg", attributes)
    _text(svg, "title", title, id=f"{id}-title")
    _text(svg, "desc", told, id=f"{id}-told")
    for row in range(rows):
        _bar(svg, "track", (0, 100), ROW * row + 26, height=1, fill=RULE)
        for edge in EDGES:
            _edge(svg, edge, ROW * row + 18)
    for edge in EDGES:
        _label(svg, "tick", edge, bottom + 14, f"{edge}%")
    for likelihood, (low, high) in BANDS.items():
        if high - low >= NARROWEST_NAMED:
            name = "even" if likelihood == "roughly even chance" else likelihood
            _label(svg, "term", (low + high) / 2, bottom + 30, name)
    return svg


def _head(svg: Element, top: int, names: tuple[str, str], figures: str) -> None:
    """Draw what stands above a row's bars: its name and what it is, and its figures."""
    name, text = names
    left = {"x": "0", "y": str(top + 13), "class": "name", "fill": INK, "font-weight": "600"}
    label = _text(svg, "text", one_line(name, limit=LONGEST), left)
    if text:
        more = one_line(text, limit=LONGEST)
        beside = {"dx": "6", "class": "more", "fill": QUIET, "font-weight": "400"}
        _text(label, "tspan", more, beside)
    right = {"x": "100%", "y": str(top + 13), "text-anchor": "end", "class": "figure"}
    _text(svg, "text", figures, {**right, "fill": QUIET})


def _bar(
    svg: Element, kind: str, span: tuple[float, float], top: int, *, height: int, **colours: str
) -> None:
    low, high = span
    place = {"x": f"{low:.2f}%", "width": f"{high - low:.2f}%"}
    shape = {"y": str(top), "height": str(height), "class": kind}
    SubElement(svg, "rect", {**place, **shape, **colours})


def _edge(svg: Element, edge: int, top: int) -> None:
    """Draw where one band ends and the next begins, beside a row's bars and not across its text."""
    place = {"x1": f"{edge}%", "x2": f"{edge}%", "y1": str(top), "y2": str(top + 18)}
    SubElement(svg, "line", {**place, "stroke": RULE, "class": "edge"})


def _label(svg: Element, kind: str, x: float, y: int, text: str) -> None:
    at = {"x": f"{x:g}%", "y": str(y), "text-anchor": "middle"}
    _text(svg, "text", text, {**at, "class": kind, "fill": QUIET, "font-size": "11"})


def _text(
    parent: Element, tag: str, text: str, attributes: dict[str, str] | None = None, **more: str
) -> Element:
    element = SubElement(parent, tag, attributes or {}, **more)
    element.text = plain(text)
    return element
