"""`bluf prompts` as its user runs it: what it prints, where, and its exit status."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.prompts import app
from agent.prompts import load_prompts
from schemas.sections import Bluf

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own"


@pytest.fixture
def run(own):
    def run(*arguments):
        environment = {"BLUF_PROMPTS": str(own)}
        return CliRunner().invoke(app, [str(a) for a in arguments], env=environment)

    return run


@pytest.fixture
def mine(run, own):
    """A draft of the user's own, made by the verb itself."""
    made = run("new", "mine", "--author", "A. Analyst", "--why", "Fewer words")
    assert (made.exit_code, made.stdout) == (0, f"{own / 'mine'}\n")
    return own / "mine"


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_list_shows_digest_state_parent_author_and_why_of_each(run, mine):
    edit(mine / "tags.md", "List the", "List all")
    shown = run("list").stdout.splitlines()
    digest = load_prompts("mine", mine.parent).digest[:8]
    assert shown[0].split() == "version digest state parent prompts author: why".split()
    assert shown[1].startswith(f"v1             {load_prompts('v1').digest[:8]} ")
    count = len(list(mine.glob("*.md")))
    assert re.split(r"\s{2,}", shown[-1], maxsplit=4) == [
        "mine", f"{digest} draft", "v3", str(count), "A. Analyst: Fewer words"
    ]  # fmt: skip


def test_a_version_that_cannot_be_read_is_listed_with_its_fault_and_hides_no_other(run, mine):
    run("new", "next", "--from", "mine")
    (mine / "tags.md").write_text("no front matter")
    done = run("list")
    assert done.exit_code == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "unusable   prompt mine/tags.md: it must open with TOML" in lines["mine"]
    assert lines["next"].endswith("(no author): (no why yet)")
    rows = {row["version"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["mine"]["fault"].startswith("prompt mine/tags.md")
    assert (rows["next"]["parent"], rows["next"]["state"]) == ("mine", "draft")


def test_show_prints_the_manifest_and_every_text_or_one(run, mine):
    whole = run("show", "mine").stdout
    assert "\nparent:   v3\nauthor:   A. Analyst\nwhy:      Fewer words\n" in whole
    texts = [prompt.text for prompt in load_prompts("v3").prompts.values()]
    assert [text for text in texts if text not in whole] == []
    one = run("show", mine, "bluf").stdout
    assert [line for line in one.splitlines() if line.startswith("== ")] == [
        f"== bluf: {load_prompts('v3').digests['bluf'][:8]}, "
        "answers as schemas.sections.Bluf in 400 tokens, after the source"
    ]


def test_show_as_json_holds_settings_texts_and_the_schema_of_each_answer(run, mine):
    shown = json.loads(run("show", "mine", "--json").stdout)
    prompts = load_prompts("v3")
    assert (shown["digest"], shown["state"]) == (prompts.digest, "draft")
    assert shown["sampling"] == {"temperature": 0.2}
    assert shown["prompts"].keys() == prompts.prompts.keys()
    bluf = shown["prompts"]["bluf"]
    assert bluf["text"] == prompts.prompts["bluf"].text
    assert bluf["answer"]["required"] == list(Bluf.model_fields)
    assert bluf["answer"]["additionalProperties"] is False
    assert json.loads(run("show", "mine", "bluf", "--json").stdout)["prompts"] == {"bluf": bluf}


def test_a_diff_is_plain_when_piped_and_its_summary_is_on_standard_error(run, mine):
    edit(mine / "tags.md", "words each", "plain words each")
    done = run("diff", "v3", mine)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["--- v3/tags.md", "+++ mine/tags.md"]
    assert "\x1b" not in done.stdout
    assert done.stderr.endswith(": tags.md (+1 -1)\n")
    same = run("diff", "v1", "v1")
    assert (same.exit_code, same.stdout) == (0, "")
    assert same.stderr.endswith(": no difference\n")


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
def test_a_diff_can_be_given_to_patch(run, mine, tmp_path):
    edit(mine / "tags.md", "words each", "plain words each")
    folder = tmp_path / "v1"
    folder.mkdir()
    (folder / "tags.md").write_bytes((ROOT / "prompts/v1/tags.md").read_bytes())
    difference = run("diff", "v1", "mine").stdout
    done = subprocess.run(["patch", "-p1", "-d", folder], input=difference, text=True)
    assert done.returncode == 0
    assert (folder / "tags.md").read_bytes() == (mine / "tags.md").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_the_words_that_changed_stand_out(mine):
    edit(mine / "tags.md", "words each", "plain words each")
    shown = on_a_terminal("diff", "v3", "mine", BLUF_PROMPTS=str(mine.parent), TERM="xterm")
    assert "\x1b[1m--- v3/tags.md\x1b[0m" in shown
    added = re.sub(r"\x1b\[32m\x1b\[7m(.*?)\x1b\[0m", r"<\1>", shown).splitlines()[-1]
    assert added.startswith("\x1b[32m+")
    assert re.sub(r"\x1b\[\d+m", "", added).count("<plain>") == 1
    assert len(re.findall("<.*?>", added)) == 1
    plain = on_a_terminal("diff", "v3", "mine", BLUF_PROMPTS=str(mine.parent), NO_COLOR="1")
    assert "+++ mine/tags.md" in plain
    assert "\x1b" not in plain


def test_what_a_reader_cannot_see_is_spelt_out(run, mine):
    edit(mine / "tags.md", "words each", "words\u200b each \x1b[31m\u202ered")
    for verb in (("diff", "v1", "mine"), ("show", "mine", "tags")):
        shown = run(*verb).stdout
        assert r"words\u200b each \x1b[31m\u202ered" in shown
        assert not {"\u200b", "\x1b", "\u202e"} & set(shown)


def test_new_says_what_is_still_to_be_filled_in(run, own):
    made = run("new", "terse", "--from", "v1")
    assert made.stdout == f"{own / 'terse'}\n"
    assert "fill in author and why in its manifest.toml" in made.stderr
    again = run("new", "terse")
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr == "bluf: prompts: there is a version terse already; take another name\n"


def test_check_prints_a_line_for_each_fault_and_its_status_is_1(run, mine):
    sound = run("check")
    assert (sound.exit_code, sound.stdout) == (0, "")
    edit(mine / "bluf.md", "$claims", "$claim")
    (mine / "tags.md").unlink()
    done = run("check", "mine")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "mine: prompt mine/bluf.md: needs = ['claims'], but the text has ['claim']"
    ]
    edit(mine / "bluf.md", "$claim", "$claims")
    assert run("check").stdout.splitlines() == ["mine: there is no tags.md, which the program asks"]
    assert run("check", "v1").exit_code == 0
    assert run("check", "v99").exit_code == 2


def test_a_release_shows_in_the_list_and_an_edit_after_it_too(run, mine):
    done = run("release", "mine")
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"is released; keep {mine.parent / 'LOCK.toml'} with it" in done.stderr
    assert " released   v3 " in run("list").stdout
    edit(mine / "tags.md", "List the", "List all")
    assert " changed    v3 " in run("list").stdout
    assert "state:    changed; the text of tags.md changed\n" in run("show", "mine").stdout
    assert run("release", "mine").exit_code == 2
    assert run("check").exit_code == 1
    # A copy keeps the edit while the released version goes back to what it was.
    assert run("new", "next", "--from", "mine").exit_code == 0
    edit(mine / "tags.md", "List all", "List the")
    assert run("check").exit_code == 0
    assert run("diff", "mine", "next").stderr.endswith(": tags.md (+1 -1)\n")


def test_a_released_version_that_is_gone_fails_the_check(run, mine):
    run("release", "mine")
    mine.rename(mine.parent / "other")
    done = run("check")
    assert done.exit_code == 1
    assert "mine: " in done.stdout
    assert "its folder is gone, restore it" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "v99"), ("show", "v1", "nonsense"), ("diff", "v1", "v99"), ("release", "v99"),
        ("new", "a b"), ("new", "x", "--from", "v99"), ("show", "./nowhere"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_one_line_and_the_status_is_2(run, arguments):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("bluf: prompts")
    assert done.stderr.count("\n") == 1


def on_a_terminal(*arguments, **environment):
    """Return what the verb prints when standard output is a terminal."""
    import pty

    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "agent.cli", "prompts", *arguments],
        stdout=follower, stderr=subprocess.DEVNULL, env={**kept, **environment}, cwd=ROOT,
    ) as process:  # fmt: skip
        os.close(follower)
        shown = b""
        while chunk := read(leader):
            shown += chunk
        assert process.wait(timeout=300) == 0
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


def read(terminal):
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""
