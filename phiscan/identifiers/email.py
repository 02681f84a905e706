"""Electronic mail addresses, 45 CFR 164.514(b)(2)(i)(F), in the common part of RFC 5322."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._labels import Field, Labels, labelled
from phiscan.identifiers._spans import Covered
from phiscan.identifiers._views import search_lines
from phiscan.identifiers._words import first_rank, is_ordinary, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_ADDRESS = re.compile(
    r"(?<![\w.+%@-])[A-Za-z0-9][\w.+%-]{0,63} ?@ ?"
    r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2,10}(?![\w@-]|\.\w)"
)
_NO_DOT = re.compile(
    r"(?<![\w.+%@-])[A-Za-z0-9][\w.+%-]{1,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){0,5}"
    r"[A-Za-z0-9][A-Za-z0-9-]{2,62} (?:com|net|org|edu|gov)(?![\w@.-])"
)
"""The last dot is small, and read as a blank."""
_NO_AT = re.compile(
    r"(?<![\w.+%@/-])(?P<local>[a-z0-9][\w.+-]{2,40}?)(?:[ ©®°&]|\(a\)|[aeQG04689])?"
    r"(?<![.-])(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|comcast|verizon|att"
    r"|proton(?:mail)?|gmx|web|orange|libero)\.(?:com|net|org|me|de|fr|it|es|co\.uk|ca)"
    r"(?![\w@/-]|\.\w)",
)
"""The address of a large provider whose @ was read as something else, or not at all."""
_PROVIDER = re.compile(
    r"(?:mail|yahoo|outlook|live|msn|icloud|aol|comcast|verizon|att|proton|gmx|web|orange|libero)\."
)
_LABELLED = re.compile(
    r"[ :]*(?P<whole>[A-Za-z0-9][\w.+-]{2,40} ?[A-Za-z0-9][\w-]{1,40}(?:[. ][\w-]{2,30}){0,3}"
    r"[. ](?:com|net|org|edu|gov|co\.uk|ca|de|fr|it|es))(?![\w@/-]|\.\w)"
)
_ROLE = re.compile(
    r"(?:info|contact|support|sales|office|admin|help|hello|service|customer.?service|press|media|jobs"
    r"|careers|hr|noreply|no-reply|webmaster|billing|enquiries|inquiries|reception|team|mail|privacy"
    r"|feedback|news|marketing|orders|bookings?|clinic|doctor|user|example|name|email"
    r"|(?:\w{4,12}olog(?:ist|y)|nurse|physician|dentist|surgeon|surgery|pharmac(?:y|ist)|therapist"
    r"|radiographer|midwife|paediatrician|pediatrician|lab|labs|staff|appointments?|referrals?"
    r"|records)s?)\d{0,3} ?@",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"@ ?(?:example|test|domain|yourdomain|email|company)\.", re.IGNORECASE)


def _personal(address: str) -> bool:
    """Return whether the part before the @ holds a name: `jane.doe`, `jdoe2`, `bob`."""
    local = address.partition("@")[0].strip()
    words = [word for word in re.split(r"[\W\d_]+", local.lower()) if len(word) > 2]
    known = [
        (first_rank(word) or 99999) < 5000 or (last_rank(word) or 99999) < 30000 for word in words
    ]
    if any(is_known and not is_ordinary(word) for is_known, word in zip(known, words, strict=True)):
        return True
    return any(char.isdigit() for char in local) or any(
        (last_rank(word[1:]) or 99999) < 20000 for word in words if len(word) > 4
    )


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """Finds addresses; those of a role rather than a person score low."""

    kind: str = "email"

    def find(self, text: Text) -> Iterator[Match]:
        """Yield every address, then what is left of those whose @ or dot was misread."""
        taken = Covered(len(text.flow))
        for match in (*_written(text), *_behind_labels(text), *_of_providers(text)):
            if taken.claim(match.start, match.end):
                yield match


def _written(text: Text) -> Iterator[Match]:
    for cell in text.cells:
        if text.flow.find("@", cell.start, cell.end) < 0:
            continue
        for pattern in (_ADDRESS, _NO_DOT):
            for found in pattern.finditer(text.flow, cell.start, cell.end):
                address = found.group()
                spaced = " " in address
                if _ROLE.match(address) or _EXAMPLE.search(address):
                    yield Match(*found.span(), 0.4, "e-mail address of a role")
                else:
                    score = 0.8 if _personal(address) and not spaced else 0.6
                    yield Match(*found.span(), score, "e-mail address")


def _behind_labels(text: Text) -> Iterator[Match]:
    """Yield what a label announces and ends as an address does, without its @."""
    for start, end, _ in labelled(Labels(text), _labelled, "email"):
        yield Match(start, end, 0.55, "label of an e-mail address, which was misread")


def _labelled(value: str, _: Field) -> tuple[int, int] | None:
    found = _LABELLED.match(value)
    if found is None or found["whole"].startswith(("www", "http")):
        return None
    return found.span("whole") if _personal(found["whole"]) else None


def _of_providers(text: Text) -> Iterator[Match]:
    for found in search_lines(_NO_AT, text, _PROVIDER):
        if _personal(found["local"]):
            yield Match(*found.span(), 0.55, "address of a large provider, misread")


IDENTIFIER = EmailAddress()
