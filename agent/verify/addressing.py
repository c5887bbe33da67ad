"""Keep text that addresses a reader or a model from being evidence for anything but itself."""

import re
from collections.abc import Iterator

from agent.material import break_tags
from agent.verify.attribution import is_attributed
from agent.verify.orders import hide_orders, voice_of_orders
from agent.verify.passage import Passage
from agent.verify.quotations import outside_quotes, quotes_in
from agent.verify.verdicts import against, in_favour
from agent.verify.words import content, plain
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Source, Sources

METHOD = "addressing"
LEFT_OUT = "[words that address a reader or a model]"
A_QUESTION = "[a question]"
# Sentences that go on in a forged voice; a text without paragraphs is not lost for one of them.
MOST_BEHIND = 8
# A claim that only says that such words are there may be made of these and no others.
_REPORT_WORDS = frozenset(
    content(
        """text page article source document message paragraph sentence passage website site post
        email letter author writer somebody hold contain carry include say tell ask instruct order
        urge direct demand want address speak seek try attempt command request instruction prompt
        reader model language large ai artificial intelligence assistant chatbot bot machine
        system software analyst tool program automated fact checker summariser which that rate
        ignore report answer reply respond summary brief claim statement confidence high
        supported verified hidden embedded injection inject one two three several it its them
        be to a an the of for with in and or not no false own words text's"""
    )
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_REPORTS = re.compile(
    r"\b(?:text|page|article|source|document|message|paragraph|sentence|passage|site|post|email"
    r"|letter|author)\b.*\b(?:instruct\w*|orders?|commands?|tell\w*|asks?|demands?|requests?"
    r"|urges?|address\w*|prompts?|speaks?|directs?)\b.*"
    r"\b(?:readers?|models?|assistants?|chatbots?|bots?|ai|machines?|systems?|tools?|analysts?"
    r"|checkers?|software|program)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s\"'<>()\]]+|\b[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|info|io|xyz|ru|cn|biz|app|site|online|top|example)\b",
    re.IGNORECASE,
)


def check_addressing(claim: Claim, passage: Passage) -> Verdict | None:
    """Return the verdict on a claim that rests on, or is, text that addresses a reader or a model.

    Such a sentence is evidence only that such words are there: a claim that says no more than
    this is supported, every other claim that cites it is `unsupported`. So is a claim that itself
    gives orders about an answer (advice is an order by its nature, and is let through), a question
    that is no information gap, and a web or mail address that no other sentence has.
    """
    if claim.basis != "recommendation" and voice_of_orders(claim.text) == "own":
        return against(claim, method=METHOD, reason="addresses a reader or a model itself")
    if claim.author == "model" and claim.part != "gaps" and "?" in outside_quotes(claim.text):
        return against(claim, method=METHOD, reason="asks a question, and states nothing")
    apart = _own_orders(passage.sources)
    hostile = [s for s in passage.cited if s.id in claim.evidence and s.id in apart]
    if hostile:
        return _on_orders(claim, hostile)
    foreign = _foreign_address(claim.text, quotable(passage.sources))
    if foreign:
        reason = f"gives the address {foreign}, which no source reports"
        return against(claim, method=METHOD, reason=reason, evidence=passage.ids)
    return None


def quotable(sources: Sources) -> Sources:
    """Return the sources without the sentences that address a reader or a model in their own voice.

    What follows such a sentence in its paragraph, eight sentences at most, goes on in its voice and
    goes with it. The other sentences keep their ids and offsets: in `text`, spaces stand for what
    is set aside. The same object comes back when there is nothing to set aside.
    """
    apart = _own_orders(sources)
    if not apart:
        return sources
    return Sources(items=tuple(_without(source, apart) for source in sources.items))


def note_addressing(sources: Sources) -> Sources:
    """Return the sources, each with a note on how many of its sentences address a reader or model.

    A title that does so is noted apart: no claim can cite it, but every reader sees it.
    """
    return Sources(items=tuple(map(_noted, sources.items)))


def for_judge(text: str) -> str:
    """Return a claim as a judge may read it.

    Quoted orders are left out, since a judge could follow them, and a quotation is compared to the
    letter by an exact step before; what could pass for a tag of a chat template is broken up.
    """
    return break_tags(hide_orders(text, LEFT_OUT))


def premise_for_judge(text: str) -> str:
    """Return a cited sentence as a judge may read it: as a claim, and no question put to a reader.

    A question states nothing that a claim could rest on, and a judge could answer it instead.
    """
    asks = plain(text).endswith("?") and not is_attributed(text)
    return A_QUESTION if asks else for_judge(text)


def _own_orders(sources: Sources) -> frozenset[str]:
    """Return the ids of the sentences in the voice of one who addresses a reader or a model."""
    return frozenset(id for source in sources.items for id in _own_orders_of(source))


def _own_orders_of(source: Source) -> Iterator[str]:
    behind, end = 0, 0
    for sentence in source.sentences:
        if voice_of_orders(sentence.text) == "own":
            behind = MOST_BEHIND + 1
        elif _PARAGRAPH.search(source.text, end, sentence.start):
            behind = 0
        end = sentence.end
        if behind:
            behind -= 1
            yield sentence.id


def _on_orders(claim: Claim, hostile: list[Sentence]) -> Verdict:
    ids = [sentence.id for sentence in hostile]
    if claim.basis == "reported" and _says_only_that(claim.text, hostile):
        return in_favour(
            claim,
            method=METHOD,
            reason=f"{_listed(ids)} such words, and it says no more than that",
            score=0.9,
            evidence=ids,
        )
    verb = "addresses" if len(ids) == 1 else "address"
    reason = f"{', '.join(ids)} {verb} the reader of this text or a model, and can support nothing"
    return against(claim, method=METHOD, reason=reason, evidence=ids)


def _says_only_that(text: str, hostile: list[Sentence]) -> bool:
    theirs = [plain(sentence.text) for sentence in hostile]
    if not all(any(quote in sentence for sentence in theirs) for quote in quotes_in(text)):
        return False
    around = outside_quotes(text)
    return bool(_REPORTS.search(around)) and set(content(around)) <= _REPORT_WORDS


def _listed(ids: list[str]) -> str:
    return f"{', '.join(ids)} {'holds' if len(ids) == 1 else 'hold'}"


def _foreign_address(text: str, sources: Sources) -> str | None:
    for found in _ADDRESS.finditer(plain(text)):
        address = found.group().rstrip(".,;:!?")
        if not any(
            address.casefold() in plain(s.text).casefold() for s in sources.sentences.values()
        ):
            return address
    return None


def _without(source: Source, apart: frozenset[str]) -> Source:
    kept, pieces, end = [], [], 0
    for sentence in source.sentences:
        if sentence.id in apart:
            blank = " " * (sentence.end - sentence.start)
            pieces += [source.text[end : sentence.start], blank]
            end = sentence.end
        else:
            kept.append(sentence)
    text = "".join((*pieces, source.text[end:]))
    return source.model_copy(update={"text": text, "sentences": tuple(kept)})


def _noted(source: Source) -> Source:
    own = set(_own_orders_of(source))
    count = len(own | {s.id for s in source.sentences if voice_of_orders(s.text)})
    notes = []
    if count:
        verb = "sentences address" if count > 1 else "sentence addresses"
        notes.append(f"{count:,} {verb} a reader or a model{_fate(len(own), count)}")
    if voice_of_orders(source.title):
        notes.append("its title addresses a reader or a model")
    return source.model_copy(update={"notes": (*source.notes, *notes)}) if notes else source


def _fate(own: int, count: int) -> str:
    if not own:
        return ""
    if own == count:
        return " and can support no claim" if own == 1 else " and none can support a claim"
    return f"; {own:,} of them, in no quotation, can support no claim"
