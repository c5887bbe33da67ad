"""Where `bluf` and `python -m agent.cli` begin."""

import sys

INTERRUPTED = 130


def run() -> None:
    """Run the command line; never returns.

    The verbs are imported here, so that Ctrl-C while they are is one line too.
    """
    try:
        from agent.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("bluf: interrupted; the same command goes on from here\n")
        sys.exit(INTERRUPTED)
    main.run()


if __name__ == "__main__":
    run()
