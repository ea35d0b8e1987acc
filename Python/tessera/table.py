"""Arrow tables with a column of pictures to tables with columns of tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ._model import Model
from .pictures import check_columns, columns, tokenize

#: The types of the columns that take the place of the pictures.
FIELDS = [
    pa.field("tokens", pa.list_(pa.uint16())),
    pa.field("rows", pa.int32()),
    pa.field("columns", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("width", pa.int32()),
    pa.field("error", pa.string()),
]

#: The key of a schema's metadata under which JSON says which model made the tokens.
METADATA_KEY = b"tessera"


def tokens_schema(schema: pa.Schema, model: Model, column: str = "image") -> pa.Schema:
    """The schema of the table that :func:`with_tokens` makes.

    Raises:
        ArgumentError: The column is not there, or one of the new ones is already.
    """
    check_columns(schema.names, column)
    kept = [field for field in schema if field.name != column]
    metadata = {
        "model": model.name,
        "sha256": model.hash,
        "vocabulary": list(model.vocabulary),
        "pixelsPerToken": model.pixels_per_token,
    }
    # What other programs say of the columns is not true of the new ones.
    return pa.schema(kept + FIELDS, metadata={METADATA_KEY: json.dumps(metadata)})


def with_tokens(table: pa.Table, model: Model, column: str = "image") -> pa.Table:
    """Replaces a column of pictures by their tokens; the other columns stay.

    Args:
        table: A table whose column holds bytes, or {bytes, path} as Hugging Face data sets have it.
        model: The model.
        column: The name of the column.

    Raises:
        ArgumentError: The column is not there, or one of the new ones is already.
    """
    schema = tokens_schema(table.schema, model, column)
    new = columns(tokenize((value.as_py() for value in table[column]), model))
    arrays = [pa.array(new[field.name], field.type) if field in FIELDS else table[field.name] for field in schema]
    return pa.table(arrays, schema=schema)


def grid(row: Mapping[str, Any]) -> NDArray[np.uint16]:
    """The tokens of a row as uint16 ``[h, w, K]``, as :meth:`tessera.Model.decode` takes them."""
    return np.asarray(row["tokens"], np.uint16).reshape(row["rows"], row["columns"], -1)
