"""A brief as JSON: the whole contract, in ASCII, for scripts."""

import json
import re

from schemas.brief import Brief

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def as_json(brief: Brief) -> str:
    """Return the brief as one JSON object with the fields of `schemas.brief.Brief` in their order.

    Everything beyond ASCII is written as an escape, so that every locale and pipe carries it.

    Raises:
        ValueError: A figure in the brief is not finite; JSON has no word for it.
    """
    return dump(brief.model_dump(mode="json"))


def dump(value: object) -> str:
    """Return a value as one JSON document in ASCII that every reader of JSON takes.

    Raises:
        ValueError: A figure is not finite; JSON has no word for it.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair is a string to Python and an error to every reader of JSON.
    fields = json.loads(LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text))
    return json.dumps(fields, ensure_ascii=True, indent=2) + "\n"
