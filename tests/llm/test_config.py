from pathlib import Path

import pytest

from agent.config import OPENAI_URL, Config, Limits, default_store, is_loopback
from agent.errors import UsageError

KEY = {"OPENAI_API_KEY": "sk-canary"}
LOCAL = {"OPENAI_BASE_URL": "http://localhost:8080/v1/"}


def test_with_nothing_set_the_embedded_model_answers():
    config = Config.from_env({})
    assert (config.endpoint, config.base_url, config.weights) == ("embedded", None, None)
    assert (config.store, config.use_cache) == (default_store(), True)
    assert config.patience.deadline_s == 300


@pytest.mark.parametrize("environ", [{}, {**KEY, **LOCAL, "BLUF_MODEL": "gpt"}])
def test_a_gguf_file_or_the_word_embedded_wins_over_any_endpoint(environ: dict[str, str]):
    config = Config.from_env(environ, model="some/model.gguf")
    assert (config.endpoint, config.weights) == ("embedded", Path("some/model.gguf"))
    assert Config.from_env(environ, model="embedded").endpoint == "embedded"


def test_an_address_alone_is_an_endpoint_whose_first_model_answers():
    config = Config.from_env(LOCAL)
    assert (config.base_url, config.model) == ("http://localhost:8080/v1", None)
    assert config.endpoint == "openai-compatible"


def test_a_flag_wins_over_its_variable_and_the_variable_over_the_default():
    environ = {**LOCAL, "BLUF_MODEL": "a", "BLUF_CONTEXT": "4096", "BLUF_STORE": "kept.db"}
    config = Config.from_env({**environ, "BLUF_PARALLEL": "3", "BLUF_CALL_TIMEOUT": "7.5"})
    assert (config.model, config.context_tokens, config.parallel) == ("a", 4096, 3)
    assert (config.store, config.patience.deadline_s) == (Path("kept.db"), 7.5)
    config = Config.from_env(environ, model="b", context_tokens=512, store=Path("other.db"))
    assert (config.model, config.context_tokens, config.store) == ("b", 512, Path("other.db"))


def test_a_key_alone_means_openai_and_wants_a_model():
    config = Config.from_env({**KEY, "BLUF_MODEL": "gpt-x"})
    assert (config.base_url, config.api_key) == (OPENAI_URL, "sk-canary")
    with pytest.raises(UsageError, match="set BLUF_MODEL"):
        Config.from_env(KEY)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        Config.from_env({"OPENAI_BASE_URL": OPENAI_URL, "BLUF_MODEL": "gpt-x"})


def test_a_model_without_an_endpoint_is_refused_with_the_ways_out():
    with pytest.raises(UsageError, match=r"'gpt-x' has no endpoint: set OPENAI_BASE_URL"):
        Config.from_env({"BLUF_MODEL": "gpt-x"})


def test_a_key_never_travels_unencrypted_to_another_machine():
    environ = {**KEY, "OPENAI_BASE_URL": "http://llm.example:8000/v1"}
    with pytest.raises(UsageError, match=r"unencrypted to llm\.example") as error:
        Config.from_env(environ)
    assert "canary" not in str(error.value)
    assert Config.from_env({**KEY, **LOCAL}).api_key == "sk-canary"
    del environ["OPENAI_API_KEY"]
    assert Config.from_env(environ).api_key == "none"


@pytest.mark.parametrize("key", ["sk-canary\nHost: evil", "sk canary", "sk-canäry", "sk\x00canary"])
def test_a_key_that_could_forge_a_header_is_refused_unseen(key: str):
    with pytest.raises(UsageError, match="OPENAI_API_KEY holds") as error:
        Config.from_env({"OPENAI_API_KEY": key, "BLUF_MODEL": "m"})
    assert "can" not in str(error.value).replace("canary", "X")


def test_a_line_break_after_the_key_is_forgiven():
    assert Config.from_env({"OPENAI_API_KEY": "sk-canary\n", "BLUF_MODEL": "m"}).api_key == (
        "sk-canary"
    )


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/v1",
        "host:8080",
        "http://",
        "http://[::1/v1",
        "http://h:99999/v1",
        "https://me:secret@host/v1",
        "https://host/v1?token=secret",
        "https://host/v1#secret",
        "https://host/\x1b[31m",
    ],
)
def test_an_address_that_makes_no_sense_or_holds_a_secret_is_refused(url: str):
    with pytest.raises(UsageError, match="OPENAI_BASE_URL") as error:
        Config.from_env({"OPENAI_BASE_URL": url})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("BLUF_CONTEXT", "many"), ("BLUF_CONTEXT", "10"), ("BLUF_PARALLEL", "0"),
     ("BLUF_CALL_TIMEOUT", "nan"), ("BLUF_CALL_TIMEOUT", "inf"), ("BLUF_MAX_TOKENS", "0"),
     ("BLUF_MAX_COST", "-1"), ("BLUF_MAX_COST", "nan"), ("BLUF_DEADLINE", "0.5")],
)  # fmt: skip
def test_a_number_out_of_bounds_is_named_by_its_variable(name: str, value: str):
    with pytest.raises(UsageError, match=name):
        Config.from_env({name: value})


def test_a_key_is_in_no_rendering_of_the_settings():
    assert "canary" not in repr(Config.from_env({**KEY, "BLUF_MODEL": "m"}))


def test_loopback_is_told_by_the_address_alone():
    assert is_loopback("localhost") and is_loopback("127.0.0.5") and is_loopback("::1")
    assert not is_loopback("localhost.example") and not is_loopback("10.0.0.1")


def test_limits_of_a_run_come_from_flags_or_variables():
    environ = {"BLUF_MAX_TOKENS": "5000", "BLUF_MAX_COST": "0.5", "BLUF_DEADLINE": "60"}
    assert Config.from_env({}).limits == Limits()
    assert Config.from_env(environ).limits == Limits(5000, 0.5, 60.0)
    flags = Limits(tokens=7, deadline_s=9.0)
    assert Config.from_env(environ, limits=flags).limits == Limits(7, 0.5, 9.0)
