"""Fit the weights by which names are weighed: `python -m benchmarks.name_evidence [--write]`.

`--curve` judges each document by what the others taught, with other thresholds than the default
policy's. Of 622 documents of patients and 801 others:

    look from   block from   patients stopped, blocked   others stopped, blocked
    0.45        0.80         96.5 %  89.4 %              5.9 %  1.5 %
    0.50        0.80         95.5 %  89.4 %              5.2 %  1.5 %
    0.55        0.80         95.3 %  89.4 %              4.2 %  1.5 %
    0.50        0.75         95.5 %  91.3 %              5.2 %  1.9 %
    0.50        0.70         95.5 %  92.4 %              5.2 %  2.4 %

The default policy takes the row that blocks most patients, of those that stop at most 6 % and block
at most 2 % of the others. The words that evidence looks for were chosen with misses of these
documents in view, so that others fare worse: benchmarks.identifiers --part held.

Every name that is found in the documents of the half for tuning, clean and misread, and that no
label of patients announces is a case: is it a patient's, and what is true of it (see
`phiscan.identifiers._evidence`)? Logistic regression with a penalty on large weights makes weights
of evidence of that. The table says how often those of each score were right, each document weighed
by what the others taught.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks._identifiers_corpus import TUNE, Document, read_corpus
from benchmarks._identifiers_noise import noised
from benchmarks._identifiers_scoring import Found, Scored
from benchmarks._identifiers_verdicts import TextJudge
from benchmarks.intervals import Share
from phiscan import registry
from phiscan.identifiers import _evidence, person_name
from phiscan.model import Verdict
from phiscan.plain_layout import lay_out
from phiscan.policy import parse_policy
from phiscan.protocols import Match
from phiscan.text import Text

OWN, NOTHING = "own score", "nothing"
"""The weights of the score that a name was found with, and of no observation at all."""
_LEAST = 4
"""Documents in which an observation is true before it gets a weight."""
_PENALTY = 3.0
_STEPS, _RATE, _MOMENTUM = 400, 0.5, 0.9
_FOLDS = 8
_BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
_HEAD = """\
# Weights of evidence for a name being a patient's: what each observation adds to the logarithm of
# the odds. Written by `python -m benchmarks.name_evidence --write`; not to be changed by hand.
"""
_THRESHOLDS = ((0.45, 0.8), (0.5, 0.8), (0.55, 0.8), (0.5, 0.75), (0.5, 0.7))
_NAME = r'kind = "name"\nat_least = '
_BLOCKS = re.compile(rf'({_NAME})[\d.]+([^\n]*\nverdict = "block")')
_LOOKS = re.compile(rf'({_NAME})[\d.]+([^\n]*\nverdict = "review")')
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A name found in a document: what was seen, and whether it is a patient's."""

    document: str
    observed: frozenset[str]
    score: float
    right: bool


def cases(documents: Iterable[Document]) -> Iterator[Case]:
    """Yield the names of some documents that evidence decides about."""
    for document in documents:
        text, scored = lay_out(document.text), Scored(document, ())
        found = _found(text)
        for match in found:
            if not _evidence.is_weighed(text, match) or _evidence.is_vetoed(text, match):
                continue
            one = Found("name", match.start, match.end, match.score)
            yield Case(
                document.name,
                frozenset(_evidence.observations(text, match, len(found))),
                match.score,
                any(truth.kind == "name" and scored.meets(one, truth) for truth in document.truths),
            )


def _found(text: Text) -> Sequence[Match]:
    """Return the names of a text as they are before they are weighed."""
    with mock.patch.object(person_name, "believed", lambda _, matches: iter(matches)):
        return list(person_name.IDENTIFIER.find(text))


def fitted(seen: Sequence[Case]) -> Weights:
    """Return the weights that explain some cases best, by gradient descent.

    A name counts the less the more its document has: a roll of 30 rows is one way to be wrong.
    """
    counts = Counter(
        what for _, what in {(case.document, what) for case in seen for what in case.observed}
    )
    names = sorted(what for what, count in counts.items() if count >= _LEAST)
    column = {what: index for index, what in enumerate(names)}
    table = np.zeros((len(seen), len(names) + 2))
    table[:, -1] = 1.0
    for row, case in enumerate(seen):
        table[row, [column[what] for what in case.observed if what in column]] = 1.0
        table[row, -2] = _evidence.log_odds(case.score)
    names_of = Counter(case.document for case in seen)
    shares = np.array([names_of[case.document] ** -0.5 for case in seen])
    weights = _descended(table, np.array([case.right for case in seen], np.float64), shares)
    return dict(zip((*names, OWN, NOTHING), weights.tolist(), strict=True))


def _descended(
    table: NDArray[np.float64], right: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    penalty = np.full(table.shape[1], _PENALTY)
    penalty[-1] = 0.0
    weights, speed = np.zeros(table.shape[1]), np.zeros(table.shape[1])
    for _ in range(_STEPS):
        wrong = shares * (1 / (1 + np.exp(-table @ weights)) - right)
        speed = _MOMENTUM * speed - _RATE * (table.T @ wrong + penalty * weights) / shares.sum()
        weights = weights + speed
    return weights


def folds(names: Iterable[str], seen: Sequence[Case]) -> Iterator[frozenset[str]]:
    """Yield a part of the documents after the other, each with the weights that the others teach.

    While the caller looks at a part, these weights are the package's.
    """
    every = sorted(names)
    random.Random(1).shuffle(every)  # noqa: S311 - repeatable, no secret
    for number in range(_FOLDS):
        part = frozenset(every[number::_FOLDS])
        weights = fitted([case for case in seen if case.document not in part])
        with mock.patch.object(_evidence, "_weights", lambda weights=weights: weights):
            yield part


def held_out(seen: Sequence[Case]) -> list[tuple[float, bool]]:
    """Return for each case how likely the cases of other documents make it, and if it is right."""
    return [
        (_evidence.probability(case.observed, case.score), case.right)
        for part in folds({case.document for case in seen}, seen)
        for case in seen
        if case.document in part
    ]


def report_curve(documents: Sequence[Document], seen: Sequence[Case]) -> None:
    """Print what other thresholds for names would stop and block, of patients' and of others."""
    policy = (Path(_evidence.__file__).parents[1] / "policies" / "default.toml").read_text("utf-8")
    identifiers = tuple(registry.load("phiscan.identifiers", "IDENTIFIER").values())
    judges = {
        (look, block): TextJudge(identifiers, parse_policy(_with(policy, look, block)))
        for look, block in _THRESHOLDS
    }
    counts = Counter[tuple[float, float, bool, Verdict]]()
    for part in folds((document.name for document in documents), seen):
        for document in documents:
            for limits, judge in judges.items() if document.name in part else ():
                verdict = judge.judge(document.text)[0].verdict
                counts[*limits, document.verdict != "allow", verdict] += 1
    print(f"\n{'look':>6}{'block':>6}" + f"{'stopped':>24}{'blocked':>24}" * 2)
    for look, block in judges:
        cells = []
        for patients in (True, False):
            row = {verdict: counts[look, block, patients, verdict] for verdict in Verdict}
            stopped = row[Verdict.REVIEW] + row[Verdict.BLOCK]
            cells += [Share(n, sum(row.values())) for n in (stopped, row[Verdict.BLOCK])]
        print(f"{look:6.2f}{block:6.2f}" + "".join(f"{cell!s:>24}" for cell in cells))


def _with(policy: str, look: float, block: float) -> str:
    """Return the default policy with other thresholds for a name by itself."""
    found = re.sub(_BLOCKS, rf"\g<1>{block}\g<2>", policy)
    return re.sub(_LOOKS, rf"\g<1>{look}\g<2>", found)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.name_evidence")
    parser.add_argument("--curve", action="store_true", help="try other thresholds of the policy")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    options = parser.parse_args()
    documents = [d for d in read_corpus() if d.half == TUNE and d.verdict != "specimen"]
    seen = [*cases(documents), *cases(noised(document, seed=1) for document in documents)]
    believed = held_out(seen)
    print(f"{len(seen)} names\n\nscore        right")
    for low, high in pairwise(_BINS):
        own = [right for score, right in believed if low <= score < high]
        print(f"{low:.1f}-{min(high, 1):.1f} {Share(sum(own), len(own))!s:>24}")
    if options.curve:
        report_curve(documents, seen)
    if options.write:
        lines = (f'"{what}" = {weight:.2f}\n' for what, weight in sorted(fitted(seen).items()))
        path = Path(_evidence.__file__).with_suffix(".toml")
        path.write_text(_HEAD + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
