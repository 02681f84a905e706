"""A bucket on a local S3 server, scanned by the command as a user starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from loopback import allow_this_machine
from pages import located
from parts import encode

from phiscan.batch.remote import walk_address
from phiscan.errors import ExitCode, UnreadableImage
from phiscan.intake import Limits
from phiscan.intake.source import read

s3fs = pytest.importorskip("s3fs")
moto_server = pytest.importorskip("moto.server")
JPEG = encode("JPEG")
SECRET = "hunter2hunter2"  # noqa: S105 - nobody's
OBJECTS = {
    "ward/b/located.jpg": located(),
    "ward/a/fine.jpg": JPEG,
    "ward/a/photo": JPEG,
    "ward/a/notes.txt": b"Dear diary",
    "ward/.thumbs/hidden.jpg": located(),
    "ward/a/cut.jpg": JPEG[:-99],
    "other/hidden.jpg": located(),
}


@pytest.fixture(autouse=True)
def _network_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests, and no others, reach this machine itself."""
    allow_this_machine(monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def environment(server: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a user sets to reach a bucket; this process has it as well."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    values = {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return os.environ | values


@pytest.fixture(autouse=True)
def _forget_servers() -> Iterator[None]:
    """fsspec keeps what it has opened, and with it the credentials of the last test."""
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(environment: dict[str, str]) -> str:
    assert environment
    place = s3fs.S3FileSystem(skip_instance_cache=True)
    if not place.exists("photos"):
        place.mkdir("photos")
        for name, content in OBJECTS.items():
            place.pipe(f"photos/{name}", content)
    return "s3://photos"


def run(environment: dict[str, str], *words: str) -> tuple[int, list[Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "phiscan", *words, "--format", "jsonl"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_prefix_is_walked_as_a_folder(bucket: str) -> None:
    found = [item.path.removeprefix(f"{bucket}/ward/") for item in walk_address(f"{bucket}/ward")]
    assert found == ["a/cut.jpg", "a/fine.jpg", "a/photo", "b/located.jpg"]


def test_a_bucket_is_scanned_in_workers(environment: dict[str, str], bucket: str) -> None:
    status, photos, _ = run(environment, f"{bucket}/ward/", "--jobs", "2")
    assert status == ExitCode.BLOCKED
    verdicts = {photo["path"].removeprefix(f"{bucket}/ward/"): photo["verdict"] for photo in photos}
    assert list(verdicts.items()) == [
        ("a/cut.jpg", "block"),
        ("a/fine.jpg", "allow"),
        ("a/photo", "allow"),
        ("b/located.jpg", "block"),
    ]


def test_a_bucket_that_is_not_there_is_a_mistake(environment: dict[str, str], bucket: str) -> None:
    status, photos, told = run(environment, f"{bucket}-no-more/a.jpg")
    assert (status, photos) == (ExitCode.USAGE, [])
    assert told.count("\n") == 1


def test_one_object_is_read(bucket: str) -> None:
    address = f"{bucket}/ward/a/fine.jpg"
    assert read(address, Limits()) == (address, JPEG)


@pytest.mark.parametrize(
    "broken",
    [
        {"AWS_SECRET_ACCESS_KEY": "", "AWS_ACCESS_KEY_ID": ""},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"},
    ],
    ids=["no credentials", "no server"],
)
def test_what_cannot_be_fetched_is_no_photo(
    bucket: str, monkeypatch: pytest.MonkeyPatch, broken: dict[str, str]
) -> None:
    for name, value in broken.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(UnreadableImage, match="check the") as caught:
        read(f"{bucket}/ward/a/fine.jpg", Limits())
    assert SECRET not in str(caught.value)
