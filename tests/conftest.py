"""Fixtures that tests of several stages share."""

import pytest

from schemas.sources import Sources
from tests.builders import LETTER, make_source


@pytest.fixture
def sources() -> Sources:
    return Sources(items=(make_source(LETTER),))
