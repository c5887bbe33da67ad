"""Turn what happened to a verb into its exit status and one line that says what to do."""

import functools
import signal
import sys
import traceback
from collections.abc import Callable
from typing import ParamSpec

import typer

from agent.cli.output import hush_stdout, say
from agent.errors import BlufError

FAULT = 70
INTERRUPTED = 130

P = ParamSpec("P")


def handled(verb: Callable[P, None]) -> Callable[P, None]:
    """Return the verb with every outcome turned into its exit status.

    A failure that was foreseen is one line on standard error. Anything else is a fault of ours:
    one line too, with the traceback when the verb was called with `--debug`.
    """

    @functools.wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        # A polite kill ends a run as Ctrl-C does: noted, and resumable.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        try:
            verb(*args, **kwargs)
        except BlufError as error:
            say(f"bluf: {error}")
            raise typer.Exit(error.status) from None
        except KeyboardInterrupt:
            say("bluf: interrupted; the same command goes on from here")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of our output, such as head, has seen enough.
            hush_stdout()
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the one place where a fault meets the user
            if kwargs.get("debug"):
                traceback.print_exc(file=sys.stderr)
            kind = type(error).__name__
            say(f"bluf: a fault in bluf ({kind}); run again with --debug and report what it shows")
            raise typer.Exit(FAULT) from None

    return wrapped
