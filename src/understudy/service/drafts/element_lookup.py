"""The element that a draft names: the account's own, or one that comes with the service."""

from __future__ import annotations

from understudy.library.presets import find_preset, install
from understudy.service.drafts.draft import Draft
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import elements
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import StoredElement


async def find_element(
    database: Database, storage: Storage, caller: Caller, draft: Draft
) -> StoredElement | None:
    """The element that a draft names, None when it names none. Raises ParameterInvalid."""
    if draft.element_id is None:
        return None
    preset = find_preset(draft.element_id)
    if preset is not None:
        await install(storage)
        return preset
    element = await database.read(elements.find_usable, caller.account_id, draft.element_id)
    if element is None:
        raise ParameterInvalid(f"Element id not found: {draft.element_id}")
    return element
