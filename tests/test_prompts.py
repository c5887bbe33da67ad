"""Prompt versions load whole or not at all, are known by their digests, and fill in one pass."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from traceback import format_exception

import pytest
from pydantic import BaseModel, Field

from agent.errors import UsageError
from agent.llm.schema import strict_schema
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts, own_folder
from agent.prompts.difference import diff_versions, mark_words
from agent.prompts.digests import answer_shape, section_digest
from agent.prompts.loading import FIXED, find_faults, find_lost
from agent.prompts.lock import LOCK
from agent.prompts.making import new_version, release
from agent.prompts.versions import find_version, list_versions, read_version
from agent.sections import catalogue
from tests.builders import Scripted, good_answers
from tests.test_pipeline import RUN

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def prompts():
    return load_prompts("v1")


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own"


@pytest.fixture
def mine(own):
    """The folder of a version of the user's own, a copy of v1."""
    return new_version("mine", "v1", own, author="A. Analyst", why="To try it.")


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# Filling


def test_every_section_of_the_catalogue_has_its_prompt(prompts):
    assert {plan.prompt for plan in catalogue.PLANS} <= set(prompts.prompts)


def test_every_section_prompt_starts_with_the_same_system_text_and_material(prompts):
    ready = prompts.with_material("0badcafe", "[1.1] A sentence.")
    filled = [
        ready.fill(plan.prompt, **dict.fromkeys(prompts.prompts[plan.prompt].needs, "x"))
        for plan in catalogue.PLANS
    ]
    assert len({f.system for f in filled}) == 1
    assert all(f.text.startswith("<source 0badcafe>\n[1.1] A sentence.\n</source") for f in filled)


def test_a_placeholder_inside_the_source_is_never_filled(prompts):
    ready = prompts.with_material("0badcafe", "[1.1] It costs $claims and ${signals}.")
    assert "It costs $claims and ${signals}." in ready.fill("bluf", claims="- none").text


def test_what_is_sent_is_the_text_of_the_file_to_the_letter(prompts):
    text = (ROOT / "prompts/v1/bluf.md").read_text(encoding="utf-8").split("+++\n")[2].strip()
    sent = prompts.fill("bluf", claims="- none")
    assert sent.text == f"{prompts.material}\n\n{text.replace('$claims', '- none')}"
    assert (sent.max_tokens, sent.temperature) == (400, prompts.temperature)


def test_every_prompt_is_asked_in_the_shape_that_its_file_names(prompts, sources):
    asked = {}

    class Noting(Scripted):
        async def ask(self, shape, request, *, repeat=0):
            asked[request.prompt] = shape
            return await super().ask(shape, request, repeat=repeat)

    model = Noting(**good_answers())
    asyncio.run(
        write_brief(sources, model, prompts, Silent(), judge=model, describe_run=lambda: RUN)
    )
    named = {name: prompt.schema for name, prompt in prompts.prompts.items() if prompt.schema}
    assert set(asked) >= {
        "signals",
        "judge_premises",
        "grade_items",
        "grade_speakers",
        "cross_impact",
    }
    for name, shape in asked.items():
        assert issubclass(shape, answer_shape(named[name], prompt=name)), name


def without_shape(prompts, names):
    changed = {n: replace(p, schema=None) if n in names else p for n, p in prompts.prompts.items()}
    return replace(prompts, prompts=changed)


def test_the_prompts_whose_shape_is_fixed_are_those_whose_file_is_not_asked_for_it(
    prompts, sources
):
    def asked(names):
        model = Scripted(**good_answers())
        ready = without_shape(prompts, names)
        asyncio.run(
            write_brief(sources, model, ready, Silent(), judge=model, describe_run=lambda: RUN)
        )
        return {request.prompt for request in model.asked}

    drawn_up = asked(FIXED) - FIXED
    assert drawn_up >= {"bluf", "matrix", "drivers"}
    for name in drawn_up:
        with pytest.raises((ValueError, ExceptionGroup)) as caught:
            asked({name})
        assert f"prompt {name} names no schema" in "".join(format_exception(caught.value))


# Digests


class Claim(BaseModel):
    """A claim."""

    evidence: list[str] = Field(description="Ids of sentences.")
    text: str


class Described(BaseModel):
    """A claim."""

    evidence: list[str] = Field(description="Ids of the sentences.")
    text: str


class Reordered(BaseModel):
    """A claim."""

    text: str
    evidence: list[str] = Field(description="Ids of sentences.")


def section(text="Write $claims.", shape=Claim, temperature=0.2, max_tokens=400, material=True):
    return section_digest(
        text,
        answer=strict_schema(shape),
        sampling={"temperature": temperature},
        max_tokens=max_tokens,
        material=material,
    )


def test_the_digest_of_a_prompt_is_the_same_on_every_machine():
    assert section() == "9a1f3ac98e8388819ff1dfabd05a2865a5f4b8afc050088eed8f3a26d2270c43"
    assert (
        section(temperature=0.3)
        == "fab914582836f6b505edbf20dcff8d41a5aa90e393ee5b53294e71e04056048e"
    )
    assert (
        section(shape=Described)
        == "b2b4f588dd6073c833b651f1f75b683a800fbe7037eb00542e63c4302cb1f6f7"
    )


def test_the_digest_covers_text_room_material_sampling_and_the_whole_answer():
    changed = [
        section(),
        section(text="Write $claims!"),
        section(shape=Described),
        section(shape=Reordered),
        section(temperature=0.9),
        section(max_tokens=401),
        section(material=False),
    ]
    assert len(set(changed)) == len(changed)


def test_neither_the_order_of_keys_nor_the_kind_of_a_number_changes_a_digest():
    def backwards(value):
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return [backwards(item) for item in value] if isinstance(value, list) else value

    schema = strict_schema(Claim)
    assert list(backwards(schema)) != list(schema)
    settings = {"max_tokens": 9, "material": False}
    digests = {
        section_digest("Say.", answer=answer, sampling=sampling, **settings)
        for answer in (schema, backwards(schema))
        for sampling in ({"temperature": 1, "top_p": 0.5}, {"top_p": 0.5, "temperature": 1.0})
    }
    assert len(digests) == 1


def write_small_version(folder, *, text="Café: $claims\n\nEnd.", line_end="\n", temperature="0.2"):
    files = {
        "manifest.toml": f'parent = ""\nauthor = "A"\nwhy = "B"\n[sampling]\n'
        f"temperature = {temperature}\n",
        "system.md": "+++\nneeds = []\n+++\nYou are exact.\n",
        "bluf.md": f'+++\nneeds = ["claims"]\nmethod = "Kent"\n+++\n{text}\n',
    }
    folder.mkdir(parents=True)
    for name, held in files.items():
        (folder / name).write_bytes(held.replace("\n", line_end).encode())
    return read_version(folder).prompts


def test_line_ends_composed_letters_marks_and_edges_of_a_file_make_no_other_version(tmp_path):
    plain = write_small_version(tmp_path / "a" / "v7")
    others = [
        write_small_version(tmp_path / "b" / "v7", line_end="\r\n"),
        write_small_version(
            tmp_path / "c" / "v7", text=unicodedata.normalize("NFD", text_of(plain))
        ),
        write_small_version(tmp_path / "d" / "v7", text=f"{text_of(plain)}  \n\n\n"),
        write_small_version(tmp_path / "e" / "v7", temperature="2e-1"),
    ]
    marked = tmp_path / "a" / "v7" / "bluf.md"
    marked.write_bytes(b"\xef\xbb\xbf" + marked.read_bytes())
    others.append(read_version(marked.parent).prompts)
    assert plain.digest == "fd75d151a8025644d67b4ef4ef1ff317ec34f96bf1bdf64aef7df605900e881b"
    assert [other.digest for other in others] == [plain.digest] * 5
    assert {text_of(other) for other in others} == {text_of(plain)}
    assert write_small_version(tmp_path / "f" / "v7", temperature="0.3").digest != plain.digest


def text_of(prompts):
    return prompts.prompts["bluf"].text


def test_the_source_of_a_method_can_be_put_right_without_another_digest(mine):
    before = load_prompts("mine", mine.parent)
    edit(mine / "bluf.md", 'method = "', 'method = "See ')
    after = load_prompts("mine", mine.parent)
    assert (after.digest, after.methods == before.methods) == (before.digest, False)


def test_the_same_prompt_has_the_same_digest_in_two_versions_and_the_sets_differ(prompts, mine):
    edit(mine / "tags.md", "List the", "List all")
    other = load_prompts("mine", mine.parent)
    differing = {name for name in prompts.digests if prompts.digests[name] != other.digests[name]}
    assert (differing, prompts.digest == other.digest) == ({"tags"}, False)


# Finding and loading


def test_an_unknown_version_is_one_line_that_lists_the_known_ones(mine):
    with pytest.raises(UsageError, match=r"no version 'v99'; versions: v1"):
        load_prompts("v99")
    with pytest.raises(UsageError, match=r"no version 'v99'; versions: v1.*, mine"):
        load_prompts("v99", mine.parent)


@pytest.mark.parametrize("name", ["..", ".", "", "../prompts", "no/such/folder", "v1\0", "v1 "])
def test_a_name_that_is_no_version_loads_nothing(name):
    with pytest.raises(UsageError):
        load_prompts(name)


def test_a_version_of_ones_own_loads_by_its_name_and_by_its_path(mine, prompts, monkeypatch):
    assert load_prompts("mine", mine.parent).prompts == prompts.prompts
    assert load_prompts(str(mine)).version == "mine"
    monkeypatch.chdir(mine.parent)
    assert load_prompts("./mine").digest == prompts.digest
    with pytest.raises(UsageError, match="no version 'mine'"):
        load_prompts("mine")


def test_a_name_that_stands_in_two_places_is_refused(own, mine, prompts):
    shutil.copytree(mine, own / "v1")
    with pytest.raises(UsageError, match=r"v1 is in .* and .*; rename one, or give its path"):
        load_prompts("v1", own)
    assert load_prompts(str(own / "v1"), own).digest == prompts.digest


def test_versions_are_listed_in_the_order_of_their_numbers(own, mine):
    for name in ("v10", "v9", "v2b"):
        shutil.copytree(mine, own / name)
    (own / "notes").mkdir()
    assert [f.name for f in list_versions(own) if f.parent == own] == ["mine", "v2b", "v9", "v10"]
    assert own_folder({"BLUF_PROMPTS": f" {own} "}) == own
    assert own_folder({"BLUF_PROMPTS": ""}) is None


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("bluf.md", "+++\nneeds", "needs", "must open with TOML between two lines of [+]{3}"),
        ("bluf.md", "+++\nneeds", "# Notes\n+++\nneeds", "must open with TOML"),
        ("bluf.md", 'needs = ["claims"]', "needs = [", "it is not TOML"),
        ("bluf.md", 'needs = ["claims"]', "needs = [1]", "needs must list the placeholders"),
        ("bluf.md", 'needs = ["claims"]', "", "needs must list the placeholders"),
        (
            "bluf.md",
            'needs = ["claims"]',
            "needs = []",
            r"needs = \[\], but the text has \['claims'",
        ),
        ("bluf.md", "material = true", 'material = "yes"', "material must be a bool"),
        ("bluf.md", "material = true", "top_p = 0.9", "top_p: there is no such key"),
        ("bluf.md", "max_tokens = 400", "max_tokens = true", "max_tokens must be a int"),
        ("bluf.md", "max_tokens = 400", "", "an answer needs max_tokens"),
        ("bluf.md", "schemas.sections.Bluf", "os.system", "must name a shape in schemas"),
        ("bluf.md", "schemas.sections.Bluf", "schemas..Bluf", "must name a shape in schemas"),
        ("bluf.md", "$claims", "$claims for $5", r"a \$ that begins no name is written \$\$"),
        ("bluf.md", "Write", "\udcff", "it is not UTF-8"),
        ("bluf.md", "Write", "W" * 200_001, "more than 200,000 bytes"),
        ("manifest.toml", "why = ", "reason = ", "must hold parent, author and why"),
        ("manifest.toml", "temperature = 0.2", "temperature = true", "a number from 0 to 2"),
        ("manifest.toml", "temperature = 0.2", "temperature = nan", "a number from 0 to 2"),
        ("manifest.toml", "temperature = 0.2", "temperature = 0.2\nseed = 7", "nothing else"),
        ("judge.md", "sections.Findings", "sections.Rewrites", "schema must be schemas.sections.F"),
        # Files that can be read, but that the program cannot work with.
        ("bluf.md", "schemas.sections.Bluf", "schemas.sections.Bulf", "there is no shape"),
        ("bluf.md", "schemas.sections.Bluf", "schemas.sections.Tags", "is no kind of schemas.sect"),
        ("bluf.md", "schemas.sections.Bluf", "schemas.sections.citing", "is no shape"),
        ("bluf.md", 'schema = "schemas.sections.Bluf"\n', "", "schema must be schemas.sections.Bl"),
    ],
)
def test_what_cannot_be_used_is_found_at_loading_and_by_the_check(mine, file, old, new, problem):
    held = (mine / file).read_text(encoding="utf-8")
    assert old in held
    (mine / file).write_bytes(held.replace(old, new, 1).encode(errors="surrogateescape"))
    with pytest.raises(UsageError, match=problem):
        load_prompts("mine", mine.parent)
    assert [fault for fault in find_faults(mine, mine.parent) if re.search(problem, fault)]


def test_a_placeholder_that_the_program_does_not_fill_is_found_before_a_call_is_paid_for(mine):
    edit(mine / "bluf.md", 'needs = ["claims"]', 'needs = ["claims", "date"]')
    edit(mine / "bluf.md", "$claims", "$claims as of $date")
    with pytest.raises(UsageError, match=r"bluf.md: nothing fills \$date there; .* \$claims$"):
        load_prompts("mine", mine.parent)


def test_a_missing_prompt_and_one_that_is_never_asked_are_found_at_loading(mine):
    (mine / "bluf.md").rename(mine / "bulf.md")
    with pytest.raises(UsageError, match=r"there is no bluf.md, which the program asks \(1 more"):
        load_prompts("mine", mine.parent)
    assert find_faults(mine, mine.parent) == [
        "there is no bluf.md, which the program asks",
        "bulf.md: the program asks no such prompt",
    ]


def test_a_prompt_file_that_is_a_pipe_or_hidden_does_not_hang_or_count(mine, prompts):
    (mine / ".#bluf.md").write_text("lock of an editor")
    assert load_prompts("mine", mine.parent).digest == prompts.digest
    (mine / "tags.md").unlink()
    os.mkfifo(mine / "tags.md")
    with pytest.raises(UsageError, match=r"mine/tags.md: there is no such file"):
        load_prompts("mine", mine.parent)


def test_every_version_of_the_package_can_be_used():
    assert {folder.name: find_faults(folder) for folder in list_versions()} == {
        folder.name: [] for folder in list_versions()
    }
    assert find_lost() == []


# Releases


def test_a_released_version_loads_as_it_is_and_a_draft_however_it_changes(mine):
    assert find_version("mine", mine.parent).state == "draft"
    release("mine", mine.parent)
    assert find_version("mine", mine.parent).state == "released"
    assert load_prompts("mine", mine.parent).digest in (mine.parent / LOCK).read_text()
    draft = new_version("draft", "mine", mine.parent)
    edit(draft / "bluf.md", "Write", "Say")
    assert "Say" in text_of(load_prompts("draft", mine.parent))


@pytest.mark.parametrize(
    ("file", "old", "new", "change"),
    [
        ("bluf.md", "Write", "Say", "the text of bluf.md changed"),
        ("system.md", "You", "Thou", "the text of system.md changed"),
        ("bluf.md", "max_tokens = 400", "max_tokens = 500", "max_tokens in bluf.md changed"),
        ("judge.md", "+++\n", "+++\nmaterial = true\n", "material in judge.md changed"),
        ("manifest.toml", "= 0.2", "= 0.7", "temperature in manifest.toml changed"),
    ],
)
def test_a_released_version_that_was_edited_is_refused_with_what_changed_and_the_way_out(
    mine, file, old, new, change
):
    release("mine", mine.parent)
    was = load_prompts("mine", mine.parent).digest
    edit(mine / file, old, new)
    now = read_version(mine).prompts.digest
    message = (
        f"released as {was[:8]}, but now {now[:8]}: {change}. "
        "Undo that and change a copy instead: `bluf prompts new NAME --from mine`"
    )
    with pytest.raises(UsageError) as caught:
        load_prompts("mine", mine.parent)
    assert str(caught.value) == f"prompts mine: {message}"
    assert find_faults(mine, mine.parent) == [message]
    with pytest.raises(UsageError, match="prompts mine: released as"):
        release("mine", mine.parent)
    edit(mine / file, new, old)
    assert load_prompts("mine", mine.parent).digest == was


def test_a_changed_shape_is_told_by_the_answer_that_it_is_for(tmp_path):
    program = install(tmp_path / "program")
    assert bluf(program, "prompts", "release", "v3").returncode == 0
    assert bluf(program, "prompts", "check").stdout == ""
    shapes = program / "schemas" / "sections.py"
    text, count = re.subn(r'(class Bluf\(.*\):\n    """)', r"\1Plainly: ", shapes.read_text())
    assert count == 1
    shapes.write_text(text)
    done = bluf(program, "prompts", "check")
    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert ": the shape of the answer to bluf changed. Undo that" in done.stdout
    assert "new NAME --from v3`, which may name a new shape" in done.stdout
    refused = bluf(program, "brief", "examples/letter.txt")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "the shape of the answer to bluf changed" in refused.stderr


def test_a_release_is_written_once_and_keeps_those_before_it(mine):
    release("mine", mine.parent)
    first, file = (mine.parent / LOCK).read_text(), (mine.parent / LOCK).stat().st_ino
    release("mine", mine.parent)
    assert (mine.parent / LOCK).stat().st_ino == file
    new_version("next", "mine", mine.parent, author="A", why="B")
    release("next", mine.parent)
    assert (mine.parent / LOCK).read_text().startswith(first)
    assert [find_version(name, mine.parent).state for name in ("mine", "next")] == ["released"] * 2
    assert [path.name for path in mine.parent.iterdir() if path.name.startswith(".")] == []


def test_a_version_without_a_reason_or_with_a_fault_is_not_released(mine):
    new_version("idle", "mine", mine.parent, author="A")
    with pytest.raises(UsageError, match=r"say in manifest.toml who made it \(author\) and why"):
        release("idle", mine.parent)
    edit(mine / "bluf.md", "schemas.sections.Bluf", "schemas.sections.Bulf")
    with pytest.raises(UsageError, match=r"there is no shape schemas.sections.Bulf"):
        release("mine", mine.parent)
    assert not (mine.parent / LOCK).exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('digest = "', 'digest = "0'),
        ("max_tokens = 400", 'max_tokens = "400'),
        ("[mine.prompts.bluf]", "[mine.prompts.bulf]"),
        ("temperature = 0.2", ""),
        ("[mine]", "mine = 3"),
    ],
)
def test_a_lock_that_was_edited_is_refused(mine, old, new):
    release("mine", mine.parent)
    edit(mine.parent / LOCK, old, new)
    with pytest.raises(UsageError, match=r"own/LOCK.toml: it is not .*restore it"):
        load_prompts("mine", mine.parent)
    assert len(find_faults(mine, mine.parent)) == 1


def test_a_released_version_that_is_gone_is_missed(mine):
    release("mine", mine.parent)
    shutil.rmtree(mine)
    (lost,) = find_lost(mine.parent)
    assert lost.startswith("mine: ")
    assert lost.endswith("its folder is gone, restore it")


# New versions


def test_a_new_version_is_a_whole_copy_that_names_its_parent(own, mine):
    child = new_version("terse", "mine", own, why='Say "no".\nPlainly\x1b[31m é')
    names = {path.name for path in child.iterdir()}
    assert names == {path.name for path in (ROOT / "prompts" / "v1").iterdir()}
    for name in names - {"manifest.toml"}:
        assert (child / name).read_bytes() == (ROOT / "prompts" / "v1" / name).read_bytes()
    found = find_version("terse", own)
    manifest = found.manifest
    assert (manifest.parent, manifest.author, manifest.temperature) == ("mine", "", 0.2)
    assert manifest.why == 'Say "no". Plainly[31m é'
    assert found.prompts.digest == find_version("mine", own).prompts.digest


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", ".x", "a b", "é", "a" * 41, "x\n", "a.b"])
def test_an_odd_name_is_refused(own, name):
    with pytest.raises(UsageError, match="is no name for a version"):
        new_version(name, "v1", own)
    assert not own.exists()


@pytest.mark.parametrize("name", ["mine", "MINE", "v1", "V1", "taken", "upper"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_overwritten(own, mine, name):
    (own / "taken").mkdir()
    new_version("Upper", "v1", own)
    edit(mine / "bluf.md", "Write", "Say")
    with pytest.raises(UsageError, match=f"there is a version {name} already"):
        new_version(name, "v1", own)
    assert "Say" in (mine / "bluf.md").read_text()


def test_a_full_disk_leaves_no_half_of_a_version_and_the_old_lock(own, mine):
    release("mine", own)
    new_version("next", "mine", own, author="A", why="B")
    before = {path.name for path in own.iterdir()}
    for arguments in (("new", "terse"), ("release", "next")):
        done = bluf(ROOT, "prompts", *arguments, largest=0, BLUF_PROMPTS=str(own))
        assert (done.returncode, done.stderr.count("\n")) == (5, 1)
        assert re.match(r"bluf: .*: it cannot be (made|written) \(File too large\)", done.stderr)
        assert {path.name for path in own.iterdir()} == before
    assert find_version("mine", own).state == "released"
    (own / "file").write_text("no folder")
    with pytest.raises(UsageError, match="cannot be listed"):
        new_version("terse", "v1", own / "file")


def test_an_installed_program_says_where_to_put_a_new_version(tmp_path):
    program = install(tmp_path / "program")
    refused = bluf(program, "prompts", "new", "terse")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "set BLUF_PROMPTS to a folder of your own" in refused.stderr
    own = tmp_path / "own"
    made = bluf(program, "prompts", "new", "terse", BLUF_PROMPTS=str(own))
    assert (made.returncode, made.stdout) == (0, f"{own / 'terse'}\n")
    assert not (program / "prompts" / "terse").exists()


@pytest.mark.parametrize(
    ("parents", "fault"),
    [
        ({"mine": "gone"}, "mine has the parent gone, but there is no such version"),
        ({"mine": "mine"}, "its line of parents runs in a circle: mine < mine"),
        ({"mine": "b", "b": "mine"}, "its line of parents runs in a circle: mine < b < mine"),
    ],
)
def test_a_parent_that_is_nowhere_or_a_descendant_is_a_fault(own, mine, parents, fault):
    new_version("b", "v1", own)
    for name, parent in parents.items():
        edit(own / name / "manifest.toml", 'parent = "v1"', f'parent = "{parent}"')
    assert find_faults(mine, own) == [fault]


# Differences


def test_equal_versions_do_not_differ_though_their_manifests_do(own, mine):
    assert diff_versions(find_version("v1"), read_version(mine)) == ()


def test_a_difference_is_a_unified_diff_by_file_and_covers_sampling(own, mine):
    edit(mine / "tags.md", "One to three words each.", "Two words each.")
    edit(mine / "manifest.toml", "= 0.2", "= 0.7")
    (mine / "bluf.md").unlink()
    differences = diff_versions(find_version("v1"), read_version(mine))
    assert [(d.name, d.added, d.removed) for d in differences[2:]] == [
        ("manifest.toml", 1, 1),
        ("tags.md", 1, 1),
    ]
    assert differences[2].head == ("--- v1/manifest.toml", "+++ mine/manifest.toml")
    assert differences[2].body[-2:] == ("-temperature = 0.2", "+temperature = 0.7")
    assert [d.name for d in differences[:2]] == ["bluf.answer.json", "bluf.md"]
    assert {d.head[1] for d in differences[:2]} == {"+++ /dev/null"}


def test_another_shape_of_an_answer_is_shown_as_json(mine):
    edit(mine / "judge.md", "schemas.sections.Findings", "schemas.sections.Rewrites")
    shown = {d.name: d.body for d in diff_versions(find_version("v1"), read_version(mine))}
    assert shown.keys() == {"judge.answer.json", "judge.md"}
    assert any(line.startswith("-") and '"findings"' in line for line in shown["judge.answer.json"])


def test_only_words_that_changed_are_marked_wherever_their_lines_end():
    body = ["@@ -1,2 +1,2 @@", "-Write three plain", "-hypotheses, no more.", "+Write",
            "+four plain hypotheses,", "+no more at all.", " Stop.", "+New line."]  # fmt: skip
    marked = mark_words(body)
    assert ["".join(text for text, _ in line) for line in marked] == body
    changed = [[text for text, is_changed in line if is_changed] for line in marked]
    assert changed == [[], ["three"], [], [], ["four"], ["at all"], [], []]


def test_large_changes_are_marked_whole_in_little_time():
    body = [f"-a{i} b{i} c{i}" for i in range(20_000)] + [f"+a{i} d{i}" for i in range(20_000)]
    marked = mark_words(body)
    assert marked[0] == [("-", False), ("a0 b0 c0", True)]
    assert len(marked) == 40_000


def install(folder):
    """Return a folder with the program as pip lays it out: the packages and nothing beside them."""
    folder.mkdir()
    (folder / "agent").symlink_to(ROOT / "agent")
    for name in ("prompts", "schemas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "prompts" / LOCK).unlink(missing_ok=True)
    return folder


def bluf(program, *arguments, largest=None, **environment):
    """Run the program from a folder; it can write no file of more than `largest` blocks."""
    limits = [] if largest is None else ["sh", "-c", f'ulimit -f {largest}; exec "$@"', "sh"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "BLUF_", "PYTHON"))}
    return subprocess.run(
        [*limits, sys.executable, "-m", "agent.cli", *arguments],
        cwd=program, env=kept | environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
