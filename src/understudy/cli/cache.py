"""The command `understudy cache`: what is kept of clips and pictures for later takes."""

from __future__ import annotations

import time

import typer

from understudy.cli.faults import reporting_faults
from understudy.cli.options import DebugOption
from understudy.cli.table import print_table

cache_app = typer.Typer(
    name="cache",
    help="Show or clear what is kept of clips and pictures to make later takes quicker.",
    rich_markup_mode=None,
    invoke_without_command=True,
)

_MIB = 1 << 20
_WORDS = {
    "character": "characters, cast from pictures",
    "element": "frames chosen from clips of elements",
    "performance": "performances, tracked in clips",
    "picture": "landmarks found in pictures",
    "salient": "figures cut out of pictures",
    "scene": "analyses of clips",
}


@cache_app.callback()
def cache(context: typer.Context) -> None:
    """Show the cache where no subcommand is given."""
    if context.invoked_subcommand is None:
        show()


@cache_app.command()
def show(debug: DebugOption = False) -> None:
    """Show what is kept, how much room it takes, and where it lies."""
    with reporting_faults(debug=debug):
        from understudy.cache import user_cache

        kept = user_cache()
        usage = kept.usage()
        rows = [("KIND", "ENTRIES", "MIB", "LAST USED", "CONTENTS")]
        rows += [
            (
                kind.kind,
                str(kind.entries),
                f"{kind.bytes / _MIB:.1f}",
                time.strftime("%Y-%m-%d %H:%M", time.localtime(kind.used)),
                _WORDS.get(kind.kind, ""),
            )
            for kind in usage
        ]
        if usage:
            print_table(rows)
        total, most = sum(kind.bytes for kind in usage) / _MIB, kept.max_bytes / _MIB
        typer.echo(f"{total:.1f} of at most {most:.0f} MiB in {kept.folder}")


@cache_app.command()
def clear(debug: DebugOption = False) -> None:
    """Remove everything that is kept. Takes that run go on and start to fill it again."""
    with reporting_faults(debug=debug):
        from understudy.cache import user_cache

        removed = user_cache().clear()
        entries = "1 entry" if removed.entries == 1 else f"{removed.entries} entries"
        typer.echo(f"removed {entries}, {removed.bytes / _MIB:.1f} MiB")
