"""Many photos: walk folders, scan in processes, hand out results in the order of the files."""

from phiscan.batch.folders import Item, is_folder, looks_like_photo, walk
from phiscan.batch.workers import Workers

__all__ = ["Item", "Workers", "is_folder", "looks_like_photo", "walk"]
