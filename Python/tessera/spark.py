"""Tokens with PySpark: a data frame with a column of pictures to one with columns of tokens.

frame = spark.read.parquet("pictures")          # a column "image" of {bytes, path}
tessera.spark.with_tokens(frame).write.parquet("tokens")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField, StructType

from ._model import Model
from .pictures import check_columns, columns, tokenize

#: Spark has no unsigned numbers: tokens are integers.
FIELDS = [
    StructField("tokens", ArrayType(IntegerType(), containsNull=False)),
    StructField("rows", IntegerType()),
    StructField("columns", IntegerType()),
    StructField("height", IntegerType()),
    StructField("width", IntegerType()),
    StructField("error", StringType()),
]


def with_tokens(frame: DataFrame, model: str | None = None, column: str = "image", threads: int = 1) -> DataFrame:
    """Replaces a column of pictures by their tokens; the other columns stay.

    Args:
        frame: A frame whose column holds bytes, or {bytes, path}.
        model: The path of a model folder that every worker has, or the name of one that ships.
        column: The name of the column.
        threads: How many threads a task computes with; as many as ``spark.task.cpus``.
    """
    return frame.mapInPandas(tokenizer(model, column, threads), tokens_schema(frame.schema, column))


def tokens_schema(schema: StructType, column: str = "image") -> StructType:
    """The schema of the frame that :func:`tokenizer` makes.

    Raises:
        ArgumentError: The column is not there, or one of the new ones is already.
    """
    check_columns(schema.names, column)
    kept = [field for field in schema.fields if field.name != column]
    return StructType(kept + FIELDS)


def tokenizer(
    model: str | None = None, column: str = "image", threads: int = 1
) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """A function for ``DataFrame.mapInPandas``, which loads the model once in each task."""

    def map_frames(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        loaded = Model.load(model, threads=threads)
        for frame in frames:
            new = frame.drop(columns=[column])
            for name, values in columns(tokenize(frame[column], loaded)).items():
                is_whole = name in ("rows", "columns", "height", "width")
                new[name] = pd.array(values, "Int32") if is_whole else values
            yield new

    return map_frames
