"""Inputs that are small on the disk or the wire and huge when opened.

`python -m tests.sources.bombs` measures what each costs.
Run with names, it meets those bombs alone and prints what happened to each as a line of JSON;
the tests start it so, for the peak memory of its own children.
"""

import asyncio
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from agent.errors import SourceError
from agent.sources.load import load_sources

MIB = 1 << 20
GIB = 1 << 30


class Met(TypedDict):
    """What one bomb did: the error, and the cost of its reader.

    `peak_mib` is the most that any reader of the process took so far; `left` is whether a child
    was still there afterwards, alive or as a zombie.
    """

    said: str
    size: int
    seconds: float
    peak_mib: float
    left: bool


def many_attributes(count: int = 40_000) -> bytes:
    """Return a page of about 350 KB, with all of its attributes on one element."""
    attributes = " ".join(f"a{n}='x'" for n in range(count))
    return f"<html><body><p {attributes}>x</p></body></html>".encode()


def many_hidden_attributes(count: int = 40_000) -> bytes:
    """Return the same with an angle bracket in a value, behind which nothing can count them."""
    return many_attributes(count).replace(b"<p ", b"<p title='>' ", 1)


def inflating(size: int = GIB) -> bytes:
    """Return a zlib stream of about a thousandth of `size`, of so many zeros."""
    # Blocks that end with a full flush stand on their own, so that one can be repeated.
    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = b"\x03\0" + ((size % 65_521) << 16 | 1).to_bytes(4, "big")
    return start + block * (size // MIB) + end


def gzipped(size: int = GIB) -> bytes:
    """Return a gzip file of zeros; its checksum is wrong, but nobody should get that far."""
    return gzip.compress(b"")[:10] + inflating(size)[2:-4] + bytes(8)


def gzipped_twice(size: int = GIB) -> bytes:
    """Return that file compressed once more, to some kilobytes."""
    return gzip.compress(gzipped(size), 9)


def pdf(content: bytes, filters: bytes) -> bytes:
    """Return a PDF of one page whose content passes through the filters."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


BOMBS: dict[str, Callable[[], bytes]] = {
    "attributes": many_attributes,
    "attributes-hidden": many_hidden_attributes,
    "attributes-200k": lambda: many_attributes(200_000),
    "pdf": lambda: pdf(inflating(), b"/FlateDecode"),
    "pdf-twice": lambda: pdf(zlib.compress(inflating(), 9), b"[/FlateDecode /FlateDecode]"),
    "gzip-http": gzipped,
    "gzip-twice-http": gzipped_twice,
}
PATHS = {"gzip-http": "/bomb", "gzip-twice-http": "/stacked"}


def main() -> None:
    """Meet one bomb, or measure them all."""
    if len(sys.argv) > 1:
        sys.stdout.writelines(json.dumps(_met(name)) + "\n" for name in sys.argv[1:])
        return
    for name in BOMBS:
        (found,) = meet(name)
        sys.stdout.write(
            f"{name:<18}{found['size']:>10,} bytes {found['seconds']:6.1f} s "
            f"{found['peak_mib']:6.0f} MiB  {found['said']}\n"
        )


def meet(*names: str) -> list[Met]:
    """Return what each bomb did, one after the other, to one process of their own."""
    command = [sys.executable, "-m", "tests.sources.bombs", *names]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _met(name: str) -> Met:
    raw = BOMBS[name]()
    began = time.monotonic()
    said = _over_http(PATHS[name]) if name in PATHS else _from_file(raw)
    seconds = time.monotonic() - began
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "said": said, "size": len(raw), "seconds": seconds, "peak_mib": peak_kib / 1024,
        "left": _has_children(),
    }  # fmt: skip


def _from_file(raw: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bomb"
        path.write_bytes(raw)
        return _said(str(path))


def _over_http(path: str) -> str:
    from tests.sources.conftest import running_server

    with running_server() as server:
        return _said(server.url + path)


def _said(name: str) -> str:
    try:
        asyncio.run(load_sources([name], allow_private=True))
    except SourceError as error:
        return error.problem
    return ""


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


if __name__ == "__main__":
    main()
