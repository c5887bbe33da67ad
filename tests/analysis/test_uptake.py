"""A layer changed the bottom line when a judgement there takes it up."""

import pytest

from agent.analysis.uptake import changed_by_layers
from schemas.claims import CheckedClaim


def claim(part, text, *, basis="judgement"):
    return CheckedClaim(
        id=f"causal_layers.{part}.1",
        section="techniques",
        part=part,
        text=text,
        basis=basis,
        likelihood=None,
        form="sentence",
        author="model",
        evidence=("1.1",),
        verdict="supported",
        method="judge",
        score=0.8,
        reason="It follows.",
        repairs=0,
    )


LAYERS = (
    claim("litany", "Kim wrote a letter to Putin about blood.", basis="reported"),
    claim("systemic", "Scarcity drives Pyongyang to sell soldiers."),
    claim("myth", "The alliance is told as a brotherhood of blood."),
)


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("Pyongyang sells soldiers out of scarcity.", "systemic"),
        ("Kim wrote a letter to Putin about blood.", None),
        ("Pyongyang sells coal.", None),
    ],
)
def test_half_of_a_deeper_layers_words_take_it_up_and_the_litany_never_counts(text, layers):
    changes = changed_by_layers(LAYERS, [claim("meaning", text)])
    assert [c.what for c in changes] == ([f"takes up the layer {layers}"] if layers else [])


def test_a_report_takes_up_no_layer():
    told = claim("what", "Pyongyang sells soldiers out of scarcity.", basis="reported")
    assert changed_by_layers(LAYERS, [told]) == ()
