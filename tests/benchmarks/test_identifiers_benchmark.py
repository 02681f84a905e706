from __future__ import annotations

import re
from collections import Counter

import pytest

from benchmarks._identifiers_corpus import HELD, TUNE, VERDICTS, Document, Mark, parse, read_corpus
from benchmarks._identifiers_noise import noised
from benchmarks._identifiers_scoring import Found, Scored
from benchmarks._identifiers_verdicts import TextJudge
from benchmarks.identifiers import main, open_identifiers, report_half, score
from phiscan.model import Verdict
from phiscan.policy import load_policy

DOCUMENTS = read_corpus()
BY_NAME = {document.name: document for document in DOCUMENTS}

# Numbers that no subscriber has: 555-01xx (North American Numbering Plan Administrator), Ofcom's
# numbers for drama, ACMA's for Australia, ARCEP's for France, the Bundesnetzagentur's for Germany.
FICTIONAL = re.compile(
    r"1?(?:\d{3})?55501\d\d|91?\d{3}55501\d\d"
    r"|01632960\d{3}|02079460\d{3}|07700900\d{3}|02896496\d{3}"
    r"|049157\d{4}|0[2378]5550\d{4}|063998\d{4}"
    r"|0171392\d{4}|02214710\d{3}|06990009\d{3}"
)
PHONE = re.compile(r"(?<![\w./-])(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ ./-]{1,2}\d{3}[ .-]\d{4}(?![\w-])")


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def test_the_corpus_is_as_large_and_mixed_as_it_says() -> None:
    sides = Counter(document.name.split("/")[0].split("-")[0] for document in DOCUMENTS)
    assert sides.keys() == {"phi", "clean"}
    assert sides["phi"] >= 400
    assert sides["clean"] >= 500
    halves = Counter(document.half for document in DOCUMENTS)
    assert halves.keys() == {TUNE, HELD}
    assert min(halves.values()) > 0.38 * len(DOCUMENTS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_document_says_the_truth_in_its_place(document: Document) -> None:
    patients = document.name.startswith("phi")
    assert document.verdict in VERDICTS
    assert bool(document.truths) == patients
    assert (document.verdict in {"review", "block"}) == patients
    ends = 0
    for mark in document.marks:
        assert ends <= mark.start < mark.end <= len(document.text)
        text = document.text[mark.start : mark.end]
        assert text == text.strip()
        assert "{" not in text
        ends = mark.end


def test_every_telephone_number_is_one_that_nobody_has() -> None:
    wrong = [
        (document.name, document.line_number(start))
        for document in DOCUMENTS
        for start, number in _numbers(document)
        if not FICTIONAL.fullmatch(digits(number).removeprefix("1"))
    ]
    assert wrong == []


def _numbers(document: Document) -> list[tuple[int, str]]:
    marked = [
        (mark.start, document.text[mark.start : mark.end])
        for mark in document.marks
        if mark.kind in {"phone", "fax"}
    ]
    covered = {at for mark in document.marks for at in range(mark.start, mark.end)}
    unmarked = [
        (found.start(), found.group())
        for found in PHONE.finditer(document.text)
        if found.start() not in covered
    ]
    return marked + unmarked


def test_every_address_on_the_net_is_reserved() -> None:
    hosts = re.compile(r"(?:@|https?://|www\.)([\w.-]+)")
    reserved = re.compile(r".*(?:\.example|example\.(?:com|net|org))")
    wrong = [
        (document.name, host)
        for document in DOCUMENTS
        for host in hosts.findall(document.text)
        if "." in host and not reserved.fullmatch(host.rstrip("."))
    ]
    assert wrong == [("clean/blank-form-5", "nucc.org")]  # printed on every CMS-1500


def test_marks_are_taken_out_of_the_text() -> None:
    document = parse("phi/x", "%% block | label\nPt: {{name|Ana Li}} ({{~staff|Dr. Om}})\n")
    assert document.text == "Pt: Ana Li (Dr. Om)"
    assert document.marks == (Mark("name", 4, 10), Mark("staff", 12, 18, "", bystander=True))
    assert document.truths == document.marks[:1]
    assert document.line_number(4) == 2


@pytest.mark.parametrize(
    "written",
    [
        "no heading\n",
        "%% perhaps | label\ntext",
        "%% block | label\n{{nonsense|x}}",
        "%% block | label\n{{staff|x}}",
        "%% block | label\n{{name|x}",
    ],
)
def test_documents_that_are_not_well_formed_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="phi/x"):
        parse("phi/x", written)


def scored(text: str, kind: str, start: int, end: int, at: float = 0.9) -> Scored:
    return Scored(parse("phi/x", f"%% block | x\n{text}"), (Found(kind, start, end, at),))


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "strict", "lenient"),
    [
        ("{{name|Ana Maria Li}} 12", "name", 0, 12, True, True),
        ("{{name|Ana Maria Li}} 12", "name", 4, 12, True, True),  # 7 of 10 letters
        ("{{name|Ana Maria Li}} 12", "name", 0, 6, False, False),  # 5 of 10
        ("{{name|Ana}} is not here", "name", 0, 15, False, False),  # far too wide
        ("{{name|Ana}} {{name|Maria Li}}", "name", 0, 12, True, True),  # two cells of one name
        ("{{birth_date|1/2/1990}}", "date", 0, 8, False, True),
        ("{{birth_date|1/2/1990}}", "phone", 0, 8, False, False),
        ("{{address|1 Elm St}}, {{~address|Erie PA}} {{zip_code|16507}}", "address", 0, 23, True,
         True),
    ],
)  # fmt: skip
def test_a_match_counts_when_kind_and_most_letters_agree(
    text: str, kind: str, start: int, end: int, *, strict: bool, lenient: bool
) -> None:
    each = scored(text, kind, start, end)
    truth = each.document.truths[0]
    assert each.hits(truth, 0.5) is strict
    assert each.hits(truth, 0.5, lenient=True) is lenient
    assert each.hits(truth, 0.95, lenient=True) is False
    assert each.is_right(each.found[0]) is strict


@pytest.mark.parametrize(
    ("mark", "kind", "expected"),
    [
        ("{{~staff|Dr. Om}}", "name", True),
        ("{{~staff|Dr. Om}}", "address", False),
        ("{{~phone|555-0101}}", "fax", True),
        ("{{name|Ana Om}}", "name", False),
    ],
)
def test_what_is_no_patients_is_told_apart(mark: str, kind: str, *, expected: bool) -> None:
    each = scored(mark, kind, 0, 6)
    assert (each.bystander(each.found[0]) is not None) is expected


def test_noise_repeats_and_carries_the_truth_along() -> None:
    document = BY_NAME["phi/face-sheet-1"]
    once = noised(document, 1)
    assert once == noised(document, 1)
    assert once != noised(document, 2)
    for before, after in zip(document.marks, once.marks, strict=True):
        was = document.text[before.start : before.end]
        now = once.text[after.start : after.end]
        assert now == now.strip()
        assert abs(len(was) - len(now)) <= 4
        assert now[0] == was[0] or {now[0], was[0]} <= set("O0Il1S5B8Z2")


def test_noise_does_all_that_it_says() -> None:
    line = "Patient Name: {{name|BOB SOLIS}}     Record: 1058128502  room to the left"
    document = parse("phi/x", "%% block | x\n" + "\n".join([line] * 200))
    text = noised(document, 1).text
    assert "：" in text  # a wide colon
    assert re.search(r"PatientName|BOBS", text)  # a lost blank
    assert re.search(r"^.*S[O0]L[I1l][S5] Rec", text, re.MULTILINE)  # merged cells
    assert "80B" in text or "8OB" in text or "B08" in text or "B0B" in text  # look-alikes
    assert re.search(r"^(?!Patient ?Name).{4,13}[:：]", text, re.MULTILINE)  # a misspelt label


def test_verdicts_follow_the_text() -> None:
    judge = TextJudge(tuple(open_identifiers().values()), load_policy("default"))
    assert judge.judge("Patient: Mary Robinson\nDOB: 03/14/1961")[0].verdict is Verdict.BLOCK
    assert judge.judge("Closed for lunch")[0].verdict is Verdict.ALLOW


def test_the_tables_count_what_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    patient = parse("phi/x", "%% block | x\nDOB: {{birth_date|03/14/1961}}\n{{unique_code|Qq7}}")
    sign = parse("clean/x", "%% allow | sign\nClosed for lunch")
    report_half([patient, sign], open_identifiers())
    rows = capsys.readouterr().out.splitlines()
    assert any(re.match(r"birth_date +1/1 .* 1/1 ", row) for row in rows)
    assert any(re.match(r"unique_code +0/1 ", row) for row in rows)
    assert any(re.match(r"phi, block +1/1 ", row) for row in rows)
    assert any(re.match(r"clean, sign +0/1 ", row) for row in rows)


def test_errors_of_the_held_half_stay_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["identifiers", "--part", "held", "--misses"])
    with pytest.raises(SystemExit, match="2"):
        main()


def test_scoring_runs_every_identifier() -> None:
    document = parse("phi/x", "%% block | x\nDOB: {{birth_date|03/14/1961}}")
    (each,) = score([document], open_identifiers().values())
    assert each.hits(document.truths[0], 0.5)
