"""What a call to a server can end in, as one tree.

ClientError                 everything that the client raises on purpose
├── ApiError                the server refused: code, status, message, request_id
│   ├── AuthenticationError     1000-1004: no key, a wrong one, an expired token
│   ├── AccountError            1100-1103: abnormal, in arrears, units used up, not allowed
│   ├── RequestError            1200-1203: a wrong key or value, named in the message
│   │   └── NotFoundError           no such task, element or path
│   ├── PolicyError             1300, 1301: platform policy, content safety
│   ├── RateLimitError          1302-1304: too many requests or tasks; retry_after
│   └── ServerError             5000-5002: the server's own fault
├── ConnectionFailedError   no answer came; `sent` says whether the request may have arrived
├── AnswerError             an answer that the wire contract does not know
├── TaskFailedError         the task ended `failed`; carries the task
├── WaitTimeoutError        the task has not ended in time; carries the task
├── UploadUnsupportedError  this server takes URLs only
└── CallbackError           a callback whose signature, time or form is wrong
"""

from __future__ import annotations

from understudy_client.records import ElementTask, Task

# The contract's code for an answer that carries none, as one made by a proxy does.
_CODES = {401: 1000, 403: 1103, 404: 1203, 405: 1202, 429: 1302, 503: 5001, 504: 5002}
_NOT_FOUND_MESSAGE = "not found by id"


class ClientError(Exception):
    """The base of what the client raises."""


class ApiError(ClientError):
    """The server refused a request.

    code: the contract's error code. status: the HTTP status. message: the server's sentence.
    request_id: what the server's log knows the request by, "" when it gave none.
    retry_after: seconds after which the server asks to be tried again, None when it does not.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int,
        status: int,
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        super().__init__(f"{message} (code {code}, HTTP {status})")


class AuthenticationError(ApiError):
    """The key or token is missing, unknown, badly signed or not valid now."""


class AccountError(ApiError):
    """The account may not do this: abnormal, in arrears, units used up, no right to the model."""


class RequestError(ApiError):
    """A key or value of the request is wrong."""


class NotFoundError(RequestError):
    """There is no such task, element or path for this account."""


class PolicyError(ApiError):
    """The content is against the platform's policy."""


class RateLimitError(ApiError):
    """Too many requests, or too many unfinished tasks."""


class ServerError(ApiError):
    """The server failed."""


class ConnectionFailedError(ClientError):
    """No answer came.

    sent: the request may have reached the server, so that it may have acted on it.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        self.sent = sent
        super().__init__(message)


class AnswerError(ClientError):
    """The answer is not one of the wire contract's; is the base URL right?"""


class TaskFailedError(ClientError):
    """The task ended without a result; `task.message` is the server's reason."""

    def __init__(self, task: Task | ElementTask) -> None:
        self.task = task
        super().__init__(f"task {task.id} failed: {task.message or 'no reason was given'}")


class WaitTimeoutError(ClientError):
    """The task had not ended when the time was up; it goes on at the server."""

    def __init__(self, task: Task | ElementTask) -> None:
        self.task = task
        super().__init__(f"task {task.id} is still {task.status}")


class UploadUnsupportedError(ClientError):
    """The server takes no uploads, and what was given is no URL."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(
            f"{field}: this server takes no uploads, so a file or bytes cannot be sent; give a URL"
        )


class CallbackError(ClientError):
    """The callback's signature, its time or its form is wrong."""


def refusal(
    message: str,
    *,
    status: int,
    code: int | None = None,
    request_id: str = "",
    retry_after: float | None = None,
) -> ApiError:
    """The error that stands for a refused request; `code` None when the answer carried none."""
    if code is None:
        code = _CODES.get(status, 5000 if status >= 500 else 1200)
    return _kind(code, status, message)(
        message, code=code, status=status, request_id=request_id, retry_after=retry_after
    )


def _kind(code: int, status: int, message: str) -> type[ApiError]:
    if code == 1203 or (code == 1201 and _NOT_FOUND_MESSAGE in message):
        return NotFoundError
    for first, last, kind in (
        (1000, 1099, AuthenticationError),
        (1100, 1199, AccountError),
        (1200, 1299, RequestError),
        (1300, 1301, PolicyError),
        (1302, 1399, RateLimitError),
        (5000, 5999, ServerError),
    ):
        if first <= code <= last:
            return kind
    return ServerError if status >= 500 else RequestError
