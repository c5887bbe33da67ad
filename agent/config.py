"""Every setting of one run, read once from flags, environment and defaults, and passed down."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from platformdirs import user_data_path

from agent.errors import UsageError

OPENAI_URL = "https://api.openai.com/v1"
# What servers that want no key are sent: the SDK insists on one.
NO_KEY = "none"

N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Patience:
    """How long one call may take and how its retries are spaced.

    Attributes:
        deadline_s: Seconds for one call in all, retries and waits included.
        attempts: Requests for one answer before a passing failure becomes final.
        first_wait_s: Wait before the first retry; it doubles from there, with jitter.
        longest_wait_s: Cap of a single wait, also of one that the endpoint asks for.
    """

    deadline_s: float = 300.0
    attempts: int = 5
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0


@dataclass(frozen=True)
class Limits:
    """What one run may use in all; None is without limit.

    Attributes:
        tokens: Tokens of its calls, in and out.
        cost_usd: Their price in US dollars.
        deadline_s: Seconds from its start to its end.
    """

    tokens: int | None = None
    cost_usd: float | None = None
    deadline_s: float | None = None


@dataclass(frozen=True)
class Config:
    """The settings of one run.

    Attributes:
        base_url: The endpoint, without a trailing slash; None for the embedded model.
        model: The model's name at the endpoint; None for the first that the endpoint lists.
        weights: A GGUF file for the embedded model; None for the one that is installed.
        api_key: Sent to `base_url` and nowhere else; never printed and never stored.
        context_tokens: The model's window, when the user states it.
        parallel: Calls in flight at once, when the user states it.
        patience: Deadline and retries of one call.
        store: The file that keeps every call.
        use_cache: False asks every question again; the answers are kept all the same.
        limits: What the run may use in all.
    """

    base_url: str | None
    model: str | None
    weights: Path | None
    api_key: str = field(repr=False)
    context_tokens: int | None
    parallel: int | None
    patience: Patience
    store: Path
    use_cache: bool
    limits: Limits = Limits()

    @property
    def endpoint(self) -> Literal["embedded", "openai-compatible"]:
        """Which kind of endpoint answers, in the words of the brief's run record."""
        return "embedded" if self.base_url is None else "openai-compatible"

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str],
        *,
        model: str | None = None,
        base_url: str | None = None,
        context_tokens: int | None = None,
        parallel: int | None = None,
        deadline_s: float | None = None,
        store: Path | None = None,
        use_cache: bool = True,
        limits: Limits = Limits(),
    ) -> "Config":
        """Return the settings: each flag that is given, else its variable, else the default.

        The variables are OPENAI_API_KEY, OPENAI_BASE_URL, BLUF_MODEL, BLUF_CONTEXT,
        BLUF_PARALLEL, BLUF_CALL_TIMEOUT (seconds), BLUF_STORE, BLUF_MAX_TOKENS, BLUF_MAX_COST (US
        dollars) and BLUF_DEADLINE (seconds); one that is empty counts as absent. A model that ends
        in .gguf, or none of the first three, means the embedded model; so does the model name
        embedded, whatever else is set.

        Raises:
            UsageError: The settings contradict one another, one of them makes no sense, or a key
                would be sent in the clear to another machine.
        """
        key = _checked_key(environ)
        url = base_url or environ.get("OPENAI_BASE_URL", "").strip() or None
        name, url, weights = _choose(model or environ.get("BLUF_MODEL", "").strip(), url, key)
        if url is not None:
            url = _checked_url(url, has_key=bool(key))
        wait_s = _number(deadline_s, environ, "BLUF_CALL_TIMEOUT", float, 1)
        given_store = environ.get("BLUF_STORE", "").strip()
        return cls(
            base_url=url,
            model=name,
            weights=weights,
            api_key=key or NO_KEY,
            context_tokens=_number(context_tokens, environ, "BLUF_CONTEXT", int, 512),
            parallel=_number(parallel, environ, "BLUF_PARALLEL", int, 1),
            patience=Patience() if wait_s is None else Patience(deadline_s=wait_s),
            store=store or (Path(given_store) if given_store else default_store()),
            use_cache=use_cache,
            limits=Limits(
                tokens=_number(limits.tokens, environ, "BLUF_MAX_TOKENS", int, 1),
                cost_usd=_number(limits.cost_usd, environ, "BLUF_MAX_COST", float, 0),
                deadline_s=_number(limits.deadline_s, environ, "BLUF_DEADLINE", float, 1),
            ),
        )


def default_store() -> Path:
    """Return where the calls are kept unless a setting says otherwise."""
    return user_data_path("bluf") / "calls.db"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine, without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _choose(name: str, url: str | None, key: str) -> tuple[str | None, str | None, Path | None]:
    """Return the model's name, the endpoint and the weights; see `Config.from_env`."""
    if name.endswith(".gguf"):
        return None, None, Path(name)
    if name == "embedded" or not (name or url or key):
        return None, None, None
    if url is None and not key:
        raise UsageError(
            f"the model {name!r} has no endpoint: set OPENAI_BASE_URL or OPENAI_API_KEY, "
            "or name a .gguf file"
        )
    if (url or OPENAI_URL).rstrip("/") == OPENAI_URL:
        _check_openai(name, key)
    return name or None, url or OPENAI_URL, None


def _check_openai(name: str, key: str) -> None:
    if not key:
        raise UsageError("api.openai.com wants a key: set OPENAI_API_KEY")
    if not name:
        raise UsageError(
            "OPENAI_API_KEY is set but no model is: set BLUF_MODEL to the model to use, "
            "or give --model embedded to use none of the endpoint"
        )


def _checked_key(environ: Mapping[str, str]) -> str:
    key = environ.get("OPENAI_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError(
            "OPENAI_API_KEY holds a space, a line break or a letter that no key has; set it again"
        )
    return key


def _checked_url(url: str, *, has_key: bool) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise UsageError("OPENAI_BASE_URL is not an address") from error
    if parts.scheme not in ("http", "https") or not host or not url.isprintable():
        raise UsageError("OPENAI_BASE_URL must look like http://host:port/v1 or https://host/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "OPENAI_BASE_URL may hold no password and no query; a key belongs in OPENAI_API_KEY"
        )
    if parts.scheme == "http" and has_key and not is_loopback(host):
        raise UsageError(
            f"the key would travel unencrypted to {host}: use https, or unset OPENAI_API_KEY"
        )
    return url.rstrip("/")


def _number(
    flag: N | None, environ: Mapping[str, str], name: str, read: Callable[[str], N], least: N
) -> N | None:
    text = environ.get(name, "").strip()
    if flag is None and not text:
        return None
    try:
        number = read(text) if flag is None else flag
    except ValueError as error:
        raise UsageError(f"{name} must be a number, not {text!r}") from error
    if not least <= number < 1e9:
        raise UsageError(f"{name} must be at least {least}, not {number}")
    return number
