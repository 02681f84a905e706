"""Looks at photos before they are uploaded and blocks those that show patients or patient files."""

from phiscan.errors import BadSettings, MissingDependency, PhiscanError, UnreadableImage
from phiscan.geometry import Region
from phiscan.intake import Limits
from phiscan.model import Check, Finding, Reason, Ruling, ScanResult, Verdict
from phiscan.policy import Policy
from phiscan.scan import Blocked, Scanner, find_identifiers, guard, scan
from phiscan.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "BadSettings",
    "Blocked",
    "Check",
    "Finding",
    "Limits",
    "MissingDependency",
    "PhiscanError",
    "Policy",
    "Reason",
    "Region",
    "Ruling",
    "ScanResult",
    "Scanner",
    "Settings",
    "UnreadableImage",
    "Verdict",
    "find_identifiers",
    "guard",
    "scan",
]
