"""Measure what phiscan finds in text, and what it takes for it: `python -m benchmarks.identifiers`.

Runs over the synthetic documents of benchmarks/corpus, by halves: rules may be written with an eye
on `tune`, never on `held`. A match counts when its kind is that of the truth and 60 % of the
letters and digits of both are common; leniently, a birth date may be found as a date and the other
way round. Shares come with 95 % Wilson intervals. `--photos N` shows generated photos to the real
reader instead: N that name patients, half as many that do not.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from benchmarks._identifiers_corpus import HELD, OTHERS_NAMES, TUNE, Document, read_corpus
from benchmarks._identifiers_noise import noised
from benchmarks._identifiers_photos import report_photos
from benchmarks._identifiers_scoring import Found, Scored
from benchmarks._identifiers_speed import prose, report_speed
from benchmarks._identifiers_verdicts import TextJudge
from benchmarks.intervals import Share
from phiscan import registry
from phiscan.identifiers import find_all
from phiscan.model import Verdict
from phiscan.plain_layout import lay_out
from phiscan.policy import load_policy
from phiscan.protocols import Identifier

THRESHOLDS = (0.4, 0.5, 0.8)
"""The scores that the default policy asks for, and the one from which findings keep company."""
_BINS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
_PROSE = frozenset({"prose", "news", "lyrics", "recipe", "textbook", "leaflet"})
"""Categories of running text that has nothing to do with patients."""


def open_identifiers() -> dict[str, Identifier]:
    """Return every identifier by its module's name."""
    found: dict[str, Identifier] = registry.load("phiscan.identifiers", "IDENTIFIER")
    return found


def score(documents: Iterable[Document], identifiers: Iterable[Identifier]) -> list[Scored]:
    """Run all identifiers over every document."""
    every = tuple(identifiers)
    return [
        Scored(
            document,
            tuple(
                Found(kind, match.start, match.end, match.score, match.reason)
                for kind, match in find_all(lay_out(document.text), every)
            ),
        )
        for document in documents
    ]


def report_recall(scored: Sequence[Scored]) -> None:
    """Print for each kind how many truths are found, strictly at each threshold and leniently."""
    rows: dict[str, list[tuple[Scored, int]]] = {}
    for each in scored:
        for index, truth in enumerate(each.document.truths):
            for row in {truth.kind, truth.row}:
                rows.setdefault(row, []).append((each, index))
    print(f"\n{'recall':24}" + "".join(f"{f'at {cut}':>24}" for cut in THRESHOLDS), end="")
    print(f"{'lenient, at 0.4':>24}{'as anything, at 0.4':>24}")
    for row, places in sorted(rows.items()):
        truths = [(each, each.document.truths[index]) for each, index in places]
        cells = [
            Share(sum(each.hits(truth, cut) for each, truth in truths), len(truths))
            for cut in THRESHOLDS
        ]
        loose = sum(each.hits(truth, 0.4, lenient=True) for each, truth in truths)
        seen = sum(any(f.score >= 0.4 for f in each.at_place(t)) for each, t in truths)
        cells += [Share(loose, len(truths)), Share(seen, len(truths))]
        print(f"{row:24}" + "".join(f"{cell!s:>24}" for cell in cells))


def report_precision(scored: Sequence[Scored]) -> None:
    """Print for each kind how many matches are truths.

    Strictly, whatever is no truth is wrong. Leniently, dates are one kind, and bystanders of the
    right form (a clinic's telephone, a doctor's name) are left out and counted beside.
    """
    print(f"\n{'precision':24}" + "".join(f"{f'at {cut}':>24}" for cut in THRESHOLDS), end="")
    print(f"{'lenient, at 0.4':>24}{'others, at 0.4':>16}")
    matches = [(each, one) for each in scored for one in each.found]
    for kind in sorted({one.kind for _, one in matches}):
        own = [(each, one) for each, one in matches if one.kind == kind]
        cells = []
        for cut in THRESHOLDS:
            at_cut = [(each, one) for each, one in own if one.score >= cut]
            cells.append(Share(sum(each.is_right(one) for each, one in at_cut), len(at_cut)))
        at_cut = [(each, one) for each, one in own if one.score >= 0.4]
        right = sum(each.is_right(one, lenient=True) for each, one in at_cut)
        others = sum(_is_bystander(each, one) for each, one in at_cut)
        cells.append(Share(right, len(at_cut) - others))
        print(f"{kind:24}" + "".join(f"{cell!s:>24}" for cell in cells) + f"{others:16}")
    _others_names(scored)


def _is_bystander(each: Scored, one: Found) -> bool:
    return not each.is_right(one, lenient=True) and each.bystander(one) is not None


def _others_names(scored: Sequence[Scored]) -> None:
    """Print how many names of staff and of public persons are reported as names."""
    print("\nnames of others reported as a name")
    for sort in OTHERS_NAMES:
        marks = [(each, m) for each in scored for m in each.document.marks if m.kind == sort]
        cells = []
        for cut in THRESHOLDS:
            taken = sum(
                any(f.kind == "name" and f.score >= cut and each.bystander(f) is m
                    for f in each.found)
                for each, m in marks
            )  # fmt: skip
            cells.append(Share(taken, len(marks)))
        print(f"{sort:24}" + "".join(f"{cell!s:>24}" for cell in cells))


def report_reliability(scored: Sequence[Scored]) -> None:
    """Print for bins of the score how many matches are right: a probability, if all is well."""
    print("\nscore         right, strictly         right, or a bystander of that form")
    matches = [(each, one) for each in scored for one in each.found]
    for low, high in pairwise(_BINS):
        inside = [(each, one) for each, one in matches if low <= one.score < high]
        strict = Share(sum(each.is_right(one) for each, one in inside), len(inside))
        fair = sum(
            each.is_right(one, lenient=True) or each.bystander(one) is not None
            for each, one in inside
        )
        print(f"{low:.2f}-{min(high, 1):.2f} {strict!s:>24} {Share(fair, len(inside))!s:>24}")


def report_rules(scored: Sequence[Scored], least: int = 8) -> None:
    """Print for each rule (kind, reason without the label's words) its score and what was right.

    A star marks a mean score outside the interval of what was right.

    Bystanders of the right form count as right: the rule has seen what it says, and whose it is
    is the policy's question. Rules with fewer matches than `least` say nothing and are left out.
    """
    rules: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    for each in scored:
        for one in each.found:
            right = each.is_right(one, lenient=True) or each.bystander(one) is not None
            rule = one.kind, re.sub(r"'[^']*' ", "", one.reason)
            rules.setdefault(rule, []).append((one.score, right))
    print(f"\n{'rule':68}{'mean score':>12}{'right':>24}")
    for (kind, reason), cases in sorted(rules.items()):
        if len(cases) >= least:
            mean = sum(score for score, _ in cases) / len(cases)
            share = Share(sum(right for _, right in cases), len(cases))
            low, high = share.interval
            far = "" if low <= mean <= high else "  *"
            print(f"{f'{kind}: {reason}'[:66]:68}{mean:12.2f}{share!s:>24}{far}")


def report_verdicts(documents: Sequence[Document], judge: TextJudge) -> None:
    """Print how many documents are blocked, reviewed and allowed, by truth and by category."""
    verdicts = [(document, judge.judge(document.text)[0].verdict) for document in documents]
    _verdict_table("should be", verdicts, lambda d: f"{d.name.split('/')[0]}, {d.verdict}")
    _verdict_table("category", verdicts, lambda d: f"{d.name.split('/')[0]}, {d.category}")


def _verdict_table(
    title: str,
    verdicts: Sequence[tuple[Document, Verdict]],
    key: Callable[[Document], str],
) -> None:
    rows: dict[str, Counter[Verdict]] = {}
    for document, verdict in verdicts:
        rows.setdefault(key(document), Counter())[verdict] += 1
    print(f"\n{title:34}{'block':>24}{'block or review':>24}{'review':>8}{'allow':>8}")
    for name, row in sorted(rows.items()):
        stopped = row[Verdict.BLOCK] + row[Verdict.REVIEW]
        block, both = Share(row[Verdict.BLOCK], row.total()), Share(stopped, row.total())
        counts = f"{row[Verdict.REVIEW]:8}{row[Verdict.ALLOW]:8}"
        print(f"{name:34}{block!s:>24}{both!s:>24}{counts}")


def report_prose(scored: Sequence[Scored], identifiers: Iterable[Identifier]) -> None:
    """Print false alarms per 10,000 characters of ordinary prose, by kind and threshold."""
    own = [each for each in scored if each.document.category in _PROSE]
    book = Document("manual", "manual", "allow", prose())
    groups: Mapping[str, Sequence[Scored]] = {
        "running text of the corpus": own,
        "the manual of Python": score([book], identifiers),
    }
    for title, group in groups.items():
        size = sum(len(each.document.text) for each in group)
        print(f"\nfalse alarms per 10,000 characters, {title} ({size:,} characters)")
        alarms = [
            f for each in group for f in each.found
            if not each.is_right(f, lenient=True) and each.bystander(f) is None
        ]  # fmt: skip
        for kind in ["any", *sorted({f.kind for f in alarms})]:
            own_alarms = [f for f in alarms if kind in {"any", f.kind}]
            counts = (sum(f.score >= cut for f in own_alarms) for cut in THRESHOLDS)
            cells = (f"{10_000 * n / max(size, 1):10.4f} ({n})" for n in counts)
            print(f"  {kind:22}" + "".join(f"{cell:>24}" for cell in cells))


def report_misses(documents: Sequence[Document], identifiers: Iterable[Identifier]) -> None:
    """Print every truth that is missed, every false alarm, and every wrong verdict of a half."""
    every = tuple(identifiers)
    scored = score((d for d in documents if d.verdict != "specimen"), every)
    judge = TextJudge(every, load_policy("default"))
    print("\n# missed: file:line, kind, text, what was found there")
    for each in scored:
        for truth in each.document.truths:
            if not each.hits(truth, 0.4, lenient=True):
                instead = ", ".join(f"{f.kind} {f.score:.2f}" for f in each.at_place(truth))
                _print_place(each.document, truth.start, truth.end, truth.row, instead)
    print("\n# false alarms at 0.4: file:line, kind and score, text, reason")
    for each in scored:
        for one in each.found:
            if one.score >= 0.4 and not each.is_right(one, lenient=True):
                mark = each.bystander(one)
                about = f"[{mark.kind}] " if mark else ""
                kind = f"{one.kind} {one.score:.2f}"
                _print_place(each.document, one.start, one.end, kind, about + one.reason)
    print("\n# verdicts: file, what it should be, what it is, why")
    for document in documents:
        ruling, _ = judge.judge(document.text)
        if ruling.verdict.word != document.verdict:
            why = "; ".join(r.rule for r in ruling.reasons if r.verdict is ruling.verdict)
            print(f"{document.name}  {document.verdict} -> {ruling.verdict.word}: {why}")


def _print_place(document: Document, start: int, end: int, kind: str, about: str) -> None:
    text = document.text[start:end].replace("\n", " / ")
    print(f"{document.name}:{document.line_number(start)}  {kind}  {text!r}  {about}")


def report_half(documents: Sequence[Document], identifiers: Mapping[str, Identifier]) -> None:
    """Print the tables of some documents; specimens count for verdicts only."""
    real = score((d for d in documents if d.verdict != "specimen"), identifiers.values())
    report_recall(real)
    report_precision(real)
    report_reliability(real)
    report_rules(real)
    report_verdicts(documents, TextJudge(tuple(identifiers.values()), load_policy("default")))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.identifiers")
    parser.add_argument("--part", choices=(TUNE, HELD), help="only this half")
    parser.add_argument("--noise", type=int, default=0, help="misread copies of each document")
    parser.add_argument("--misses", action="store_true", help="list errors of the tune half")
    parser.add_argument("--speed", action="store_true", help="only the processor seconds for 1 MB")
    parser.add_argument("--photos", type=int, help="so many generated photos, through the reader")
    parser.add_argument("--seed", type=int, default=1, help="of those")
    options = parser.parse_args()
    if options.photos:
        report_photos(options.photos, options.seed)
        return
    if options.misses and options.part == HELD:
        parser.error("the errors of the held half are for nobody to look at")
    identifiers, documents = open_identifiers(), read_corpus()
    if options.speed:
        forms = "\n\n".join(document.text for document in documents)
        report_speed(identifiers, {"documents": forms, "manual of Python": prose()})
        return
    for half in (options.part,) if options.part else (TUNE, HELD):
        own = [document for document in documents if document.half == half]
        copies = [noised(d, seed) for seed in range(1, options.noise + 1) for d in own]
        print(f"\n## {half}: {len(own)} documents, clean")
        report_half(own, identifiers)
        if copies:
            print(f"\n## {half}: {len(copies)} documents, misread")
            report_half(copies, identifiers)
        if options.misses and half == TUNE:
            report_misses(own + copies, identifiers.values())
    report_prose(score(documents, identifiers.values()), identifiers.values())


if __name__ == "__main__":
    main()
