"""The operations that Kling's API does not have."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from understudy.service.api import motion_control
from understudy.service.api.account import callbacks, profile
from understudy.service.api.characters import bodies as character_bodies
from understudy.service.api.characters import routes as characters
from understudy.service.api.files.routes import FIELDS, PART, Uploaded
from understudy.service.api.motion_control.routes import PATH
from understudy.service.api.server import capabilities
from understudy.service.api.server.health import METRICS_TYPE
from understudy.service.api.takes import details
from understudy.service.openapi.operation import (
    OPEN_ERRORS,
    PAGE,
    REFERENCE,
    SIGNED_IN_ERRORS,
    Answer,
    Operation,
    Parameter,
    named,
)
from understudy.take.casting.character_finding import CharacterFinding, PieceFinding
from understudy.take.findings import Findings
from understudy.tasks.files.links import FILES_PATH, MEDIA_PATH

ANY_FILE = "application/octet-stream"
"""Client generators support it even where they do not know the types of pictures and videos."""


class Health(TypedDict):
    """Everything works."""

    status: Literal["ok"]


OURS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/v1/capabilities",
        name="readCapabilities",
        summary="List models, prices, features and input limits",
        tag="ours",
        answer=Answer("Models and limits", capabilities.Capabilities),
        errors=(401, 429, 500, 503, 504),
    ),
    Operation(
        method="GET",
        path="/v1/models",
        name="readModels",
        summary="List models, features and prices",
        tag="ours",
        answer=Answer("The models", capabilities.Models),
        errors=(401, 429, 500, 503, 504),
    ),
    Operation(
        method="GET",
        path=profile.PATH,
        name="readAccount",
        summary="Read the account: units, limits, keys",
        tag="ours",
        answer=Answer("The account", profile.Profile),
        errors=SIGNED_IN_ERRORS,
    ),
    Operation(
        method="POST",
        path=f"{profile.PATH}/keys",
        name="createKey",
        summary="Create a key; it is shown only once",
        tag="ours",
        body=profile.KeyCreate,
        answer=Answer("The key", profile.NewKey),
    ),
    Operation(
        method="DELETE",
        path=profile.PATH + "/keys/{key_id}",
        name="revokeKey",
        summary="Revoke a key, except the one used for this request",
        tag="ours",
        parameters=(named("key_id", "The key's id"),),
        answer=Answer("The key", profile.Revoked),
    ),
    Operation(
        method="POST",
        path=f"{profile.PATH}/callback-secret",
        name="rotateCallbackSecret",
        summary="Create a new callback secret; it is shown only once",
        tag="ours",
        body=profile.Rotation,
        body_required=False,
        answer=Answer("The secret", profile.NewSecret),
    ),
    Operation(
        method="GET",
        path=callbacks.PATH,
        name="listCallbacks",
        summary="List callbacks with their attempts, newest first",
        tag="ours",
        parameters=PAGE,
        answer=Answer("A page of callbacks", list[callbacks.Event]),
    ),
    Operation(
        method="POST",
        path=f"{callbacks.PATH}/test",
        name="testCallback",
        summary="Send a signed test callback to a URL and return its response",
        tag="ours",
        body=callbacks.Test,
        answer=Answer("The response of the URL", callbacks.Try),
    ),
    Operation(
        method="POST",
        path=callbacks.PATH + "/{event_id}/resend",
        name="resendCallback",
        summary="Resend a callback now",
        tag="ours",
        parameters=(named("event_id", "The callback's id"),),
        answer=Answer("The callback", callbacks.Event),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}/detail",
        name="readTaskDetail",
        summary="Read a task with its request, files, report and callbacks",
        tag="ours",
        parameters=(REFERENCE,),
        answer=Answer("The task and everything that belongs to it", details.Detail),
    ),
    Operation(
        method="DELETE",
        path=PATH + "/{reference}",
        name="deleteTask",
        summary="Delete a finished task and its files",
        tag="ours",
        parameters=(REFERENCE,),
        answer=Answer("The task's id", details.Deleted),
    ),
    Operation(
        method="POST",
        path=FILES_PATH,
        name="uploadFile",
        summary="Upload a picture or clip; use its URL in creates of the same account",
        tag="ours",
        upload=PART,
        parameters=(
            Parameter(
                "field",
                "query",
                {"type": "string", "enum": list(FIELDS)},
                "The field that the file is meant for. Only files of that kind are then accepted,"
                " and errors name the field",
            ),
        ),
        answer=Answer("The upload", Uploaded),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="GET",
        path=FILES_PATH + "/{file_id}",
        name="readFile",
        summary="Download an upload",
        tag="ours",
        parameters=(
            Parameter(
                "file_id",
                "path",
                {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "The upload's id",
                required=True,
            ),
        ),
        answer=Answer(
            "The file",
            content_types=(ANY_FILE, "image/jpeg", "image/png", "video/mp4", "video/quicktime"),
            binary=True,
        ),
        errors=(401, 404, 429, 500, 503),
    ),
    Operation(
        method="POST",
        path=characters.PATH + "/cast",
        name="castCharacter",
        summary="Cast a picture, with corrections: its joints, matte and arms; free",
        tag="ours",
        body=character_bodies.Cast,
        answer=Answer("The character", CharacterFinding),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=characters.PATH + "/select",
        name="selectPiece",
        summary="Find a part of a picture by points on it; free",
        tag="ours",
        body=character_bodies.Select,
        answer=Answer("The part", PieceFinding),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=characters.PATH + "/poses",
        name="poseCharacter",
        summary="Show a picture's character in test poses, with corrections; free",
        tag="ours",
        body=character_bodies.Cast,
        answer=Answer("The video", characters.Poses),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=characters.PATH,
        name="correctCharacter",
        summary="Store a picture with corrections; takes and elements of its URL use them",
        tag="ours",
        body=character_bodies.Correct,
        answer=Answer("The upload", Uploaded),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=PATH + "/inspect",
        name="inspectTask",
        summary="Check a take before creating it, free: returns the plan, or every problem",
        tag="ours",
        body=motion_control.Inspect,
        answer=Answer("The plan or the problems", Findings),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=PATH + "/{reference}/cancel",
        name="cancelTask",
        summary="Cancel a task; it costs nothing",
        tag="ours",
        parameters=(REFERENCE,),
        answer=Answer("The task", motion_control.Record),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}/events",
        name="followTask",
        summary="Follow a task through server-sent events",
        tag="ours",
        parameters=(REFERENCE,),
        answer=Answer("A stream of `progress` events", content_types=("text/event-stream",)),
    ),
    Operation(
        method="GET",
        path=MEDIA_PATH + "/{key:path}",
        name="readMedia",
        summary="Download a result by its signed URL, whole or by range",
        tag="ours",
        signed_in=False,
        parameters=(
            Parameter(
                "key", "path", {"type": "string"}, "The key in the signed URL", required=True
            ),
            Parameter("expires", "query", {"type": "string"}, "Seconds since 1970", required=True),
            Parameter(
                "signature",
                "query",
                {"type": "string"},
                "The signature in the signed URL",
                required=True,
            ),
        ),
        answer=Answer(
            "The file",
            content_types=(
                ANY_FILE,
                "video/mp4",
                "video/quicktime",
                "image/jpeg",
                "image/png",
                "application/json",
                "application/zip",
            ),
            binary=True,
        ),
        errors=(403, 404, *OPEN_ERRORS, 504),
    ),
    Operation(
        method="GET",
        path="/healthz",
        name="healthz",
        summary="Liveness check",
        tag="ours",
        signed_in=False,
        answer=Answer("The process is running", Health),
        errors=OPEN_ERRORS,
    ),
    Operation(
        method="GET",
        path="/readyz",
        name="readyz",
        summary="Readiness check of database and storage",
        tag="ours",
        signed_in=False,
        answer=Answer("Database and storage respond", Health),
        errors=OPEN_ERRORS,
    ),
    Operation(
        method="GET",
        path="/metrics",
        name="metrics",
        summary="Metrics in Prometheus format",
        tag="ours",
        signed_in=False,
        answer=Answer("The metrics", content_types=(METRICS_TYPE,)),
        errors=OPEN_ERRORS,
    ),
)
