"""Names of jobs beside a name: whoever has one there is at work, and no patient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._company import around

if TYPE_CHECKING:
    from phiscan.text import Cell, Text

_JOB = re.compile(
    r"\b(?:executive|manager|director|president|founder|engineer|consultant|realtor|attorney|chair"
    r"|coordinator|administrator|officer|editor|author|artist|representative|assistant|agent|presenter)\b",
    re.IGNORECASE,
)
_TREATING = re.compile(
    r"(?:(?:registered|licensed|practical|charge|staff|school|head|student|clinical|medical"
    r"|certified|nursing|pharmacy|radiologic|surgical|respiratory|physical|occupational|speech"
    r"|patient care|ward|senior|family|lead) )*(?:nurse(?: practitioner| midwife)?|assistant"
    r"|technician|technologist|tech|therapist|pharmacist|phlebotomist|dietiti?cian"
    r"|physician(?: assistant)?|surgeon|midwife|sister|social worker|chaplain|volunteer"
    r"|receptionist|manager|aide|clerk"
    r"|hygienist|dentist|optometrist|paramedic|emt|veterinarian|audiologist|interpreter|scribe)"
    r"(?:,? [A-Z]{2,4}| [I1]{1,3})?",
    re.IGNORECASE,
)
"""What a badge or a door says below the name of somebody who treats."""


_ROLE = re.compile(
    r"\b(?:(?:volunteer|crew|anes(?:th\w*)?|circ(?:ulator|ulating)?|scrub|charge|tech|evaluator|leader|sister"
    r"|physio|medic|driver|sitter|aide|cna|lpn|rn|surgeon|attending|preceptor|instructor|inspector"
    r"|checked by|staff|team|intern|fellow|hospitalist|on call)(?: ?[:/-]| ) ?"
    r"|(?:cardiology|nephrology|oncology|neurology|surgery|medicine|pediatrics|radiology|anesthesia"
    r"|orthopedics|urology|psychiatry|pulmonary|dermatology|cards|gi|gu|ortho"
    r"|neuro|ob|peds|surg|ent|renal|psych|rad|rads|pulm|id|heme|onc) ?: )\Z",
    re.IGNORECASE,
)
_ROLE_WIDTH = 24
"""Characters before a name in which what somebody does there stands: `Crew Dunn`, `GI: Holt`."""


def follows_role(flow: str, start: int) -> bool:
    """Return whether the word right before a name says that this is somebody who treats."""
    return _ROLE.search(flow, max(start - _ROLE_WIDTH, 0), start) is not None


def opens_with_role(written: str) -> bool:
    """Return whether the first word of what reads like a name says what somebody does there."""
    first, blank, _ = written.partition(" ")
    return bool(blank) and _ROLE.fullmatch(first + blank) is not None


def beside_job(text: Text, cell: Cell) -> bool:
    """Return whether the lines round a cell name a job, as business cards and badges do."""
    if names_job(around(text, cell)):
        return True
    others = (text.below(cell), text.right_of(cell))
    return any(other is not None and _treats(text, other) for other in others)


class _Treating(dict[int, bool]):
    """Which cells, by their start, say what somebody does who treats: many names share one."""

    def __init__(self, _text: Text) -> None:
        super().__init__()


def _treats(text: Text, cell: Cell) -> bool:
    known = text.worked_out(_Treating)
    if cell.start not in known:
        found = _TREATING.fullmatch(text.flow, cell.start, cell.end)
        known[cell.start] = found is not None
    return known[cell.start]


def names_job(written: str) -> bool:
    """Return whether a text names a job."""
    return bool(_JOB.search(written))
