"""Bands and bars stand where their figures say, and their texts stay texts."""

from xml.etree.ElementTree import Element, fromstring

from agent.views.charts import Simulated, before_and_after, likelihood_scale

HOSTILE = "<script>x</script>\x00\u202e & \"' ]]>"


def drawn(svg: str, kind: str) -> list[Element]:
    return [one for one in fromstring(svg).iter("rect") if one.get("class") == kind]


def test_a_band_runs_from_its_lowest_to_its_highest_percentage():
    svg = likelihood_scale([("Best", "unlikely"), ("Worst", "almost certain")], id="a", title="b")
    places = [(one.get("x"), one.get("width")) for one in drawn(svg, "band")]
    assert places == [("20.00%", "25.00%"), ("95.00%", "4.00%")]


def test_the_scale_is_marked_where_the_bands_of_icd_203_meet():
    svg = likelihood_scale([("Best", "likely")], id="a", title="b")
    ticks = [one.text for one in fromstring(svg).iter("text") if one.get("class") == "tick"]
    assert ticks == ["5%", "20%", "45%", "55%", "80%", "95%"]


def test_bars_are_as_long_as_the_probabilities_before_and_after():
    event = Simulated("E1", "It happens.", 0.675, 0.57, ("68%", "57%", "-11"))
    svg = before_and_after([event], id="a", title="b")
    assert drawn(svg, "before")[0].get("width") == "67.50%"
    assert drawn(svg, "after")[0].get("width") == "57.00%"
    figures = [one.text for one in fromstring(svg).iter("text") if one.get("class") == "figure"]
    assert figures == ["68% → 57% (-11)"]


def test_a_drawing_has_a_title_and_says_in_words_what_it_shows():
    svg = fromstring(likelihood_scale([("Best", "likely")], id="c-1", title="How likely"))
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "c-1-title c-1-told")
    assert [one.text for one in svg[:2]] == ["How likely", "Best: likely, 55-80%"]
    assert [one.get("id") for one in svg[:2]] == ["c-1-title", "c-1-told"]


def test_hostile_text_in_a_drawing_stays_text():
    event = Simulated(HOSTILE, HOSTILE, 0.1, 0.2, (HOSTILE, HOSTILE, HOSTILE))
    for svg in (
        before_and_after([event], id="a", title="b"),
        likelihood_scale([(HOSTILE, "likely")], id="a", title="b"),
    ):
        assert "<script" not in svg
        assert "\x00" not in svg and "\u202e" not in svg
        assert any("<script>x</script>" in (one.text or "") for one in fromstring(svg).iter())
