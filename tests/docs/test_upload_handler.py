"""The programs of docs/how-to/upload-handler.md, with real photos and the real networks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pages import blocks, located, write_blocks
from parts import encode

import phiscan
from phiscan.errors import MissingDependency

PAGE = "upload-handler.md"
SAMPLES = Path(phiscan.__file__).parent / "samples"
ALLOWED = encode("JPEG")

UPLOADS = [
    pytest.param(ALLOWED, "", id="allowed"),
    pytest.param(located(), "This photo shows the place", id="blocked"),
    pytest.param((SAMPLES / "sticky_number.jpg").read_bytes(), "Somebody has to look", id="review"),
    pytest.param(ALLOWED[:-200], "could not be checked", id="cut off"),
    pytest.param(b"GIF89a", "could not be checked", id="no photo"),
    pytest.param(b"", "could not be checked", id="empty"),
]


@pytest.fixture(scope="module", autouse=True)
def _modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the page's modules importable."""
    folder = tmp_path_factory.mktemp("page")
    write_blocks(PAGE, "python", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield
    for name in blocks(PAGE, "python"):
        sys.modules.pop(Path(name).stem, None)


def break_scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_scanner() -> None:
        raise MissingDependency("no weights")

    monkeypatch.setattr(import_module("phiscan.scan"), "_default_scanner", no_scanner)


def test_every_program_of_the_page_is_run_here() -> None:
    names = "photos own_settings fastapi_app validators forms apps"
    assert list(blocks(PAGE, "python")) == [f"{name}.py" for name in names.split()]


@pytest.mark.parametrize(("content", "told"), UPLOADS)
def test_check_tells_what_to_tell(content: bytes, told: str) -> None:
    answer = import_module("photos").check(content)
    assert told in answer
    assert bool(answer) == bool(told)


def test_settings_of_ones_own() -> None:
    program = import_module("own_settings")
    with program.scanner:
        assert program.allowed(ALLOWED)
        assert not program.allowed(located())


@pytest.fixture
def fastapi_app() -> Any:
    pytest.importorskip("fastapi")
    pytest.importorskip("multipart")
    return import_module("fastapi_app")


@pytest.fixture
def client(fastapi_app: Any) -> Iterator[Any]:
    testing = pytest.importorskip("fastapi.testclient")
    with testing.TestClient(fastapi_app.app) as opened:
        yield opened


@pytest.mark.parametrize(("content", "told"), UPLOADS)
def test_fastapi_stores_what_is_allowed_and_nothing_else(
    client: Any, fastapi_app: Any, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    stored: list[bytes] = []
    monkeypatch.setattr(fastapi_app, "store", stored.append)
    answer = client.post("/photos", files={"photo": ("a.jpg", content)})
    assert answer.status_code == (422 if told else 201)
    assert told in answer.text
    assert stored == ([] if told else [content])


def test_fastapi_refuses_what_is_too_large_without_a_look(
    client: Any, fastapi_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastapi_app, "MOST_BYTES", len(ALLOWED) - 1)
    assert client.post("/photos", files={"photo": ("a.jpg", ALLOWED)}).status_code == 413


def test_a_server_that_cannot_scan_does_not_start(
    fastapi_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing = pytest.importorskip("fastapi.testclient")
    break_scanning(monkeypatch)
    with pytest.raises(MissingDependency), testing.TestClient(fastapi_app.app):
        pass


@pytest.fixture
def uploaded() -> Any:
    """Django's own class for an upload, with Django set up."""
    conf = pytest.importorskip("django.conf")
    if not conf.settings.configured:
        conf.settings.configure(USE_I18N=False)
        import_module("django").setup()
    return import_module("django.core.files.uploadedfile").SimpleUploadedFile


@pytest.mark.parametrize(("content", "told"), UPLOADS)
def test_a_django_form_is_valid_only_with_a_photo_that_is_allowed(
    uploaded: Any, content: bytes, told: str
) -> None:
    form = import_module("forms").PhotoForm(files={"photo": uploaded("a.jpg", content)})
    assert form.is_valid() == (not told)
    if told:
        assert told in str(form.errors) or not content  # Django itself refuses empty files
    else:
        assert form.cleaned_data["photo"].read() == content


def test_a_django_form_takes_the_photos_of_iphones(uploaded: Any) -> None:
    form = import_module("forms").PhotoForm(files={"photo": uploaded("a.heic", encode("HEIF"))})
    assert form.is_valid()


def test_the_validator_refuses_what_is_too_large(
    uploaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    validators = import_module("validators")
    monkeypatch.setattr(validators, "MOST_BYTES", len(ALLOWED) - 1)
    errors = import_module("django.core.exceptions")
    with pytest.raises(errors.ValidationError, match="too large"):
        validators.validate_photo(uploaded("a.jpg", ALLOWED))


def test_a_django_server_that_cannot_scan_does_not_start(
    uploaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del uploaded
    break_scanning(monkeypatch)
    apps = import_module("apps")
    with pytest.raises(MissingDependency):
        apps.PhotosConfig.ready(object())


def test_any_file_can_be_guarded() -> None:
    assert phiscan.guard(BytesIO(ALLOWED)).verdict is phiscan.Verdict.ALLOW
