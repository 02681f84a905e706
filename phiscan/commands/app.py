"""Every command, and the parser that finds them."""

from __future__ import annotations

from cyclopts import App, Parameter

COMMANDS = {
    "scan": "phiscan.commands.scan:scan",
    "gate": "phiscan.commands.gate:gate",
    "clean": "phiscan.commands.clean:clean",
    "demo": "phiscan.commands.demo:demo",
    "doctor": "phiscan.commands.doctor:doctor",
    "explain": "phiscan.commands.explain:explain",
    "policy show": "phiscan.commands.policy:show",
    "policy check": "phiscan.commands.policy:check",
    "consent add": "phiscan.commands.consent:add",
    "consent list": "phiscan.commands.consent:show",
    "consent remove": "phiscan.commands.consent:remove",
    "consent check": "phiscan.commands.consent:check",
    "baseline add": "phiscan.commands.baseline:add",
    "baseline list": "phiscan.commands.baseline:show",
    "baseline prune": "phiscan.commands.baseline:prune",
    "cache info": "phiscan.commands.cache:info",
    "cache clear": "phiscan.commands.cache:clear",
    "completion": "phiscan.commands.completion:completion",
}
"""Every command and where its function is; a module is imported when its command is called."""

GROUPS = {
    "policy": "Print policies, and check those of your own.",
    "consent": "Keep the list of people who agreed to be shown.",
    "baseline": "Record what somebody has looked at and accepted.",
    "cache": "Show or clear what is kept between runs.",
}
"""First words that take a second one."""

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
    groups = {name: App(name=name, help=told) for name, told in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for name, target in COMMANDS.items():
        first, *second = name.split()
        owner = groups[first] if second else app
        owner.command(target, name=name.split()[-1])
    return app
