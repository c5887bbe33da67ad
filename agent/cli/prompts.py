"""`bluf prompts list|show|diff|new|check|release`: which versions there are and how they differ."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from agent.cli.outcome import handled
from agent.cli.output import say, screen, write_text
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.prompts.difference import FileDifference
    from agent.prompts.texts import Prompt
    from agent.prompts.versions import Version

FOUND = 1
PIPE_WIDTH = 80

app = typer.Typer(help="Prompt versions: which there are, how they differ.", no_args_is_help=True)


def list_versions(
    as_json: bool = typer.Option(False, "--json", help="A JSON array, an object for each."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """List the versions: what each is called, its digest, whether it is released, its parent, why.

    Those of the package come first, then those of the folder that BLUF_PROMPTS names.

    Examples: bluf prompts list; BLUF_PROMPTS=~/prompts bluf prompts list --json
    """
    del debug  # read where a fault is caught
    from agent.prompts.versions import list_versions as find_folders

    rows = [_row(folder) for folder in find_folders(_own())]
    if as_json:
        write_text(json.dumps(rows, indent=2) + "\n", None)
        return
    head = f"{'version':<14} {'digest':<8} {'state':<10} {'parent':<14} {'prompts':>7}  author: why"
    write_text("\n".join((head, *map(_list_line, rows))) + "\n", None)


def show(
    version: str = typer.Argument(help="Name or path of a version."),
    prompt: str | None = typer.Argument(None, help="One prompt of it, such as bluf."),
    as_json: bool = typer.Option(False, "--json", help="With the JSON schema of each answer."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Show what a version says of itself, and its prompts with their settings and digests.

    Examples: bluf prompts show v1; bluf prompts show v1 bluf; bluf prompts show ./mine/v2 --json
    """
    del debug
    from agent.prompts.versions import find_version

    found = find_version(version, _own())
    if prompt is not None and prompt not in found.prompts.prompts:
        known = ", ".join(sorted(found.prompts.prompts))
        raise UsageError(f"prompts {found.name}: there is no prompt {prompt!r}; prompts: {known}")
    names = sorted(found.prompts.prompts) if prompt is None else [prompt]
    if as_json:
        record = {
            **_record(found),
            "prompts": {name: _prompt_record(found, name) for name in names},
        }
        write_text(json.dumps(record, indent=2) + "\n", None)
        return
    parts = [
        _prompt_text(found.prompts.prompts[name], found.prompts.digests[name]) for name in names
    ]
    write_text("\n".join([_head(found), *parts]), None)


def diff(
    old: str = typer.Argument(help="Name or path of a version.", metavar="A"),
    new: str = typer.Argument(help="Name or path of another.", metavar="B"),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Show how two versions differ: texts, sampling, and the JSON schemas of the answers.

    A unified diff, on a terminal with the changed words marked. Exit status 0, different or not.

    Examples: bluf prompts diff v1 v2; bluf prompts diff v1 ./mine/v2 > changes.diff
    """
    del debug
    from agent.prompts.difference import diff_versions
    from agent.prompts.versions import find_version

    before, after = (find_version(version, _own()) for version in (old, new))
    differences = diff_versions(before, after)
    _, colour = screen(None, piped=PIPE_WIDTH)
    write_text("".join(_diff_text(each, colour=colour) for each in differences), None)
    say(f"{_title(before)} -> {_title(after)}: {_summary(differences)}")


def new(
    name: str = typer.Argument(help="What the new version is called: letters, digits, - and _."),
    parent: str = typer.Option("v3", "--from", metavar="VERSION", help="What it is a copy of."),
    author: str = typer.Option("", help="Who makes it."),
    why: str = typer.Option("", help="What it is meant to do better."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Make a draft to edit, a copy of a version, and print its folder.

    It is made in the folder that BLUF_PROMPTS names; without it, in a checkout, beside the others.

    Examples: bluf prompts new v2 --from v1; BLUF_PROMPTS=~/prompts bluf prompts new terse --why
    "fewer words"
    """
    del debug
    from agent.prompts.making import new_version

    folder = new_version(name, parent, _own(), author=author, why=why)
    write_text(f"{folder}\n", None)
    missing = " and ".join(key for key, value in (("author", author), ("why", why)) if not value)
    fill = f"fill in {missing} in its manifest.toml, " if missing else ""
    say(f"a draft: {fill}edit its texts, then see `bluf prompts diff {parent} {name}`")


def check(
    versions: list[str] = typer.Argument(
        None, help="Names or paths; by default every version.", metavar="VERSION"
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Check that versions load, fit the program, and did not change since their release.

    A line for each fault. Exit status: 0 none, 1 faults, 2 there is no such version.

    Examples: bluf prompts check; bluf prompts check v2 ./mine/terse
    """
    del debug
    from agent.clean import one_line
    from agent.prompts.loading import find_faults, find_lost
    from agent.prompts.versions import find_folder, list_versions

    own = _own()
    folders = [find_folder(version, own) for version in versions or ()] or list_versions(own)
    faults = [f"{folder.name}: {fault}" for folder in folders for fault in find_faults(folder, own)]
    if not versions:
        faults += find_lost(own)
    write_text("".join(f"{one_line(fault, limit=1000)}\n" for fault in faults), None)
    checked = f"{len(folders)} version{'' if len(folders) == 1 else 's'} checked"
    say(f"{checked}: {len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else checked)
    if faults:
        raise typer.Exit(FOUND)


def release(
    version: str = typer.Argument(help="Name or path of the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Release a version: from then on it loads only as it is now.

    Its digests go into LOCK.toml beside it. Nothing changes when it is released already.

    Examples: bluf prompts release v2; BLUF_PROMPTS=~/prompts bluf prompts release terse
    """
    del debug
    from agent.prompts.making import release as write_digests

    found = write_digests(version, _own())
    say(f"{_title(found)} is released; keep {found.folder.parent / 'LOCK.toml'} with it")


app.command("list")(handled(list_versions))
app.command("show")(handled(show))
app.command("diff")(handled(diff))
app.command("new")(handled(new))
app.command("check")(handled(check))
app.command("release")(handled(release))


def _own() -> Path | None:
    from agent.prompts.versions import own_folder

    return own_folder(os.environ)


def _row(folder: Path) -> dict[str, Any]:
    """Return the record of a version, or one with its fault: a broken version hides no other."""
    from agent.prompts.versions import read_version

    try:
        found = read_version(folder)
        return {**_record(found), "prompts": len(found.prompts.prompts), "fault": None}
    except UsageError as error:
        return {"version": folder.name, "folder": str(folder), "fault": str(error)}


def _record(found: "Version") -> dict[str, Any]:
    return {
        "version": found.name,
        "digest": found.prompts.digest,
        "state": found.state,
        "changes": found.changes or [],
        "parent": found.manifest.parent or None,
        "author": found.manifest.author,
        "why": found.manifest.why,
        "sampling": {"temperature": found.manifest.temperature},
        "folder": str(found.folder),
    }


def _prompt_record(found: "Version", name: str) -> dict[str, Any]:
    prompt = found.prompts.prompts[name]
    return {
        "digest": found.prompts.digests[name],
        "needs": sorted(prompt.needs),
        "schema": prompt.schema,
        "method": prompt.method,
        "max_tokens": prompt.max_tokens,
        "material": prompt.material,
        "text": prompt.text,
        "answer": found.prompts.answer(name),
    }


def _list_line(row: dict[str, Any]) -> str:
    from agent.clean import one_line
    from agent.prompts.digests import short

    if row["fault"]:
        return f"{row['version']:<14} {'-':<8} {'unusable':<10} {one_line(row['fault'])}"
    why = one_line(f"{row['author'] or '(no author)'}: {row['why'] or '(no why yet)'}")
    return (
        f"{row['version']:<14} {short(row['digest'])} {row['state']:<10} "
        f"{one_line(row['parent'] or '-', limit=40):<14} {row['prompts']:>7}  {why}"
    )


def _head(found: "Version") -> str:
    from agent.clean import one_line

    manifest = found.manifest
    stated = {
        "version": _title(found),
        "state": "; ".join([found.state, *(found.changes or ())]),
        "parent": manifest.parent or "none",
        "author": manifest.author or "not stated",
        "why": manifest.why or "not stated",
        "sampling": f"temperature {manifest.temperature:g}",
        "folder": str(found.folder),
    }
    lines = (f"{name + ':':<10}{one_line(text, limit=1000)}\n" for name, text in stated.items())
    return "".join(lines)


def _prompt_text(prompt: "Prompt", digest: str) -> str:
    from agent.prompts.digests import short

    parts = [short(digest)]
    if prompt.schema:
        parts.append(f"answers as {prompt.schema} in {prompt.max_tokens} tokens")
    if prompt.material:
        parts.append("after the source")
    method = f"{prompt.method}\n" if prompt.method else ""
    return f"== {prompt.name}: {', '.join(parts)}\n{_visible(method)}\n{_visible(prompt.text)}\n"


def _title(found: "Version") -> str:
    from agent.prompts.digests import short

    return f"{found.name} {short(found.prompts.digest)}"


def _summary(differences: "Iterable[FileDifference]") -> str:
    counts = (f"{each.name} (+{each.added} -{each.removed})" for each in differences)
    return ", ".join(counts) or "no difference"


def _diff_text(difference: "FileDifference", *, colour: bool) -> str:
    from agent.prompts.difference import mark_words

    if not colour:
        lines = [*difference.head, *difference.body]
        return "".join(f"{_visible(line)}\n" for line in lines)
    head = [typer.style(_visible(line), bold=True) for line in difference.head]
    body = [
        "".join(
            _coloured(_visible(text), line[0][0][:1], changed=changed) for text, changed in line
        )
        for line in mark_words(difference.body)
    ]
    return "".join(f"{line}\n" for line in (*head, *body))


def _coloured(text: str, mark: str, *, changed: bool) -> str:
    colours = {"-": "red", "+": "green", "@": "cyan"}
    if mark not in colours:
        return text
    return typer.style(text, fg=colours[mark], reverse=changed or None)


def _visible(text: str) -> str:
    # What a reader cannot see is spelt out, not dropped: two prompts may differ in nothing else.
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )
