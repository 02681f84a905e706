"""Changes to a photo of a face under which it should still be recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _brighter(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip(picture.astype(np.float32) * factor, 0, 255), np.uint8)


def _noisy(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).normal(0, 15, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def _jpeg(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 25])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _blurred(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.015 * picture.shape[0]), np.uint8)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    less = cv2.resize(picture, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(less, (width, height)), np.uint8)


def _turned(picture: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    edge = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderMode=edge), np.uint8)


CHANGES: Mapping[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "half the light": partial(_brighter, factor=0.5),
    "1.6 times the light": partial(_brighter, factor=1.6),
    "noise, deviation 15": _noisy,
    "JPEG, quality 25": _jpeg,
    "blur, 3 % of the face": _blurred,
    "a third of the size": _small,
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "turned by 10 degrees": partial(_turned, degrees=10),
    "turned by 20 degrees": partial(_turned, degrees=20),
    "turned by 40 degrees": partial(_turned, degrees=40),
}
