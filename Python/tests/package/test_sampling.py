"""Restoring, drawing and tokenizing: what the command makes, and calls that end when they are told to."""

import os
import signal
import subprocess
import threading
import time

import numpy as np
import pytest

import tessera
from conftest import SAMPLES

FEW = {"steps": 2, "inner_steps": 1}


def test_restored_pictures_are_those_of_the_command(model, command, crops, tmp_path):
    from PIL import Image

    Image.fromarray(crops[0]).save(tmp_path / "otter.png")
    words = "restore otter.png --task sr2 -o out.png --seed 5 --steps 2 --inner-steps 1 --method g2d2"
    subprocess.run([command, *words.split(), "--model", model.name], check=True, cwd=tmp_path)
    theirs = np.asarray(Image.open(tmp_path / "out.png"))
    ours = model.restore(crops[0], "sr2", seed=5, method="g2d2", names=["otter"], **FEW)
    assert ours.shape == (192, 240, 3)
    assert np.array_equal(ours, theirs)


def test_drawn_pictures_are_those_of_the_command(model, command, tmp_path):
    from PIL import Image

    words = "generate --count 2 --size 64 --steps 3 --label roses --order halton --temperature 0.5 -o out"
    subprocess.run([command, *words.split(), "--model", model.name], check=True, cwd=tmp_path)
    told = []
    ours = model.generate(
        *(2, 64, 64),
        steps=3,
        label="roses",
        order="halton",
        temperature=0.5,
        step=lambda step, count: told.append((step, count)),
    )
    for number, picture in enumerate(ours):
        assert np.array_equal(picture, np.asarray(Image.open(tmp_path / f"out/000{number}.png")))
    assert told == [(step, 6) for step in range(1, 7)]


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_are_those_of_the_command(model, command, tmp_path):
    words = [command, "tokenize", *SAMPLES, "-o", tmp_path / "theirs", "--model", model.name]
    subprocess.run([*words, "--size", "64", "--fit", "pad", "--format", "webdataset"], check=True)
    result = tessera.tokenize(SAMPLES, tmp_path / "ours", model=model, size=64, fit="pad", format="webdataset")
    assert result == (2, 0, 0, 0, 0, 0)
    assert tree(tmp_path / "ours") == tree(tmp_path / "theirs")
    with pytest.raises(tessera.ArgumentError, match="was begun with the size 64, but this run has 32"):
        tessera.tokenize(SAMPLES, tmp_path / "ours", model=model, size=32, fit="pad", format="webdataset")


def test_what_a_step_raises_ends_the_call_and_is_raised(model, crops, tmp_path):
    class EnoughError(Exception):
        pass

    told = []

    def step(number, count):
        told.append((number, count))
        raise EnoughError

    hole = np.zeros((96, 120), bool)
    hole[30:50, 40:80] = True
    calls = [
        lambda: model.inpaint(crops[:2], hole, step=step, **FEW),
        lambda: tessera.fill(crops[:2], hole, step=step),
        lambda: model.restore(crops[:2], "jpeg", step=step, **FEW),
        lambda: model.generate(2, 64, 64, steps=3, step=step),
        lambda: tessera.tokenize(SAMPLES, tmp_path / "tokens", model=model, step=step),
    ]
    for call in calls:
        told.clear()
        with pytest.raises(EnoughError):
            call()
        assert len(told) == 1
    result = tessera.tokenize(SAMPLES, tmp_path / "tokens", model=model)
    assert result.done + result.skipped == 2 and result.missing_shards == 0


@pytest.mark.parametrize("call", ["generate", "restore", "inpaint"])
def test_ctrl_c_ends_a_call_without_a_step_function(model, crops, call):
    hole = np.ones((96, 120), bool)
    hole[:8] = False
    calls = {
        "generate": lambda: model.generate(10_000, 64, 64),
        "restore": lambda: model.restore(np.tile(crops, (100, 1, 1, 1)), "jpeg", steps=50),
        "inpaint": lambda: model.inpaint(np.tile(crops, (100, 1, 1, 1)), hole, steps=50),
    }
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(1, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        calls[call]()
    # A step of a small picture takes a fraction of a second, on a busy machine too.
    assert time.monotonic() - sent[0] < 20
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_copying_into_a_wide_hole():
    picture = np.random.default_rng(3).integers(0, 256, (1400, 1400, 3), np.uint8)
    hole = np.zeros((1400, 1400), bool)
    hole[200:1200, 200:1200] = True
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(3, interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        tessera.fill(picture, hole)
    # A step takes a fraction of a second, all of them most of a minute.
    assert time.monotonic() - sent[0] < 5


def test_ctrl_c_ends_encoding_between_parts(model, crops):
    many = np.tile(crops[:1, :32, :32], (50_000, 1, 1, 1))
    timer = threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.encode(many)


FAULTS = {
    "'task' is 'sr3', but must be one of": lambda m, p: m.restore(p, "sr3"),
    "'kernel' is null, but the task 'deblur-motion' needs one": lambda m, p: m.restore(p, "deblur-motion"),
    "the kernel has the shape [3], but must have [h, w]": (
        lambda m, p: m.restore(p, "deblur-motion", kernel=np.ones(3))
    ),
    "'kernel_height' is 2, but must be odd": lambda m, p: m.restore(p, "deblur-motion", kernel=np.ones((2, 3))),
    "'noise' is 3.0, but must be from 0 to 2": lambda m, p: m.restore(p, "sr2", noise=3),
    "'look' is 2.0, but must be from 0 to 1": lambda m, p: m.restore(p, "sr2", look=2),
    "'method' is 'magic', but must be one of aps": lambda m, p: m.restore(p, "sr2", method="magic"),
    "has no label 'cats'; it has": lambda m, p: m.generate(label="cats"),
    "'inputs' is empty": lambda m, p: tessera.tokenize([], "tokens", model=m),
    "'task_index' is 2, but must be from 0 to 1": (
        lambda m, p: tessera.tokenize("a", "b", model=m, task_index=2, task_count=2)
    ),
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_wrong_arguments_get_a_sentence(model, crops, sentence):
    with pytest.raises(tessera.ArgumentError) as caught:
        FAULTS[sentence](model, crops[:1])
    assert sentence in str(caught.value)
