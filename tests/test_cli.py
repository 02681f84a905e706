from __future__ import annotations

import errno
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NoReturn, Self

import pytest
from saboteurs import InProcess

from phiscan import __version__, cli
from phiscan.commands import scan as scan_command
from phiscan.errors import ExitCode, MissingDependency
from phiscan.model import Check, Finding, Outcome, ScanResult
from phiscan.policy import Policy, judge, load_policy
from phiscan.settings import Settings

WORDS = "John Smith 03/04/1950"
CHECKS = sorted(load_policy("default").required | {"rapidocr"})


class FakeScanner:
    """Judges by file name with the real policy: `face.jpg`, `phone.jpg`, `gap.jpg`."""

    made: ClassVar[list[Settings]] = []

    def __init__(self, settings: Settings) -> None:
        self.policy: Policy = settings.open_policy()
        self.made.append(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def scan(self, source: str) -> ScanResult:
        stem = Path(source).stem
        if stem == "crash":
            raise ZeroDivisionError(WORDS)
        if stem == "stop":
            raise KeyboardInterrupt
        missing = "gap" in stem or not Path(source).exists()
        findings = tuple(
            Finding(kind, score)
            for kind, score in (("face", 0.9), ("person", 0.9), ("capture_time", 1.0))
            if kind in stem
        )
        checks = tuple(
            Check(name, Outcome.FAILED if missing and name == "intake" else Outcome.DONE)
            for name in CHECKS
        )
        ruling = judge(findings, checks, self.policy)
        problem = "no such file" if missing else ""
        return ScanResult(source, "0" * 64, ruling, findings, checks, 4, 3, 0.1, problem)


@pytest.fixture(autouse=True)
def _fake_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeScanner.made = []
    monkeypatch.setattr(scan_command, "Scanner", FakeScanner)
    monkeypatch.setattr(scan_command, "Workers", InProcess)


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the working folder one with a photo for each way to end."""
    names = "ok face person gap capture_time face_gap person_gap crash stop"
    for name in names.split():
        (tmp_path / f"{name}.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(photos: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    assert photos.is_dir()

    def runner(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return runner


# Exit codes

STATUSES = [
    ("ok.jpg", ExitCode.ALLOWED),
    ("capture_time.jpg", ExitCode.ALLOWED),
    ("scan ok.jpg", ExitCode.ALLOWED),
    ("face.jpg", ExitCode.BLOCKED),
    ("person.jpg", ExitCode.REVIEW),
    ("gap.jpg", ExitCode.UNSCANNED),
    ("person_gap.jpg", ExitCode.UNSCANNED),
    ("face_gap.jpg", ExitCode.BLOCKED),
    ("ok.jpg face.jpg gap.jpg person.jpg", ExitCode.BLOCKED),
    ("person.jpg gap.jpg ok.jpg", ExitCode.UNSCANNED),
    ("ok.jpg person.jpg", ExitCode.REVIEW),
    ("person.jpg --fail-on block", ExitCode.ALLOWED),
    ("person.jpg --fail-on review", ExitCode.REVIEW),
    ("face.jpg --fail-on block", ExitCode.BLOCKED),
    ("gap.jpg --fail-on block", ExitCode.UNSCANNED),
    ("person_gap.jpg --fail-on block", ExitCode.UNSCANNED),
    ("missing.jpg", ExitCode.USAGE),
    ("missing.jpg gone.jpg", ExitCode.USAGE),
    ("missing.jpg ok.jpg", ExitCode.UNSCANNED),
    ("empty", ExitCode.USAGE),
    ("empty ok.jpg", ExitCode.ALLOWED),
    ("", ExitCode.USAGE),
    ("scan", ExitCode.USAGE),
    ("ok.jpg --bogus", ExitCode.USAGE),
    ("ok.jpg --format yaml", ExitCode.USAGE),
    ("ok.jpg --format", ExitCode.USAGE),
    ("ok.jpg --policy nope", ExitCode.USAGE),
    ("ok.jpg --settings nope.toml", ExitCode.USAGE),
    ("ok.jpg --engine abacus", ExitCode.USAGE),
    ("ok.jpg --fail-on allow", ExitCode.USAGE),
    ("ok.jpg --jobs 0", ExitCode.USAGE),
    ("ok.jpg --fast --thorough", ExitCode.USAGE),
    ("ok.jpg --jobs many", ExitCode.USAGE),
    ("ok.jpg --output ok.jpg", ExitCode.USAGE),
    ("ok.jpg --output nowhere/report.json", ExitCode.OUTPUT),
    ("ok.jpg --output empty", ExitCode.OUTPUT),
    ("ok.jpg --output /dev/null", ExitCode.OUTPUT),
    (f"{'x' * 5000}.jpg", ExitCode.USAGE),
    ("face.jpg --output nowhere/report.json", ExitCode.OUTPUT),
    ("crash.jpg", ExitCode.INTERNAL),
    ("face.jpg crash.jpg", ExitCode.INTERNAL),
    ("ok.jpg stop.jpg ok.jpg", ExitCode.INTERRUPTED),
    ("ok.jpg --no-cache", ExitCode.ALLOWED),
    ("ok.jpg -q --no-color --jobs 3", ExitCode.ALLOWED),
    ("explain", ExitCode.ALLOWED),
    ("explain face", ExitCode.ALLOWED),
    ("explain faec", ExitCode.USAGE),
    ("policy", ExitCode.ALLOWED),
    ("policy show", ExitCode.ALLOWED),
    ("policy show nope", ExitCode.USAGE),
    ("policy check nope.toml", ExitCode.USAGE),
    ("policy check", ExitCode.USAGE),
    ("completion bash", ExitCode.ALLOWED),
    ("completion tcsh", ExitCode.USAGE),
    ("--help", ExitCode.ALLOWED),
    ("-h", ExitCode.ALLOWED),
    ("scan --help", ExitCode.ALLOWED),
    ("--version", ExitCode.ALLOWED),
]


@pytest.mark.parametrize(("line", "expected"), STATUSES, ids=[line[:40] for line, _ in STATUSES])
def test_exit_status(run: Run, line: str, expected: ExitCode) -> None:
    status, _, err = run(*line.split())
    assert status == expected
    assert "Traceback" not in err
    assert WORDS not in err


@pytest.mark.parametrize("line", [line for line, status in STATUSES if status in (2, 5, 6, 70)])
def test_every_refusal_is_told_on_stderr_and_nothing_but_results_on_stdout(
    run: Run, line: str
) -> None:
    _, out, err = run(*line.split())
    assert err
    if "crash" not in line:
        assert not out


def test_a_refusal_is_one_line(run: Run) -> None:
    _, _, err = run("ok.jpg", "--format", "yaml")
    known = "csv, html, json, jsonl, junit, sarif, text"
    assert err == f"phiscan: unknown format 'yaml'; known formats: {known}\n"


def test_a_bug_is_told_by_its_type_and_place_never_by_its_message(run: Run) -> None:
    status, _, err = run("crash.jpg")
    assert status == ExitCode.INTERNAL
    assert err.startswith("phiscan: internal error, please report it: ZeroDivisionError at ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MissingDependency("the weights file x.onnx is missing"), ExitCode.MISSING),
        (ImportError("libGL.so", name="cv2"), ExitCode.MISSING),
        (ImportError("cannot import", name="phiscan.scan"), ExitCode.INTERNAL),
        (MemoryError(), ExitCode.INTERNAL),
        (RecursionError(WORDS), ExitCode.INTERNAL),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_a_scanner_that_cannot_be_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: ExitCode
) -> None:
    def fail(_: Settings) -> NoReturn:
        raise error

    monkeypatch.setattr(scan_command, "Scanner", fail)
    status, out, err = run("ok.jpg", "--output", "report.txt")
    assert status == expected
    assert not out
    assert err.count("\n") == 1
    assert WORDS not in err
    assert not Path("report.txt").exists()


def test_the_scanner_is_loaded_once(run: Run) -> None:
    run("ok.jpg", "face.jpg", "person.jpg", "--jobs", "2")
    assert len(FakeScanner.made) == 1


def test_nothing_is_loaded_when_no_file_matches(run: Run) -> None:
    run("empty")
    run("missing.jpg")
    assert not FakeScanner.made


# Settings


def test_the_command_line_wins_over_the_settings_file(run: Run) -> None:
    Path("s.toml").write_text('engine = "onnxruntime"\nthreads = 2\nocr = ["tesseract"]\n')
    run("ok.jpg", "--settings", "s.toml", "--engine", "openvino")
    (settings,) = FakeScanner.made
    assert (settings.engine, settings.threads) == ("openvino", 2)
    assert settings.ocr == ("tesseract",)


@pytest.mark.parametrize(
    ("options", "effort", "first"),
    [
        ([], "normal", False),
        (["--fast"], "fast", False),
        (["--thorough", "--first"], "thorough", True),
    ],
)
def test_how_closely_to_look_is_an_option(
    run: Run, options: list[str], effort: str, *, first: bool
) -> None:
    run("ok.jpg", *options)
    (settings,) = FakeScanner.made
    assert (settings.effort, settings.first) == (effort, first)


def test_an_option_says_more_than_the_settings_file_about_how_closely_to_look(run: Run) -> None:
    Path("s.toml").write_text('effort = "fast"\nfirst = true\n')
    run("ok.jpg", "--settings", "s.toml", "--thorough")
    (settings,) = FakeScanner.made
    assert (settings.effort, settings.first) == ("thorough", True)


@pytest.mark.parametrize(
    ("text", "option", "cache"),
    [("", "", True), ("", "--no-cache", False), ("cache = false", "", False)],
)
def test_nothing_is_kept_between_runs_where_that_is_not_wanted(
    run: Run, text: str, option: str, *, cache: bool
) -> None:
    Path("s.toml").write_text(text)
    run("ok.jpg", "--settings", "s.toml", *filter(None, [option]))
    assert FakeScanner.made[0].cache is cache


def test_ocr_engines_can_be_combined_and_take_no_path_for_a_name(run: Run) -> None:
    run("--ocr", "tesseract", "--ocr", "rapidocr", "ok.jpg")
    assert FakeScanner.made[0].ocr == ("tesseract", "rapidocr")


def test_a_policy_of_ones_own(run: Run) -> None:
    Path("mine.toml").write_text('[[rule]]\nkind = "face"\nverdict = "allow"\n')
    status, _, _ = run("face.jpg", "--policy", "mine.toml")
    assert status == ExitCode.ALLOWED


# Words that are commands and files


def test_a_file_named_like_a_command_is_scanned_by_its_path(run: Run, photos: Path) -> None:
    (photos / "demo").write_bytes(b"\xff\xd8\xff")
    for words in (["./demo"], ["scan", "demo"], ["--", "demo"]):
        status, out, _ = run(*words)
        assert status == ExitCode.ALLOWED
        assert "ALLOW   demo" in out


def test_a_file_whose_name_starts_with_a_dash(run: Run, photos: Path) -> None:
    (photos / "-q.jpg").write_bytes(b"\xff\xd8\xff")
    status, out, _ = run("--", "-q.jpg")
    assert (status, "-q.jpg" in out) == (ExitCode.ALLOWED, True)


# Output


def test_json_is_one_document(run: Run) -> None:
    _, out, err = run("ok.jpg", "face.jpg", "--format", "json")
    document = json.loads(out)
    assert document["schema"] == 1
    assert [r["verdict"] for r in document["results"]] == ["allow", "block"]
    assert not err


def test_jsonl_is_one_object_a_line(run: Run) -> None:
    _, out, _ = run("ok.jpg", "missing.jpg", "--format", "jsonl")
    ok, missing = map(json.loads, out.splitlines())
    assert (ok["path"], ok["verdict"]) == ("ok.jpg", "allow")
    assert (missing["path"], missing["verdict"]) == ("missing.jpg", "block")
    assert missing["problem"] == "no such file"


def test_output_goes_to_a_file_that_only_its_owner_may_read(run: Run) -> None:
    status, out, _ = run("face.jpg", "--format", "jsonl", "--output", "report.jsonl")
    assert (status, out) == (ExitCode.BLOCKED, "")
    assert json.loads(Path("report.jsonl").read_text("utf-8"))["verdict"] == "block"
    assert stat.S_IMODE(Path("report.jsonl").stat().st_mode) == 0o600


def test_output_replaces_an_older_report(run: Run) -> None:
    Path("report.txt").write_text("old")
    run("ok.jpg", "--output", "report.txt")
    assert Path("report.txt").read_text("utf-8").startswith("ALLOW   ok.jpg")


def test_a_crash_leaves_the_older_report_and_nothing_else(run: Run, photos: Path) -> None:
    Path("report.txt").write_text("old")
    before = sorted(photos.iterdir())
    status, _, _ = run("ok.jpg", "crash.jpg", "--output", "report.txt")
    assert status == ExitCode.INTERNAL
    assert Path("report.txt").read_text("utf-8") == "old"
    assert sorted(photos.iterdir()) == before


def test_a_full_disk_is_exit_6_and_leaves_nothing(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    before = sorted(photos.iterdir())
    status, _, err = run("face.jpg", "--output", "report.txt")
    assert status == ExitCode.OUTPUT
    assert "No space left" in err
    assert sorted(photos.iterdir()) == before


def test_ctrl_c_leaves_a_whole_document_of_what_was_scanned(run: Run) -> None:
    words = ("ok.jpg", "stop.jpg", "ok.jpg", "--format", "json", "--output", "report.json")
    status, _, err = run(*words)
    assert status == ExitCode.INTERRUPTED
    document = json.loads(Path("report.json").read_text("utf-8"))
    assert len(document["results"]) == 1
    assert "stopped after 1 photo" in err


def test_quiet_prints_nothing_but_still_writes_the_report(run: Run) -> None:
    assert run("face.jpg", "-q") == (ExitCode.BLOCKED, "", "")
    assert run("face.jpg", "--quiet", "--output", "report.txt")[1:] == ("", "")
    assert Path("report.txt").exists()


def test_quiet_still_tells_what_is_wrong(run: Run) -> None:
    _, _, err = run("missing.jpg", "-q")
    assert "no such file" in err


def test_names_cannot_forge_a_verdict(run: Run, photos: Path) -> None:
    name = "a\nALLOW   b\x1b[2J\u202egpj.jpg"
    (photos / f"face{name}").write_bytes(b"\xff\xd8\xff")
    _, out, err = run(f"face{name}", f"gone{name}")
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err
    assert not [line for line in out.splitlines() if line.startswith("ALLOW")]


def test_an_output_that_cannot_show_a_name_still_gets_it(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "geburtstag-ä.jpg").write_bytes(b"\xff\xd8\xff")
    memory = io.BytesIO()
    narrow = io.TextIOWrapper(memory, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    status, _, _ = run("geburtstag-ä.jpg")
    assert status == ExitCode.ALLOWED
    assert b"geburtstag-\\xe4.jpg" in memory.getvalue()


def test_no_stdout_at_all_is_exit_6(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert run("ok.jpg")[0] == ExitCode.OUTPUT


def test_colours_only_where_somebody_looks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" not in run("face.jpg")[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[1;31mBLOCK" in run("face.jpg")[1]
    assert "\x1b[" not in run("face.jpg", "--no-color")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("face.jpg")[1]


def test_a_bar_is_shown_for_many_photos_on_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "1 block" in run("ok.jpg", "face.jpg")[2]
    assert run("face.jpg")[2] == ""
    assert run("ok.jpg", "face.jpg", "-q")[2] == ""


# Marked copies: tests/commands/test_annotate.py has the rest


def test_marked_copies_need_a_folder_of_their_own(run: Run, photos: Path) -> None:
    assert run(str(photos), "--annotate", str(photos / "marked"))[0] == ExitCode.USAGE
    Path("empty/mine.txt").write_text("mine")
    assert run("ok.jpg", "--annotate", "empty")[0] == ExitCode.OUTPUT
    assert run("ok.jpg", "--annotate", "ok.jpg")[0] == ExitCode.OUTPUT


# Pages


def test_the_help_page_names_every_command_and_option(run: Run) -> None:
    from phiscan.commands.app import COMMANDS

    _, page, _ = run("--help")
    for name in COMMANDS:
        assert f"  phiscan {name} " in page or name == "scan"
    for option in scan_command.ScanOptions.__dataclass_fields__:
        assert f"--{option.replace('_', '-')}" in page
    for code in ExitCode:
        assert f"{int(code)} " in page


def test_the_version(run: Run) -> None:
    assert run("--version")[1] == f"phiscan {__version__}\n"


def test_explain_suggests_what_may_have_been_meant(run: Run) -> None:
    assert "did you mean: mrn" in run("explain", "mnr")[2]
    assert "birth_date" in run("explain", "date of birht")[2]
    assert run("explain", "Person's name")[1].startswith("name: person's name")
    assert "list all" in run("explain", "qqq")[2]


def test_explain_lists_every_kind(run: Run) -> None:
    from phiscan.kinds import kinds

    out = run("explain")[1]
    assert all(f"  {name} " in out for name in kinds())


def test_policy_show_prints_what_policy_check_accepts(run: Run) -> None:
    Path("copy.toml").write_text(run("policy", "show")[1], "utf-8")
    assert run("policy", "show", "copy.toml")[1] == run("policy", "show")[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no [[rule]]"),
        ("[[rule]", "not valid TOML"),
        ('[[rule]]\nkind = "fcae"\nverdict = "block"', "unknown kind 'fcae'"),
        ('on_gap = "allow"\n[[rule]]\nkind = "face"\nverdict = "block"', "on_gap"),
    ],
)
def test_policy_check_tells_what_is_wrong(run: Run, text: str, told: str) -> None:
    Path("mine.toml").write_text(text)
    status, out, err = run("policy", "check", "mine.toml")
    assert (status, out) == (ExitCode.USAGE, "")
    assert told in err


def test_policy_check_names_the_kinds_without_a_rule(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phiscan.commands import policy

    monkeypatch.setattr(policy, "_known_checks", lambda: frozenset({"intake"}))
    Path("mine.toml").write_text('[[rule]]\nkind = "face"\nverdict = "block"')
    status, out, _ = run("policy", "check", "mine.toml")
    assert status == ExitCode.ALLOWED
    assert out.startswith("ok: 1 rules\nkinds without a rule (review): consented_face, person")
    Path("mine.toml").write_text('required = ["fcaes"]\n[[rule]]\nkind = "face"\nverdict = "block"')
    status, _, err = run("policy", "check", "mine.toml")
    assert (status, "'fcaes'" in err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_knows_the_options(run: Run, shell: str) -> None:
    status, out, err = run("completion", shell)
    assert status == ExitCode.ALLOWED
    assert "fail-on" in out
    assert f"phiscan completion {shell}" in err


# As a program


SOURCE = str(Path(cli.__file__).parent.parent)


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    words = f"{sys.executable} -m phiscan explain"
    env = {**os.environ, "PYTHONPATH": SOURCE}
    script = f"{words} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", f"sleep 0; {script}"], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode in (ExitCode.ALLOWED, ExitCode.OUTPUT)
    assert done.stderr == ""


@pytest.mark.parametrize("word", ["explain", "--help", "--version", "doctor"])
def test_a_full_stdout_is_exit_6(word: str) -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "phiscan", word]
        env = {**os.environ, "PYTHONPATH": SOURCE}
        done = subprocess.run(
            words, stdout=full, stderr=subprocess.PIPE, text=True, env=env, check=False
        )
    assert done.returncode == ExitCode.OUTPUT
    assert done.stderr.count("\n") == 1


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "phiscan", "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    heavy = {"numpy", "cv2", "PIL", "openvino", "onnxruntime", "cyclopts", "rich", "phonenumbers"}
    assert not loaded & heavy
    assert done.stdout == cli.help_page()


@pytest.mark.parametrize("words", [("",), ("ok.jpg", ""), ("--policy", "", "ok.jpg")])
def test_an_empty_argument_does_not_stand_for_the_current_folder(
    run: Run, words: tuple[str, ...]
) -> None:
    status, out, err = run(*words)
    assert (status, out) == (ExitCode.USAGE, "")
    assert "empty argument" in err


def test_an_empty_folder_among_others_is_mentioned(run: Run) -> None:
    status, out, err = run("empty", "ok.jpg")
    assert status == ExitCode.ALLOWED
    assert "ok.jpg" in out
    assert "no photos in 'empty'" in err


def test_a_file_that_is_named_like_an_option_is_told_how_to_name(run: Run) -> None:
    Path("-dash.jpg").write_bytes(b"\xff\xd8\xff")
    status, _, err = run("-dash.jpg")
    assert status == ExitCode.USAGE
    assert "./-dash.jpg" in err
