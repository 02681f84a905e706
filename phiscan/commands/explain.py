"""`phiscan explain`: what a kind of finding is, why it matters, how to retake the photo."""

from __future__ import annotations

from difflib import get_close_matches
from textwrap import fill
from typing import Annotated

from cyclopts import Parameter

from phiscan.commands.output import open_output
from phiscan.errors import BadSettings, ExitCode
from phiscan.kinds import Kind, kinds

_GROUPS = {
    "people": "People",
    "surface": "Surfaces that carry text",
    "text": "Text",
    "hidden": "Hidden in the file",
}


def explain(
    kind: Annotated[str, Parameter(help="The kind of finding; without one, all are listed.")] = "",
    /,
) -> ExitCode:
    """Explain one kind of finding, or list all kinds."""
    with open_output(None) as write:
        write(_page(_find(kind)) if kind else _listing())
    return ExitCode.ALLOWED


def _find(name: str) -> Kind:
    """Return the kind of this name or title; BadSettings suggests what may have been meant."""
    wanted = name.lower().replace("-", "_").replace(" ", "_")
    if wanted in kinds():
        return kinds()[wanted]
    titles = {kind.title.lower(): kind.name for kind in kinds().values()}
    if name.lower() in titles:
        return kinds()[titles[name.lower()]]
    near = get_close_matches(wanted, list(kinds()), n=3)
    near += [titles[title] for title in get_close_matches(name.lower(), titles, n=2)]
    near += [known for known in kinds() if len(wanted) > 2 and wanted in known]
    near = list(dict.fromkeys(near))
    advice = f"did you mean: {', '.join(near)}?" if near else "list all with: phiscan explain"
    raise BadSettings(f"unknown kind {name!r}; {advice}")


def _page(kind: Kind) -> str:
    letter = f"  (HIPAA identifier {kind.hipaa})" if kind.hipaa else ""
    sections = [
        ("What it is", kind.what),
        ("The rule", kind.rule),
        ("Why it matters", kind.why),
        ("To take the photo again", kind.retake),
    ]
    text = f"{kind.name}: {kind.title}{letter}\n"
    for title, sentence in sections:
        text += f"\n{title}\n{fill(sentence, 80, initial_indent='  ', subsequent_indent='  ')}\n"
    return text


def _listing() -> str:
    width = max(map(len, kinds()))
    text = ""
    for group, title in _GROUPS.items():
        text += f"{title}\n"
        for kind in kinds().values():
            if kind.group == group:
                text += f"  {kind.name:<{width}}  {kind.hipaa or ' '}  {kind.title}\n"
        text += "\n"
    return text + "The letter is that of 45 CFR 164.514(b)(2)(i). More: phiscan explain KIND\n"
