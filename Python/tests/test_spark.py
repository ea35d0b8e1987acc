import os
import sys

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import tessera
import tessera.spark
from tessera.table import with_tokens


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_tasks_give_what_the_plain_loop_gives(spark, model, photographs, tmp_path):
    pq.write_table(photographs, tmp_path / "in.parquet")
    frame = spark.read.parquet(str(tmp_path / "in.parquet")).repartition(3)
    tessera.spark.with_tokens(frame).write.parquet(str(tmp_path / "out"))
    order = [("key", "ascending"), ("label", "ascending")]
    theirs = pq.read_table(tmp_path / "out").sort_by(order)
    ours = with_tokens(photographs, model).sort_by(order)
    # Spark has no unsigned numbers, and its own names for the parts of a list.
    assert theirs.cast(ours.schema).equals(ours)


def test_wrong_columns_fail_before_anything_runs(spark):
    frame = spark.createDataFrame([(1, b"")], "rows int, content binary")
    with pytest.raises(tessera.ArgumentError, match="there is no column 'image'"):
        tessera.spark.with_tokens(frame)
    with pytest.raises(tessera.ArgumentError, match="there is a column 'rows' already"):
        tessera.spark.with_tokens(frame, column="content")
