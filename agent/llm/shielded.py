"""An HTTP client that lets no key and no endless body out of a response."""

import json
from typing import Any

import httpx2
import openai

from agent.llm.secret import hide_key

# A whole answer is some kilobytes; a server that goes on for ever must not fill the memory.
LARGEST_BODY = 16 * 2**20
# They describe the body as it travelled, not as it is handed on.
TRAVELLING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class TooLargeError(Exception):
    """The body of a response is larger than any answer; a bluf-internal signal."""


class ShieldedClient(openai.DefaultAsyncHttpxClient):
    """Reads every response whole, within bounds, and hides the key in it.

    What a server says travels far: into messages, tracebacks and the store. Here is the one place
    that all of it passes. Redirects are not followed: the prompt, and with some servers the key,
    would travel on.
    """

    def __init__(self, key: str, **settings: Any) -> None:
        super().__init__(follow_redirects=False, **settings)
        self._key = key

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Return the response, read and without the key.

        Raises:
            httpx2.HTTPError: The connection failed, or was closed inside the answer.
            TooLargeError: The body is larger than `LARGEST_BODY`.
        """
        response = await super().send(request, **{**options, "stream": True})
        try:
            body = await _read(response)
        finally:
            await response.aclose()
        if _is_cut(response, body):
            raise httpx2.RemoteProtocolError("the connection was closed inside the answer")
        return httpx2.Response(
            response.status_code,
            headers=[
                (name, hide_key(value, self._key))
                for name, value in response.headers.multi_items()
                if name not in TRAVELLING
            ],
            # Latin-1 has a character for every byte, and gives the same bytes back.
            content=hide_key(body.decode("latin-1"), self._key).encode("latin-1"),
            request=response.request,
        )


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise TooLargeError(f"the answer is larger than {LARGEST_BODY // 2**20} MiB")
    return bytes(body)


def _is_cut(response: httpx2.Response, body: bytes) -> bool:
    """Whether a connection that ended too early passes for an end of the body.

    Without a length or chunks, the end of the connection is the end of the body (RFC 9112, 6.3).
    """
    if TRAVELLING & set(response.headers) - {"content-encoding"} or not body.startswith(b"{"):
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return True
    return False
