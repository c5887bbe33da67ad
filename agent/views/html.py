"""A brief as one HTML page, without network, on which each claim opens the sentences it rests on.

Every text from a source or a model passes `plain` on its way into a template and is then escaped
by jinja2, so that none of it is ever read as HTML. The page's policy names its one style sheet
and its one script by their hashes, so that a browser would run nothing else either.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agent.briefs import digest
from agent.clean import one_line
from agent.views import lines
from agent.views.blocks import Field, Matrix, Table
from agent.views.chapters import Chapter, Entry, Passage, read_chapters, resting_on
from agent.views.charts import Simulated, before_and_after, likelihood_scale
from agent.views.checked import MARKS
from agent.views.lines import plain
from agent.views.outline import outline
from schemas.brief import Brief
from schemas.cross_impact import CrossImpact
from schemas.review import Decision
from schemas.sources import Sentence, Source

ON_A_SCALE = frozenset({"hypotheses", "outlook"})  # sections whose likelihoods are drawn
LANGUAGE = re.compile("[a-z]{2}")
LONGEST = 110  # characters of a claim in the list below a sentence; a click opens the whole


def html(brief: Brief) -> str:
    """Return the brief as one HTML page that asks no network for anything.

    It reads complete without its script, which only joins the two sides: a claim that is opened
    lights up its sentences, and a sentence the claims that rest on it.

    Raises:
        ValueError: A figure in the brief is not finite, so that it has no digest.
    """
    templates = _templates()
    style = templates.get_template("style.css.j2").render(tlp=brief.tlp, status=brief.status)
    script = templates.get_template("script.js").render()
    # Both are files of ours; the mark in the style sheet is one of five words, and escaped.
    return templates.get_template("page.html.j2").render(
        page=_page(brief),
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
    )


@dataclass(frozen=True)
class Page:
    """What the page shows.

    Attributes:
        brief: The brief.
        digest: Its SHA-256 as it is printed in JSON, in hex.
        status: Who stands behind the brief.
        head: The fields about the brief as a whole, by name; some have a place of their own.
        body: Every chapter that makes claims, what was withheld last.
        sources: Each source, with what is said of it.
        foot: How the brief was made.
        sentences: By id, every sentence.
        resting: By the id of a sentence, the claims that rest on it.
        decisions: By the id of a claim, what a review decided on it.
        figures: By the title of a chapter, its drawing.
    """

    brief: Brief
    digest: str
    status: str
    head: Mapping[str, tuple[str, ...]]
    body: tuple[Chapter, ...]
    sources: tuple[tuple[Source, Chapter], ...]
    foot: Chapter
    sentences: Mapping[str, Sentence]
    resting: Mapping[str, tuple[Entry, ...]]
    decisions: Mapping[str, Decision]
    figures: Mapping[str, Markup]


def _page(brief: Brief) -> Page:
    root = read_chapters(brief, outline(brief, full=True))
    *body, sources, foot = root.chapters
    return Page(
        brief=brief,
        digest=digest(brief),
        status=lines.status(brief),
        head=_by_name(root),
        body=tuple(body),
        sources=tuple(zip(brief.sources, sources.chapters, strict=True)),
        foot=foot,
        sentences={s.id: s for source in brief.sources for s in source.sentences},
        resting=resting_on(body),
        decisions={d.claim: d for d in brief.review.decisions} if brief.review else {},
        figures=dict(_figures(brief, body)),
    )


def _by_name(chapter: Chapter) -> Mapping[str, tuple[str, ...]]:
    """Return the fields of a chapter; those of one name stand together."""
    found: dict[str, tuple[str, ...]] = {}
    for field in chapter.content:
        if isinstance(field, Field):
            found[field.name] = (*found.get(field.name, ()), field.text)
    return found


def _figures(brief: Brief, body: Sequence[Chapter]) -> Iterator[tuple[str, Markup]]:
    """Yield the drawings, each with the title of its chapter.

    Our own code draws them, and ElementTree escapes every text in them.
    """
    for number, chapter in enumerate(body):
        rows = [
            (passage.title, entry.claim.likelihood)
            for passage in chapter.passages
            for entry in passage.entries
            if entry.claim and entry.claim.likelihood and not entry.withheld
            if entry.claim.section in ON_A_SCALE and passage.title
        ]
        if rows:
            title = f"{chapter.title}: how likely, on the scale of ICD 203"
            yield chapter.title, Markup(likelihood_scale(rows, id=f"chart-{number}", title=title))
    simulated = {t.name: t.cross_impact for t in brief.techniques if t.cross_impact}
    for technique in chain.from_iterable(chapter.chapters for chapter in body):
        if technique.title in simulated:
            drawn = _bars(technique, simulated[technique.title])
            yield technique.title, Markup(drawn)


def _bars(chapter: Chapter, result: CrossImpact) -> str:
    table = next(found for found in chapter.content if isinstance(found, Table))
    events = [
        Simulated(row.id, row.text, outcome.before, outcome.after, row.cells)
        for row, outcome in zip(table.rows, result.outcomes, strict=True)
    ]
    title = "Probability of each event before the simulation (hollow) and after it (full)"
    return before_and_after(events, id="chart-impact", title=title)


def _policy(style: str, script: str) -> str:
    """Return what the page may do: apply this style, run this script, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("agent.views", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"anchor": _anchor, "short": _short, "language": _language}
    environment.tests |= {"passage": lambda found: isinstance(found, Passage)}
    environment.tests |= {"table": lambda found: isinstance(found, Table)}
    environment.tests |= {"matrix": lambda found: isinstance(found, Matrix)}
    environment.globals |= {"VERDICTS": MARKS, "RATINGS": lines.RATINGS}
    return environment


def _shown(value: object) -> object:
    """Return text without what no reader can see, whatever field it comes from."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def _anchor(id: str) -> str:
    """Return an id of the brief as one that a page and the fragment of a link can hold."""
    return re.sub(r"\s+", "_", plain(id))


def _short(text: str) -> str:
    return one_line(text, limit=LONGEST)


def _language(code: str | None) -> str | None:
    """Return the code of a language, or None for what a browser would not know as one."""
    return code if code and LANGUAGE.fullmatch(code) else None
