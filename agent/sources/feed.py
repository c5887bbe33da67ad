"""Read an RSS or Atom feed into its items; runs as a child process, like every parser of markup.

RSS 2.0 (2009), RFC 4287 (Atom). The parsing is feedparser's.
"""

import re
from io import BytesIO
from time import strftime, struct_time
from typing import Any

import feedparser

from agent.errors import SourceError
from agent.sources.worker import serve

# The root of a feed, behind what may stand before it in XML.
FEED = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL
)


def is_feed(raw: bytes) -> bool:
    """Whether the bytes open as a feed does."""
    return FEED.match(raw.removeprefix(b"\xef\xbb\xbf")[:4000]) is not None


def read_items(raw: bytes, *, address: str | None) -> list[dict[str, Any]]:
    """Return the items of a feed, in its order: link, title, author, published, text, all optional.

    Args:
        raw: The feed.
        address: Where it was fetched from; relative links start there.

    Raises:
        SourceError: It is no feed, or holds nothing that can be read.
    """
    headers = {"content-location": address} if address else {}
    found = feedparser.parse(BytesIO(raw), response_headers=headers)
    if not found.entries:
        raise SourceError("feed", "it is a feed without any item that can be read")
    publisher = found.feed.get("title")
    return [_item(entry, publisher) for entry in found.entries]


def _item(entry: Any, publisher: str | None) -> dict[str, Any]:
    texts = [content.get("value") or "" for content in entry.get("content", ())]
    day: struct_time | None = entry.get("published_parsed") or entry.get("updated_parsed")
    return {
        "link": entry.get("link"),
        "title": entry.get("title"),
        "author": entry.get("author"),
        "publisher": publisher,
        "published": strftime("%Y-%m-%d", day) if day else None,
        "text": max([*texts, entry.get("summary") or ""], key=len) or None,
    }


def _handle(job: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    return {"items": read_items(body, address=job["address"])}, b""


if __name__ == "__main__":
    serve(_handle)
