"""The client of the Motion Control API: for an Understudy server, and for Kling's own.

from understudy_client import Client

with Client("http://127.0.0.1:8000", api_key="api-key-...") as client:
    client.animate("character.png", "dance.mp4", output="out.mp4", progress=True)
"""

from understudy_client.async_client import AsyncClient
from understudy_client.callbacks import Callback, verify_callback
from understudy_client.client import Client
from understudy_client.errors import (
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
from understudy_client.media import Media
from understudy_client.options import ElementOptions, TakeOptions
from understudy_client.records import (
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
from understudy_client.retries import Retries
from understudy_client.version import __version__

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
    "__version__",
    "verify_callback",
]
