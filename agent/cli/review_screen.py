"""The screen on which a person reviews a brief: its claims, and each beside its passage."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from agent.cli.review_dialogs import (
    DissentDialog,
    EditDialog,
    Recheck,
    SignDialog,
    UnsavedDialog,
)
from agent.cli.review_text import claim_page, headings, list_line, progress_line
from agent.errors import BlufError, WriteError
from agent.review import decide, reviewable, undecided
from agent.views.lines import plain
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.review import Decision, Ruling

NARROW = 60  # columns under which the list would leave the claim no room


class ReviewApp(App[Brief]):
    """Ask for a decision on claim after claim; every one is saved as soon as it is made.

    Attributes:
        brief: The brief with all decisions made so far.
        failure: Why the last decision could not be saved, or None.
    """

    ENABLE_COMMAND_PALETTE = False
    TITLE = "bluf review"
    CSS = """
    #progress, #told { height: 1; padding: 0 1; }
    #told { color: $text-muted; }
    #told.failed { background: $error; color: $text; }
    #claims {
        width: 34%; min-width: 24; max-width: 48; height: 1fr; border: none; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    #page {
        width: 1fr; height: 1fr; border-left: solid $panel; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    .narrow #claims { display: none; }
    ModalScreen { align: center middle; }
    .dialog {
        width: 90%; max-width: 100; height: auto; max-height: 96%;
        padding: 1 2; background: $surface; border: round $primary;
    }
    .tall { height: 96%; padding: 0 1; }
    .tall TextArea { height: 6; border: solid $border; }
    .tall VerticalScroll { height: 1fr; border-top: solid $panel; }
    #verdict { height: auto; max-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "rule('accepted')", "Accept"),
        Binding("e", "edit", "Edit"),
        Binding("r", "rule('rejected')", "Reject"),
        Binding("d", "dissent", "Dissent"),
        Binding("u", "undo", "Undo"),
        Binding("n", "go(1)", "Next"),
        Binding("p", "go(-1)", "Prev"),
        Binding("f", "finish", "Finish"),
        Binding("q", "leave", "Quit"),
        Binding("s", "save", "Save", show=False),
        Binding("ctrl+c,ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("pagedown,space", "turn(1)", "Read on", show=False, priority=True),
        Binding("pageup", "turn(-1)", "Read back", show=False, priority=True),
    ]

    def __init__(
        self,
        brief: Brief,
        *,
        save: Callable[[Brief], None],
        finish: Callable[[Brief], Brief],
        recheck: Recheck,
    ) -> None:
        """Take a brief with an open review, and what to do with it.

        Args:
            brief: A draft whose review was begun.
            save: Writes the brief with its decisions; may raise a WriteError.
            finish: Ends the review and writes the outcome, which it returns.
            recheck: Returns the verdict on an edited text.
        """
        super().__init__()
        self.brief = brief
        self.failure: str | None = None
        self._save, self._finish, self._recheck = save, finish, recheck
        self._claims = {claim.id: claim for claim in reviewable(brief)}
        self._before: list[tuple[str, Brief]] = []

    def compose(self) -> ComposeResult:
        """Lay out progress, list, claim and keys."""
        yield Static(id="progress")
        with Horizontal():
            yield OptionList(*self._options(), id="claims", markup=False)
            with VerticalScroll(id="page", can_focus=False):
                yield Static(id="claim")
        yield Static(id="told")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Open the first claim on which nothing was decided."""
        left = undecided(self.brief)
        self._open(left[0].id if left else next(iter(self._claims), None))
        self.query_one("#claims").focus()
        self._show_progress()
        self._tell("saved after every decision; pgup and pgdn read a long passage")
        if not left:
            self.action_finish()

    def on_resize(self) -> None:
        """Leave the list out where there is no room for it."""
        self.screen_stack[0].set_class(self.size.width < NARROW, "narrow")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self._show_claim()

    def action_rule(self, ruling: Ruling) -> None:
        """Accept the open claim as drafted, or reject it."""
        claim = self._claim()
        if claim:
            was = self._decision(claim.id)
            dissent = was.dissent if was else None
            self._decide(Decision(claim=claim.id, ruling=ruling, at=_now(), dissent=dissent))

    def action_edit(self) -> None:
        """Edit the open claim, unless it is a quotation."""
        claim = self._claim()
        if claim is None:
            return
        if claim.author != "model":
            self._tell("a quotation of the source is accepted or rejected, not edited")
            return
        dialog = EditDialog(self.brief, claim, self._decision(claim.id), self._recheck)
        self.push_screen(dialog, self._decide_if_any)

    def action_dissent(self) -> None:
        """Note a dissent on the open claim, which stays."""
        claim = self._claim()
        if claim is None:
            return
        was = self._decision(claim.id)
        if was and was.ruling == "rejected":
            self._tell("a rejected claim is gone; a dissent goes with one that stays")
            return

        def note(dissent: str | None) -> None:
            if dissent is None or (was is None and not dissent):
                return
            kept = was or Decision(claim=claim.id, ruling="accepted", at=_now())
            changes = {"dissent": dissent or None, "at": _now()}
            self._decide(kept.model_copy(update=changes))

        self.push_screen(DissentDialog(claim, was.dissent if was else None), note)

    def action_undo(self) -> None:
        """Take back the last decision of this session."""
        if not self._before:
            self._tell("nothing to undo in this session; a, e and r decide anew")
            return
        id, self.brief = self._before.pop()
        self._keep(f"taken back: {id}")
        self._show_line(id)
        self._open(id)

    def action_go(self, step: int) -> None:
        """Open the next or the previous claim on which nothing was decided."""
        left = {claim.id for claim in undecided(self.brief)}
        if not left:
            self.action_finish()
            return
        ids = list(self._claims)
        here = self._here()
        at = ids.index(here) if here in ids else 0
        around = [ids[(at + step * away) % len(ids)] for away in range(1, len(ids) + 1)]
        self._open(next(id for id in around if id in left))

    def action_finish(self) -> None:
        """Sum up and ask for the reviewer's word, once every claim is decided."""
        left = undecided(self.brief)
        if left:
            self._tell(f"{len(left)} not decided yet; n opens the next")
            return
        self.push_screen(SignDialog(self.brief, self._finish), self._ended)

    def action_save(self) -> None:
        """Try again to write the file."""
        self._keep("saved")

    def action_turn(self, pages: int) -> None:
        """Read on in a long passage, or back."""
        page = self.query_one("#page", VerticalScroll)
        page.scroll_relative(y=pages * max(1, page.size.height - 2), animate=False)

    def action_leave(self) -> None:
        """Quit; what was decided is in the file."""
        if self.failure:
            self._keep("saved")
        if self.failure:
            self.push_screen(UnsavedDialog(self.failure), self._left)
        else:
            self.exit()

    def _left(self, leave: bool | None) -> None:
        if leave:
            self.exit()

    def _ended(self, outcome: Brief | None) -> None:
        if outcome is not None:
            self.exit(outcome)

    def _decide_if_any(self, decision: Decision | None) -> None:
        if decision is not None:
            self._decide(decision)

    def _decide(self, decision: Decision) -> None:
        try:
            decided = decide(self.brief, decision)
        except BlufError as error:
            self._tell(str(error))
            return
        self._before.append((decision.claim, self.brief))
        self.brief = decided
        dissent = ", with your dissent" if decision.dissent else ""
        self._keep(f"{decision.ruling}{dissent}: {decision.claim}")
        self._show_line(decision.claim)
        self.action_go(1)
        self._show_claim()

    def _keep(self, told: str) -> None:
        """Write the file; what cannot be written stays here, and the screen says so."""
        try:
            self._save(self.brief)
        except WriteError as error:
            self.failure = f"NOT SAVED: {plain(str(error))}"
            self._tell(f"{self.failure}; nothing is lost, s tries again")
        else:
            self.failure = None
            self._tell(told)
        self._show_progress()

    def _tell(self, line: str) -> None:
        told = self.query_one("#told", Static)
        told.update(Text(plain(line), no_wrap=True, overflow="ellipsis"))
        told.set_class(self.failure is not None, "failed")

    def _options(self) -> list[Option]:
        decisions, above = self._decisions(), headings(self.brief)
        options = []
        for id, claim in self._claims.items():
            if id in above:
                options.append(Option(Text(above[id], "bold cyan"), disabled=True))
            options.append(Option(list_line(claim, decisions.get(id)), id=id))
        return options

    def _show_line(self, id: str) -> None:
        line = list_line(self._claims[id], self._decision(id))
        self.query_one("#claims", OptionList).replace_option_prompt(id, line)

    def _show_progress(self) -> None:
        self.query_one("#progress", Static).update(progress_line(self.brief))

    def _show_claim(self) -> None:
        claim = self._claim()
        shown = claim_page(self.brief, claim, self._decision(claim.id)) if claim else Text("empty")
        self.query_one("#claim", Static).update(shown)
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def _open(self, id: str | None) -> None:
        if id is not None:
            claims = self.query_one("#claims", OptionList)
            claims.highlighted = claims.get_option_index(id)

    def _here(self) -> str | None:
        option = self.query_one("#claims", OptionList).highlighted_option
        return option.id if option else None

    def _claim(self) -> CheckedClaim | None:
        return self._claims.get(self._here() or "")

    def _decisions(self) -> dict[str, Decision]:
        review = self.brief.review
        return {decision.claim: decision for decision in review.decisions} if review else {}

    def _decision(self, id: str) -> Decision | None:
        return self._decisions().get(id)


def _now() -> datetime:
    return datetime.now().astimezone()
