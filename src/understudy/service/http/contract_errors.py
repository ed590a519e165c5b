"""The errors that clients get, as one tree of exceptions.

    ContractError
    ├── NotAuthenticated                401
    │   ├── AuthorizationMissing             1001
    │   ├── AuthorizationInvalid             1002
    │   ├── AuthorizationNotYetValid         1003
    │   └── AuthorizationExpired             1004
    ├── AccountAbnormal                 429  1100
    ├── BalanceUsedUp                   429  1102
    ├── LinkInvalid                     403  1103
    ├── MalformedRequest                400  1200
    ├── ParameterInvalid                400  1201
    ├── MethodUnknown                   404  1202
    ├── ResourceUnknown                 404  1203
    ├── TooManyRequests                 429  1302
    ├── TooManyTasks                    429  1303
    ├── InternalFault                   500  5000
    ├── Unavailable                     503  5001
    └── InternalTimeout                 504  5002

The default message is the docstring. Anything else that is raised is a fault of ours and becomes
an InternalFault that says nothing of its cause.
"""

from __future__ import annotations

from typing import ClassVar


class ContractError(Exception):
    """The request cannot be served."""

    status: ClassVar[int] = 500
    code: ClassVar[int] = 5000
    retry_after: int | None = None
    """Seconds after which to try again, for the header of that name."""

    def __init__(self, message: str | None = None, *, retry_after: int | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").splitlines()[0]
        if retry_after is not None:
            self.retry_after = retry_after
        super().__init__(self.message)


class NotAuthenticated(ContractError):  # noqa: N818 - a state
    """Authentication failed"""

    status = 401
    code = 1000


class AuthorizationMissing(NotAuthenticated):
    """Authorization is empty"""

    code = 1001


class AuthorizationInvalid(NotAuthenticated):
    """Authorization is invalid"""

    code = 1002


class AuthorizationNotYetValid(NotAuthenticated):
    """Authorization is not yet valid"""

    code = 1003


class AuthorizationExpired(NotAuthenticated):
    """Authorization has expired"""

    code = 1004


class AccountAbnormal(ContractError):  # noqa: N818 - a state
    """Account is closed"""

    status = 429
    code = 1100
    retry_after = 3600


class BalanceUsedUp(ContractError):  # noqa: N818 - a state
    """Account balance not enough"""

    status = 429
    code = 1102
    retry_after = 60


class LinkInvalid(ContractError):  # noqa: N818 - a state
    """The link is not valid, or no longer"""

    status = 403
    code = 1103


class MalformedRequest(ContractError):  # noqa: N818 - a state
    """The request body is not a JSON object"""

    status = 400
    code = 1200


class ParameterInvalid(ContractError):  # noqa: N818 - a state
    """A parameter is invalid"""

    status = 400
    code = 1201


class MethodUnknown(ContractError):  # noqa: N818 - a state
    """The method is not known here"""

    status = 404
    code = 1202


class ResourceUnknown(ContractError):  # noqa: N818 - a state
    """There is no such resource"""

    status = 404
    code = 1203


class TooManyRequests(ContractError):  # noqa: N818 - a state
    """Too many requests"""

    status = 429
    code = 1302
    retry_after = 1


class TooManyTasks(ContractError):  # noqa: N818 - a state
    """parallel task over resource pack limit"""

    status = 429
    code = 1303
    retry_after = 5


class InternalFault(ContractError):  # noqa: N818 - a state
    """Internal error"""

    status = 500
    code = 5000


class Unavailable(ContractError):  # noqa: N818 - a state
    """Service is unavailable, try again later"""

    status = 503
    code = 5001
    retry_after = 5


class InternalTimeout(ContractError):  # noqa: N818 - a state
    """Internal time-out"""

    status = 504
    code = 5002
