"""Names that no label marks, but that the words or numbers beside them announce.

`For Quentin Abara-Holt`, `Mme Kouassi`, `BED12 KIPCHOGE`, `M. Szabo 78M`, `Ngozi Eze` above a date
of long ago: what stands beside says that this is somebody who is cared for.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import CAPITALS, SMALL, grouped
from phiscan.identifiers._clinic import signs_near
from phiscan.identifiers._company import AGE_AND_SEX
from phiscan.identifiers._name_runs import REACH, match_of, may_be, run_before, run_of_names
from phiscan.identifiers._names import STAFF, Piece, is_company, pieces
from phiscan.identifiers._record import is_record
from phiscan.identifiers._views import lowered, search_lines, search_numbered, search_words
from phiscan.protocols import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phiscan.text import Text

_TITLE = re.compile(
    r"(?<![\w'’])(?:(?:Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Dhr|Mevr|Sra|Srta|Dona|Doña|Ny|Tn|Nn|Smt|Shri|Hr|Puan"
    r"|Encik|Md|Mohd|Sig\.?ra|Sig\.?na|mevr|Fru)(?:\. {0,2}| {1,2})"
    r"|(?:Miss|Mister|Monsieur|Madame|Herrn?|Frau|Señora?|Signora?|Pani?) {1,2}"
    r"|(?:Nana|Grandma|Grandpa) {1,2}"
    r"|(?<![,;&] )(?:M|Sr)\. {1,2}(?![\w'’-]+, [A-Z]\.)"
    r"|(?:MR|MRS|MS|MISS|MME|HERR|FRAU|SRA?)(?:\. {0,2}| {1,2}))(?=[^\W\d_])"
)
_OF_KIN = re.compile(
    r"\b(?:(?:my|our|her|his|their|called|mother|told|spoke to) (?:dad|mom|mum|mother|father|son"
    r"|daughter"
    r"|wife|husband|baby|sister|brother)|deceased|decedent|informant|caregiver|owner"
    r"|appointment for"
    r"|reminder for|results (?:of|for)|prescribed (?:to|for)|prepared for|statement for|admitted:?"
    r"|discharged:?|certif(?:y|ies) that|injured worker|hereby authori[sz]e|i, the undersigned,?"
    r"|(?:films?|x-?rays?|scans?|refills?|meds|medications?|insulin|prescription|referral|consult"
    r"|labs?"
    r"|samples?|forms?) (?:of|for):?|consult|excuse|regarding|pt|patient|payor|name of (?:deceased"
    r"|minor|child|patient|resident)"
    r"|records? (?:of|for)|chart (?:of|for)|visit for|balance for|programme? for"
    r"|acc(?:oun)?t (?:\w+ )?for|concern(?:ing|e)|betreff|paciente|para)[ :,-]{1,3}"
    rf"(?=[{SMALL}])"
    r"|\b(?:visit|appointment|appt|prepared|prescribed|reserved|statement|results|programme?) for"
    rf":?\n(?=[{SMALL}])",
)
"""In small letters."""
_FOR = re.compile(
    r"\b(?:[Ff]or|FOR|[Dd]ear|[Cc]all|[Aa]ttn|Re|RE|[Rr]esident|H(?:i|ello|ey),?|Welcome,?"
    r"|REMINDER -"
    r"|[Rr]eminder,?|[Mm]other|[Ff]ather|[Mm]om|[Mm]um|[Dd]ad|[Ss]on|[Dd]aughter|[Ww]ife|[Hh]usband"
    rf"|[Ss]ister|[Bb]rother|Baby|[Tt]ell|[Cc]alled|[Ss]een)(?:[ :(]| - ){{1,3}}(?=[{CAPITALS}])"
)
_WHOSE = re.compile(
    r"\b(?!(?:company|hospital|clinic|pet|dog|cat|school|firm|product|doctor|physician|provider"
    r"|nurse"
    r"|employer|business|brand|facility|pharmacy)\b)[a-z]{3,14}['’]?s (?:full |legal |printed "
    r"|first |last )?"
    rf"name ?[:=]? {{0,4}}(?=[{CAPITALS}])|\b(?:my|his|her) name is (?=[{CAPITALS}])"
    r"|\bthis is (?=[A-Z][a-z]+ [A-Z][a-z]+,)",
    re.IGNORECASE,
)
_MYSELF = re.compile(rf"(?<![\w.,])I,? (?=[{CAPITALS}][^\W\d_]+ [^,;\n]{{2,40}},)")
_PLACE = re.compile(
    r"(?<![\w])"
    + grouped(
        "bed|rm|room|bay|cot|icu|nicu|ldr|stretcher|crib|cama|lit|chambre|zimmer|letto"
        "|habitaci[oó]n|leito|quarto|kamer|bett|pok[oó]j|oda"
    )
    + rf"[ #.:-]{{0,2}}\d{{1,4}} ?[a-d]?\b[ :.,|\t-]{{1,8}}(?=[{SMALL}])",
)
"""In small letters, as the next one is."""
_PLACE_BEHIND = re.compile(
    r"\(?\b"
    + grouped("rm|room|bed|cama|zi|zimmer|letto|chambre|ch|leito")
    + r"\.? ?#?\d{1,4}[a-d]?\b",
)
_SHORT = re.compile(
    rf"(?<![\w.])([A-Z])\. ?([{CAPITALS}][^\W\d_'’-]+(?:[-'’][^\W\d_]+)?)[ ,\t]{{1,4}}"
    rf"(?:{AGE_AND_SEX})"
)
_DOING = re.compile(
    r"(?:has an? app(?:ointmen)?t|is (?:due|scheduled|ready)|was (?:seen|admitted|discharged"
    r"|referred)"
    r"|presented (?:to|with)|needs (?:her|his|a)|is an? (?:person with|\d\d[ -]year)|underwent"
    r"|(?:tested|is) (?:positive|pregnant|diabetic|allergic)"
    r"|an? \d{1,3}[- ](?:year|month|week|day)[- ]old|(?:leaving|left) against medical advice"
    r"|wants? (?:pain|nausea|sleep)|found (?:on|sitting)"
    r"|you have an? (?:upcoming )?app(?:ointmen)?t|your (?:next |upcoming )?(?:visit"
    r"|app(?:ointmen)?t|prescription|refill|(?:lab|test) results?|results|referral|vaccine"
    r"|screening|medications?))\b"
)
"""What is said of a patient right behind the name."""
_FIRST_WORDS = {
    _OF_KIN: (
        *("my", "our", "her", "his", "their", "called", "mother", "told", "spoke", "deceased"),
        *("decedent", "informant", "caregiver", "owner", "appointment", "reminder", "results"),
        *("prescribed", "prepared", "statement", "admitted", "discharged", "certify", "certifies"),
        *("injured", "hereby", "i", "film", "films", "x", "xray", "xrays", "scan", "scans"),
        *("refill", "refills", "med", "meds", "medication", "medications", "insulin", "patient"),
        *("prescription", "referral", "consult", "lab", "labs", "sample", "samples", "form"),
        *("forms", "excuse", "regarding", "pt", "payor", "name", "record", "records", "chart"),
        *("visit", "balance", "program", "programme", "acct", "account", "concerning"),
        *("concerne", "betreff", "paciente", "para", "appt", "reserved"),
    ),
    _TITLE: (
        *("mr", "mrs", "ms", "mx", "mme", "mlle", "sig", "dhr", "mevr", "sra", "srta", "dona"),
        *("doña", "ny", "tn", "nn", "smt", "shri", "hr", "puan", "encik", "md", "mohd", "sigra"),
        *("signa", "fru", "miss", "mister", "monsieur", "madame", "herr", "herrn", "frau", "sr"),
        *("señor", "señora", "signor", "signora", "pan", "pani", "nana", "grandma", "grandpa", "m"),
    ),
    _FOR: (
        *("for", "dear", "call", "attn", "re", "resident", "hi", "hello", "hey", "welcome"),
        *("reminder", "mother", "father", "mom", "mum", "dad", "son", "daughter", "wife"),
        *("husband", "sister", "brother", "baby", "tell", "called", "seen"),
    ),
    _MYSELF: ("i",),
}
"""The words, in small letters, that what those patterns find begins with."""
_NAMED = re.compile("name|this is ")
_BORN = re.compile(r"baby|newborn|infant|twin|\bb[bg]")
_TITLED = re.compile(r"/[a-z'-]{2,26}(?: [a-z])? ?(?:mrs?|ms|miss|mstr)\b")
"""What those patterns have somewhere, in small letters."""


@cache
def _honoured() -> re.Pattern[str]:
    """Return the pattern of Japanese and Korean names with what politeness puts behind them.

    Customers and patients at large are called so too. It is made when a text first has such a word:
    its sets of thousands of signs take as long as twenty other patterns.
    """
    return re.compile(
        r"(?<![一-龥々ぁ-んァ-ヶー])(?!お客|皆|各位|患者|お子|利用者)"
        r"(?P<name>[一-龥々]{1,4}(?:[ \u3000]?[一-龥々ぁ-んァ-ヶー]{1,6})?)[ \u3000]?(?:様|さん|殿)"
        r"(?![一-龥々])"
        r"|(?<![가-힣])(?!고객|환자|회원)(?P<korean>[가-힣]{2,4}) ?(?:님|씨)(?![가-힣])"
    )


_POLITE = re.compile("様|さん|殿|님|씨")
_NEWBORN = re.compile(
    r"\b(?:(?:baby|newborn|infant) ?(?:boy|girl|male|female)|infant of|twin (?:[ab]|one|two|1|2)"
    r"|BB|BG)(?:[ ,:]{1,2}(?=[A-Z])|(?-i:(?<=BB)|(?<=BG))(?-i:(?=[A-Z][a-z])))",
    re.IGNORECASE,
)
"""How wristbands and cribs call a child that has no first name yet."""
_TRAVELLER = re.compile(
    r"(?<![\w/'-])[A-Z][A-Za-z'-]{1,24}/[A-Z][A-Za-z]{1,24}(?: [A-Z])?"
    r" ?(?:MRS?|MS|MISS|MSTR|Mrs?|Ms|Miss)\b"
)
"""Names as airlines write them (IATA Passenger Name Record)."""
_OWNED = re.compile(
    r"['’]s (?=(?:bp|blood (?:pressure|sugars?)|glucose|sugars?|med(?:s|ications?)?|insulin|pills?"
    r"|feeding|pain|symptoms?|seizures?|chart|surgery|chemo|dialysis|inhaler|epi-?pen|walker"
    r"|wheelchair|dentures|hearing aids?|care plan|catheter|dressings?|wound|labs?|results"
    r"|prescriptions?|vitals|discharge|admission|diet|(?:left |right )?(?:foot|feet|leg|arm|knee"
    r"|hip|shoulder|ankle|wrist|ear|eye|back)|rash|incision|fever|cough|x-?rays?|mri|ct scan|biopsy"
    r"|oxygen|heart rate|temp(?:erature)?|weight|allerg(?:y|ies)|therapy|stitches|cast|iv)\b)",
    re.IGNORECASE,
)
_IN_BED = re.compile(
    r"\bin #?\d{1,3}[A-D]?(?=[ ,.;?!]|$)(?! ?(?:days?|weeks?|min|h|mo|yrs?|mg|ml)\b)"
)


def announced(text: Text) -> Iterator[Match]:
    """Yield names by what stands before them on their line, in falling order of certainty."""
    flow = text.flow
    yield from _as_called(text)
    yield from _behind(text, _SURE)
    for found in _DOING.finditer(flow):
        start = text.cell_at(found.start()).start
        run = run_before(flow, found.start(), start)
        if run and may_be(run, alone=len(run) > 1):
            yield match_of(run, 0.7, "words that say what a patient does")
    yield from _behind(text, _UNSURE)
    for found in search_numbered(_SHORT, text):
        surname = next(pieces(flow, found.start(2), found.end(2)))
        if not surname.ordinary or surname.census:
            span = found.start(), found.end(2)
            yield Match(*span, 0.65, "initial and surname beside age and sex")
    yield from _in_places(text)


_SURE = (
    (_OF_KIN, 0.8, "words that announce a patient or relative", True),
    (_TITLE, 0.7, "title before a name", True),
    (_WHOSE, 0.75, "words that say whose name follows", True),
    (_MYSELF, 0.75, "words of a statement before a name", False),
)
_UNSURE = ((_FOR, 0.5, "words that announce somebody", False),)
"""Patterns that a name follows, with score, reason, and whether any name may stand alone there."""


def _behind(
    text: Text, rules: Sequence[tuple[re.Pattern[str], float, str, bool]]
) -> Iterator[Match]:
    """Yield the names that follow what the patterns of some rules find."""
    for pattern, score, reason, alone in rules:
        for found in _places_of(pattern, text):
            run = run_of_names(text.flow, found.end(), _cell_end(text, found.end()))
            heading = text.flow[found.start() : found.end()].isupper()  # FORM FOR INCOMR TAX
            known = not heading or any(word.census for word in run)
            if run and may_be(run, alone=alone and known) and not _treats(text.flow, run):
                yield match_of(run, score, reason)


def _places_of(pattern: re.Pattern[str], text: Text) -> Iterator[re.Match[str]]:
    if pattern is _WHOSE:
        return search_lines(pattern, text, _NAMED)
    flow = lowered(text) if pattern is _OF_KIN else text.flow
    return search_words(pattern, text, _FIRST_WORDS[pattern], flow)


def _treats(flow: str, run: Sequence[Piece]) -> bool:
    """Return whether letters for a training stand behind a name: `M. Ruiz, RN`."""
    behind = flow[run[-1].end : run[-1].end + 12]
    return bool(STAFF.match(behind.lstrip(" ,(")))


def _as_called(text: Text) -> Iterator[Match]:
    """Yield `OTIENO/GRACE MRS` of airlines, and `Baby Girl Abramowitz` of cribs."""
    flow = text.flow
    for found in search_lines(_TRAVELLER, text, _TITLED):
        yield Match(found.start(), found.end(), 0.7, "title behind a name")
    polite = _POLITE.search(flow) is not None
    for found in search_lines(_honoured(), text, _POLITE) if polite else ():
        yield Match(*found.span(found.lastgroup or 0), 0.6, "title behind a name")
    for found in search_lines(_NEWBORN, text, _BORN):
        run = run_of_names(flow, found.end(), _cell_end(text, found.end()))
        care = signs_near(text, *found.span()) > 0 or is_record(text)
        known = bool(run) and run[-1].census and not is_company(run)
        if run and (care or run[-1].plain) and (may_be(run, alone=True) or (care and known)):
            score = 0.8 if care else 0.5  # a cake for a baby shower says the same
            yield Match(found.start(), run[-1].end, score, "words that announce a newborn")


def _cell_end(text: Text, offset: int) -> int:
    cell = text.cell_at(offset)
    return cell.end if cell.start <= offset <= cell.end else len(text.flow)


def _in_places(text: Text) -> Iterator[Match]:
    """Yield what stands behind the number of a bed or room, as on boards and monitors."""
    for found in search_numbered(_PLACE_BEHIND, text, lowered(text)):
        run = run_before(text.flow, found.start(), text.cell_at(found.start()).start)
        if run and may_be(run, alone=len(run) > 1):
            yield match_of(run, 0.7, "name beside a bed or room")
    for found in _OWNED.finditer(text.flow):
        run = run_before(text.flow, found.start(), text.cell_at(found.start()).start)
        if run and run[-1].plain and may_be(run, alone=True):
            yield match_of(run, 0.7, "what belongs to a patient")
    for found in search_numbered(_IN_BED, text):
        run = run_before(text.flow, found.start(), text.cell_at(found.start()).start)
        if run and run[-1].plain and signs_near(text, *found.span()):
            yield match_of(run, 0.7, "name beside a bed or room")
    for found in search_numbered(_PLACE, text, lowered(text)):
        end = text.flow.find("\n", found.end(), found.end() + REACH)
        run = run_of_names(text.flow, found.end(), end if end >= 0 else None)
        if run and may_be(run, alone=True):
            yield match_of(run, 0.7, "name beside a bed or room")
