"""Every command, and the parser that finds them."""

from __future__ import annotations

from cyclopts import App, Parameter

COMMANDS = {
    "scan": "phiscan.commands.scan:scan",
    "demo": "phiscan.commands.demo:demo",
    "doctor": "phiscan.commands.doctor:doctor",
    "explain": "phiscan.commands.explain:explain",
    "policy show": "phiscan.commands.policy:show",
    "policy check": "phiscan.commands.policy:check",
    "completion": "phiscan.commands.completion:completion",
}
"""Every command and where its function is; a module is imported when its command is called."""

VERBS = frozenset(name.split()[0] for name in COMMANDS)
"""First words that are commands; everything else is a path or an option of a scan."""


def build_app() -> App:
    """Return the parser of the command line."""
    app = App(
        name="phiscan",
        help="Look at photos before they are shared.",
        help_format="markdown",
        version_flags=[],
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    policies = App(name="policy", help="Print policies, and check those of your own.")
    app.command(policies)
    for name, target in COMMANDS.items():
        owner = policies if name.startswith("policy ") else app
        owner.command(target, name=name.split()[-1])
    return app
