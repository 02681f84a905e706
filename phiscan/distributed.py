"""Many machines: hands photos to the workers of an Apache Spark cluster, and their results back.

Spark shares out the work, does the work of a lost machine again, and writes the results once. Each
of its Python workers keeps the networks warm in a process of its own, as the command does, so that
a photo that crashes or hangs that process costs a gap and not the job. Needs the extra
`phiscan[distributed]`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import msgspec

from phiscan.batch import Item, Workers
from phiscan.batch.places import place, walk
from phiscan.reports._record import PhotoRecord, record
from phiscan.scan import Scanner
from phiscan.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SHARE = 50
"""Photos handed out at a time: a minute or two of work, which is what a lost machine loses."""
_NAMES = {str: "string", int: "bigint", float: "double"}


def find(spark: SparkSession, *places: str, share: int = SHARE) -> DataFrame:
    """Return a DataFrame of the photos in folders: columns `path` and `problem`.

    Places are paths that all workers see, or addresses such as `s3://bucket/folder/`, walked by the
    rules of `phiscan scan --no-ignore`. `problem` says why something will not be scanned, or is
    empty.
    """
    items = [(item.path, item.problem) for item in walk(place(text) for text in places)]
    shares = max(-(-len(items) // share), 1)
    return spark.createDataFrame(items, "path string, problem string").repartition(shares)


def scan(photos: DataFrame, settings: Settings | None = None) -> DataFrame:
    """Return one row for each photo, with the keys of the JSON as columns; nothing runs yet.

    `photos` has a column `path`, and may have the column `problem` of `find()`. The settings must
    make sense on every worker: files that they name must be there. Each worker uses one thread,
    for Spark runs one for each core, unless `threads` says another number.
    """
    chosen = settings or Settings()
    chosen = replace(chosen, threads=chosen.threads or 1)
    given = [name for name in ("path", "problem") if name in photos.columns]
    return photos.select(*given).mapInArrow(partial(_scanned, chosen), schema())


def schema() -> str:
    """Return the columns of the results in Spark's notation, from the documented JSON."""
    return _fields(PhotoRecord, " ")


def _scanned(settings: Settings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Scan what Spark hands to one of its workers."""
    import pyarrow as pa

    kind = pa.schema(_arrow(PhotoRecord))
    rows = itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
    items = (Item(_local(row["path"]), row.get("problem") or "") for row in rows)
    for result in _workers(settings).scan_all(items):
        yield pa.RecordBatch.from_pylist([_row(record(result))], kind)


@cache
def _workers(settings: Settings) -> Workers:
    """Return the scanning process of this Python worker, which Spark uses again and again."""
    policy = settings.open_policy()
    return Workers(partial(Scanner, settings), policy, 1, settings.seconds).__enter__()


def _local(path: str) -> str:
    """Return the path of a local file as Python writes it; Spark's own readers put a scheme."""
    return path.removeprefix("file:") if path.startswith("file:/") else path


def _row(kept: msgspec.Struct) -> dict[str, Any]:
    """Return every key of a record, also those that the JSON leaves out."""
    return {name: _value(getattr(kept, name)) for name in kept.__struct_fields__}


def _value(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _row(value)
    return [_value(each) for each in value] if isinstance(value, list) else value


def _fields(struct: type, mark: str) -> str:
    hints = get_type_hints(struct).items()
    return ",".join(f"`{name}`{mark}{_named(kind)}" for name, kind in hints)


def _named(kind: Any) -> str:
    kind = _without_none(kind)
    if get_origin(kind) is list:
        return f"array<{_named(*get_args(kind))}>"
    return _NAMES.get(kind) or f"struct<{_fields(kind, ':')}>"


def _arrow(struct: type) -> list[tuple[str, pa.DataType]]:
    return [(name, _arrow_type(kind)) for name, kind in get_type_hints(struct).items()]


def _arrow_type(kind: Any) -> pa.DataType:
    import pyarrow as pa

    kind = _without_none(kind)
    if get_origin(kind) is list:
        return pa.list_(_arrow_type(*get_args(kind)))
    plain = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    return plain.get(kind) or pa.struct(_arrow(kind))


def _without_none(kind: Any) -> Any:
    """Return what a value is where it is there; every column may be null."""
    if NoneType not in get_args(kind):
        return kind
    return next(each for each in get_args(kind) if each is not NoneType)
