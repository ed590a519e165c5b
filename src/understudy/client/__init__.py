"""The client of the Motion Control API: for an Understudy server, and for Kling's own.

from understudy.client import Client

with Client("http://127.0.0.1:8000", api_key="api-key-...") as client:
    client.animate("character.png", "dance.mp4", output="out.mp4", progress=True)
"""

from understudy.client.async_client import AsyncClient
from understudy.client.callbacks import Callback, verify_callback
from understudy.client.client import Client
from understudy.client.errors import (
    AccountError,
    AnswerError,
    ApiError,
    AuthenticationError,
    CallbackError,
    ClientError,
    ConnectionFailedError,
    NotFoundError,
    PolicyError,
    RateLimitError,
    RequestError,
    ServerError,
    TaskFailedError,
    UploadUnsupportedError,
    WaitTimeoutError,
)
from understudy.client.media import Media
from understudy.client.options import ElementOptions, TakeOptions
from understudy.client.records import (
    Element,
    ElementTask,
    Inspection,
    Problem,
    Progress,
    ResourcePack,
    StoredFile,
    Task,
    Video,
)
from understudy.client.retries import Retries

__all__ = [
    "AccountError",
    "AnswerError",
    "ApiError",
    "AsyncClient",
    "AuthenticationError",
    "Callback",
    "CallbackError",
    "Client",
    "ClientError",
    "ConnectionFailedError",
    "Element",
    "ElementOptions",
    "ElementTask",
    "Inspection",
    "Media",
    "NotFoundError",
    "PolicyError",
    "Problem",
    "Progress",
    "RateLimitError",
    "RequestError",
    "ResourcePack",
    "Retries",
    "ServerError",
    "StoredFile",
    "TakeOptions",
    "Task",
    "TaskFailedError",
    "UploadUnsupportedError",
    "Video",
    "WaitTimeoutError",
    "verify_callback",
]
