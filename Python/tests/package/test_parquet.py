"""Columns of pictures become columns of tokens, in tables, files and folders."""

import io
import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import tessera
from tessera.parquet import convert
from tessera.pictures import picture_bytes, read_picture
from tessera.table import METADATA_KEY, grid, with_tokens


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tessera", "parquet", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )


def test_each_row_has_the_tokens_of_its_picture(model, photographs):
    table = with_tokens(photographs, model)
    assert table.column_names == ["key", "label", "tokens", "rows", "columns", "height", "width", "error"]
    assert table["label"].equals(photographs["label"])
    for before, after in zip(photographs.to_pylist(), table.to_pylist(), strict=True):
        if before["key"] in ("cut", "none"):
            assert after["tokens"] is None and after["rows"] is None and after["error"]
        else:
            pixels = read_picture(picture_bytes(before["image"]))
            assert np.array_equal(grid(after), model.encode(pixels))
            assert (after["height"], after["width"]) == pixels.shape[:2] and after["error"] is None
    metadata = json.loads(table.schema.metadata[METADATA_KEY])
    assert metadata["sha256"] == model.hash and b"huggingface" not in table.schema.metadata


def test_a_file_is_its_table(model, photographs, tmp_path):
    pq.write_table(photographs, tmp_path / "in.parquet")
    rows, failures = convert(tmp_path / "in.parquet", tmp_path / "out.parquet", model, batch_size=5)
    assert (rows, failures) == (27, 6)
    assert pq.read_table(tmp_path / "out.parquet").equals(with_tokens(photographs, model))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_nothing_is_left_of_a_conversion_that_fails(model, photographs, tmp_path):
    pq.write_table(photographs, tmp_path / "in.parquet")
    with pytest.raises(tessera.ArgumentError, match="there is no column 'photo'; there are image, key"):
        convert(tmp_path / "in.parquet", tmp_path / "out.parquet", model, column="photo")
    taken = photographs.append_column("rows", photographs["label"])
    with pytest.raises(tessera.ArgumentError, match="there is a column 'rows' already"):
        with_tokens(taken, model)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_the_command_converts_folders(model, photographs, tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    pq.write_table(photographs, tmp_path / "in/a.parquet")
    readable = photographs.slice(0, 7)
    pq.write_table(readable, tmp_path / "in/deep/b.parquet")
    out = tmp_path / "out"
    first = run(tmp_path / "in", out, "--threads", 1)
    assert first.returncode == 1 and "27 pictures, 6 without tokens" in first.stderr
    assert pq.read_table(out / "deep/b.parquet").equals(with_tokens(readable, model))
    again = run(tmp_path / "in", out)
    assert again.returncode == 2 and "exists; pass --overwrite or --skip-existing" in again.stderr
    assert run(tmp_path / "in", out, "--skip-existing").returncode == 0
    assert run(tmp_path / "in/deep", out / "deep", "--overwrite").returncode == 0
    assert run(tmp_path / "in/a.parquet", tmp_path / "c.parquet", "--model", "none").returncode == 3
    assert run(tmp_path / "nowhere", tmp_path / "c.parquet").returncode == 2
    assert not (tmp_path / "c.parquet").exists()


def test_a_picture_of_too_many_pixels_has_an_error(model, photographs):
    long = io.BytesIO()
    Image.new("L", (65_501, 1)).save(long, "PNG")
    good = photographs["image"][0].as_py()["bytes"]
    table = with_tokens(pa.table({"image": [long.getvalue(), good]}), model)
    assert table["error"].to_pylist() == ["'width' is 65501, but must be from 1 to 65500", None]
    assert table["width"].to_pylist() == [65_501, 120] and table["tokens"][0].as_py() is None


def test_a_column_of_bytes_will_do(model, photographs):
    data = photographs["image"].combine_chunks().field("bytes").slice(0, 3)
    plain = with_tokens(pa.table({"content": data}), model, column="content")
    assert plain["tokens"].equals(with_tokens(photographs.slice(0, 3), model)["tokens"])
