"""Cut a text into sentences by their exact offsets; a sentence is what a citation points at."""

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from schemas.sources import Sentence

LONGEST = 1_000  # characters; a longer sentence (a table, a log) would be no use as a citation
LONGEST_QUOTATION = 400  # characters; up to here a quotation is never cut
WINDOW = 10_000  # characters given to the library at once; it is quadratic on some quotation marks
NARROW = 50  # characters; lines in a block narrower than this were not wrapped but typed

PARAGRAPH = re.compile(r"\n[^\S\n]*(?:\n\s*)+")
BULLET = re.compile(r"\s*(?:[-*+•‣▪◦–—·]\s|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s)")
LABELLED = re.compile(r"[A-Z][\w ]{0,30}: \S")
COLUMNS = re.compile(r"\S {3,}\S")
SPACE = re.compile(r"\s")
VISIBLE = re.compile(r"\S")
QUOTATION = re.compile(
    r'(?<![^\s(\[—–-])"(?=\S)[^"]*"'
    r"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»"
    r"|‘[^‘’]*(?:’(?=\w)[^‘’]*)*’|「[^「」]*」"
)
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
SURROGATES = re.compile("[\ud800-\udfff]")

# After these a name or a number follows, never a new sentence.
EXPECTANT = re.compile(
    r"\b(?:Gen|Lt|Col|Brig|Capt|Cmdr|Cdr|Adm|Vice Adm|Sgt|Cpl|Pvt|Maj|Gov|Sens?|Reps?|Drs?|Mr|Mrs"
    r"|Ms|Messrs|Mx|Prof|St|Ste|Mt|Ft|Rev|Hon|Amb|Pres|Supt|Insp|Det|Atty|Approx|approx|Figs?|Arts?"
    r"|Sec|paras?|vs|cf|ca|Dept|Univ|e\.g|i\.e|al)\.$"
)
NUMBERED = re.compile(r"\b(?:No|Nos|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|p|pp|Vol)\.$")
ITEM_NUMBER = re.compile(r"^\(?(?:\d{1,3}|[a-zA-Z])[.)]$")
# Brackets around one word, such as (ret.), end nothing.
BRACKETED_END = re.compile(r"\s.*[.!?][\"”’]?[)\]]$", re.DOTALL)
OPENING = re.compile(r"\s+[\"“‘(]?[A-Z]")
# Lower case goes on with a sentence, but for names such as iPhone and al-Rashid.
LOWER = re.compile(r"(?![a-z]{1,2}-?[A-Z])[^\W\d_]")
INITIAL = re.compile(r"(?:^|[\s(])[A-Z]\.$")
CLOCK = re.compile(r"\b[ap]\.m\.(?=\s+([A-Z]\w*))")
# A word that goes on with the time of day instead of opening a sentence.
CLOCK_GOES_ON = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|March|Apr|May|June|July|Aug|Sep|Oct|Nov|Dec"
    r"|Eastern|Central|Mountain|Pacific|Greenwich|Moscow|Beijing|[A-Z]{2,4}$"
)
STATE = re.compile(r"\b(?:[A-Z]\.){2,6}(?=\s+([A-Z]\w*))")
# Words that open a sentence after an abbreviation such as U.S., and are no part of a name.
OPENERS = frozenset(
    "The A An He She It They We I You But And In On At As If When While After Before This That "
    "These Those His Her Their Its Our There No Not Some Many Most Few Two Three Both Neither "
    "It's That's Officials Police However Meanwhile Since For From With According What Who Why "
    "How Another".split()
)
ASKED = ('?"', '!"', "?”", "!”", "?’", "!’")
SPEECH = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,5}(?:\w+\s+)?"
    r"(?:said|says|asked|asks|told|replied|added|wrote|shouted|answered|insisted|warned|demanded"
    r"|wondered|responded|tweeted|posted|continued|explained|declared|announced)\b"
)


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each sentence starts and ends, in code points, in reading order.

    `text[start:end]` is never empty and has no white space at either end, no two spans
    overlap, and every character that is not white space lies in exactly one. Headings,
    list items and labelled lines are sentences of their own; a quotation of up to 400
    characters is not cut inside, so that its words stay with the one who said them; no
    sentence is longer than 1,000 characters.
    """
    cuts = [0]
    for start, end in _blocks(text):
        cuts.append(start)
        cuts.extend(start + cut for cut in _cuts(text[start:end]))
    cuts.append(len(text))
    spans = (_trimmed(text, a, b) for a, b in pairwise(cuts))
    return tuple(part for a, b in spans if a < b for part in _shortened(text, a, b))


def number_sentences(text: str, *, source: int) -> tuple[Sentence, ...]:
    """Return the sentences of a source's text with their ids: `1.1`, `1.2` and so on."""
    return tuple(
        Sentence(id=f"{source}.{i}", start=start, end=end, text=text[start:end])
        for i, (start, end) in enumerate(split_sentences(text), 1)
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs, headings and list items: no sentence crosses their borders."""
    start = 0
    for gap in PARAGRAPH.finditer(text):
        yield from _lines(text, start, gap.start())
        start = gap.end()
    yield from _lines(text, start, len(text))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a paragraph between the line breaks that its author meant."""
    lines = text[start:end].split("\n")
    width = max(len(line.rstrip()) for line in lines)
    begun = at = start
    for line, after in pairwise(lines):
        at += len(line) + 1
        if _is_meant(line.rstrip(), after, width):
            yield begun, at
            begun = at
    yield begun, end


def _is_meant(line: str, after: str, width: int) -> bool:
    """Whether a line break was typed, and not made by wrapping at `width`."""
    first = after.split(maxsplit=1)[:1]
    if width < NARROW or width > 120 or not first:
        return True
    if BULLET.match(after) or LABELLED.match(after) or COLUMNS.search(line):
        return True
    # Behind a wrapped line the next word did not fit; some slack, as widths are not kept strictly.
    return len(line) + 1 + len(first[0]) < 0.8 * width and not first[0][0].islower()


def _cuts(block: str) -> list[int]:
    """Return where sentences end inside a block: the library's word, then our exceptions."""
    line = SURROGATES.sub("\N{REPLACEMENT CHARACTER}", block).replace("\n", " ")
    quotations = [m.span() for m in QUOTATION.finditer(line)]
    found = {cut for cut in _library_cuts(line) if not _goes_on(line, cut)}
    found.update(_missed(line))
    # The library never cuts inside a quotation, however long it is.
    found.update(cut for a, b in quotations for cut in _inner_cuts(line, a, b))
    held = [*quotations, *(m.span() for m in BRACKETS.finditer(line))]
    return _outside(sorted(found), sorted(s for s in held if s[1] - s[0] <= LONGEST_QUOTATION))


def _inner_cuts(line: str, start: int, end: int) -> Iterator[int]:
    if end - start > LONGEST_QUOTATION:
        for cut in _library_cuts(line[start + 1 : end - 1]):
            if not _goes_on(line, start + 1 + cut):
                yield start + 1 + cut


def _library_cuts(line: str) -> Iterator[int]:
    # The library panics on wide spaces, as in `UE ;`, and on the separators.
    line = SPACE.sub(" ", line)
    start = 0
    while start < len(line):
        end = min(start + WINDOW, len(line))
        if end < len(line):
            end = line.rfind(" ", start + 1, end) + 1 or end
        last = 0
        for boundary in sentencex.get_sentence_boundaries("en", line[start:end]):
            cut = start + boundary["end_index"]
            # The end of a window is no end of a sentence, and WWW.TSUNAMI.GOV is one word.
            if cut < end and (line[cut - 1].isspace() or line[cut - 1] in "。！？"):
                yield (last := cut)
        # A sentence at the end of a window is looked at again with what follows.
        start = last if last > start + WINDOW // 2 and end < len(line) else end


def _goes_on(line: str, cut: int) -> bool:
    """Whether the sentence goes on behind a cut that the library made."""
    before, after = line[max(0, cut - 40) : cut].rstrip(), line[cut : cut + 120].lstrip()
    if cut < 12 and ITEM_NUMBER.match(line[:cut].strip()):
        return True
    if not after or (after[0].islower() and LOWER.match(after)):
        return True
    return _is_abbreviated(before, after) or (
        # `"Who knew?" Smith asked.` is one sentence.
        before.endswith(ASKED) and SPEECH.match(after) is not None
    )


def _is_abbreviated(before: str, after: str) -> bool:
    """Whether the full stop marks an abbreviation or a list number, and not an end."""
    first = after.split(maxsplit=1)[0]
    if before.endswith((" a.m.", " p.m.")):
        return CLOCK_GOES_ON.match(first) is not None
    if INITIAL.search(before):
        return first[0].isupper() and first.rstrip(",") not in OPENERS
    if NUMBERED.search(before):
        return first[0].isdigit()
    return EXPECTANT.search(before) is not None


def _missed(line: str) -> Iterator[int]:
    """Yield the sentence ends that the library passes over: behind a.m., U.S. and `.)`."""
    for found in BRACKETS.finditer(line):
        if BRACKETED_END.search(found[0]) and OPENING.match(line, found.end()):
            yield found.end()
    for found in CLOCK.finditer(line):
        if not CLOCK_GOES_ON.match(found[1]):
            yield found.end()
    for found in STATE.finditer(line):
        if found[1] in OPENERS:
            yield found.end()


def _outside(cuts: list[int], held: list[tuple[int, int]]) -> list[int]:
    """Return the cuts that lie in none of the spans, in one pass over both."""
    kept, i, reach = [], 0, 0
    for cut in cuts:
        while i < len(held) and held[i][0] < cut:
            reach = max(reach, held[i][1])
            i += 1
        if cut >= reach:
            kept.append(cut)
    return kept


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the white space at its ends; (start, start) when nothing is left."""
    first = VISIBLE.search(text, start, end)
    if first is None:
        return start, start
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


def _shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span, in parts of at most `LONGEST` characters cut at white space."""
    while end - start > LONGEST:
        # One beyond the limit: white space right behind a full part is a place to cut.
        piece = text[start : start + LONGEST + 1]
        cut = start + (max(piece.rfind("\n"), piece.rfind(" "), piece.rfind("\t")))
        cut = cut if cut > start else start + LONGEST
        yield _trimmed(text, start, cut)
        start, _ = _trimmed(text, cut, end)
    yield start, end
