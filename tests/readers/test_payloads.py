from __future__ import annotations

import base64
import contextlib
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiscan.readers._payloads import UNREAD, _cbor, lines_of
from phiscan.readers._payloads.gs1 import checked
from phiscan.scan import find_identifiers

GS = "\x1d"
LICENCE = (
    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\n"
    "DDFN\nDADJOHN\nDDGN\nDCUNONE\nDBD06062019\nDBB06061986\nDBA12102024\nDBC1\n"
    "DAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCGUSA\rZVZVA01\r"
)
OLD_LICENCE = (
    "@\n\x1c\rAAMVA6360000102DL00390187ZV02260032DLDAADOE,JANE,ANN\nDAL1 MAIN STREET\n"
    "DANRICHMOND\nDAOVA\nDAP23269\nDAQ123456789\nDBB19500304\nDBK219099998\n"
)
CANADIAN = (
    "@\n\x1e\rANSI 636012030001DL00000359DLDCSMOE\nDCTJANE,ANN\nDCGCAN\nDBB19501210\nDAQM1234"
)


def smart_card(card: Any) -> str:
    packed = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = packed.compress(json.dumps(card).encode()) + packed.flush()
    token = f"eyJ6aXAiOiJERUYifQ.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.c2ln"
    return "shc:/" + "".join(f"{ord(char) - 45:02d}" for char in token)


def bundle(*resources: Any) -> dict[str, Any]:
    entries = [{"fullUrl": "resource:0", "resource": resource} for resource in resources]
    return {"vc": {"credentialSubject": {"fhirBundle": {"entry": entries}}}}


PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "Anyperson", "given": ["Jane", "B."]}],
    "birthDate": "1951-01-20",
}


def cbor(value: Any) -> bytes:
    if isinstance(value, dict):
        inner = b"".join(cbor(key) + cbor(item) for key, item in value.items())
        return _head(5, len(value)) + inner
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(cbor(item) for item in value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    assert isinstance(value, int)
    return _head(0, value) if value >= 0 else _head(1, -1 - value)


def _head(major: int, size: int) -> bytes:
    if size < 24:
        return bytes([major << 5 | size])
    return bytes([major << 5 | 25]) + size.to_bytes(2, "big")


def base45(raw: bytes) -> str:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    text = ""
    for n in range(0, len(raw), 2):
        pair = raw[n : n + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            text += alphabet[number % 45]
            number //= 45
    return text


def european_card(holder: Any) -> str:
    claims = cbor({1: "XX", -260: {1: holder}})
    return "HC1:" + base45(zlib.compress(b"\xd2" + cbor([b"\xa1", {}, claims, b"sig"])))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (
            LICENCE,
            [
                "Surname: SAMPLE",
                "Given Names: MICHAEL JOHN",
                "DOB: 06/06/1986",
                "License No: T64235789",
                "Address: 2300 WEST BROAD STREET",
                "RICHMOND, VA 23269",
            ],
        ),
        (
            OLD_LICENCE,
            [
                "Surname: DOE",
                "Given Names: JANE ANN",
                "DOB: 03/04/1950",
                "License No: 123456789",
                "Address: 1 MAIN STREET",
                "RICHMOND, VA 23269",
                "SSN: 219-09-9998",
            ],
        ),
        (
            CANADIAN,
            ["Surname: MOE", "Given Names: JANE ANN", "DOB: 12/10/1950", "License No: M1234"],
        ),
        ("ANSI 636000080002DL", [UNREAD]),
        ("ANSI 636000080002DLDCSHIDDABLE\nDACNONE", ["Surname: HIDDABLE"]),
        # A wristband (ISO 18530): recipient and instance of the service relation.
        (
            f"8018950123467891234569801912{GS}",
            ["95012346", "Patient ID: 7891234569", "Encounter: 12"],
        ),
        ("(8018)950123467891234569", ["95012346", "Patient ID: 7891234569"]),
        ("]d28018950123467891234569", ["95012346", "Patient ID: 7891234569"]),
        # A device (UDI) and a drug: nobody's.
        (
            f"0109506000134352172601311012AB{GS}21ABC123",
            ["GTIN: 09506000134352", "Serial No: ABC123", "Lot: 12AB", "Exp: 260131"],
        ),
        ("PID|1||0012345^^^HOSP^MR||DOE^JANE^A||19500304|F", None),
        ("0012345^DOE^JANE^19500304", None),
        ("0012345^^^HOSP^MR", ["MRN: 0012345"]),
        ("0012345678", ["0012345678"]),
        ("5901234123457", ["5901234123457"]),
        ("MATMSG:TO:info@clinic.example;SUB:Hi;;", ["info@clinic.example", "Hi"]),
        ("mailto:jane.moe@example.org?subject=Visit%20on%203%2F4", None),
        ("tel:+1-202-555-0143", ["Phone: +1-202-555-0143"]),
        ("SMSTO:+12025550143:please call", ["Phone: +12025550143", "please call"]),
        ("WIFI:T:WPA;S:Waiting room;P:secret;;", ["Wi-Fi Waiting room"]),
        ("https://example.org/?id=12345", ["https://example.org/", "12345"]),
        ("one\ttwo\nthree|four", ["one", "two", "three", "four"]),
        ("", [UNREAD]),
        (" \x00\x01 ", [UNREAD]),
    ],
)
def test_payloads_become_lines(payload: str, expected: list[str] | None) -> None:
    lines = lines_of(payload)
    if expected is not None:
        assert lines == expected
    assert all(lines)


@pytest.mark.parametrize(
    ("payload", "kinds"),
    [
        (LICENCE, {"name", "birth_date", "address"}),
        (OLD_LICENCE, {"name", "birth_date", "address", "ssn"}),
        ("8018950123467891234569", {"mrn"}),
        (f"7253DOE{GS}7254JANE+ANN{GS}725019500304", {"name", "birth_date"}),
        ("PID|1||0012345^^^HOSP^MR||DOE^JANE^A||19500304|F", {"mrn", "name", "birth_date"}),
        ("MSH|^~\\&|LAB\rPID|||12345678||MOE^JANE||19500304\r", {"mrn", "name", "birth_date"}),
        ("NK1|1|MOE^JACK|SPO", {"name"}),
        ("0012345^DOE^JANE^19500304", {"mrn", "name", "birth_date"}),
        ("DOE^JANE^^19500304^0012345", {"mrn", "name", "birth_date"}),
        (smart_card(bundle(PATIENT)), {"name", "birth_date"}),
        (
            european_card({"nam": {"fn": "Mustermann", "gn": "Erika"}, "dob": "1964-08-12"}),
            {"name", "birth_date"},
        ),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            {"name", "birth_date"},
        ),
        ("BEGIN:VCARD\r\nN:Moe;Jane\r\nBDAY:19500304\r\nEND:VCARD", {"birth_date"}),
        ("https://portal.example/x?mrn=0012345&dob=1950-03-04", {"mrn", "birth_date"}),
        ('{"patient": {"lastName": "Doe", "dob": "1950-03-04"}}', {"name", "birth_date"}),
        ("MECARD:N:Moe,Jane;TEL:+12025550143;;", {"phone"}),
    ],
)
def test_what_names_a_person_is_found(payload: str, kinds: set[str]) -> None:
    found = find_identifiers("\n".join(lines_of(payload, gs1_flag=payload.startswith("7253"))))
    assert kinds <= {kind for kind, *_, score in found if score >= 0.5}


@pytest.mark.parametrize(
    "payload",
    [
        "5901234123457",
        "0012345678",
        f"0109506000134352172601311012AB{GS}21ABC123",
        "WIFI:T:WPA;S:Guests;P:jane1950;;",
        "https://example.org/products?id=12345&name=Bosch&pid=998877&visit=20240131",
        "+A99912345/$$52001510X3",
        "8018950123467891234560",  # the check digit is wrong
        '{"name": "Pump 3", "unit": "12345"}',
        "^^^",
        "a^b^c",
    ],
)
def test_what_names_nobody_is_left_alone(payload: str) -> None:
    found = find_identifiers("\n".join(lines_of(payload)))
    # A device's serial number is one of the 18, and a note: by itself it names no patient.
    assert not [kind for kind, *_, score in found if score >= 0.4 and kind != "device_id"]


@pytest.mark.parametrize(
    "payload",
    [
        "shc:/",
        "shc:/123",
        "shc:/1/2/56762959532654603460292540772804",
        "shc:/" + "99" * 500,
        smart_card([]),
        smart_card(bundle({"resourceType": "Patient", "name": 7})),
        smart_card(bundle()),
        smart_card({"padding": "0" * 3_000_000}),  # a bomb: 3 MB in 3 kB
        "HC1:",
        "HC1:!",
        "HC1:" + base45(zlib.compress(b"\x81" * 40_000)),
        "HC1:" + base45(zlib.compress(b"\x9b" + b"\xff" * 8)),
        european_card({"nam": []}),
        "shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnIn0",
    ],
)
def test_a_health_card_that_cannot_be_read_counts_as_unread(payload: str) -> None:
    assert UNREAD in lines_of(payload)


@pytest.mark.parametrize(
    "payload",
    [
        "\u202e" + "Jane Moe" + "\u2066",
        "Jane\x00Moe\x1b[31m",
        "x" * 7089,
        "a\n" * 3500,
        "^" * 4000,
        "|" * 4000,
        "{" * 4000,
        "[" * 4000,
        "D" * 4000,
        "PID|" * 1000,
        "(10)" * 900,
        "BEGIN:VCARD\n" + "N:;\n" * 1000,
        "https://x/?" + "a=%" * 1200,
        "\ud800\udfff",
        bytes(range(256)).decode("latin-1") * 10,
    ],
)
def test_hostile_payloads_stay_small_and_plain(payload: str) -> None:
    lines = lines_of(payload)
    assert 0 < len(lines) <= 64
    assert sum(map(len, lines)) <= 8300
    assert all(line == UNREAD or line.isprintable() for line in lines)


def test_nothing_is_lost_when_lines_are_joined() -> None:
    words = [f"w{n}" for n in range(500)]
    assert " ".join(lines_of("\n".join(words), most=4)).split() == words


@given(st.text(max_size=400), st.booleans(), st.integers(1, 64))
def test_any_text_becomes_lines(payload: str, gs1_flag: bool, most: int) -> None:  # noqa: FBT001
    lines = lines_of(payload, gs1_flag=gs1_flag, most=most)
    assert lines
    assert len(lines) <= most + 1
    assert all(line == UNREAD or line.isprintable() for line in lines)


HEADS = [
    "PID|",
    "shc:/",
    "HC1:",
    "(8018)",
    "]d2",
    "8018",
    "@\nANSI 636000",
    "BEGIN:VCARD\n",
    "{",
    "1^",
]


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_any_bytes_behind_a_known_head_become_lines(head: str, tail: bytes) -> None:
    assert lines_of(head + tail.decode("latin-1"))


@given(st.binary(max_size=300))
def test_cbor_reads_or_refuses(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        _cbor.loads(data)


@given(
    st.recursive(st.integers(-70, 65535) | st.text(max_size=30) | st.binary(max_size=30), st.lists)
)
def test_cbor_reads_what_it_should(value: Any) -> None:
    assert _cbor.loads(cbor(value)) == value


@pytest.mark.parametrize("digits", ["950123467891234569", "09506000134352", "5901234123457"])
def test_gs1_check_digits(digits: str) -> None:
    assert checked(digits)
    assert not checked(digits[:-1] + str((int(digits[-1]) + 1) % 10))
