"""Parquet files with a column of pictures to Parquet files with columns of tokens.

The plain loop of one process; ``tessera.ray`` and ``tessera.spark`` do the same on clusters.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ._model import Model
from .table import tokens_schema, with_tokens


def convert(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    model: Model,
    column: str = "image",
    batch_size: int = 64,
) -> tuple[int, int]:
    """Converts a file, some rows at a time.

    The new file appears under its name when it is complete; one that was there before is replaced.

    Args:
        source: A Parquet file.
        target: The file to write.
        model: The model.
        column: The name of the column of pictures.
        batch_size: How many rows are in memory at a time, and are a row group of the new file.

    Returns:
        How many rows there are, and how many of them have no tokens because their picture could not
        be read; the column ``error`` says why.

    Raises:
        ArgumentError: The column is not there, or one of the new ones is already.
    """
    rows = failures = 0
    temporary = Path(f"{os.fspath(target)}.{os.getpid()}.part")
    try:
        with pq.ParquetFile(source) as file:
            schema = tokens_schema(file.schema_arrow, model, column)
            with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
                for batch in file.iter_batches(batch_size):
                    table = with_tokens(pa.Table.from_batches([batch]), model, column)
                    rows += len(table)
                    failures += len(table) - table["error"].null_count
                    writer.write_table(table)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return rows, failures
