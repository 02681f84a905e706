"""Check digits, worked out by python-stdnum.

It is imported when the first number asks for it: it drags in `ssl` and `pydoc`, 50 ms that most
photos do not need.
"""

from __future__ import annotations


def luhn_agrees(digits: str) -> bool:
    """Return whether the last digit agrees with the others by Luhn's rule (ISO/IEC 7812-1)."""
    from stdnum import luhn

    return bool(luhn.is_valid(digits))


def gs1_agrees(digits: str) -> bool:
    """Return whether the last digit agrees with the others by GS1's rule, of any length."""
    from stdnum import ean

    return digits.isdecimal() and str(ean.calc_check_digit(digits[:-1])) == digits[-1]


def iban_agrees(code: str) -> bool:
    """Return whether an account number has its country's form and check digits (ISO 13616)."""
    from stdnum import iban

    return bool(iban.is_valid(code))


def routing_agrees(digits: str) -> bool:
    """Return whether a bank's routing number agrees with its last digit (ABA)."""
    from stdnum.us import rtn

    return bool(rtn.is_valid(digits))


def nhs_agrees(digits: str) -> bool:
    """Return whether ten digits agree modulo 11 (NHS Data Dictionary)."""
    from stdnum.gb import nhs

    return bool(nhs.is_valid(digits))


def phn_agrees(digits: str) -> bool:
    """Return whether ten digits are a personal health number of British Columbia."""
    from stdnum.ca import bc_phn

    return bool(bc_phn.is_valid(digits))
