"""The dialogs of the review's screen: edit a claim, note a dissent, sign, leave unsaved."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from agent.cli.review_text import passage_text, summary, verdict_line
from agent.errors import BlufError
from agent.views.lines import plain
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Verdict
from schemas.review import Decision

Recheck = Callable[[Brief, CheckedClaim, str, Sequence[str]], Awaitable[Verdict]]
BETWEEN = re.compile(r"[\s,;\[\]]+")
LONGEST_LINE = 1000  # characters of a dissent or a reason


class EditDialog(ModalScreen[Decision | None]):
    """Edit a claim's text and citations; what the source does not support needs a reason."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Check and keep", priority=True),
        Binding("escape", "leave", "Cancel", priority=True),
    ]

    def __init__(
        self, brief: Brief, claim: CheckedClaim, decision: Decision | None, recheck: Recheck
    ) -> None:
        super().__init__()
        edited = decision if decision and decision.ruling == "edited" else None
        self._brief, self._claim, self._recheck = brief, claim, recheck
        self._dissent = decision.dissent if decision else None
        self._began = (
            plain(edited.text if edited and edited.text else claim.text),
            edited.evidence if edited else claim.evidence,
        )
        self._override = (edited.override if edited else None) or ""
        self._checked: tuple[str, tuple[str, ...], Verdict] | None = None

    def compose(self) -> ComposeResult:
        """Lay out text, citations, verdict, reason and passage."""
        text, evidence = self._began
        with Vertical(classes="dialog tall"):
            yield Static("Text  (ctrl+s checks and keeps it, esc leaves it as it was)")
            yield TextArea(text, id="text", soft_wrap=True, tab_behavior="focus")
            yield Static("Cites")
            yield Input(", ".join(evidence), id="cites", compact=True)
            yield Static(id="verdict")
            yield Input(
                self._override, id="why", compact=True, max_length=LONGEST_LINE,
                placeholder="Why it stays all the same: recorded, and printed with the claim",
            )  # fmt: skip
            with VerticalScroll():
                yield Static(id="passage")

    def on_mount(self) -> None:
        """Show the passage; the reason is asked for only when it is needed."""
        self.query_one("#why", Input).display = False
        self._show_passage()
        area = self.query_one("#text", TextArea)
        area.focus()
        area.move_cursor(area.document.end)

    @on(TextArea.Changed, "#text")
    @on(Input.Changed, "#cites")
    def _forget_verdict(self) -> None:
        if self._checked and self._checked[:2] != self._written():
            self._checked = None
            self.query_one("#why", Input).display = False
            self._say(Text(""))
        self._show_passage()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_keep()

    def action_keep(self) -> None:
        """Keep the text when it stands or has a reason; check it first."""
        text, evidence = self._written()
        fault = self._fault(text, evidence)
        if fault:
            self._say(Text(fault, "bold red"))
        elif self._checked and self._checked[:2] == (text, evidence):
            self._keep(text, evidence, self._checked[2])
        else:
            self._say(Text("Checking…", "italic"))
            self._check(text, evidence)

    def action_leave(self) -> None:
        """Leave the claim as it was."""
        self.dismiss(None)

    @work(exclusive=True)
    async def _check(self, text: str, evidence: tuple[str, ...]) -> None:
        verdict = await self._recheck(self._brief, self._claim, text, evidence)
        if self._written() != (text, evidence):
            self._say(Text("It was changed while it was checked: ctrl+s checks it again."))
            return
        self._checked = (text, evidence, verdict)
        self._keep(text, evidence, verdict)

    def _keep(self, text: str, evidence: tuple[str, ...], verdict: Verdict) -> None:
        why = self.query_one("#why", Input)
        reason = plain(why.value)
        if verdict.label != "supported" and not (why.display and reason):
            self._ask_why(verdict)
            return
        self.dismiss(
            Decision(
                claim=self._claim.id,
                ruling="edited",
                at=datetime.now().astimezone(),
                text=text,
                evidence=evidence,
                verdict=verdict,
                override=None if verdict.label == "supported" else reason,
                dissent=self._dissent,
            )
        )

    def _ask_why(self, verdict: Verdict) -> None:
        said = verdict_line(verdict).append("\nChange it, or say why it stays: ", "bold")
        self._say(said)
        why = self.query_one("#why", Input)
        why.display = True
        why.focus()

    def _written(self) -> tuple[str, tuple[str, ...]]:
        text = plain(self.query_one("#text", TextArea).text)
        ids = BETWEEN.split(plain(self.query_one("#cites", Input).value))
        return text, tuple(dict.fromkeys(id for id in ids if id))

    def _fault(self, text: str, evidence: tuple[str, ...]) -> str | None:
        known = {s.id for source in self._brief.sources for s in source.sentences}
        missing = [id for id in evidence if id not in known]
        if not text:
            return "The text is empty; esc, then r rejects the claim."
        if (text, evidence) == (plain(self._claim.text), self._claim.evidence):
            return "Nothing was changed; esc, then a accepts it as it is."
        if missing:
            return f"No source has sentence {', '.join(missing)}."
        return None if evidence else "It cites nothing; give ids such as 1.3, 1.7."

    def _say(self, text: Text) -> None:
        self.query_one("#verdict", Static).update(text)

    def _show_passage(self) -> None:
        _, evidence = self._written()
        self.query_one("#passage", Static).update(passage_text(evidence, self._brief))


class DissentDialog(ModalScreen[str | None]):
    """Note what the reviewer holds against a claim that stays; an empty line takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel", priority=True)]

    def __init__(self, claim: CheckedClaim, dissent: str | None) -> None:
        super().__init__()
        self._claim, self._dissent = claim, dissent

    def compose(self) -> ComposeResult:
        """Lay out the claim and the line."""
        with Vertical(classes="dialog"):
            yield Static(Text(plain(self._claim.text), "bold"))
            yield Static("\nYour dissent. The claim stays, and this is printed with it.\n")
            yield Input(self._dissent or "", compact=True, max_length=LONGEST_LINE)
            yield Static(Text("enter keeps it; an empty line takes it back; esc cancels", "dim"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(plain(event.value))

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)


class SignDialog(ModalScreen[Brief | None]):
    """Sum the review up, and end it once the reviewer has typed y."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "sign", "Yes", priority=True),
        Binding("n,escape", "leave", "Not yet", priority=True),
    ]

    def __init__(self, brief: Brief, finish: Callable[[Brief], Brief]) -> None:
        super().__init__()
        self._brief, self._finish = brief, finish

    def compose(self) -> ComposeResult:
        """Lay out the summary and the question."""
        reviewer = plain(self._brief.review.reviewer) if self._brief.review else ""
        with VerticalScroll(classes="dialog"):
            yield Static(Text("Every claim is decided.\n", "bold"))
            yield Static(summary(self._brief))
            yield Static(
                Text("\nDo you, ")
                .append(reviewer, "bold")
                .append(", stand behind this brief? Your name is printed on it.\n\n")
                .append("Type y to end the review. n goes back: all can still be changed.", "bold")
            )
            yield Static(id="failed")

    def action_sign(self) -> None:
        """End the review; when the outcome cannot be written, say so and stay."""
        try:
            outcome = self._finish(self._brief)
        except BlufError as error:
            self.query_one("#failed", Static).update(Text(f"\n{plain(str(error))}", "bold red"))
            return
        self.dismiss(outcome)

    def action_leave(self) -> None:
        """Go back to the claims."""
        self.dismiss(None)


class UnsavedDialog(ModalScreen[bool]):
    """Ask whether to leave although the file cannot be written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "leave(True)", "Leave", priority=True),
        Binding("n,escape", "leave(False)", "Stay", priority=True),
    ]

    def __init__(self, failure: str) -> None:
        super().__init__()
        self._failure = failure

    def compose(self) -> ComposeResult:
        """Lay out the failure and the question."""
        with Vertical(classes="dialog"):
            yield Static(Text(self._failure, "bold red"))
            yield Static(
                "\nn stays here, and s tries again.\n"
                "y leaves: the brief with its decisions then goes to standard output."
            )

    def action_leave(self, leave: bool) -> None:
        """Answer."""
        self.dismiss(leave)
