"""What reaches a terminal, a pipe or a file when the text is hostile or the place is faulty."""

import asyncio
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from agent.cli.main import app
from agent.cli.output import write_text
from agent.errors import WriteError
from agent.llm.calls import Call, Usage, open_store
from tests.builders import LETTER, good_answers
from tests.endpoint import running_endpoint
from tests.llm.faultserver import run_server, status
from tests.machine import (
    NOBODY,
    ROOT,
    as_another_user,
    bluf,
    clean_environment,
    folder_for_all,
    on_a_terminal,
    on_small_disk,
    python,
    run,
    with_failing_sync,
)

# Titles, clipboards, links, colours, C1, overrides, isolates, tags, halves of a pair, markup.
HOSTILE = (
    "A\x1b[35;41mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;ZXZpbA==\x07 \x1b]8;;http://evil.example\x07"
    "x\x1b]8;;\x07 \x9b31mC1 \x9d0;t\x9c \x7f \x08\x0b \u202eesrever\u202c \u2066i\u2069 \u061c "
    "\U000e0041tag [bold]b[/bold] [/] [/nope] [link=http://evil.example]l[/link] :skull: may"
)
# What the live display and our own colours send: SGR, lines up, a line cleared, the cursor hidden.
OWN = re.compile(r"\x1b\[(?!35;41)(?:[0-9]{1,2}(?:;[0-9]{1,2})*m|1A|2K|\?25[lh])|\r")
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

# Writes over an older file, and then says what lies in the folder.
WRITER = """
import sys
from pathlib import Path
from agent.cli.output import write_text
from agent.errors import WriteError

file = Path(sys.argv[1])
file.write_text("old")
try:
    write_text("new\\n" * 100_000, file)
except WriteError as error:
    print(error, file=sys.stderr)
print(*[f"{f.name} {f.stat().st_size}" for f in file.parent.iterdir()], file=sys.stderr)
"""
FULL_NEW = "new\n" * 100_000


def assert_clean(shown: str) -> None:
    assert STEERING.findall(OWN.sub("", shown)) == []


def assert_old_file_stands(done: "subprocess.CompletedProcess[bytes]", reason: str) -> None:
    said, listed = done.stderr.decode().splitlines()
    assert "brief.md: cannot be written" in said and reason in said
    assert listed == "brief.md 3"
    assert done.stdout.decode() == FULL_NEW


@pytest.fixture
def store(tmp_path):
    """A store whose one run, killed, was given hostile names and a hostile answer."""
    path = tmp_path / "calls.db"
    with open_store(path, print) as opened:
        id = opened.begin_run(what=HOSTILE, model=HOSTILE)
        call = Call("k", HOSTILE, HOSTILE, "ok", json.dumps(HOSTILE), HOSTILE, "x", Usage())
        asyncio.run(opened.keep(call, run=id))
    return path, id


@pytest.fixture
def hostile_file(tmp_path):
    file = tmp_path / "hostile.md"
    text = f"# {HOSTILE}\n\nThe deal {HOSTILE} fail. It {HOSTILE} hold.\n"
    file.write_text(text.replace("\x08", ""), encoding="utf-8")
    return file


def test_a_screen_of_ascii_gets_signs_that_it_has():
    shown = ascii("► “é”—½ 10² ✗ 日 \ud800…\n")
    code = f"from agent.cli.output import write_text; write_text({shown}, None)"
    done = run(python(code), PYTHONIOENCODING="ascii")
    assert done.stdout.decode("ascii") == '> "e"-\\xbd 10\\xb2 x \\u65e5 \\ud800...\n'
    settings = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run(python(code), **settings)
    assert (done.returncode, done.stdout.decode("ascii")[:6]) == (0, '> "e"-')


def test_a_pipe_that_is_closed_after_one_line_ends_quietly(tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("The deal may fail.\n" * 5000)
    command = " ".join(bluf("lint", file))
    done = run(["bash", "-c", f"{command} 2>{tmp_path}/said | head -1; echo ${{PIPESTATUS[0]}}"])
    line, left = done.stdout.decode().splitlines()
    assert line.startswith(f"{file}:1:10: loose word: may")
    assert left in {"0", "1"}
    assert "Traceback" not in (tmp_path / "said").read_text()


def test_a_full_device_is_one_line_and_status_5(tmp_path):
    command = " ".join(bluf("schema", "brief"))
    done = run(["bash", "-c", f"{command} > /dev/full"])
    assert (done.returncode, done.stderr.count(b"\n")) == (5, 1)
    assert b"standard output cannot be written (No space left on device)" in done.stderr


def test_a_full_disk_leaves_the_old_file_whole_and_the_text_on_standard_output(tmp_path):
    done = run(on_small_disk(tmp_path, 64, python(WRITER, tmp_path / "brief.md")))
    assert_old_file_stands(done, "No space left on device")


def test_a_disk_that_does_not_sync_leaves_the_old_file_whole(tmp_path):
    done = run(with_failing_sync(python(WRITER, tmp_path / "brief.md"), after=0))
    assert_old_file_stands(done, "Input/output error")


def test_a_folder_that_may_not_be_written_is_said_with_its_path():
    with folder_for_all() as folder:
        code = (
            "import sys; from pathlib import Path; from agent.cli.output import write_text\n"
            "write_text('text\\n', Path(sys.argv[1]))"
        )
        done = run(as_another_user(python(code, folder / "brief.md")))
        assert done.stdout == b"text\n"
        assert f"{folder}/brief.md: cannot be written (Permission denied)".encode() in done.stderr
        assert list(folder.iterdir()) == []


def test_a_brief_goes_to_standard_output_when_its_store_and_its_file_are_on_a_full_disk(tmp_path):
    article, disk = tmp_path / "letter.txt", tmp_path / "disk"
    article.write_text(f"A title\n\n{LETTER}\n", encoding="utf-8")
    disk.mkdir()
    with running_endpoint(good_answers()) as endpoint:
        done = run(
            on_small_disk(disk, 16, bluf("brief", article, "-o", disk / "brief.md")),
            OPENAI_BASE_URL=endpoint.url,
            BLUF_MODEL="scripted",
            BLUF_STORE=str(disk / "calls.db"),
        )
    assert done.returncode == 5
    assert b"## 2. Competing Hypotheses" in done.stdout
    *_, last = done.stderr.decode().splitlines()
    assert last.startswith(f"bluf: {disk}/brief.md: cannot be written (No space left on device)")
    assert b"calls.db: calls are no" in done.stderr


@pytest.mark.parametrize("kind", ["folder", "dangling link", "foreign link", "protected"])
def test_what_should_not_be_replaced_is_refused_and_stays(tmp_path, capsys, kind):
    target, real = tmp_path / "brief.md", tmp_path / "real.md"
    if kind == "folder":
        target.mkdir()
        reason = "it is a folder"
    elif kind == "dangling link":
        target.symlink_to(real)
        reason = "it is a link that leads nowhere"
    elif kind == "foreign link":
        if os.geteuid() != 0:
            pytest.skip("only root may make a link that is somebody else's")
        real.write_text("old")
        target.symlink_to(real)
        os.lchown(target, NOBODY, NOBODY)
        reason = "it is a link that another user made"
    else:
        target.write_text("old")
        target.chmod(0o444)
        reason = "the file is write-protected"
    before = sorted(file.name for file in tmp_path.iterdir())
    with pytest.raises(WriteError, match=reason) as refused:
        write_text("text\n", target)
    assert refused.value.status == 5
    assert "\n" not in str(refused.value)
    assert capsys.readouterr().out == "text\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == before
    assert not real.exists() or real.read_text() == "old"


def test_an_older_file_of_ones_own_is_replaced_and_keeps_its_mode(tmp_path):
    target = tmp_path / "brief.md"
    target.write_text("a much longer text than the new one")
    target.chmod(0o640)
    write_text("new\n", target)
    assert target.read_text() == "new\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["brief.md"]


def test_a_name_of_255_bytes_can_be_written(tmp_path):
    target = tmp_path / ("é" * 126 + ".md")
    write_text("new\n", target)
    assert target.read_text() == "new\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "{file}"),
        ("lint", "{file}", "--json"),
        ("runs", "list"),
        ("runs", "show", "{run}"),
        ("runs", "show", "{run}", "--full"),
        ("runs", "show", HOSTILE.replace("\x00", "")),
        ("lint", f"/no/such/{HOSTILE}"),
        ("check", f"/no/such/{HOSTILE}", "{file}"),
        ("lint", "{file}", HOSTILE),
        (f"--{HOSTILE}",),
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:24],
)
def test_no_verb_lets_hostile_text_steer_a_terminal(arguments, hostile_file, store):
    path, id = store
    known = {"{file}": str(hostile_file), "{run}": id}
    command = bluf(*(known.get(argument, argument) for argument in arguments))
    piped = run(command, BLUF_STORE=str(path))
    assert STEERING.findall((piped.stdout + piped.stderr).decode()) == []
    status, shown = on_a_terminal(command, columns=100, BLUF_STORE=str(path))
    assert status == piped.returncode != 70
    assert_clean(shown)


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json"])
def test_checked_claims_cannot_steer_a_terminal(tmp_path, hostile_file, format_):
    done = CliRunner().invoke(app, ["check", str(hostile_file), str(hostile_file)])
    assert done.exit_code == 2
    article = tmp_path / "article.txt"
    article.write_text(f"The pier {HOSTILE} closed on Monday.\n{LETTER}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(hostile_file), str(article), "-f", format_])
    assert done.exit_code in {0, 1}
    assert STEERING.findall(done.stdout + done.stderr) == []
    if format_ == "json":
        assert done.stdout.isascii() and "claims" in json.loads(done.stdout)


def test_a_brief_of_hostile_text_on_a_terminal_sends_only_our_own_sequences(tmp_path):
    article = tmp_path / "letter.txt"
    article.write_text(f"{HOSTILE}\n\n{LETTER}\n\nA man said {HOSTILE}.\n", encoding="utf-8")
    answers = good_answers()
    for event in answers["entities"]["entities"]:
        event["role"] = HOSTILE
    for tag in answers["tags"]["tags"]:
        tag["tag"] = HOSTILE
    answers["bluf"]["what"][0]["text"] += f" {HOSTILE}"
    with running_endpoint(answers) as endpoint:
        settings = {
            "OPENAI_BASE_URL": endpoint.url,
            "BLUF_MODEL": "scripted",
            "BLUF_STORE": str(tmp_path / "calls.db"),
        }
        command = bluf("brief", article, "--detail", "full")
        status, shown = on_a_terminal(command, columns=80, **settings)
        assert status == 0
        assert_clean(shown)
        assert "Competing Hypotheses" in shown and "[/nope]" in shown and "💀" not in shown
        piped = run([*command, "--title", HOSTILE.replace("\x00", "")], **settings)
        assert STEERING.findall((piped.stdout + piped.stderr).decode()) == []
        _, shown = on_a_terminal(command, columns=0, TERM="dumb", **settings)
        assert "\x1b" not in shown and "Competing Hypotheses" in shown


def test_what_a_server_says_cannot_steer_a_terminal(tmp_path):
    article = tmp_path / "letter.txt"
    article.write_text(f"A title\n\n{LETTER}\n", encoding="utf-8")
    with run_server() as server:
        server.script = [status(400, {"error": {"message": HOSTILE, "code": HOSTILE}})]
        server.models = status(200, {"data": [{"id": HOSTILE, "object": "model"}]})
        settings = {"OPENAI_BASE_URL": server.url, "BLUF_STORE": str(tmp_path / "calls.db")}
        left, shown = on_a_terminal(bluf("brief", article), BLUF_MODEL="m", **settings)
        assert left == 4
        assert_clean(shown)
        left, shown = on_a_terminal(bluf("doctor"), **settings)
        assert left == 4
        assert_clean(shown)


@pytest.mark.parametrize("columns", [0, 20, 40, 200])
def test_a_checked_claim_is_shown_whole_at_every_width(columns):
    from agent.views.checked import as_table
    from schemas.claims import Claim, Verdict
    from schemas.sources import Sources
    from tests.builders import make_source

    words = "Russia has paid for the troops with 40 million crowns in all, officials said."
    claim = Claim(
        id="100", section="bluf", part="statements", text=words, basis="reported",
        evidence=("1.7",), author="user",
    )  # fmt: skip
    verdict = Verdict(
        claim="100", label="not checkable", method="figures", score=0.5, evidence=("1.7",),
        reason="40 million is not in the cited sentence",
    )  # fmt: skip
    sources = Sources(items=(make_source(LETTER),))
    shown = as_table([(claim, verdict)], sources, width=columns, colour=False)
    assert max(map(len, shown.splitlines())) <= max(40, min(columns, 100))
    assert f"{words} {verdict.reason}" in " ".join(re.sub(r"^ +", "", shown, flags=re.M).split())


def test_a_stream_without_a_terminal_takes_a_text_as_it_is(monkeypatch):
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdout", printed)
    write_text("é►\n", None)
    assert printed.getvalue() == "é►\n"


# Draws its stages until a file appears, so that the window can be resized in the middle.
DRAWER = """
import sys, time
from pathlib import Path
from agent.cli.display import choose_display
from agent.cli.output import write_text

with choose_display(quiet=False) as display:
    number = 0
    while not Path(sys.argv[1]).exists():
        display.stage(f"stage {number % 9}", "finished", "a detail that fills the line " * 3)
        number += 1
        time.sleep(0.05)
    display.note("a note with :skull: and [bold]")
write_text("The brief.\\n", None)
time.sleep(600)
"""


def test_a_window_that_is_resized_in_the_middle_is_left_with_the_brief_alone(tmp_path):
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    tmux = ["tmux", "-L", f"bluf-test-{os.getpid()}", "-f", "/dev/null"]
    script, go = tmp_path / "drawer.py", tmp_path / "go"
    script.write_text(DRAWER)

    def screen_with(words: str) -> str:
        for _ in range(600):
            shown = run([*tmux, "capture-pane", "-p"]).stdout.decode()
            if words in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(shown)

    command = shlex.join([sys.executable, str(script), str(go)])
    started = [*tmux, "new-session", "-d", "-x", "100", "-y", "40", command]
    try:
        subprocess.run(started, cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)), check=True)
        screen_with("stage 8")
        for columns in (50, 120):
            run([*tmux, "resize-window", "-x", str(columns), "-y", "40"])
            screen_with("stage 8")
        go.touch()
        shown = screen_with("The brief.")
    finally:
        run([*tmux, "kill-server"])
    assert shown.split("\n")[:2] == ["a note with :skull: and [bold]", "The brief."]
    assert shown.split() == "a note with :skull: and [bold] The brief.".split()
