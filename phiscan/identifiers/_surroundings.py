"""What the words near a name say of where it stands: on a stage, on a shelf, at work, on a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phiscan.identifiers._alternatives import grouped
from phiscan.identifiers._company import AGE_AND_SEX
from phiscan.identifiers._views import begins_within, lowered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phiscan.protocols import Match
    from phiscan.text import Text

_PUBLIC = re.compile(
    r"\b"
    + grouped(
        r"tickets?|admission free|presents|starring|directed by|film by|a novel|album|feat\.?"
        r"|author"
        r"|edition|publisher|published|isbn|keynote|speakers?|panell?ists?|gift of|oil on"
        r"|watercolou?r|drypoint"
        r"|hymn|soloist|in memory|memorial|erected|dedicated|staff writer|mayor|minister|senator"
        r"|vote|elect|for sheriff|suite|institute|pavilion|museum|et al|n ?= ?\d+|vol\.?|textbook"
        r"|likes|followers|views|subscribe|min read|now playing|up next|recipe|pot roast|cookbook"
        r"|(?:from )?the kitchen of|tsp|tbsp|preheat"
        r"|season|episode|textbook|new hires?|employee of|chapter|wing|foundation|scholarship"
        r"|universit\w+|diploma|degree|doctor of|bachelor|anno domini|conferred|state board"
        r"|completed"
        r"|check all|eponym\w*|poster|trailer|concert|gala|score|quiz|clue|players"
        r"|jama|lancet|nejm|n engl|doi|pubmed|journal|(?:19|20)\d\d; ?\d+|[0-9]+k (?:run|walk)"
        r"|marathon"
        r"|memoir|sponsored|grand rounds|how to|specialist|story|season|seasons|stadium|publicist"
        r"|battled"
        r"|congress\w*|aide says|game|jersey|surviving|against all odds|code of|phd|thesis"
        r"|reviewed by|posted by|shared a|group ?·|fan|star|actor|actress|singer|poet|painter|jazz"
        r"|nutrition|calories|servings?|ingredients|net wt|best (?:before|by|if)|ndc|sku|item no"
        r"|charity|benefits|fundrais\w+|triads?|presenter|lecture|slide"
        r"|years of service|retirement|welcomes|welcome (?:back|dr|our|new)"
        r"|(?:guide|approach|introduction) to|(?:principles|essentials|atlas|manual|basics?) of"
        r"|basic pathology|emergency medicine|pocket guide|paperback|hardcover"
        r"|recorded|discography|debut|olympics?|championships?|\d+ titles"
        r"|happy (?:\d+\w* )?(?:birthday|anniversary|retirement)|perfect attendance"
        r"|in hono[u]?r of|in support of|benefit for|opens up|reveals|interview|celebrity|cnn|bbc"
        r"|reuters|vatican|\d+ ?h(?:ours?)? ago|webinar|abstract \d+|moderator"
        r"|bls|acls|pals|recertif\w+|renewals? due|competenc\w+|in-?services?|staff meeting"
        r"|code team"
        r"|assignments|injury report|questionable|doubtful|batting|line-?up|roster|coach"
        r"|our donors|hotel|resort|marriott|hilton|congratulations|cast|lyrics|anatomy|handbook"
    )
    + r"\b|\b1[5-9]\d\d ?[-\u2013] ?(?:1[5-9]|20)\d\d\b|\u00a9",
)
"""Words of a stage, a shelf or a plaque, in small letters."""
_CALLED_AFTER = re.compile(
    r" (?:(?:and|&|[A-Z][a-z]+) ){0,4}(?:Center|Centre|Pavilion|Wing|Institute|Hall|Building"
    r"|Auditorium|Library|Foundation|Fund|Award|Scholarship|Society|Lecture|Memorial|Tower|Conference)\b"
)
"""What follows the name of whom a house or a prize is called after."""
_LETTERHEAD = re.compile(
    r" (?:(?:and|&|[A-Z][a-z]+) ){0,3}(?:Clinic|Hospital|Pharmacy|Dental|Dentistry|Pediatrics"
    r"|Orthopedics|Associates|Medical Group|Practice)[ \t]*(?=\t|\n|\Z)"
)
"""What ends the first line of a form or letter: `Prairie View Clinic` is who sends it."""
_ANIMAL = re.compile(
    r"\b"
    + grouped(
        r"canine|feline|equine|bovine|dsh|dlh|dmh|neutered|spayed|breed|microchip|veterinar\w+|dvm"
        r"|kennel|fvrcp|dhpp|heartworm|flea|nail trim|leash"
    )
    + r"\b"
)
"""Words of veterinary practice, in small letters, that no record of a person has two of."""
_EXAM = re.compile(
    r"\b"
    + grouped(
        r"what is the (?:next|best|most|diagnosis|priority|likely)|which of the following"
        r"|(?:nurse|physician|student) should (?:first|do)|case study|vignette|nclex|usmle"
        r"|multiple choice|(?:review|practice|discussion) questions?|answer key"
        r"|simulation (?:lab|center|scenario|day)|simman"
        r"|sim lab|zz ?train\w*|zz ?test\w*|test patient|concept map|fundamentals of nursing"
    )
    + r"\b|\bboard of (?:registered )?(?:nursing|medicine|pharmacy)\b|\(simulation\)"
    r"|^[^\S\n]*case \d+ ?[.:]",
    re.MULTILINE,
)
"""Words of an exam, in small letters: the patients in its questions are made up."""
ANYBODYS = tuple(
    f"label '{phrase}'"
    for phrase in (
        *("name", "full name", "first name", "last name", "owner", "customer name", "guest name"),
        *("student", "student name", "participant", "passenger", "visitor", "printed name"),
        *("owner name", "names", "nom", "nombre", "nume", "alias", "client", "client name"),
        *("tenant", "caller", "account holder", "prepared for", "contact person", "recipient"),
        *("applicant", "applicant name", "traveler name", "print name", "vorname", "nachname"),
        *("given name", "given names", "surname", "family name", "middle name", "mother"),
        *("father", "husband", "wife", "son", "daughter", "parent", "spouse", "athlete", "pupil"),
        *("learner", "child", "camper", "camper name", "donor", "athlete name", "pupil name"),
        *("from", "to", "cc", "ship to", "respondent", "petitioner", "deceased", "naam", "navn"),
    )
)
"""Labels that work, schools, hotels and kennels print as well."""
_WORK = re.compile(
    r"\b"
    + grouped(
        r"dept|department|facilities|employee|instructor|job title|position|hire date|supervisor"
        r"|food handler|training|course|has (?:successfully )?completed|certificate of|cpr|aed"
        r"|homeroom"
        r"|teacher|grade \d|field trip|pet|breed|species|feline|canine|reservation|check-?in|nights"
        r"|flight|boarding|gate|order #|pick ?up in store|subscription|membership fee"
    )
    + r"\b"
)
_LESSONS = re.compile(
    r"\b"
    + grouped(
        r"teachers?|homework|lessons?|classroom|class of|period \d|algebra|calculus|geometry"
        r"|chemistry|biology|history|spanish|english|p\.?t\.?a|principal|choir|kindergarten"
    )
    + r"\b"
)
"""Words of a school, in small letters: who is called by a title there, teaches."""
_AROUND = {
    "words of a stage or a shelf near": _PUBLIC,
    "words of work, schools and pets near": _WORK,
    "words of lessons near": _LESSONS,
}
_WIDTH = 160
"""Characters before and behind a name that are searched for words of a stage or a shelf."""
_LIST_TITLE = re.compile(
    r"\b(?:sign[- ]?in(?: sheet)?|visitors?'? (?:log|book|list)|waiting room|wait(?:ing)? ?list"
    r"|census|now calling|next patient|showers? ?[-:]|shower list|bath (?:list|schedule)"
    r"|diet list|kitchen list|inhalers|epi-?pens|recall list|transport list"
    r"|residents?'? (?:birthdays|list|roster)|arrivals?|patient (?:list|log|roster)|call ?backs?"
    r"|appointments? (?:today|list|book)|schedule|worklist|allergy list"
    r"|birthdays? ?- ?residents)\b"
    r"|\b(?:mychart|my chart|patient portal|follow ?my ?health|healow|proxy access|in basket)\b"
    r"|^[^\S\n]*(?:recalls?|no[- ]shows?|cancell?ations|follow[- ]?ups?|med pass"
    r"|(?:clinic|theatre|or|surgery|dialysis|infusion|rounding|call) (?:list|schedule|board)"
    r"|rehab gym|(?:cabin|bunk) \d+ meds|inpatients?|showers|baths|weights|feeders|turns"
    r"|(?:vitals|wounds?|blood sugars?|accu-?checks|call ?backs)(?: [a-z]{2,5})?(?=:|$)"
    r"|new (?:patients|admits|admissions)"
    r"|today'?s patients)\b(?! notice)",
    re.MULTILINE,
)
_AGED = re.compile(rf"[ ,;|(\t-]{{1,6}}(?:{AGE_AND_SEX})")
_FOR_ALL = re.compile(
    r"\b"
    + grouped(
        r"lot|exp|mfr|ndc|rx only|store at|usp|sku|isbn|episode|podcast|reviews?|pager|on[- ]call"
        r"|crew|policy|edition|chapter|cohort|abstract|poster|order of draw|daily check|checklist"
        r"|opening hours|sprechzeiten|book now|call today|near you|learn more|sale|price|specials?"
        r"|menu|quiz|what is|ask your|sign up|bday|birthday|skills?|class(?:es)?|training|students?"
        r"|cart|aisle|app|walk-?ins|insurance accepted|accepting new|se habla|www|https?|free|tips?"
    )
    + r"\b|[$€£%]\d|\d% off|[©®™]",
)
"""What a package, a poster, a rota or a lesson says, in small letters, and hardly a note."""
_LIST = 400
"""Characters above a name in which the title of its list is looked for."""


def is_at_work(text: Text, match: Match) -> bool:
    """Return whether a name stands among the words of work, a school or a kennel."""
    return _near(text, match, _WORK) or _near(text, match, _LESSONS)


def is_nobodys(text: Text, match: Match) -> bool:
    """Return whether a name is that of a case in an exam, or of a house or prize."""
    if _CALLED_AFTER.match(text.flow, match.end) and not match.reason.startswith("label"):
        return True
    return is_of_an_exam(text, match)


def heads_a_letter(text: Text, match: Match) -> bool:
    """Return whether a name is the first part of a clinic's on the first line of a text."""
    cell = text.cell_at(match.start)
    first = cell.line == text.cells[0].line and match.start == cell.start
    plain = "," not in text.flow[match.start : match.end]
    return first and plain and _LETTERHEAD.match(text.flow, match.end) is not None


def is_of_an_animal(text: Text) -> bool:
    """Return whether a text speaks of an animal's care: its patients have paws."""
    return len(set(_ANIMAL.findall(lowered(text)))) > 1


def is_of_an_exam(text: Text, match: Match) -> bool:
    """Return whether a name stands among the words of an exam: its patients are made up."""
    return _near(text, match, _EXAM)


def surroundings(text: Text, match: Match) -> Iterator[str]:
    """Yield what the words near a name say of where it stands."""
    for what, words in _AROUND.items():
        if _near(text, match, words):
            yield what
    if is_aged(text, match):
        yield "age or sex right behind"
    if on_list(text, match.start):
        yield "a list of who came above"


def is_aged(text: Text, match: Match) -> bool:
    """Return whether an age or sex follows a name at once."""
    return _AGED.match(text.flow, match.end) is not None


def is_for_all(text: Text) -> bool:
    """Return whether a text speaks to everybody, as packages, posters and lessons do."""
    return text.worked_out(_is_for_all)


def _is_for_all(text: Text) -> bool:
    return _FOR_ALL.search(lowered(text)) is not None


def among_public(text: Text, match: Match) -> bool:
    """Return whether a match stands among the words of a stage, a shelf or a plaque."""
    return _near(text, match, _PUBLIC)


def _near(text: Text, match: Match, words: re.Pattern[str]) -> bool:
    """Return whether words of a pattern begin near a match."""
    return begins_within(words, text, match.start - _WIDTH, match.end + _WIDTH)


def on_list(text: Text, start: int) -> bool:
    """Return whether a list of who came to a place of care, or lives there, stands above a name."""
    return begins_within(_LIST_TITLE, text, start - _LIST, start - 1)
