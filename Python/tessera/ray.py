"""Tokens with Ray Data: an actor that holds a model.

dataset = ray.data.read_parquet("pictures")     # a column "image" of {bytes, path}
dataset.map_batches(
    tessera.ray.Tokenizer,
    fn_constructor_kwargs={"model": "photo-dimension", "threads": 4},
    batch_format="pyarrow", batch_size=64, num_cpus=4,
    compute=ray.data.ActorPoolStrategy(size=8),
).write_parquet("tokens")
"""

from __future__ import annotations

import pyarrow as pa

from ._model import Model
from .table import with_tokens


class Tokenizer:
    """Replaces the pictures of a batch by their tokens, as :func:`tessera.table.with_tokens` does.

    Each actor loads the model once. Give it as many ``threads`` as its ``num_cpus``, and leave a core of
    the cluster to what reads and writes: actors hold theirs until all is done.

    Args:
        model: The path of a model folder that every node has, or the name of one that ships.
        column: The column of pictures: bytes, or {bytes, path}.
        threads: How many threads an actor computes with.
    """

    def __init__(self, model: str | None = None, column: str = "image", threads: int = 1):
        self.model = Model.load(model, threads=threads)
        self.column = column

    def __call__(self, batch: pa.Table) -> pa.Table:
        return with_tokens(batch, self.model, self.column)
