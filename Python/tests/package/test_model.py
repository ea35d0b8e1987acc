"""The package gives what the command gives, for any layout of arrays, and refuses the rest in a sentence."""

import json
import multiprocessing
import pickle
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tessera
from conftest import REPOSITORY, SAMPLES
from tessera._library import library
from tessera.pictures import read_picture


def test_facts(model):
    assert model.name == "photo-dimension"
    described = json.loads((REPOSITORY / "Checkpoints/photo-dimension/model.json").read_text())
    assert model.hash == described["parts"]["tokenizer"]["sha256"]
    assert (model.pixels_per_token, model.vocabulary) == (8, (256, 256, 256, 256))
    assert model.has_prior
    assert model.grid(1, 17) == (1, 3)


def test_there_and_back_is_much_the_same(model, crops):
    tokens = model.encode(crops)
    assert tokens.shape == (6, 12, 15, 4) and tokens.dtype == np.uint16
    back = model.decode(tokens)
    assert back.shape == crops.shape and back.dtype == np.uint8
    error = np.mean((back.astype(float) - crops) ** 2)
    assert 10 * np.log10(255**2 / error) > 24  # photo-dimension has 30.8 dB on its test pictures


def test_a_batch_is_its_pictures(model, crops):
    tokens = model.encode(crops)
    for crop, grid in zip(crops, tokens, strict=True):
        assert np.array_equal(model.encode(crop), grid)
        assert np.array_equal(model.decode(grid), model.decode(tokens[:1] * 0 + grid)[0])
    assert np.array_equal(model.encode(np.tile(crops, (3, 1, 1, 1))), np.tile(tokens, (3, 1, 1, 1)))
    assert model.encode(crops[:0]).shape == (0, 12, 15, 4)
    assert model.decode(tokens[:0]).shape == (0, 96, 120, 3)


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a[:, 5:40, 7:90],
        lambda a: a[::2, ::3],
        lambda a: a[:, :, ::2],
        lambda a: a[::-1, ::-1, ::-1, ::-1],
        np.asfortranarray,
        lambda a: np.broadcast_to(a[0], (3, *a.shape[1:])),
        lambda a: a[:, :1, :1],
    ],
)
def test_a_view_is_its_copy(model, crops, view):
    assert np.array_equal(model.encode(view(crops)), model.encode(view(crops).copy()))


def test_sizes_that_are_not_whole_positions(model, crops):
    odd = crops[:, :61, :83]
    tokens = model.encode(odd)
    assert tokens.shape == (6, 8, 11, 4)
    whole = model.decode(tokens)
    assert np.array_equal(model.decode(tokens, 61, 83), whole[:, :61, :83])


def test_threads_of_python_share_a_model(model, crops):
    expected = model.encode(crops)
    with ThreadPoolExecutor(4) as pool:
        for tokens in pool.map(lambda _: model.encode(crops), range(12)):
            assert np.array_equal(tokens, expected)


def test_the_number_of_threads_changes_nothing(model, crops):
    one = tessera.Model.load(threads=1).encode(crops)
    two = tessera.Model.load(threads=2).encode(crops)
    assert np.array_equal(one, two)


def _encode_in_child(crops, queue):
    queue.put(tessera.Model.load(threads=1).encode(crops))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(model, crops, method):
    expected = model.encode(crops)
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    child = context.Process(target=_encode_in_child, args=(crops, queue))
    child.start()
    assert np.array_equal(queue.get(timeout=60), expected)
    child.join()


def test_a_model_is_pickled_by_its_name(model, crops):
    again = pickle.loads(pickle.dumps(model))
    assert again.hash == model.hash
    assert np.array_equal(again.encode(crops), model.encode(crops))


def test_holes_are_filled_and_all_else_stays(model, crops):
    pictures = crops[:2]
    holes = np.zeros((96, 120), bool)
    holes[30:50, 40:80] = True
    filled = model.inpaint(pictures, holes, seed=3, steps=2, inner_steps=2, names=["a", "b"])
    assert np.array_equal(filled[:, ~holes], pictures[:, ~holes])
    assert not np.array_equal(filled[:, holes], pictures[:, holes])
    alone = model.inpaint(pictures[1], holes, seed=3, steps=2, inner_steps=2, names=["b"])
    assert np.array_equal(alone, filled[1])


def test_the_texture_of_a_hole_is_chosen(model, crops):
    holes = np.zeros((96, 120), bool)
    holes[30:54, 40:66] = True
    options = {"steps": 1, "inner_steps": 1}
    soft, sharp = (model.inpaint(crops[0], holes, texture=texture, **options) for texture in ("model", "exemplar"))
    alone = tessera.fill(crops[0], holes, seed=1)
    for filled in (soft, sharp, alone):
        assert np.array_equal(filled[~holes], crops[0][~holes])
        assert not np.array_equal(filled[holes], crops[0][holes])
    assert not np.array_equal(soft, sharp)
    assert np.array_equal(alone, tessera.fill(crops[:2], holes, seed=1)[0])
    assert not np.array_equal(alone, tessera.fill(crops[0], holes, seed=2))
    assert not np.array_equal(alone, tessera.fill(crops[0], holes, seed=1, source_radius=12))
    with pytest.raises(tessera.ArgumentError, match=r"^picture 0 has too little to copy from"):
        tessera.fill(crops[0], holes, avoid=~holes)
    told: list[tuple[int, int]] = []
    tessera.fill(crops[:2], holes, step=lambda number, count: told.append((number, count)))
    assert told == sorted(told) and told[-1] == (44, 44)


def test_a_hole_filled_without_a_model_is_that_of_the_command(command, crops, tmp_path):
    from PIL import Image

    holes = np.zeros((96, 120), bool)
    holes[10:40, 20:60] = True
    Image.fromarray(crops[0]).save(tmp_path / "otter.png")
    Image.fromarray(holes).save(tmp_path / "mask.png")
    options = "--mask mask.png -o out.png --seed 5 --method exemplar"
    subprocess.run([command, "inpaint", "otter.png", *options.split()], check=True, cwd=tmp_path)
    ours = tessera.fill(crops[0], holes, seed=5, names=["otter"])
    assert np.array_equal(ours, np.asarray(Image.open(tmp_path / "out.png")))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_tokens_are_those_of_the_command(model, command, sample, tmp_path):
    subprocess.run([command, "tokenize", sample, "-o", tmp_path, "--model", model.name], check=True)
    data = (tmp_path / "000000.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    entry = json.loads(data[8 : 8 + length])["tokens"]
    start, end = entry["data_offsets"]
    theirs = np.frombuffer(data[8 + length :][start:end], np.uint8).reshape(entry["shape"])
    assert np.array_equal(model.encode(read_picture(sample.read_bytes())), theirs[0])


def test_a_filled_hole_is_that_of_the_command(model, command, crops, tmp_path):
    from PIL import Image

    holes = np.zeros((96, 120), bool)
    holes[10:40, 20:60] = True
    Image.fromarray(crops[0]).save(tmp_path / "otter.png")
    Image.fromarray(holes).save(tmp_path / "mask.png")
    options = f"--mask mask.png -o out.png --seed 5 --steps 3 --inner-steps 2 --model {model.name}"
    subprocess.run([command, "inpaint", "otter.png", *options.split()], check=True, cwd=tmp_path)
    theirs = np.asarray(Image.open(tmp_path / "out.png"))
    ours = model.inpaint(crops[0], holes, seed=5, steps=3, inner_steps=2, names=["otter"])
    assert np.array_equal(ours, theirs)


def test_the_library_needs_nothing_of_swift():
    needed = subprocess.run(["ldd", library.path], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in needed and "swift" not in needed.lower() and "not found" not in needed


@pytest.mark.parametrize("page", ["README.md", "Python/README.md"])
def test_the_example_of_the_readme_runs(page):
    code = (REPOSITORY / page).read_text().split("```python\n")[1].split("```")[0]
    names = {"pictures": np.zeros((2, 64, 96, 3), np.uint8), "holes": np.zeros((2, 64, 96), bool)}
    exec(code, names)
    assert names["tokens"].shape == (2, 8, 12, 4)


FAULTS = {
    "pictures are float64, but must be uint8, from 0 to 255": lambda m, p: m.encode(p / 255),
    "pictures have the shape [6, 96, 120], but must have [N, H, W, 3] or [H, W, 3]": (lambda m, p: m.encode(p[..., 0])),
    "'height' is 0, but must be from 1 to 65500": lambda m, p: m.encode(p[:, :0]),
    "tokens have the shape [2, 2], but must have [N, h, w, 4] or [h, w, 4]": (
        lambda m, p: m.decode(np.zeros((2, 2), int))
    ),
    "tokens are float64, but must be integers": lambda m, p: m.decode(np.zeros((1, 1, 4))),
    "a token is -1, but tokens are from 0 to 65535": lambda m, p: m.decode(np.full((1, 1, 4), -1)),
    "token 0 is 256, but slot 0 has a vocabulary of 256": (lambda m, p: m.decode(np.full((1, 1, 4), 256))),
    "a picture of 8 x 9 pixels has (2, 1) rows and columns of tokens, but (1, 1) were given": (
        lambda m, p: m.decode(np.zeros((1, 1, 4), int), 9, 8)
    ),
    "holes are uint8, but must be bool; of a mask of lightness take 'mask >= 128'": (
        lambda m, p: m.inpaint(p, p[..., 0])
    ),
    "holes have the shape [95, 120], but must have [6, 96, 120] or [96, 120]": (
        lambda m, p: m.inpaint(p, np.zeros((95, 120), bool))
    ),
    "avoided pixels have the shape [95, 120], but must have [6, 96, 120] or [96, 120]": (
        lambda m, p: tessera.fill(p, np.zeros((96, 120), bool), np.zeros((95, 120), bool))
    ),
    "'source_radius' is 0, but must be from 1 to 65536": (
        lambda m, p: tessera.fill(p, np.zeros((96, 120), bool), source_radius=0)
    ),
    "'texture' is 'paint', but must be one of auto, exemplar, model": (
        lambda m, p: m.inpaint(p, np.zeros((96, 120), bool), texture="paint")
    ),
    "'names' must be a list of 6, one for each picture": (
        lambda m, p: m.inpaint(p, np.zeros((96, 120), bool), names="otters")
    ),
    "'seed' is -1, but must be from 0 to 18446744073709551615": (
        lambda m, p: m.inpaint(p, np.zeros((96, 120), bool), seed=-1)
    ),
    "'steps' is 1.5, but must be a whole number": (lambda m, p: m.inpaint(p, np.zeros((96, 120), bool), steps=1.5)),
    "'threads' is 0, but must be from 1 to 1024": lambda m, p: tessera.Model.load(threads=0),
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_wrong_arguments_get_a_sentence(model, crops, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$") as caught:
        FAULTS[sentence](model, crops)
    assert isinstance(caught.value, tessera.TesseraError)


def test_a_model_that_is_not_there():
    with pytest.raises(tessera.ModelError, match="no model folder or shipped model is named 'nowhere'"):
        tessera.Model.load("nowhere")
