"""Check that sections and parts of a brief go by their names and hold what was drafted for them.

A claim that was moved from the best scenario to the worst would else pass with its own verdict.
"""

from collections.abc import Iterator

from agent.analysis.ach import LETTERS
from agent.clean import one_line
from agent.sections.catalogue import HYPOTHESES, PLANS, SectionPlan
from agent.views.lines import sections
from schemas.brief import Brief, Part, Section
from schemas.recheck import Check, Fault

# What the program adds to the parts that a model fills.
ASSESSMENT = ("assessment", "Assessment")


def check_places(brief: Brief) -> Check:
    """Return whether sections and parts have their names, and claims stand where they belong."""
    plans = {plan.name: plan for plan in PLANS if plan.name != "techniques"}
    found = sections(brief)
    return Check(
        name="places",
        subject="conclusions",
        asked="sections and parts go by their names, and each claim stands where it was drafted",
        count=sum(len(section.parts) for section in found),
        unit="parts",
        faults=tuple(
            fault
            for section, plan in zip(found, plans.values(), strict=True)
            for fault in _section_faults(section, plan)
        ),
    )


def _section_faults(section: Section, plan: SectionPlan) -> Iterator[Fault]:
    if (section.name, section.title) != (plan.name, plan.title):
        yield Fault(where=plan.name, problem=f'is called "{one_line(section.title, 60)}"')
    known = {part.name: part.title for part in plan.parts}
    if plan is HYPOTHESES:
        known |= {letter.lower(): f"Hypothesis {letter}" for letter in LETTERS}
        known |= dict([ASSESSMENT])
    names = [part.name for part in section.parts]
    for part in section.parts:
        if known.get(part.name) != part.title or names.count(part.name) > 1:
            problem = f'has a part called "{one_line(part.title, 60)}" that is out of place'
            yield Fault(where=plan.name, problem=problem)
        yield from _strays(section, part)


def _strays(section: Section, part: Part) -> Iterator[Fault]:
    lettered = part.name.upper() in LETTERS and len(part.name) == 1
    wanted = (section.name, "hypotheses" if lettered else part.name)
    for claim in part.claims:
        if (claim.section, claim.part) != wanted:
            problem = f"stands under {one_line(part.title, 60)}, and was drafted for {claim.part}"
            yield Fault(where=one_line(claim.id), problem=one_line(problem, 200))
