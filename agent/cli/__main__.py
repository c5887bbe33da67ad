"""`python -m agent.cli`: the same as `bluf`."""

from agent.cli.main import run

run()
