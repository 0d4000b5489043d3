"""A command group that imports a command's module only when that command runs.

Names and one-line helps stand in a table, so that `--help` and completion import nothing heavy.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A click group over a table: name → ("package.module:attribute", line for `--help`)."""

    def __init__(self, *, table: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        self.targets = {name: target for name, (target, _) in table.items()}
        # Stand-ins: enough for the list in --help, for completion and for "did you mean".
        stand_ins = {name: click.Command(name, help=line) for name, (_, line) in table.items()}
        super().__init__(commands=stand_ins, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the table."""
        return list(self.targets)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command; None where there is no such name."""
        if cmd_name not in self.targets:
            return None
        module, _, attribute = self.targets[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command), self.targets[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table of commands, written without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in self.commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands and options, without importing any command."""
        names = [
            CompletionItem(name, help=command.help)
            for name, command in self.commands.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)
