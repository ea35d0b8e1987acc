"""Spark gives what the plain loop gives, a task killed or not."""

import os
import sys

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import tessera
import tessera.spark
from conftest import death
from tessera.table import with_tokens


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2,4]")  # a task may fail three times
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def check_tokens(spark, with_spark, photographs, model, folder):
    """Tokenizes in tasks, and holds the tokens against those of the plain loop."""
    pq.write_table(photographs, folder / "in.parquet")
    frame = spark.read.parquet(str(folder / "in.parquet")).repartition(3)
    with_spark(frame).write.parquet(str(folder / "out"))
    order = [("key", "ascending"), ("label", "ascending")]
    theirs = pq.read_table(folder / "out").sort_by(order)
    ours = with_tokens(photographs, model).sort_by(order)
    # Spark has no unsigned numbers, and its own names for the parts of a list.
    assert theirs.cast(ours.schema).equals(ours)


def test_tasks_give_what_the_plain_loop_gives(spark, model, photographs, tmp_path):
    check_tokens(spark, tessera.spark.with_tokens, photographs, model, tmp_path)


def test_a_killed_task_changes_nothing(spark, model, photographs, tmp_path):
    mark = tmp_path / "died"
    die_once, tokenize = death(str(mark)), tessera.spark.tokenizer()

    def dying(frames):
        die_once()
        yield from tokenize(frames)

    check_tokens(
        spark,
        lambda frame: frame.mapInPandas(dying, tessera.spark.tokens_schema(frame.schema)),
        photographs,
        model,
        tmp_path,
    )
    assert mark.exists()


def test_wrong_columns_fail_before_anything_runs(spark):
    frame = spark.createDataFrame([(1, b"")], "rows int, content binary")
    with pytest.raises(tessera.ArgumentError, match="there is no column 'image'"):
        tessera.spark.with_tokens(frame)
    with pytest.raises(tessera.ArgumentError, match="there is a column 'rows' already"):
        tessera.spark.with_tokens(frame, column="content")
