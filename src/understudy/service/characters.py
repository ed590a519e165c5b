"""Adjusting characters: a picture is cast with corrections, and stored with them in its file."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.media.checks import MediaChecks
from understudy.service.media.files import media_file, media_request
from understudy.service.probe_errors import probing
from understudy.take.casting.character_finding import CharacterFinding, PieceFinding, Place
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import uploads
from understudy.tasks.files.content_types import BY_FORMAT
from understudy.tasks.files.links import UPLOAD_ID_CHARACTERS
from understudy.tasks.files.localize import Localizer
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Upload
from understudy.tasks.workers.prober import ProbeFailed, Prober
from understudy.tasks.workers.questions import (
    CharacterArguments,
    PictureCheck,
    PieceArguments,
    Question,
    character,
    character_poses,
    corrected_picture,
    piece,
)

# A picture is cast in 5 s on two cores, a drawing in 10; a busy machine gets ten times as long.
CAST_SECONDS = 120.0
MAX_BYTES = limits.PICTURE_MAX_BYTES_TASKS_DESIGN
"""What any use of a picture allows."""

Answer = TypeVar("Answer")

_FINDING: TypeAdapter[CharacterFinding] = TypeAdapter(CharacterFinding)
_PIECE: TypeAdapter[PieceFinding] = TypeAdapter(PieceFinding)


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """A picture that a client gave, and what it says of it, as JSON values.

    corrections: of `character.corrections`, not checked yet; None: those in the picture's file.
    """

    picture: str
    corrections: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Characters:
    """Casts pictures for somebody to correct, one at a time.

    caster: a child of its own, because casting takes seconds. seconds: how long one may take.
    """

    database: Database
    checks: MediaChecks
    caster: Prober
    fetch_seconds: float
    seconds: float = CAST_SECONDS

    async def find(self, caller: Caller, asked: PictureAsked) -> CharacterFinding:
        """What the picture is cast as.

        Raises ParameterInvalid, InternalTimeout, InternalFault.
        """
        async with self._working(caller, asked) as work:
            output = work.folder / "character.json"
            await work.ask(character(work.writing(output)))
            return _read(_FINDING, output.read_bytes())

    async def pose(self, caller: Caller, asked: PictureAsked) -> bytes:
        """A small video (MP4) of the character in test poses. Raises as `find` does."""
        async with self._working(caller, asked) as work:
            output = work.folder / "poses.mp4"
            await work.ask(character_poses(work.writing(output)))
            return output.read_bytes()

    async def select(
        self, caller: Caller, picture: str, on: Sequence[Place], off: Sequence[Place]
    ) -> PieceFinding:
        """The part of a picture that points lie on, and others beside. Raises as `find` does."""
        async with self._working(caller, PictureAsked(picture, None)) as work:
            output = work.folder / "piece.json"
            check = work.writing(output).picture
            given = PieceArguments(picture=check, on=tuple(on), off=tuple(off), output=output)
            await work.ask(piece(given))
            return _read(_PIECE, output.read_bytes())

    async def correct(self, caller: Caller, asked: PictureAsked) -> Upload:
        """Store the picture with the corrections in its file, as an upload of the account.

        Raises ParameterInvalid, InternalTimeout, InternalFault.
        """
        upload_id = secrets.token_hex(UPLOAD_ID_CHARACTERS // 2)
        async with self._working(caller, asked) as work:
            output = work.folder / "corrected"
            facts = await work.ask(corrected_picture(work.writing(output)))
            with output.open("rb") as file:
                form = file_types.name_format(file.read(file_types.HEAD_BYTES))
            now = now_ms()
            made = Upload(
                id=upload_id,
                account_id=caller.account_id,
                kind="picture",
                key=f"uploads/{caller.account_id}/{upload_id}",
                bytes=output.stat().st_size,
                content_type=BY_FORMAT[form],
                facts=asdict(facts),
                created_at=now,
                used_at=now,
            )
            await self.checks.storage.put_or_move(made.key, output)
        await self.database.write(uploads.insert, made)
        return made

    @asynccontextmanager
    async def _working(self, caller: Caller, asked: PictureAsked) -> AsyncIterator[_Work]:
        """The picture's file and the corrections', in a folder that lasts as long as the work."""
        with (
            probing("Casting the picture took too long"),
            _refusing(),
            TemporaryDirectory(dir=self.checks.temporary) as place,
        ):
            folder = Path(place)
            localizer = Localizer(
                storage=self.checks.storage,
                fetcher=self.checks.fetcher,
                keyring=self.checks.keyring,
                seconds=self.fetch_seconds,
                folder=folder,
            )
            wanted = media_request(asked.picture, caller, limits.PICTURE_FIELD)
            async with asyncio.timeout(self.seconds):
                picture = await media_file(self.checks, wanted, "picture", MAX_BYTES, localizer)
            corrections = None
            if asked.corrections is not None:
                corrections = folder / "corrections.json"
                corrections.write_text(json.dumps(asked.corrections))
            yield _Work(self, caller.account_id, folder, picture, corrections)


@dataclass(frozen=True, slots=True)
class _Work:
    characters: Characters
    account_id: int
    folder: Path
    picture: Path
    corrections: Path | None

    def writing(self, output: Path) -> CharacterArguments:
        """What a job needs that writes to `output`."""
        picture = PictureCheck(path=self.picture, field=limits.PICTURE_FIELD, max_bytes=MAX_BYTES)
        return CharacterArguments(picture=picture, corrections=self.corrections, output=output)

    async def ask(self, question: Question[Answer]) -> Answer:
        """Have the work done. Raises as `Prober.ask` does."""
        work = self.characters
        return await work.caster.ask(question, seconds=work.seconds, account=self.account_id)


def _read(kind: TypeAdapter[Answer], data: bytes) -> Answer:
    """What the child wrote; it opens what strangers send, so its answer is checked."""
    try:
        return kind.validate_json(data)
    except ValidationError as error:
        raise ProbeFailed("the child's response is no valid finding") from error


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn a refusal into the contract's error about a parameter."""
    try:
        yield
    except InputRefused as refusal:
        raise ParameterInvalid(refusal.message) from refusal
