"""Briefs as files: read back from JSON, and told apart by a digest."""

import hashlib

from pydantic import ValidationError

from agent.clean import one_line
from agent.errors import SourceError
from agent.sources.files import read_file
from agent.views.json import as_json
from schemas.brief import Brief

LARGEST = 50_000_000  # bytes; a brief holds the text of its sources


def read_brief(name: str) -> Brief:
    """Return the brief in a JSON file.

    Raises:
        SourceError: The file cannot be read, or it is no brief.
    """
    return parse_brief(read_file(name, max_bytes=LARGEST), name)


def parse_brief(text: str | bytes, name: str) -> Brief:
    """Return the brief that a JSON text holds.

    Args:
        text: The JSON; bytes are UTF-8.
        name: What to call it in a message.

    Raises:
        SourceError: It is no brief; the message says where.
    """
    try:
        return Brief.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the top"
        problem = f"is no brief in JSON: {one_line(where)}: {one_line(first['msg'])}"
        raise SourceError(name, problem) from error


def digest(brief: Brief) -> str:
    """Return the SHA-256 of the brief as it is printed in JSON, in hex."""
    return hashlib.sha256(as_json(brief).encode()).hexdigest()
