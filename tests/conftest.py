"""Fixtures that tests of several stages share."""

import os

import pytest
from hypothesis import settings

from schemas.sources import Sources
from tests.builders import LETTER, make_source

# The same examples on every machine and no clock: a failure is a fault, and never the weather.
settings.register_profile("tests", derandomize=True, deadline=None)
settings.load_profile("tests")

# A process that may not keep what it compiled takes twice as long to start; tests start a hundred.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""


@pytest.fixture
def sources() -> Sources:
    return Sources(items=(make_source(LETTER),))
