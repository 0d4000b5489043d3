"""`thresher completion`: the script that teaches a shell to complete commands, options and domains."""

import click
from click.shell_completion import get_completion_class

from thresher.adapters.errors import UsageError

_INSTALL = {
    "bash": 'add to ~/.bashrc:  eval "$(thresher completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(thresher completion zsh)"',
    "fish": "run once:  thresher completion fish > ~/.config/fish/completions/thresher.fish",
}


@click.command(epilog="\b\n" + "\n".join(f"{shell}: {line}" for shell, line in _INSTALL.items()))
@click.argument("shell", type=click.Choice(list(_INSTALL)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"no completion for {shell!r}. There is: {', '.join(_INSTALL)}.")
    click.echo(kind(ctx.find_root().command, {}, "thresher", "_THRESHER_COMPLETE").source())
