"""A server of this machine that speaks S3, and buckets of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest

from tests import web

_REGION = "eu-central-1"
_NAMES = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@contextmanager
def speaking_s3() -> Iterator[str]:
    """The endpoint of the server; the environment names it to storages of this process, and of
    those that it starts.
    """
    # Here, as it takes a while to import, and most who run tests need no S3.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": _REGION,
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }.items():
            patch.setenv(name, value)
        yield endpoint
    server.stop()


def make_bucket(endpoint: str) -> str:
    """The name of a bucket that was just made."""
    name = f"bucket-{os.urandom(4).hex()}"
    where = (
        "<CreateBucketConfiguration>"
        f"<LocationConstraint>{_REGION}</LocationConstraint></CreateBucketConfiguration>"
    )
    web.put(f"{endpoint}/{name}", content=where).raise_for_status()
    return name


def keys(endpoint: str, bucket: str) -> list[str]:
    """What lies in a bucket (up to a thousand keys)."""
    answer = web.get(f"{endpoint}/{bucket}", params={"list-type": "2"})
    found = ElementTree.fromstring(answer.raise_for_status().text).iter(f"{_NAMES}Key")
    return [key.text or "" for key in found]
