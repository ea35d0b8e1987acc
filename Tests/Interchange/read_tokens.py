"""Proves that other programs read token shards: safetensors, NumPy, tarfile and webdataset.

    python Tests/Interchange/read_tokens.py .build/release/tessera PHOTOS

Tokenizes PHOTOS in both formats and compares, picture by picture, what the Python packages read with
each other and with the manifest's hashes. Scripts/check-package runs it on the samples.
"""

import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import numpy
import webdataset
from safetensors.numpy import load_file


def manifest(folder):
    """The files of a folder, each with the hash that the manifest names."""
    for line in (folder / "manifest.jsonl").read_text().splitlines():
        entry = json.loads(line)
        path = folder / entry["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"], path
        yield path, entry


def read_safetensors(folder):
    grids = {}
    for path, entry in manifest(folder):
        tensors = load_file(path)
        pictures = [json.loads(line) for line in path.with_suffix(".jsonl").open()]
        assert tensors["tokens"].shape[:3] == (entry["items"], entry["height"], entry["width"])
        assert len(pictures) == entry["items"]
        for picture, grid, size in zip(pictures, tensors["tokens"], tensors["sizes"], strict=True):
            assert tuple(size) == (picture["height"], picture["width"])
            grids[picture["key"]] = picture, grid
    return grids


def content(archive, member):
    """The bytes of a member of an archive."""
    file = archive.extractfile(member)
    assert file is not None, member.name
    return file.read()


def read_tar(folder):
    grids = {}
    for path, entry in manifest(folder):
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            assert members[0].name == "__tessera__"
            assert json.loads(content(archive, members[0]))["vocabulary"] == entry["vocabulary"]
            for text, array in zip(members[1::2], members[2::2], strict=True):
                picture = json.loads(content(archive, text))
                grid = numpy.load(io.BytesIO(content(archive, array)))
                grids[picture["key"]] = picture, grid
    return grids


def read_webdataset(folder):
    paths = [str(path) for path, _ in manifest(folder)]
    samples = webdataset.WebDataset(paths, shardshuffle=False).decode()
    return {sample["json"]["key"]: (sample["json"], sample["tokens.npy"]) for sample in samples}


def main():
    tessera, photos = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        folders = {name: pathlib.Path(work, name) for name in ("safetensors", "webdataset")}
        for name, folder in folders.items():
            subprocess.run(
                [tessera, "tokenize", photos, "-o", folder, "--format", name, "--shard-size", "50", "-q"], check=True
            )
        expected = read_safetensors(folders["safetensors"])
        for reader in (read_tar, read_webdataset):
            found = reader(folders["webdataset"])
            assert found.keys() == expected.keys()
            for key, (picture, grid) in expected.items():
                assert found[key][0] == picture, key
                assert found[key][1].dtype == grid.dtype
                assert numpy.array_equal(found[key][1], grid), key
    print(f"{len(expected)} pictures are the same by safetensors, tarfile with NumPy, and webdataset")


if __name__ == "__main__":
    main()
