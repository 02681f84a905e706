"""Photos on a web server that breaks off, refuses or never ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from loopback import allow_this_machine
from parts import encode

from phiscan.errors import TooLarge, UnreadableImage
from phiscan.intake import Limits, remote
from phiscan.intake.source import read

pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")
pytest.importorskip("requests")
JPEG = encode("JPEG")
SECRET = "hunter2"  # noqa: S105 - nobody's


class Server(BaseHTTPRequestHandler):
    """Does what the name of the object says."""

    sent = 0

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        name = self.path.partition("?")[0].strip("/")
        status = {"private.jpg": 403, "broken.jpg": 500, "gone.jpg": 404}.get(name, 200)
        self.send_response(status)
        if name != "endless.jpg":
            self.send_header("Content-Length", str(len(JPEG)))
        self.end_headers()
        if not body:
            return
        if name == "cut.jpg":
            self.wfile.write(JPEG[: len(JPEG) // 2])
        elif name == "endless.jpg":
            self._pour()
        else:
            self.wfile.write(JPEG)

    def _pour(self) -> None:
        try:
            for _ in range(2000):
                self.wfile.write(bytes(100_000))
                Server.sent += 100_000
        except OSError:  # nobody listens any more
            pass


@pytest.fixture(autouse=True)
def _network_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_this_machine(monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_photo_is_read_and_its_token_forgotten(server: str) -> None:
    name, content = read(f"{server}/fine.jpg?sig={SECRET}", Limits())
    assert (name, content) == (f"{server}/fine.jpg", JPEG)


@pytest.mark.parametrize("name", ["cut.jpg", "private.jpg", "broken.jpg", "gone.jpg"])
def test_what_does_not_arrive_whole_is_no_photo(server: str, name: str) -> None:
    with pytest.raises(UnreadableImage) as caught:
        read(f"{server}/{name}?sig={SECRET}", Limits())
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_never_ends_is_read_up_to_the_limit(server: str) -> None:
    Server.sent = 0
    with pytest.raises(TooLarge):
        read(f"{server}/endless.jpg", Limits(bytes=1_000_000))
    assert Server.sent < 100_000_000


def test_a_web_server_has_no_folders(server: str) -> None:
    assert not remote.is_folder(f"{server}/")
    assert remote.is_there(f"{server}/fine.jpg")
    assert not remote.is_there(f"{server}/gone.jpg")
