"""Web addresses, 45 CFR 164.514(b)(2)(i)(N), graded by how near they lead to one person.

A site's plain address stands on signs and packages and leads to nobody. One with a secret in it (a
session, a patient's number, a name and password) opens one person's page; so does an opaque code on
a medical site. An opaque code elsewhere, or a path such as `/users/jane`, is in between. Generic
syntax: RFC 3986.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_lines
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_REST = r"[^\s<>\"'|{}\\^]"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_FORMS = (
    re.compile(rf"(?<![\w@])(?:https?|ftp)[:;] ?/ ?/ ?{_REST}{{3,400}}", re.IGNORECASE),
    re.compile(
        rf"(?<![\w@./-])www ?\. ?{_LABEL}(?:\.{_LABEL}){{1,5}}(?::\d{{2,5}})?"
        rf"(?:[/?#]{_REST}{{0,400}})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\w@./-])(?:{_LABEL}\.){{1,4}}(?:com|org|net|edu|gov|mil|info|health|care|clinic|hospital"
        rf"|doctor|dental)(?::\d{{2,5}})?(?![\w@-]|\.\w)(?:[/?#]{_REST}{{0,400}})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\w@./-])(?:{_LABEL}\.){{1,4}}(?:io|co|us|uk|ca|eu|de|fr|es|it|nl|in|au|app|dev|me|ly|link)"
        rf"/{_REST}{{2,400}}",
        re.IGNORECASE,
    ),
)
_NEEDLES = tuple(
    map(
        re.compile,
        (
            "[:;] ?/ ?/",
            "www",
            r"\.(?:com|org|net|edu|gov|mil|info|health|care|clinic|hospital|doctor|dental)",
            r"\.(?:io|co|us|uk|ca|eu|de|fr|es|it|nl|in|au|app|dev|me|ly|link)/",
        ),
    )
)
"""What each form has somewhere, in small letters."""
_SECRET = re.compile(
    r"[?&;#/](?:(?:access_?|auth_?|id_?|reset_?)?token|auth|j?session_?(?:id)?|sid|jwt|api_?key|otp"
    r"|magic|invite|pass(?:word|code)?|pwd|patient(?:_?id)?|pt_?id|mrn|dob|ssn|member_?id|encounter"
    r"(?:_?id)?|app(?:oin)?t(?:ment)?_?(?:id)?)=[^&;#\s]{4,}",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"://[^/\s:@]{1,64}:[^/\s@]{1,64}@")
_MEDICAL = re.compile(
    r"patient|portal|my-?chart|my-?health|telehealth|check-?in|e-?visit|video-?visit|pre-?regist|\behr|\bemr\b|athena|intake|consent|appointments?|results?\b"
    r"|/(?:charts?|records?|visits?|rx|labs?)/",
    re.IGNORECASE,
)
_PORTAL = re.compile(r"my-?chart|patient-?(?:portal|access|gateway)|portal\.\w+", re.IGNORECASE)
_OPAQUE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<![a-z0-9_~])(?=[a-z_~]*\d)(?=[\d_~]*[a-z])(?:[a-z0-9_~]{16,}|(?=(?:[a-z_~]*\d){4})[a-z0-9_~]{12,})|(?<!\d)\d{7,}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d)[A-Za-z0-9]{8,}")
"""Capitals, small letters and digits mixed: no word, but what a program made up."""
_PERSONAL = re.compile(
    r"/~\w+|/@\w+|/(?:u|users?|profiles?|people|members?|accounts?|in|patients?|p)/[\w.%-]{3,}",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?)]}>'\"…*"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Finds web addresses; those that open one person's page score high."""

    kind: str = "url"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield every address, with the scheme or without."""
        taken = Covered(len(text.flow))
        for form, needle in zip(_FORMS, _NEEDLES, strict=True):
            for found in search_lines(form, text, needle):
                written = found.group().rstrip(_TRAILING)
                if taken.claim(found.start(), found.start() + len(written)):
                    score, reason = _grade(written)
                    yield Match(found.start(), found.start() + len(written), score, reason)


def _grade(written: str) -> tuple[float, str]:
    """Return how near an address leads to one person, and why."""
    path = _after_host(written)
    medical, opaque = _MEDICAL.search(written), _OPAQUE.search(path)
    if _CREDENTIALS.search(written) or _SECRET.search(path):
        return 0.85, "web address with a secret or a person's number"
    if medical and (opaque or _TOKEN.search(path) or re.search(r"\d{5,}", path)):
        return 0.85, "web address of one page on a medical site"
    if opaque or _PERSONAL.search(path):
        return 0.6, "web address of one person's or one thing's page"
    if _PORTAL.search(written):
        return 0.6, "web address of a patient portal"
    return 0.3, "web address"


def _after_host(written: str) -> str:
    """Return an address from the first slash, question or number sign behind the host on."""
    start = written.find("//")
    found = re.search(r"[/?#]", written[start + 2 if start >= 0 else 0 :])
    return "" if found is None else written[(start + 2 if start >= 0 else 0) + found.start() :]


IDENTIFIER = WebAddress()
