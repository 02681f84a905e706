"""Find the readers, detectors, identifiers and reports: one module, one object."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from phiscan.errors import MissingDependency


def load(package: str, symbol: str) -> dict[str, Any]:
    """Import every public module of `package` and return its `symbol` by the module's name.

    A module without the symbol is an error: a part that is missing must never look like a part
    that found nothing.
    """
    folder = import_module(package)
    found: dict[str, Any] = {}
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda m: m.name):
        if module.name.startswith("_"):
            continue
        part = getattr(import_module(f"{package}.{module.name}"), symbol, None)
        if part is None:
            raise MissingDependency(f"{package}.{module.name} does not define {symbol}")
        found[module.name] = part
    return found
