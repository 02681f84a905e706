"""Electronic mail addresses, 45 CFR 164.514(b)(2)(i)(F), in the common part of RFC 5322."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phiscan.identifiers._words import first_rank, is_ordinary, last_rank
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.text import Text

_ADDRESS = re.compile(
    r"(?<![\w.+%@-])[A-Za-z0-9][\w.+%-]{0,63} ?@ ?"
    r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2,10}(?![\w@-]|\.\w)"
)
_ROLE = re.compile(
    r"(?:info|contact|support|sales|office|admin|help|hello|service|customer.?service|press|media|jobs"
    r"|careers|hr|noreply|no-reply|webmaster|billing|enquiries|inquiries|reception|team|mail|privacy"
    r"|feedback|news|marketing|orders|bookings?|clinic|doctor|user|example|name|email)\d{0,3} ?@",
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
        """Yield every address."""
        for cell in text.cells:
            if text.flow.find("@", cell.start, cell.end) < 0:
                continue
            for found in _ADDRESS.finditer(text.flow, cell.start, cell.end):
                address = found.group()
                spaced = " " in address
                if _ROLE.match(address) or _EXAMPLE.search(address):
                    yield Match(*found.span(), 0.4, "e-mail address of a role")
                else:
                    score = 0.8 if _personal(address) and not spaced else 0.6
                    yield Match(*found.span(), score, "e-mail address")


IDENTIFIER = EmailAddress()
