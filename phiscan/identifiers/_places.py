"""Parts of United States addresses: street suffixes, units, states (USPS Publication 28)."""

from __future__ import annotations

import re

SUFFIXES = (
    "Avenue|Ave|Av|Boulevard|Blvd|Circle|Cir|Court|Ct|Crescent|Cres|Drive|Dr|Expressway|Expy|Heights"
    "|Hts|Highway|Hwy|Lane|Ln|Loop|Parkway|Pkwy|Place|Pl|Plaza|Plz|Point|Pt|Road|Rd|Route|Rte|Row"
    "|Square|Sq|Street|St|Terrace|Ter|Trail|Trl|Turnpike|Tpke|Walk|Way"
)
_UNIT = (
    r"(?:,? ?(?:(?:Apt|Apartment|Suite|Ste|Unit|Bldg|Building|Floor|Fl|Rm|Room|Lot|Trlr)\b\.? ?#? ?"
    r"[A-Z0-9-]{1,6}|# ?[A-Z0-9-]{1,6}))?"
)
STREET = re.compile(
    r"(?<![\w.,/$#:-])\d{1,6}(?:-\d{1,4})?[A-Z]?,? (?:[NSEW]{1,2}\.? |(?:North|South|East|West) )?"
    rf"(?:[A-Z0-9][\w'’.-]{{0,24}} ){{1,4}}(?:{SUFFIXES})\b\.?(?: [NSEW]{{1,2}}\b)?{_UNIT}",
    re.IGNORECASE,
)
BOX = re.compile(r"(?<!\w)P\.? ?O\.? ?Box:? ?(?:No\.? ?)?#? ?\d{1,7}(?!\w)", re.IGNORECASE)
STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM"
    "|NY|NC|ND|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|VI|GU|WA|WV|WI|WY"
)
STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii"
    "|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    "|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico"
    "|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island"
    "|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia"
    "|Wisconsin|Wyoming"
)
CITY_STATE_ZIP = re.compile(
    r"(?<!\w)(?:[A-Z][A-Za-z'’.-]{1,24} ){0,3}[A-Z][A-Za-z'’.-]{1,24},? ?"
    rf"(?:\b(?:{STATES})|(?:{STATE_NAMES})),?\.? {{0,2}}(\d{{5}}(?:-\d{{4}})?)(?![\w,-]|\.\d)"
)
STATE_ZIP = re.compile(rf"(?<!\w)(?:{STATES}),?\.? {{0,2}}(\d{{5}}(?:-\d{{4}})?)(?![\w,-]|\.\d)")
