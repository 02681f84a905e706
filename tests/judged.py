"""Results as a scan under the shipped policy would return them, and names that strangers choose."""

from __future__ import annotations

from hypothesis import strategies as st

from phiscan.geometry import Box, Region
from phiscan.model import Check, Finding, Outcome, Reason, Ruling, ScanResult, Verdict
from phiscan.policy import judge, load_policy

POLICY = load_policy("default")
DONE = tuple(Check(name, Outcome.DONE) for name in sorted(POLICY.required))
FAILED = (*DONE[1:], Check(DONE[0].name, Outcome.FAILED, error="ValueError"))

HOSTILE = (
    '"><script>alert(1)</script>.jpg',
    "</script><script>alert(1)</script>.jpg",
    "<!--<script>.jpg",
    "x' onerror='alert(1).jpg",
    "&lt;b&gt;&#60;.jpg",
    "]]>.jpg",
    "$style ${words} <!-- words --> <!-- photos -->.jpg",
    "a\u202egpj.exe",
    'a\nb.jpg","","allow"\r\n.jpg',
    "=cmd|'/C calc'!A0.jpg",
    "  =1+1.jpg",
    "\t=1+1.jpg",
    "\uff1d1+1.jpg",
    "a;=1+1;.jpg",
    "\x00\x1b[2J\x7f\x85.jpg",
    "caf\udce9 \U0001f600.jpg",
    "half \ud800 a character.jpg",
    "\ufeff\u2028\ufffe.jpg",
    "a:b%20#?.jpg",
)


def at(x: float, y: float, w: float = 30, h: float = 10, frame: int = 0) -> tuple[Region, ...]:
    return (Region.from_box(frame, Box(x, y, x + w, y + h)),)


def judged(
    *findings: Finding,
    checks: tuple[Check, ...] = DONE,
    source: str = "ward/a.jpg",
    sha256: str = "ab" * 32,
    problem: str = "",
) -> ScanResult:
    ruling = judge(findings, checks, POLICY)
    return ScanResult(source, sha256, ruling, findings, checks, 900, 600, 0.5, problem)


def unopened(problem: str = "no such file; check the path", source: str = "gone.jpg") -> ScanResult:
    checks = (Check("intake", Outcome.FAILED, error="UnreadableImage"),)
    return ScanResult(source, "", judge((), checks, POLICY), (), checks, problem=problem)


BAND = Finding("wristband", 0.8, at(0, 400, 300, 150))
DATE = Finding("birth_date", 0.93456, at(20, 450), "99/99/9999", "label 'DOB' on the same line")
PERSON = Finding("person", 0.9, at(600, 10, 100, 300))
GPS = Finding("gps_location", 1.0)
TIME = Finding("capture_time", 1.0)

BLOCKED = judged(BAND, DATE, GPS, TIME)
REVIEW = judged(PERSON, source="ward/b.jpg")
ALLOWED = judged(TIME, source="c.jpg")
CLEAN = judged(source="d.jpg")
GAP = judged(PERSON, checks=FAILED, source="e.jpg")
GONE = unopened()
EVERY = (BLOCKED, REVIEW, ALLOWED, CLEAN, GAP, GONE)

_reasons = st.builds(
    Reason,
    st.sampled_from(Verdict),
    st.sampled_from(["face", "date inside chart", "no rule for odd", "gap"]),
    st.sampled_from(["", "not checked: faces"]),
)
_findings = st.sampled_from(
    [Finding("face", 0.9, at(1, 2)), Finding("date", 0.5), Finding("odd", 1)]
)


def _any_result(
    reasons: list[Reason], more: Verdict, findings: list[Finding], source: str
) -> ScanResult:
    verdict = max([more, *(reason.verdict for reason in reasons)])
    return ScanResult(source, "", Ruling(verdict, tuple(reasons)), tuple(findings))


any_results = st.builds(
    _any_result,
    st.lists(_reasons, max_size=3),
    st.sampled_from(Verdict),
    st.lists(_findings, max_size=3),
    st.text(alphabet=st.characters(codec=None), max_size=20),
)
"""Any ruling with any findings, also such as no policy makes: none may look better than it is."""
