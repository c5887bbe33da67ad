"""Signals: what matters and who says so, also when the text is longer than the window."""

import asyncio

import pytest

from agent.errors import EndpointError, SchemaError
from agent.material import line_tokens
from agent.progress import Silent
from agent.prompts import load_prompts
from agent.sections.signals import (
    RESERVED_TOKENS,
    as_text,
    read_signals,
    shown_sentences,
)
from schemas.sources import Sources
from tests.builders import Scripted, make_source


def read(sources, model):
    return asyncio.run(read_signals(sources, model, load_prompts("v1"), Silent()))


def signal(id, speaker, kind="official"):
    return {"evidence": id, "speaker": speaker, "speaker_kind": kind}


def all_of(*signals):
    return {"signals": list(signals)}


def first_shown(request):
    """Answer with the first sentence that the prompt shows."""
    id = request.text.partition("\n[")[2].partition("]")[0]
    return all_of(signal(id, "the outlet", "the outlet"))


def long_sources():
    text = "\n\n".join(
        f"The ministry said on Monday that convoy {n} had crossed the border." for n in range(200)
    )
    return Sources(items=(make_source(text),))


def test_a_speaker_that_the_sentence_names_is_kept_with_its_kind(sources):
    found = read(sources, Scripted(signals=all_of(signal("1.5", "Lim Dae-sung", "official"))))
    lim = next(s for s in found if s.sentence.id == "1.5")
    assert (lim.speaker, lim.kind) == ("Lim Dae-sung", "official")


def test_a_speaker_that_the_sentence_does_not_name_is_not_believed(sources):
    found = read(sources, Scripted(signals=all_of(signal("1.3", "The White House"))))
    spoken = next(s for s in found if s.sentence.id == "1.3")
    assert (spoken.speaker, spoken.kind) == ("the outlet", "the outlet")


def test_without_a_model_the_source_itself_says_who_speaks(sources):
    failed = SchemaError(prompt="signals", shape="Signals", attempts=3, last="empty")
    found = {s.sentence.id: s for s in read(sources, Scripted(signals=failed))}
    assert (found["1.5"].speaker, found["1.5"].kind) == ("Lim Dae-sung", "independent expert")
    assert found["1.2"].kind == "official"


def test_state_media_are_recognised_without_the_model(sources):
    failed = SchemaError(prompt="signals", shape="Signals", attempts=3, last="empty")
    found = read(sources, Scripted(signals=failed))
    assert next(s.kind for s in found if s.sentence.id == "1.1") == "state media"
    assert [s.kind for s in found].count("state media") == 1


def test_a_model_that_names_too_few_is_helped_out(sources):
    found = read(sources, Scripted(signals=all_of(signal("1.8", "Kim"))))
    assert len(found) == 6
    assert [s.sentence.id for s in found] == sorted(s.sentence.id for s in found)


def test_an_endpoint_that_fails_for_good_is_not_papered_over(sources):
    with pytest.raises(EndpointError):
        read(sources, Scripted(signals=EndpointError("signals", "connection refused")))


def test_a_text_beyond_the_window_is_read_in_parts_and_none_is_left_out():
    sources = long_sources()
    model = Scripted(signals=first_shown)
    model.context_tokens = RESERVED_TOKENS + 1_500
    read(sources, model)
    asked = [request.text for request in model.asked]
    assert len(asked) > 1
    shown = [id for text in asked for id in sources.sentences if f"[{id}]" in text]
    assert sorted(shown) == sorted(sources.sentences)


def test_sections_on_a_long_text_see_every_signal_and_what_else_fits():
    sources = long_sources()
    model = Scripted(signals=first_shown)
    model.context_tokens = RESERVED_TOKENS + 1_500
    found = read(sources, model)
    shown = shown_sentences(sources, found, model)
    ids = [s.id for s in shown]
    assert {spoken.sentence.id for spoken in found} < set(ids)
    assert ids == [id for id in sources.sentences if id in set(ids)]
    assert 1_300 < sum(map(line_tokens, shown)) <= 1_500


def test_prompts_are_told_who_says_what(sources):
    found = read(sources, Scripted(signals=all_of(signal("1.5", "Lim Dae-sung", "official"))))
    assert "Lim Dae-sung (official): 1.5" in as_text(found)
