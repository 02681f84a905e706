"""Write docs/reference from the code: python docs/generate.py, or with --check only compare."""  # noqa: INP001 - a script

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
from cyclopts import Parameter

from phiscan.cli import help_page
from phiscan.commands.scan import ScanOptions
from phiscan.errors import ExitCode
from phiscan.geometry import Box, Region
from phiscan.intake import Limits
from phiscan.kinds import kinds
from phiscan.model import Check, Finding, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.policy import Policy, Rule, load_policy, shipped_policies
from phiscan.reports import _record
from phiscan.settings import Settings

FOLDER = Path(__file__).parent / "reference"
NOTICE = "<!-- Written by docs/generate.py from the code; change that instead. -->\n\n"

STATUSES = {
    ExitCode.ALLOWED: "Every photo was checked and allowed: the only status on which to upload.",
    ExitCode.BLOCKED: "At least one photo is blocked for what it shows.",
    ExitCode.USAGE: "Wrong arguments, settings or policy, or no file matched. Nothing was scanned.",
    ExitCode.REVIEW: "Nothing is blocked, but a person has to look at something.",
    ExitCode.UNSCANNED: "Something could not be scanned, or not fully.",
    ExitCode.MISSING: "An engine, a library or a weights file is missing. Nothing was scanned.",
    ExitCode.OUTPUT: "The report, a marked copy or a clean copy could not be written.",
    ExitCode.INTERNAL: "A bug in phiscan. The line on stderr says where; it quotes nothing.",
    ExitCode.INTERRUPTED: "Somebody pressed Ctrl-C. What had been scanned was reported.",
}
POLICY_KEYS = {
    "name": "What the policy is called. Default: the name of its file.",
    "rules": "The rules, each written as a `[[rule]]` table. At least one.",
    "required": "Checks that must have been done on every photo. One that was not is a gap.",
    "on_gap": "The verdict for a gap: `review` or `block` (default). Never `allow`.",
    "on_unknown_kind": "The verdict for a finding that no rule speaks of. Default: `review`.",
}
RULE_KEYS = {
    "kind": "The kind of finding that the rule speaks of. Needed.",
    "verdict": "What it asks for: `allow`, `review` or `block`. Needed.",
    "at_least": "From which score on, 0 to 1. Default: 0.",
    "inside": "Surfaces; the finding must lie on one of them.",
    "inside_at_least": "How sure that surface must be, 0 to 1. Default: 0.5.",
    "together_with": "Kinds; a finding of one of them must stand beside it.",
    "text": "A sentence for the person who reads the report.",
}
SETTINGS_KEYS = {
    "policy": "Name of a shipped policy, or a TOML file.",
    "ocr": "Engines that read text, as a list.",
    "faces": "What looks for faces, as a list: `centerface`, `face_recognition` or both.",
    "engine": "What runs the neural networks: `auto`, `openvino` or `onnxruntime`.",
    "device": "Where they run: `cpu` or `gpu`.",
    "effort": "How closely to look for what is small: `fast`, `normal` or `thorough`.",
    "first": "Whether a photo that a face, its name or its tags already block is not read.",
    "threads": "Threads for the networks; 0 means one per core.",
    "cache": "Whether compiled networks are kept in your cache folder for the next start.",
    "seconds": "How long the command may take over one file before it gives it up.",
    "limits": "A table `[limits]`, see below.",
}
LIMIT_KEYS = {
    "bytes": "Bytes of one file.",
    "pixels": "Pixels of one frame.",
    "frames": "Frames (pages, previews, thumbnails) of one file.",
    "total_pixels": "Pixels of all frames of one file together.",
}
RECORDS: dict[type[msgspec.Struct], dict[str, str]] = {
    _record.PhotoRecord: {
        "schema": "1. It changes when a program that reads this could break.",
        "path": "The path as it was given or found.",
        "sha256": "Of the file's bytes; empty when it could not be opened.",
        "verdict": "`allow`, `review` or `block`.",
        "width": "Of the upright picture in pixels; 0 when it could not be opened.",
        "height": "As `width`.",
        "reasons": "What asked for a verdict, strictest first.",
        "findings": "What was seen.",
        "checks": "What was done, and how it ended.",
        "seconds": "How long it took.",
        "problem": "Why it could not be scanned fully. Absent when it could.",
        "accepted": "Who accepted what was found. Absent when nobody did; `verdict` is the same.",
    },
    _record.AcceptedRecord: {
        "by": "Who.",
        "on": "The day of the decision, such as `2026-11-22`.",
        "until": "The last day on which it counts.",
        "why": "The reason that was given.",
        "kinds": "The kinds of findings that it is about.",
    },
    _record.ReasonRecord: {
        "verdict": "What this reason asks for.",
        "rule": "The rule, or `gap` for a check that was not done.",
        "text": "A sentence for a person.",
    },
    _record.FindingRecord: {
        "kind": "See [kinds](kinds.md).",
        "hipaa": "Letter of 45 CFR 164.514(b)(2)(i), or empty.",
        "score": "How sure, 0 to 1.",
        "frame": "0 is the picture itself; others are pages, previews and thumbnails.",
        "polygon": "Corners `[x, y]` in pixels, upright; empty for the file as a whole.",
        "surface": "Kind of surface that it lies on, or empty.",
        "shape": "The form without the content, such as `99/99/9999`. Never the words.",
        "reason": "What spoke for it.",
        "polygons": "All polygons; absent when there is only one.",
    },
    _record.CheckRecord: {
        "name": "The check.",
        "outcome": "`done`, `failed` or `skipped`; only `done` counts as having looked.",
        "seconds": "How long it took.",
        "error": "The type of what went wrong. Absent when nothing did.",
    },
}


def pages() -> dict[str, str]:
    """Return every page of the reference by its file name."""
    written = {
        "command.md": _command(),
        "exit-status.md": _statuses(),
        "json.md": _json(),
        "kinds.md": _kinds(),
        "policy.md": _policy(),
        "settings.md": _settings(),
    }
    return {name: NOTICE + text for name, text in written.items()}


def _command() -> str:
    hints = get_type_hints(ScanOptions, include_extras=True)
    rows = []
    for option in fields(ScanOptions):
        parameter = next(a for a in get_args(hints[option.name])[1:] if isinstance(a, Parameter))
        names = parameter.name or (f"--{option.name.replace('_', '-')}",)
        shown = "" if option.default in (None, (), False) else f"`{option.default}`"
        rows.append((", ".join(f"`{name}`" for name in names), parameter.help or "", shown))
    return (
        f"# The command\n\n```text\n{help_page()}```\n\n"
        f"## Options of a scan\n\n{_table(('Option', 'What it does', 'Default'), rows)}"
    )


def _statuses() -> str:
    _agree(STATUSES, ExitCode)
    rows = [(f"`{int(code)}`", STATUSES[code]) for code in ExitCode]
    order = "70, 6, 1, 4, 3, 0"
    return (
        f"# Exit status\n\n{_table(('Status', 'Meaning'), rows)}\n"
        f"When several apply to one run, the first of {order} is taken. With `--fail-on block` a\n"
        "photo that needs review counts as passed; a gap never does.\n"
    )


def _json() -> str:
    text = (
        "# JSON\n\n`--format jsonl` writes one object a line, `--format json` one document\n"
        '`{"schema": 1, "results": [...]}`. Both are plain ASCII: other characters are escaped.\n'
        "Keys are only ever added; `schema` changes when one goes away or changes its meaning.\n\n"
    )
    for record, told in RECORDS.items():
        title = record.__name__.removesuffix("Record").lower()
        text += f"## {title.capitalize()}\n\n{_keys(record.__struct_fields__, told)}\n"
    return f"{text}## Example\n\n```json\n{_example()}```\n"


def _example() -> str:
    band = Region(0, ((410.0, 700.0), (900.0, 690.0), (905.0, 800.0), (415.0, 810.0)))
    date = Region.from_box(0, Box(520, 720, 700, 750))
    result = ScanResult(
        source="ward/cake.jpg",
        sha256="5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        ruling=Ruling(
            Verdict.BLOCK,
            (Reason(Verdict.BLOCK, "birth_date", "a date of birth with its label"),),
        ),
        findings=(
            Finding("wristband", 0.81, (band,), reason="name, date and number on a strip"),
            Finding("birth_date", 0.93, (date,), "99/99/9999", "label 'DOB' on the same line"),
        ),
        checks=(Check("intake", Outcome.DONE, 0.06), Check("rapidocr", Outcome.DONE, 0.41)),
        width=1280,
        height=960,
        seconds=0.83,
    )
    text = msgspec.json.format(_record.encode(result), indent=2)
    return re.sub(r"\[\s+([\d.]+),\s+([\d.]+)\s+\]", r"[\1, \2]", text) + "\n"


def _kinds() -> str:
    text = (
        "# Kinds of findings\n\nThe letter is that of 45 CFR 164.514(b)(2)(i). "
        "`phiscan explain KIND` prints the same.\n"
    )
    for kind in kinds().values():
        letter = f" ({kind.hipaa})" if kind.hipaa else ""
        text += (
            f"\n## {kind.name}{letter}\n\n**{kind.title}.** {kind.what}\n\n"
            f"*Why it matters.* {kind.why}\n\n*To take the photo again.* {kind.retake}\n\n"
            f"*The rule.* {kind.rule}.\n"
        )
    return text


def _policy() -> str:
    policy_keys = _keys([field.name for field in fields(Policy)], POLICY_KEYS)
    text = (
        "# Policies\n\nA policy is a TOML file. Rules only ever ask for more: the strictest that\n"
        'applies decides, and there is no way to say "unless".\n\n'
        f"## Keys\n\n{policy_keys.replace('`rules`', '`[[rule]]`')}\n"
        f"## Keys of a rule\n\n{_keys([field.name for field in fields(Rule)], RULE_KEYS)}\n"
    )
    for file in shipped_policies():
        count = len(load_policy(file.stem).rules)
        text += f"## {file.stem}: {count} rules\n\n```toml\n{file.read_text('utf-8')}```\n"
    return text


def _settings() -> str:
    text = "# Settings\n\nA TOML file for `--settings FILE`; options of the command line win.\n\n"
    text += (
        f"{_keys([field.name for field in fields(Settings)], SETTINGS_KEYS, _defaults(Settings))}\n"
    )
    told = _keys([field.name for field in fields(Limits)], LIMIT_KEYS, _defaults(Limits))
    return f"{text}## Limits\n\nA file that asks for more is a gap, never cut down.\n\n{told}"


def _defaults(settings: Any) -> dict[str, str]:
    shown = {}
    for field in fields(settings):
        default = "" if field.default is MISSING else field.default
        shown[field.name] = f"{default:,}" if isinstance(default, int) else _quoted(default)
    return shown


def _quoted(value: Any) -> str:
    return f'["{value[0]}"]' if isinstance(value, tuple) else f'"{value}"' if value else ""


def _keys(
    names: Iterable[str], told: Mapping[str, str], defaults: Mapping[str, str] | None = None
) -> str:
    """Return a table of keys; every key must be told of, and nothing else."""
    every = list(names)
    _agree(told, every)
    if defaults is None:
        return _table(("Key", "Meaning"), [(f"`{name}`", told[name]) for name in every])
    rows = [(f"`{name}`", told[name], defaults[name]) for name in every]
    return _table(("Key", "Meaning", "Default"), rows)


def _agree(told: Iterable[object], there: Iterable[object]) -> None:
    """Refuse to write a page that leaves something out, or tells of what is not there."""
    difference = set(told) ^ set(there)
    if difference:
        raise ValueError(f"docs/generate.py and the code differ in: {difference}")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with --check say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    checking = parser.parse_args(arguments).check
    stale = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.is_file() or path.read_text("utf-8") != text:
            stale.append(name)
            if not checking:
                path.write_text(text, "utf-8")
    if stale:
        sys.stderr.write(f"{'out of date' if checking else 'written'}: {', '.join(stale)}\n")
    return int(checking and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
