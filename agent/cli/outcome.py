"""Turn what happened to a verb into its exit status and one line that says what to do."""

import asyncio
import functools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NoReturn, ParamSpec, TypeVar

import typer

from agent.cli.output import hush_stdout, say
from agent.errors import BlufError

FAULT = 70
INTERRUPTED = 130
# How long an ended run waits for its threads, so that idle ones end in the usual way.
GRACE_S = 0.2

P = ParamSpec("P")
T = TypeVar("T")


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
            _leave(error.status)
        except KeyboardInterrupt:
            say("bluf: interrupted; the same command goes on from here")
            _leave(INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output, such as head, has seen enough.
            hush_stdout()
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the one place where a fault meets the user
            if kwargs.get("debug"):
                _print_traceback()
            kind = type(error).__name__
            say(f"bluf: a fault in bluf ({kind}); run again with --debug and report what it shows")
            _leave(FAULT)

    return wrapped


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine returns, and wait for no thread when it is interrupted.

    A thread that computes cannot be stopped, and `asyncio.run` alone would wait for it.
    """

    async def run() -> T:
        asyncio.get_running_loop().set_default_executor(_Abandoning())
        return await work

    return asyncio.run(run())


class _Abandoning(ThreadPoolExecutor):
    """Leaves its threads to themselves; what was awaited of them is over by then."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait, cancel_futures
        super().shutdown(wait=False, cancel_futures=True)


def _leave(status: int) -> NoReturn:
    ends_at = time.monotonic() + GRACE_S
    others = [t for t in threading.enumerate() if t is not threading.current_thread()]
    working = [thread for thread in others if not thread.daemon]
    for thread in working:
        thread.join(max(0.0, ends_at - time.monotonic()))
    if not any(thread.is_alive() for thread in working):
        raise typer.Exit(status) from None
    # Python itself would wait for them, and nothing that they work out is wanted any more.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(status)


def _print_traceback() -> None:
    from agent.llm.secret import hide_key

    if sys.stderr is not None:
        shown = hide_key(traceback.format_exc(), os.environ.get("OPENAI_API_KEY", "").strip())
        with suppress(OSError):
            sys.stderr.write(shown)
