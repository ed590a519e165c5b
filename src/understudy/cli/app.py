"""The command `understudy`: its subcommands in one table."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from understudy import __version__
from understudy.cli.account import accounts_app
from understudy.cli.animate.command import animate
from understudy.cli.cache import cache_app
from understudy.cli.cast import cast
from understudy.cli.doctor import doctor
from understudy.cli.inspect import inspect
from understudy.cli.judge import judge
from understudy.cli.serve import serve
from understudy.cli.track import track
from understudy.cli.weights import weights_app

_NEW_OBJECTS = 10_000
"""After so many new objects the interpreter looks for cycles among them. After its own 700 it looks
400 times during a take, most often while modules are loaded, and finds hardly any."""

app = typer.Typer(
    name="understudy",
    help=(
        "Animate the character in a picture with the motion of a person in a video.\n\n"
        "Exit status: 0 success; 2 an input or option was refused (the message says which and"
        " why); 1 internal error; 130 interrupted."
    ),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    # Plain help starts twice as fast as a decorated one and reads the same in docs/cli.md.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def understudy(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a subcommand."""


app.command()(animate)
app.command()(inspect)
app.command()(track)
app.command()(cast)
app.command()(judge)
app.command()(doctor)
app.command()(serve)
app.add_typer(weights_app)
app.add_typer(cache_app)
app.add_typer(accounts_app)


def main() -> None:
    """Run the command line of this process and end the process with its exit status."""
    gc.set_threshold(_NEW_OBJECTS)
    try:
        app(prog_name="understudy")
    finally:
        # The interpreter looks through all objects for cycles before it ends, a third of a second
        # after a take; what is frozen it passes over.
        gc.freeze()
