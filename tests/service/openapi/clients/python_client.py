"""Creates a task, reads it, lists it and reads an error, through the generated Python client.

Run with the folder of the package `generated` in PYTHONPATH: URL, API key, picture, clip.
"""

from __future__ import annotations

import sys

from generated import AuthenticatedClient
from generated.api.legacy import create_task, list_tasks, read_task
from generated.api.tasks import create_task_of_model, read_tasks, search_tasks
from generated.models import (
    CreateTaskOfModelModel,
    Error,
    Filter,
    FilterKey,
    ImageContent,
    MotionControlCreate,
    MotionControlCreateCharacterOrientation,
    MotionControlCreateMode,
    Query,
    Settings,
    SettingsCharacterOrientation,
    TasksCreate,
    VideoContent,
)

url, key, picture, clip = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True)

body = MotionControlCreate(
    image_url=picture,
    video_url=clip,
    character_orientation=MotionControlCreateCharacterOrientation.VIDEO,
    mode=MotionControlCreateMode.STD,
    external_task_id="generated 1",
)
assert MotionControlCreate.from_dict(body.to_dict()) == body
made = create_task.sync(client=client, body=body).data
one = read_task.sync("generated 1", client=client).data
assert one.task_id == made.task_id
assert [record.task_id for record in list_tasks.sync(client=client).data] == [made.task_id]
error = read_task.sync("nobody", client=client)
assert isinstance(error, Error), error
assert error.code == 1201

tasks_body = TasksCreate(
    contents=[ImageContent(type_="image", url=picture), VideoContent(type_="video", url=clip)],
    settings=Settings(character_orientation=SettingsCharacterOrientation.VIDEO),
)
assert TasksCreate.from_dict(tasks_body.to_dict()) == tasks_body
new = create_task_of_model.sync(CreateTaskOfModelModel("kling-3.0"), client=client, body=tasks_body)
found = read_tasks.sync(client=client, task_ids=new.data.id).data
assert [record.id for record in found] == [new.data.id]
query = Query(
    start_time=new.data.create_time,
    end_time=str(new.data.create_time),
    filters=[Filter(key=FilterKey.PRODUCT_TYPE, values=["video"])],
)
assert Query.from_dict(query.to_dict()) == query
listed = search_tasks.sync(client=client, body=query).data.result
assert new.data.id in [record.id for record in listed]
refused = read_tasks.sync(client=client)
assert isinstance(refused, Error), refused
assert refused.message == "task_ids or external_task_ids is required"
