"""Draw the changes of several metrics, each with its interval and margin, as a forest plot in SVG.

Places along the axis are percentages and letters keep their size, so that one drawing serves a
telephone and a wide screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

from agent.clean import one_line
from agent.views.lines import plain
from evals.report import figures
from evals.shapes import Shift

ROW = 44  # pixels from one metric to the next
TRACK = 28  # from the top of a row to the line of its interval
ROOM = (2.0, 98.0)  # percent of the width between which the axis runs
TICKS = 5  # about so many
LONGEST = 40  # characters of a name; no more find room


def forest(shifts: Sequence[Shift], *, id: str, title: str, names: tuple[str, str]) -> str:
    """Return an SVG drawing for a page: a row for each metric, on one axis.

    Further right is better, so the axis of a metric of which less is better runs the other way;
    put together only metrics of one unit and one direction.

    Args:
        shifts: What to draw; at least one.
        id: What the page calls the drawing; unique in it.
        title: What it shows.
        names: The first version and the second.

    Raises:
        ValueError: There is nothing to draw.
    """
    if not shifts:
        raise ValueError("a plot of no metric says nothing")
    axis = _axis(shifts)
    height = ROW * len(shifts) + 44
    svg = Element(
        "svg",
        {"role": "img", "aria-labelledby": f"{id}-title {id}-told", "width": "100%"},
        height=str(height),
    )
    _text(svg, "title", plain(title), id=f"{id}-title")
    _text(svg, "desc", _described(shifts), id=f"{id}-told")
    _draw_axis(svg, axis, shifts[0], names, ROW * len(shifts))
    for number, shift in enumerate(shifts):
        _draw_row(svg, shift, axis, ROW * number)
    return tostring(svg, encoding="unicode", short_empty_elements=False)


@dataclass(frozen=True)
class _Axis:
    """Where values lie: `sign` is -1 where less is better."""

    ticks: tuple[float, ...]
    sign: int

    def x(self, value: float) -> float:
        """Return the place of a value in percent of the width."""
        low, high = self.ticks[0], self.ticks[-1]
        share = (self.sign * value - low) / (high - low)
        return ROOM[0] + share * (ROOM[1] - ROOM[0])

    def marks(self) -> Iterator[tuple[float, str]]:
        """Yield each tick's value with its label."""
        step = min(right - left for left, right in pairwise(self.ticks))
        decimals = max(0, ceil(-log10(step) - 1e-9))
        for tick in self.ticks:
            value = self.sign * tick + 0.0
            yield value, format(value, f"+.{decimals}f") if value else "0"


def _axis(shifts: Sequence[Shift]) -> _Axis:
    sign = -1 if shifts[0].better == "lower" else 1
    values = [0.0]
    for shift in shifts:
        values += [sign * shift.change, *(sign * bound for bound in shift.interval or ())]
        values += [-shift.margin] if shift.margin is not None else []
    spread = max(values) - min(values) or 0.1
    step = _nice(spread / TICKS)
    first, last = floor(min(values) / step), ceil(max(values) / step)
    if first == last:
        first, last = first - 1, last + 1
    # Rounded, or a tenth three times over would read 0.30000000000000004.
    return _Axis(tuple(round(step * n, 12) for n in range(first, last + 1)), sign)


def _nice(step: float) -> float:
    """Return the next of 1, 2 and 5, times a power of ten, that is at least so large."""
    power: float = 10.0 ** floor(log10(step))
    return next((power * n for n in (1, 2, 5) if power * n >= step), power * 10)


def _draw_axis(
    svg: Element, axis: _Axis, first: Shift, names: tuple[str, str], bottom: int
) -> None:
    for value, label in axis.marks():
        x = axis.x(value)
        kind = "zero" if not value else "grid"
        _line(svg, kind, (x, x), (0, bottom))
        anchor = "start" if x < 5 else "end" if x > 95 else "middle"
        _text(svg, "text", label, _at(x, bottom + 16) | {"text-anchor": anchor, "class": "tick"})
    worse, better = (
        ("less", "more")
        if first.better == "neither"
        else (f"{_short(names[0])} better", f"{_short(names[1])} better")
    )
    for side, x, anchor in ((f"← {worse}", 0.0, "start"), (f"{better} →", 100.0, "end")):
        _text(
            svg, "text", side, _at(x, bottom + 36) | {"text-anchor": anchor, "class": "direction"}
        )


def _draw_row(svg: Element, shift: Shift, axis: _Axis, top: int) -> None:
    row = SubElement(svg, "g", {"class": shift.label.replace(" ", "-")})
    _text(row, "title", _told(shift))
    name = _text(row, "text", _short(shift.title), _at(0.0, top + 13) | {"class": "name"})
    _text(name, "tspan", f" {shift.label}", {"class": "label"})
    told = f"{figures.change(shift.change)} {figures.interval(shift.interval)}"
    figure = {"text-anchor": "end", "class": "figure"}
    _text(row, "text", told, _at(100.0, top + 13) | figure)
    middle = top + TRACK
    if shift.margin is not None:
        edge = axis.sign * -shift.margin
        _line(row, "margin", (axis.x(edge), axis.x(edge)), (middle - 10, middle + 10))
    if shift.interval:
        low, high = sorted(axis.x(bound) for bound in shift.interval)
        _line(row, "interval", (low, high), (middle, middle))
        for x in (low, high):
            _line(row, "interval", (x, x), (middle - 4, middle + 4))
    at = {"x": _percent(axis.x(shift.change)), "y": str(middle - 5)}
    square = {"width": "10", "height": "10", "transform": "translate(-5 0)", "class": "change"}
    SubElement(row, "rect", at | square)


def _described(shifts: Sequence[Shift]) -> str:
    rows = "; ".join(_told(shift) for shift in shifts)
    return f"{rows}. The table that follows holds the same figures."


def _told(shift: Shift) -> str:
    interval = f", interval {figures.interval(shift.interval)}" if shift.interval else ""
    margin = "" if shift.margin is None else f", margin {shift.margin:g}"
    change = figures.change(shift.change)
    return f"{plain(shift.title)}: {change}{interval}{margin}, {shift.label}"


def _line(parent: Element, kind: str, x: tuple[float, float], y: tuple[int, int]) -> None:
    places = {"x1": _percent(x[0]), "x2": _percent(x[1]), "y1": str(y[0]), "y2": str(y[1])}
    SubElement(parent, "line", places | {"class": kind})


def _text(
    parent: Element, tag: str, text: str, attributes: dict[str, str] | None = None, **more: str
) -> Element:
    element = SubElement(parent, tag, attributes or {}, **more)
    element.text = text
    return element


def _short(text: str) -> str:
    return one_line(text, limit=LONGEST)


def _at(x: float, y: int) -> dict[str, str]:
    return {"x": _percent(x), "y": str(y)}


def _percent(x: float) -> str:
    return f"{x:.2f}%"
