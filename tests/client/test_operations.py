"""Operations decide what is sent, without sending: each test plays the world to one of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from understudy_client import (
    AuthenticationError,
    ConnectionFailedError,
    RateLimitError,
    RequestError,
    Retries,
    ServerError,
    TaskFailedError,
    UploadUnsupportedError,
    WaitTimeoutError,
)
from understudy_client.auth import ApiKey, KeyPair
from understudy_client.effects import Effect, Operation, Save, Send, Sleep, Tell
from understudy_client.operations import Operations
from understudy_client.options import TAKES
from understudy_client.wire import Call, Reply

LOST = ConnectionFailedError("lost", sent=True)
REFUSED = ConnectionFailedError("refused", sent=False)
Answer = Reply | ConnectionFailedError


def ok(data: Any) -> Reply:
    return Reply(200, {}, json.dumps({"code": 0, "message": "SUCCEED", "data": data}).encode())


def no(status: int, code: int, message: str = "no") -> Reply:
    return Reply(status, {}, json.dumps({"code": code, "message": message}).encode())


def record(status: str = "submitted", **more: Any) -> dict[str, Any]:
    return {"task_id": "1", "task_status": status, "created_at": 1, "updated_at": 1} | more


class World:
    """Answers the sends of an operation in turn; keeps every effect. Sleeping moves the clock."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.effects: list[Effect] = []
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def run(self, operation: Operation[Any]) -> Any:
        outcome: Any = None
        error: Exception | None = None
        while True:
            try:
                effect = operation.throw(error) if error else operation.send(outcome)
            except StopIteration as stop:
                return stop.value
            self.effects.append(effect)
            outcome = error = None
            match effect:
                case Send() | Save():
                    answer = self.answers.pop(0)
                    if isinstance(answer, Reply):
                        outcome = answer
                    else:
                        error = answer
                case Sleep():
                    self.now += effect.seconds
                case Tell():
                    effect.watch(effect.progress)

    @property
    def calls(self) -> list[Call]:
        return [effect.call for effect in self.effects if isinstance(effect, Send)]

    @property
    def methods(self) -> str:
        return " ".join(call.method for call in self.calls)

    def operations(self, **options: Any) -> Operations:
        return Operations(
            options.pop("credentials", ApiKey("k")),
            options.pop("retries", Retries(attempts=4, first=1)),
            clock=self.clock,
            **options,
        )


def play(act: Callable[[Operations], Operation[Any]], answers: Iterable[Answer]) -> World:
    world = World(*answers)
    world.run(act(world.operations()))
    return world


def create(operations: Operations) -> Operation[Any]:
    return operations.create_take("http://a.example/p.png", "http://a.example/c.mp4", {}, None)


def test_a_create_that_answers_is_sent_once() -> None:
    world = play(create, [ok(record())])
    assert world.methods == "POST"
    assert world.calls[0].body is not None
    assert world.calls[0].body["external_task_id"].startswith("understudy-")


def test_two_creates_have_two_external_ids() -> None:
    one, other = (play(create, [ok(record())]).calls[0].body or {} for _ in range(2))
    assert one["external_task_id"] != other["external_task_id"]


def test_a_create_whose_answer_was_lost_is_looked_up_and_found() -> None:
    world = play(create, [LOST, ok(record())])
    assert world.methods == "POST GET"
    post, get = world.calls
    assert post.body is not None
    assert get.path == f"{TAKES}/{post.body['external_task_id']}"


def test_a_create_whose_request_was_lost_is_sent_again_under_the_same_id() -> None:
    world = play(create, [LOST, no(400, 1201, "Task not found by id"), ok(record())])
    assert world.methods == "POST GET POST"
    assert world.calls[0].body == world.calls[2].body


def test_a_create_that_could_not_connect_needs_no_look() -> None:
    assert play(create, [REFUSED, ok(record())]).methods == "POST POST"


def test_a_create_that_arrived_late_is_found_when_the_second_is_refused() -> None:
    exists = no(400, 1201, "External_task_id x already exists")
    missing = no(400, 1201, "Task not found by id")
    assert play(create, [LOST, missing, exists, ok(record())]).methods == "POST GET POST GET"


def test_an_external_id_that_was_taken_before_is_an_error() -> None:
    with pytest.raises(RequestError, match="already exists"):
        play(create, [no(400, 1201, "External_task_id x already exists")])


def test_a_server_error_of_a_create_is_looked_up_first() -> None:
    assert play(create, [no(500, 5000), ok(record())]).methods == "POST GET"


def test_a_create_over_the_concurrency_waits_as_long_as_it_is_asked_to() -> None:
    busy = Reply(429, {"retry-after": "3"}, b'{"code": 1303, "message": "parallel"}')
    world = play(create, [busy, ok(record())])
    assert world.methods == "POST POST"
    assert world.now == 3


def test_a_create_gives_up_with_the_servers_error() -> None:
    with pytest.raises(RateLimitError):
        play(create, [no(429, 1302)] * 4)


@pytest.mark.parametrize("code", [1101, 1102, 1103])
def test_a_create_that_the_account_may_not_make_is_not_tried_again(code: int) -> None:
    world = World(no(429, code))
    with pytest.raises(Exception, match="no"):
        world.run(create(world.operations()))
    assert world.methods == "POST"


def test_a_read_is_tried_again_until_it_answers() -> None:
    world = play(lambda o: o.task("1"), [LOST, no(503, 5001), REFUSED, ok(record())])
    assert world.methods == "GET GET GET GET"


def test_a_read_gives_up_after_its_attempts() -> None:
    with pytest.raises(ServerError):
        play(lambda o: o.task("1"), [no(500, 5000)] * 4)


def test_an_id_with_odd_characters_stays_one_part_of_the_path() -> None:
    world = play(lambda o: o.task("a/b?c#d é"), [ok(record())])
    assert world.calls[0].path == f"{TAKES}/a%2Fb%3Fc%23d%20%C3%A9"


def test_an_expired_token_is_signed_anew_once() -> None:
    ticks = iter(range(1000, 2000))
    pair = KeyPair("ak", "s" * 32, lambda: next(ticks))
    world = World(no(401, 1004), ok(record()))
    world.run(world.operations(credentials=pair).task("1"))
    first, second = (effect.token for effect in world.effects if isinstance(effect, Send))
    assert first != second
    world = World(no(401, 1004), no(401, 1004))
    with pytest.raises(AuthenticationError):
        world.run(world.operations(credentials=pair).task("1"))


def test_an_api_key_that_is_refused_is_refused() -> None:
    with pytest.raises(AuthenticationError):
        play(lambda o: o.task("1"), [no(401, 1004)])


def test_waiting_polls_ever_more_slowly_and_tells_each_step() -> None:
    told: list[Any] = []
    busy = ok(record("processing", progress={"stage": "track", "percent": 20}))
    done = ok(record("succeed", task_result={"videos": [{"url": "u", "duration": "3"}]}))
    world = play(lambda o: o.wait("1", timeout=None, watch=told.append), [busy] * 20 + [done])
    pauses = [effect.seconds for effect in world.effects if isinstance(effect, Sleep)]
    assert pauses[0] == 0.1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5
    assert [progress.percent for progress in told] == [20.0] * 20 + [100.0]


def test_waiting_ends_with_the_tasks_own_reason() -> None:
    failed = ok(record("failed", task_status_msg="Video duration can not less than 3s"))
    with pytest.raises(TaskFailedError, match="less than 3s") as caught:
        play(lambda o: o.wait("1", timeout=None, watch=None), [failed])
    assert caught.value.task.id == "1"


def test_waiting_ends_when_the_time_is_up_and_not_before_a_last_look() -> None:
    world = World(*[ok(record("processing"))] * 10)
    with pytest.raises(WaitTimeoutError):
        world.run(world.operations().wait("1", timeout=2.0, watch=None))
    assert world.now == pytest.approx(2.0)
    assert isinstance(world.effects[-1], Send)


def test_local_media_are_uploaded_clip_first_and_given_by_their_urls() -> None:
    def stored(name: str) -> Reply:
        return ok({"file_id": name, "url": f"http://s.example/{name}", "kind": "x", "bytes": 1})

    world = play(
        lambda o: o.create_take(b"picture", b"clip", {}, None),
        [stored("c"), stored("p"), ok(record())],
    )
    clip, picture, post = world.calls
    assert (clip.path, picture.path) == ("/v1/files", "/v1/files")
    assert (clip.params, picture.params) == ({"field": "video_url"}, {"field": "image_url"})
    assert clip.upload is not None
    assert clip.upload.content == b"clip"
    assert post.body is not None
    assert post.body["video_url"] == "http://s.example/c"
    assert post.body["image_url"] == "http://s.example/p"


def test_without_uploads_a_picture_goes_as_base64_and_nothing_else_is_sent() -> None:
    world = World(ok(record()))
    operations = world.operations(uploads=False)
    world.run(operations.create_take(b"picture", "http://a.example/c.mp4", {}, None))
    assert world.methods == "POST"
    assert world.calls[0].body is not None
    assert world.calls[0].body["image_url"] == "cGljdHVyZQ=="


def test_without_uploads_a_local_clip_is_refused_before_anything_is_sent() -> None:
    world = World()
    with pytest.raises(UploadUnsupportedError, match="video_url"):
        world.run(world.operations(uploads=False).create_take(b"picture", b"clip", {}, None))
    assert world.effects == []


def test_that_a_server_takes_no_uploads_is_found_out_once() -> None:
    world = World(no(404, 1203), ok(record()), ok(record()))
    operations = world.operations()
    for _ in range(2):
        world.run(operations.create_take(b"picture", "http://a.example/c.mp4", {}, None))
    assert [call.path for call in world.calls] == ["/v1/files", TAKES, TAKES]


def test_what_is_not_there_is_noticed_before_anything_is_sent(tmp_path: Path) -> None:
    world = World()
    with pytest.raises(FileNotFoundError):
        world.run(world.operations().create_take(tmp_path / "no.png", b"clip", {}, None))
    assert world.effects == []


def test_the_body_says_every_option_in_the_contracts_words() -> None:
    world = World(ok(record()))
    world.run(
        world.operations().create_take(
            "http://a.example/p.png",
            "http://a.example/c.mp4",
            {
                "orientation": "image",
                "mode": "pro",
                "model": "kling-v3",
                "prompt": "zoom in",
                "sound": False,
                "watermark": True,
                "element": 42,
                "callback_url": "http://a.example/hook",
                "external_task_id": "mine",
            },
            None,
        )
    )
    assert world.calls[0].body == {
        "model_name": "kling-v3",
        "prompt": "zoom in",
        "image_url": "http://a.example/p.png",
        "video_url": "http://a.example/c.mp4",
        "element_list": [{"element_id": 42}],
        "keep_original_sound": "no",
        "character_orientation": "image",
        "mode": "pro",
        "watermark_info": {"enabled": True},
        "callback_url": "http://a.example/hook",
        "external_task_id": "mine",
    }


def test_an_element_without_a_picture_goes_through_the_tasks_design() -> None:
    made = {"id": "1", "status": "submitted", "create_time": 1, "update_time": 1}
    world = World(LOST, no(400, 1201, "Task not found by id"), ok(made))
    task = world.run(
        world.operations().create_take(
            None,
            "http://a.example/c.mp4",
            {
                "mode": "pro",
                "prompt": "zoom in",
                "sound": False,
                "watermark": True,
                "element": 42,
                "external_task_id": "mine",
            },
            None,
        )
    )
    assert task.id == "1"
    post, get, again = world.calls
    assert (post.path, get.path) == ("/motion-control/kling-3.0", f"{TAKES}/mine")
    assert post == again
    assert post.body == {
        "contents": [
            {"type": "video", "url": "http://a.example/c.mp4"},
            {"type": "element", "element_id": 42},
            {"type": "prompt", "text": "zoom in"},
        ],
        "settings": {
            "character_orientation": "video",
            "audio": "off",
            "resolution": "1080p",
        },
        "options": {"external_task_id": "mine", "watermark_info": {"enabled": True}},
    }


def test_an_element_without_a_picture_needs_an_api_key() -> None:
    world = World()
    operations = Operations(KeyPair("access", "secret"), Retries())
    with pytest.raises(ValueError, match="API key"):
        world.run(operations.create_take(None, "http://a.example/c.mp4", {"element": 1}, None))
    assert world.effects == []


def test_a_download_that_breaks_off_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    world = World(LOST, no(503, 5001), Reply(200, {}, b""))
    assert world.run(world.operations().save("http://s.example/v.mp4", path)) == path
    assert sum(isinstance(effect, Save) for effect in world.effects) == 3


def test_a_result_that_is_gone_is_not_tried_again(tmp_path: Path) -> None:
    world = World(Reply(403, {}, b"<Error>expired</Error>"))
    with pytest.raises(Exception, match="HTTP 403"):
        world.run(world.operations().save("http://s.example/v.mp4", tmp_path / "out.mp4"))
    assert len(world.effects) == 1
