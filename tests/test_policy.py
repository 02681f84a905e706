from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.errors import BadSettings
from phiscan.geometry import Box, Region
from phiscan.kinds import SURFACES, kinds
from phiscan.model import Check, Finding, Outcome, Verdict
from phiscan.policy import Policy, Rule, judge, load_policy, parse_policy, shipped_policies, unruled

DEFAULT = load_policy("default")
ALL_DONE = [Check(name, Outcome.DONE) for name in DEFAULT.required]

PLACES = st.builds(
    lambda frame, x, y: Region.from_box(frame, Box(x, y, x + 80, y + 20)),
    st.integers(0, 1),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(sorted(kinds())),
    st.floats(0, 1),
    st.lists(PLACES, max_size=2).map(tuple),
)


def at(kind: str, score: float, x: float = 0, y: float = 0, size: float = 20) -> Finding:
    return Finding(kind, score, (Region.from_box(0, Box(x, y, x + 4 * size, y + size)),))


def verdict(*findings: Finding) -> Verdict:
    return judge(findings, ALL_DONE, DEFAULT).verdict


@given(st.lists(FINDINGS, max_size=8), FINDINGS)
def test_adding_a_finding_never_lowers_a_verdict(findings: list[Finding], more: Finding) -> None:
    before = judge(findings, ALL_DONE, DEFAULT).verdict
    assert judge([*findings, more], ALL_DONE, DEFAULT).verdict >= before


@given(st.lists(FINDINGS, max_size=8), st.randoms())
def test_the_order_of_findings_does_not_matter(findings: list[Finding], random: object) -> None:
    shuffled = sorted(findings, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis' Random
    assert judge(findings, ALL_DONE, DEFAULT) == judge(shuffled, ALL_DONE, DEFAULT)


@given(st.sets(st.sampled_from(sorted(DEFAULT.required))))
def test_allow_needs_every_required_check(done: set[str]) -> None:
    ruling = judge([], [Check(name, Outcome.DONE) for name in done], DEFAULT)
    assert (ruling.verdict is Verdict.ALLOW) == (done == DEFAULT.required)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED])
def test_a_required_check_that_did_not_finish_is_a_gap(outcome: Outcome) -> None:
    checks = [c for c in ALL_DONE if c.name != "faces"] + [Check("faces", outcome)]
    assert judge([], checks, DEFAULT).verdict is Verdict.BLOCK


def test_a_failed_check_counts_beside_a_done_one_of_the_same_name() -> None:
    checks = [*ALL_DONE, Check("faces", Outcome.FAILED)]
    assert judge([], checks, DEFAULT).verdict is Verdict.BLOCK


def test_nothing_found_and_nothing_missing_is_allowed() -> None:
    assert judge([], ALL_DONE, DEFAULT).verdict is Verdict.ALLOW


BLOCK, REVIEW, ALLOW = Verdict.BLOCK, Verdict.REVIEW, Verdict.ALLOW
EVERYDAY = ("fax", "age_over_89", "vehicle_id", "device_id", "ip_address")
"""Kinds that products, signs and cakes show too, and that matter on a record."""


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([at("face", 0.9)], BLOCK),
        ([at("face", 0.5)], REVIEW),
        ([at("ssn", 0.9)], BLOCK),
        ([at("mrn", 0.9)], BLOCK),
        ([at("birth_date", 0.9)], BLOCK),
        ([at("health_plan_id", 0.9)], BLOCK),
        ([at("name", 0.9)], BLOCK),
        ([at("name", 0.5)], REVIEW),
        ([at("name", 0.45)], ALLOW),
        ([at("name", 0.5), at("birth_date", 0.6, y=30)], BLOCK),
        ([at("name", 0.45), at("birth_date", 0.6, y=900)], REVIEW),
        ([at("name", 0.5), at("wristband", 0.6, x=-50, y=-50, size=200)], BLOCK),
        ([at("name", 0.5), at("whiteboard", 0.6, x=-50, y=-50, size=200)], REVIEW),
        ([at("name", 0.45), at("wristband", 0.6, x=700, y=700, size=200)], ALLOW),
        ([at("phone", 0.9)], ALLOW),
        ([at("phone", 0.9), at("label", 0.6, x=-50, y=-50, size=200)], REVIEW),
        ([at("phone", 0.9), at("chart", 0.6, x=-50, y=-50, size=200)], ALLOW),
        ([at("name", 0.35), at("phone", 0.6, y=30)], REVIEW),
        ([at("name", 0.45), at("phone", 0.6, y=900)], ALLOW),
        ([at("name", 0.74)], REVIEW),
        ([at("name", 0.75)], BLOCK),
        ([at("name", 0.5), at("chart", 0.4, x=-50, y=-50, size=200)], REVIEW),
        ([at("name", 0.7), at("chart", 0.4, x=-50, y=-50, size=200)], BLOCK),
        ([at("date", 0.9), at("chart", 0.4, x=-50, y=-50, size=200)], ALLOW),
        ([at("date", 0.9), at("screen", 0.6, x=-50, y=-50, size=200)], REVIEW),
        ([at("account_number", 0.85)], BLOCK),
        ([at("account_number", 0.75)], REVIEW),
        ([at("account_number", 0.35)], ALLOW),
        ([at("licence_number", 0.85)], BLOCK),
        ([at("licence_number", 0.75)], ALLOW),
        ([at("licence_number", 0.75), at("name", 0.45, y=30)], ALLOW),
        ([at("licence_number", 0.75), at("chart", 0.6, x=-50, y=-50, size=200)], REVIEW),
        ([at("licence_number", 0.7), at("id_card", 0.6, x=-50, y=-50, size=200)], BLOCK),
        ([at("unique_code", 0.9)], BLOCK),
        ([at("unique_code", 0.8)], REVIEW),
        ([at("unique_code", 0.7)], ALLOW),
        ([at("unique_code", 0.7), at("label", 0.6, x=-50, y=-50, size=200)], REVIEW),
        ([at("unique_code", 0.7), at("name", 0.5, y=30)], BLOCK),
        ([at("biometric", 0.8)], REVIEW),
        ([at("url", 0.85)], REVIEW),
        ([at("url", 0.6)], ALLOW),
        *[([at(kind, 0.7)], ALLOW) for kind in EVERYDAY],
        *[([at(kind, 0.7), at("label", 0.6, x=-50, y=-50, size=200)], REVIEW) for kind in EVERYDAY],
        ([at("chart", 0.9)], ALLOW),
        ([at("unreadable_surface", 0.5)], REVIEW),
        ([at("person", 0.5)], REVIEW),
        ([Finding("gps_location", 1.0)], BLOCK),
        ([Finding("capture_time", 1.0)], ALLOW),
        ([Finding("metadata_name", 0.9)], BLOCK),
        ([Finding("metadata_name", 0.5)], ALLOW),
    ],
)
def test_the_default_policy(findings: list[Finding], expected: Verdict) -> None:
    assert verdict(*findings) is expected


def test_a_finding_is_not_its_own_company() -> None:
    policy = Policy("p", (Rule("name", BLOCK, together_with=frozenset({"name"})),), frozenset())
    assert judge([at("name", 0.9)], [], policy).verdict is ALLOW
    assert judge([at("name", 0.9), at("name", 0.9, y=30)], [], policy).verdict is BLOCK


def test_a_reason_names_the_company_that_was_there_and_no_other() -> None:
    findings = [
        at("name", 0.5),
        at("birth_date", 0.9, y=30),
        at("wristband", 0.6, x=-50, y=-50, size=200),
        at("mrn", 0.9, y=2000),
    ]
    rules = {reason.rule for reason in judge(findings, ALL_DONE, DEFAULT).reasons}
    assert {"name beside birth_date", "name inside wristband"} <= rules
    assert not any("ssn" in rule or "chart" in rule for rule in rules)


def test_a_kind_without_a_rule_is_not_waved_through() -> None:
    policy = Policy("p", (Rule("face", BLOCK),), frozenset())
    assert judge([at("ssn", 0.9)], [], policy).verdict is REVIEW


def test_the_default_policy_speaks_of_every_kind_that_is_found_today() -> None:
    assert unruled(DEFAULT) == ()


RULE = '[[rule]]\nkind = "face"\nverdict = "block"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "not valid TOML"),
        ("", "no \\[\\[rule\\]\\]"),
        (RULE + 'colour = "red"', "unknown key 'colour'"),
        ('requird = ["faces"]\n' + RULE, "unknown key 'requird'"),
        ('[[rule]]\nkind = "faec"\nverdict = "block"', "unknown kind 'faec'"),
        ('[[rule]]\nkind = "face"', "needs kind and verdict"),
        ('[[rule]]\nkind = "face"\nverdict = "blok"', "a verdict is"),
        (RULE + "at_least = 2", "from 0 to 1"),
        (RULE + "at_least = true", "from 0 to 1"),
        (RULE + "at_least = nan", "from 0 to 1"),
        (RULE + 'inside = ["face"]', "surfaces"),
        (RULE + 'inside = "chart"', "list of names"),
        (RULE + 'together_with = ["nme"]', "unknown kind 'nme'"),
        ('on_gap = "allow"\n' + RULE, "on_gap"),
        ("rule = 3", "no \\[\\[rule\\]\\]"),
        ("rule = [3]", "must be a table"),
    ],
)
def test_a_bad_policy_is_refused_with_a_reason(text: str, complaint: str) -> None:
    with pytest.raises(BadSettings, match=complaint):
        parse_policy(text)


def test_a_policy_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('required = ["faces"]\n' + RULE)
    policy = load_policy(path)
    assert policy.name == "mine"
    assert policy.required == {"faces"}


def test_a_missing_policy_names_the_shipped_ones() -> None:
    with pytest.raises(BadSettings, match="default"):
        load_policy("defualt")


@pytest.mark.parametrize("path", shipped_policies(), ids=lambda p: p.stem)
def test_every_shipped_policy_is_valid(path: Path) -> None:
    assert load_policy(path).rules


@pytest.mark.parametrize(("kind", "surface"), list(product(["name"], sorted(SURFACES))))
def test_a_name_on_any_surface_is_never_simply_allowed(kind: str, surface: str) -> None:
    assert verdict(at(kind, 0.5), at(surface, 0.6, x=-50, y=-50, size=200)) >= REVIEW
