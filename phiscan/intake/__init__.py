"""Bytes to Photo: sniff the type, hold the limits, decode every frame upright, read every tag."""

from phiscan.intake.limits import Limits
from phiscan.intake.photo import load
from phiscan.intake.source import Source

__all__ = ["Limits", "Source", "load"]
