"""A tokenizer, a prior and a denoiser trained for two steps, exported, and loaded by the command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).parents[2]
TESSERA = Path(os.environ.get("TESSERA", ROOT / ".build/release/tessera"))
TOKENIZER = {
    "quantizer": "dimension",
    "architecture": {"widths": [8, 12, 16], "encoderBlocks": [1, 1, 1], "decoderBlocks": [1, 1, 1]},
    "steps": 2,
    "batch": 4,
    "crop": 32,
    "binsAfter": 0.5,
    "averaging": 0.9,
    "rate": 2e-3,
    "muonRate": 5e-3,
    "l1Weight": 0.2,
    "l2Weight": 1.0,
}
DENOISER = {
    "architecture": {"widths": [8, 12, 16], "encoderBlocks": [1, 1, 1], "decoderBlocks": [1, 1]},
    "steps": 2,
    "batch": 4,
    "crop": 32,
    "reductions": [2, 1.5],
    "drawingsEvery": 2,
    "rate": 1e-3,
    "muonRate": 2e-3,
}
SHARPENER = DENOISER | {
    "l1Weight": 0.2,
    "l2Weight": 1.0,
    "perceptualWeight": 0.15,
    "adversarialWeight": 0.4,
    "adversarialStart": 1,
    "sourceWeights": {"drawn": 2},
}
PRIOR = {
    "layers": 2,
    "width": 32,
    "heads": 2,
    "window": 7,
    "phases": 2,
    "batch": 4,
    "steps": 2,
    "rate": 3e-3,
    "muonRate": 0.02,
    "labelDropout": 0.2,
    "leastPhotosPerLabel": 5,
}


def call(monkeypatch: pytest.MonkeyPatch, module: str, *arguments: object) -> None:
    """Runs a module's main function with a command line."""
    main = __import__(f"tessera_training.{module}", fromlist=["main"]).main
    monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
    main()


@pytest.fixture(scope="module")
def exported(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder after two steps of each trainer."""
    work = tmp_path_factory.mktemp("work")
    for name, config in (("tokenizer", TOKENIZER), ("prior", PRIOR)):
        (work / f"{name}.json").write_text(json.dumps(config))
    given = ("--photos", photos, "--device", "cpu")
    with pytest.MonkeyPatch.context() as patch:
        call(patch, "tokenizer", work / "tokenizer.json", "--run", work / "runs/first", *given)
        tokenizer = ("--tokenizer", work / "runs/first")
        call(patch, "prior", work / "prior.json", *tokenizer, "--run", work / "runs/prior", *given)
        runs = ("--run", work / "runs/first", "--prior", work / "runs/prior")
        call(patch, "export", *runs, "--name", "two-steps", "--out", work)
    return work / "two-steps"


def tessera(*arguments: object) -> str:
    assert TESSERA.exists(), f"build '{TESSERA}' first: swift build -c release --product tessera"
    command = [str(TESSERA), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_the_folder_says_what_it_holds(exported):
    described = json.loads((exported / "model.json").read_text())
    assert described["parts"]["tokenizer"]["settings"]["quantizer"] == "dimension"
    assert described["parts"]["tokenizer"]["settings"]["widths"] == [8, 12, 16]
    assert described["parts"]["prior"]["settings"]["labels"] == ["disc"]
    assert described["training"]["steps"] == described["training"]["priorSteps"] == 2


def test_the_command_loads_it(exported, tmp_path):
    photo = ROOT / "Samples/otter.jpg"
    tessera("inspect", exported)
    tessera("reconstruct", photo, "--model", exported, "-o", tmp_path / "again.png", "--quiet")
    options = ("--count", 1, "--size", 64, "--steps", 2, "--quiet")
    tessera("generate", "--model", exported, *options, "-o", tmp_path / "drawn.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.png", "drawn.png"]


def test_the_command_loads_a_denoiser(photos, tmp_path, monkeypatch):
    (tmp_path / "denoiser.json").write_text(json.dumps(DENOISER))
    call(monkeypatch, "denoiser", tmp_path / "denoiser.json", "--photos", photos, "--run", tmp_path / "run")
    (tmp_path / "deblocker.json").write_text(json.dumps({**DENOISER, "degradation": "compression"}))
    start = ("--start-from", tmp_path / "run/state.pt")
    call(monkeypatch, "denoiser", tmp_path / "deblocker.json", "--photos", photos, "--run", tmp_path / "second", *start)
    runs = ("--denoiser", tmp_path / "run", "--deblocker", tmp_path / "second")
    call(monkeypatch, "export", *runs, "--name", "two-steps", "--out", tmp_path)
    described = json.loads((tmp_path / "two-steps/model.json").read_text())
    assert described["parts"].keys() == {"denoiser", "deblocker"} and described["training"]["steps"] == 2
    task = ("--task", "jpeg", "--quality", 20, "--denoiser", tmp_path / "two-steps")
    tessera("restore", ROOT / "Samples/otter.jpg", *task, "-o", tmp_path / "unblocked.png", "--quiet")
    assert (tmp_path / "unblocked.png").exists()
    given = ("--task", "denoise", "--noise", 0.2, "--method", "pixels", "--denoiser", tmp_path / "two-steps")
    tessera("restore", ROOT / "Samples/otter.jpg", *given, "-o", tmp_path / "clean.png", "--quiet")
    assert (tmp_path / "clean.png").exists()


def squeezenet(path: Path) -> Path:
    """Weights of the shapes of SqueezeNet v1.1 up to its eighth module, drawn at random."""
    shapes = {"conv1": (64, 3, 3)}
    widths = {2: (64, 16, 64), 3: (128, 16, 64), 4: (128, 32, 128), 5: (256, 32, 128)}
    widths |= {6: (256, 48, 192), 7: (384, 48, 192), 8: (384, 64, 256)}
    for fire, (inputs, squeezed, expanded) in widths.items():
        shapes |= {
            f"fire{fire}/squeeze1x1": (squeezed, inputs, 1),
            f"fire{fire}/expand1x1": (expanded, squeezed, 1),
            f"fire{fire}/expand3x3": (expanded, squeezed, 3),
        }
    weights = {}
    for name, (outputs, inputs, side) in shapes.items():
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, side, side) / (inputs * side * side) ** 0.5
        weights[f"{name}.bias"] = torch.zeros(outputs)
    save_file(weights, path)
    return path


def test_the_command_sharpens(photos, tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text(json.dumps(DENOISER))
    given = ("--photos", photos, "--device", "cpu")
    call(monkeypatch, "denoiser", tmp_path / "config.json", "--run", tmp_path / "run", *given)
    roles = [word for role in ("denoiser", "deblocker", "upscaler") for word in (f"--{role}", tmp_path / "run")]
    call(monkeypatch, "export", *roles, "--name", "restorers", "--out", tmp_path)
    (tmp_path / "sharpener.json").write_text(json.dumps(SHARPENER))
    networks = ("--restorers", tmp_path / "restorers", "--squeezenet", squeezenet(tmp_path / "squeezenet.safetensors"))
    call(monkeypatch, "sharpener", tmp_path / "sharpener.json", "--run", tmp_path / "sharp", *given, *networks)
    call(monkeypatch, "export", *roles, "--sharpener", tmp_path / "sharp", "--name", "all", "--out", tmp_path)
    pictures = {}
    for look in ("faithful", "sharp"):
        pictures[look] = tmp_path / f"{look}.png"
        options = ("--task", "jpeg", "--denoiser", tmp_path / "all", "--look", look, "--quiet")
        tessera("restore", ROOT / "Samples/otter.jpg", *options, "-o", pictures[look])
    assert pictures["faithful"].read_bytes() != pictures["sharp"].read_bytes()


def test_what_ships_can_be_trained_again(exported, tmp_path, monkeypatch):
    runs = ("--run", tmp_path / "run", "--prior", tmp_path / "prior")
    call(monkeypatch, "shipped", exported, *runs)
    call(monkeypatch, "export", *runs, "--name", "again", "--out", tmp_path)
    for name in ("tokenizer.safetensors", "prior.safetensors"):
        ours, theirs = load_file(tmp_path / "again" / name), load_file(exported / name)
        assert ours.keys() == theirs.keys()
        for key, value in ours.items():
            # Half precision once more: a unit in the last of its eleven bits.
            assert value.float().allclose(theirs[key].float(), rtol=2**-10, atol=1e-6), key
