"""Writes the fixtures that hold the Swift networks to PyTorch.

    $(Scripts/environment fixtures) Tests/Tools/make-fixtures.py

Tiny networks of Training with seeded weights, their inputs and what PyTorch makes of them, as
safetensors files of at most 100 kB. Weights are stored in half precision and rounded to it before
PyTorch computes; inputs and outputs are float. Everything is channels last in the files. Each file
records this script, the versions and the seed.
"""

import hashlib
import json
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file

from tessera_training import denoiser_network, foreign_denoisers
from tessera_training.export import part
from tessera_training.losses import PerceptualDistance
from tessera_training.networks import Architecture, Decoder, Encoder, ResidualBlock, exported_weights
from tessera_training.prior_network import Layer, MaskedTransformer, rotary_angles, rotated
from tessera_training.quantizers import QUANTIZERS

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260
LIMIT = 100_000
ARCHITECTURE = Architecture(widths=[8, 16, 24], encoderBlocks=[1, 1, 1], decoderBlocks=[1, 1, 1])
LATENT_CHANNELS = 8


def last(x):
    """Channels first to channels last."""
    return x.permute(0, 2, 3, 1).contiguous()


def half_weights(network):
    """Gives every layer weights that matter, exactly as half precision stores them."""
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("bias"):
                value.normal_(0, 0.2)
            elif name.endswith("gain"):
                value.normal_(1, 0.3)
            elif "embedding" in name or name == "label.weight":
                value.normal_(0, 1)
            elif value.ndim == 4:
                value.normal_(0, (1.2 / value[0].numel()) ** 0.5)
            else:
                value.normal_(0, value.shape[-1] ** -0.5)
            value.copy_(value.half().float())
    return network.eval()


def written(test, name, weights, values):
    """Saves what a test reads."""
    path = ROOT / "Tests" / test / "Fixtures" / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    saved(path, weights, values)


def saved(path, weights, values):
    """Saves weights in half precision and values as they are; the file's name and hash."""
    tensors = {key: value.half().contiguous() for key, value in weights.items()}
    assert not tensors.keys() & values.keys()
    tensors |= {key: value.detach().contiguous() for key, value in values.items()}
    # One entry, because the order of several is not fixed, and equal runs shall give equal files.
    versions = f"torch {torch.__version__.split('+')[0]}, numpy {numpy.__version__}"
    metadata = {"made": f"Tests/Tools/make-fixtures.py, seed {SEED}, {versions}"}
    save_file(tensors, path, metadata)
    data = path.read_bytes()
    assert len(data) <= LIMIT, f"{path} has {len(data)} bytes, more than {LIMIT}"
    print(f"{path.relative_to(ROOT)}: {len(data)} bytes")
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest()}


def make_layers():
    """Single layers: convolutions of each kind, a residual block, a rotation, a transformer layer."""
    weights, values = {}, {}
    x = torch.randn(2, 6, 7, 9)
    values["x"] = x
    x = x.permute(0, 3, 1, 2)
    for name, side, stride in (("plain", 3, 1), ("strided", 3, 2), ("pointwise", 1, 1)):
        layer = half_weights(torch.nn.Conv2d(9, 10, side, stride, side // 2))
        weights[f"{name}.weight"] = last(layer.weight)
        weights[f"{name}.bias"] = layer.bias
        values[f"{name}.output"] = last(layer(x))
    block = half_weights(ResidualBlock(9))
    for convolution in ("conv1", "conv2"):
        layer = getattr(block, convolution)
        weights[f"block.{convolution}.weight"] = last(layer.weight)
        weights[f"block.{convolution}.bias"] = layer.bias
    x = x.clone().requires_grad_()
    output = block(x)
    gradient = torch.randn_like(output)
    output.backward(gradient)
    values["block.output"] = last(output)
    values["block.gradient"] = last(gradient)
    values["block.pullback"] = last(x.grad)
    # Two grids of 3 x 5 positions, 2 heads of 8 channels.
    layer = half_weights(Layer(16, 2))
    weights |= {f"layer.{name}": value for name, value in layer.state_dict().items()}
    angles = rotary_angles(3, 5, 8)
    features = torch.randn(2, 15, 16)
    values["layer.input"] = features.flatten(0, 1)
    values["layer.output"] = layer(features, angles).flatten(0, 1)
    heads = torch.randn(2, 15, 3, 2, 8)
    turned = heads.clone()
    for half in (0, 1):
        turned[:, :, half] = rotated(heads[:, :, half].transpose(1, 2), angles).transpose(1, 2)
    values["rotation.input"] = heads.flatten(2).flatten(0, 1)
    values["rotation.output"] = turned.flatten(2).flatten(0, 1)
    written("TesseraLayersTests", "layers", weights, values)


def make_autoencoder():
    """Encoder, decoder and the decoder's gradient, in two files."""
    encoder = half_weights(Encoder(ARCHITECTURE, LATENT_CHANNELS))
    decoder = half_weights(Decoder(ARCHITECTURE, LATENT_CHANNELS))
    weights = exported_weights(encoder, decoder)
    pixels = torch.rand(2, 3, 24, 40) * 2 - 1
    values = {"pixels": last(pixels), "latent": last(encoder(pixels))}
    chosen = {name: value for name, value in weights.items() if name.startswith("encoder.")}
    written("TesseraTokenizerTests", "encoder", chosen, values)
    latent = torch.randn(2, LATENT_CHANNELS, 2, 3, requires_grad=True)
    pixels = decoder(latent)
    gradient = torch.randn_like(pixels)
    pixels.backward(gradient)
    values = {
        "latent": last(latent),
        "pixels": last(pixels),
        "gradient": last(gradient),
        "pullback": last(latent.grad),
    }
    chosen = {name: value for name, value in weights.items() if name.startswith("decoder.")}
    written("TesseraTokenizerTests", "decoder", chosen, values)


def make_denoiser():
    """A U-shaped denoiser whose noise differs from pixel to pixel."""
    architecture = Architecture([8, 12, 16], [1, 1, 1], [1, 1])
    denoiser = half_weights(denoiser_network.Denoiser(architecture))
    noisy, deviations = torch.rand(1, 3, 24, 40) * 2 - 1, torch.rand(1, 1, 24, 40)
    values = {"noisy": noisy, "deviations": deviations, "output": denoiser(noisy, deviations)}
    weights = denoiser_network.exported_weights(denoiser)
    written("TesseraDenoiserTests", "denoiser", weights, {name: last(value) for name, value in values.items()})


def make_foreign_denoisers():
    """Small networks with the names of FFDNet's and DRUNet's tensors."""

    def kernel(*shape: int) -> torch.Tensor:
        return (torch.randn(shape) / (shape[1] * shape[2] * shape[3]) ** 0.5).half().float()

    ffdnet = {}
    for index, (inputs, outputs) in enumerate([(13, 8), (8, 8), (8, 12)]):
        ffdnet[f"model.{2 * index}.weight"] = kernel(outputs, inputs, 3, 3)
        ffdnet[f"model.{2 * index}.bias"] = (torch.randn(outputs) / 10).half().float()
    drunet = {"m_head.weight": kernel(8, 4, 3, 3), "m_tail.weight": kernel(3, 8, 3, 3)}
    widths = [8, 12, 16]
    blocks = [("m_body", 0, 16)]
    for stage, (width, coarser) in enumerate(pairwise(widths), 1):
        drunet[f"m_down{stage}.2.weight"] = kernel(coarser, width, 2, 2)
        drunet[f"m_up{stage}.0.weight"] = kernel(coarser, width, 2, 2)
        blocks += [(f"m_down{stage}", 0, width), (f"m_up{stage}", 1, width)]
    for name, first, width in blocks:
        for index in (first, first + 1):
            for number in (0, 2):
                drunet[f"{name}.{index}.res.{number}.weight"] = kernel(width, width, 3, 3)
    noisy, deviations = torch.rand(1, 3, 24, 40), torch.rand(1, 1, 24, 40)
    for name, network, state in (
        ("ffdnet", foreign_denoisers.ffdnet, ffdnet),
        ("drunet", foreign_denoisers.drunet, drunet),
    ):
        output = network(state, noisy, deviations)
        values = {"noisy": 2 * noisy - 1, "deviations": 2 * deviations, "output": 2 * output - 1}
        weights = foreign_denoisers.converted(state)[0]
        written("TesseraDenoiserTests", name, weights, {key: last(value) for key, value in values.items()})


def make_quantizers():
    """Codes of latents and latents of codes, for the three quantizers."""
    values: dict[str, torch.Tensor] = {}
    for kind, make in QUANTIZERS.items():
        quantizer = make().eval()
        latent = torch.randn(1, quantizer.latent_channels, 5, 6)
        if kind == "dimension":
            with torch.no_grad():
                quantizer.levels.copy_(torch.randn(8, quantizer.levels_per_channel).sort(-1).values)
            codes = quantizer.codes_of_normed(latent)
        else:
            codes = quantizer.codes(latent)
        tables: dict[str, torch.Tensor] = {}
        if kind == "factorized":
            quantizer.fold_into(tables)
        elif kind == "dimension":
            tables["quantizer.levels"] = quantizer.levels
        values |= tables
        values[f"{kind}.latent"] = last(latent).flatten(0, 2)
        values[f"{kind}.codes"] = codes.int().flatten(0, 2)
        values[f"{kind}.embedded"] = last(quantizer.embed(codes)).flatten(0, 2)
    written("TesseraTokenizerTests", "quantizers", {}, values)


def make_prior():
    """Logits of a small grid, masked here and there, with and without a label."""
    codes_per_slot, labels = 10, 3
    model = half_weights(MaskedTransformer(2, 32, 2, labels, slots=4, codes=codes_per_slot))
    codes = torch.randint(0, codes_per_slot, (1, 5, 7, 4))
    codes[torch.rand(codes.shape) < 0.6] = codes_per_slot
    values = {
        "codes": torch.where(codes == codes_per_slot, -1, codes)[0].int(),
        "logits.label1": model(codes, torch.tensor([1]))[0],
        "logits.none": model(codes, torch.tensor([labels]))[0],
    }
    written("TesseraPriorTests", "prior", model.exported_weights(), values)


def make_model():
    """A whole model folder, for tests that run jobs: eight channels of four levels, two labels."""
    folder = ROOT / "Tests" / "_TesseraTestSupport" / "TinyModel"
    folder.mkdir(parents=True, exist_ok=True)
    widths, labels = [8, 8, 16], ["roses", "tulips"]
    blocks = {"encoderBlocks": [1, 1, 1], "decoderBlocks": [1, 1, 1]}
    architecture = Architecture(widths=widths, **blocks)
    encoder = half_weights(Encoder(architecture, LATENT_CHANNELS))
    decoder = half_weights(Decoder(architecture, LATENT_CHANNELS))
    prior = half_weights(MaskedTransformer(2, 32, 2, len(labels), slots=4, codes=16))
    levels = torch.linspace(-1.5, 1.5, 4).repeat(LATENT_CHANNELS, 1)
    file = saved(folder / "tokenizer.safetensors", exported_weights(encoder, decoder), {"quantizer.levels": levels})
    settings = {
        "quantizer": "dimension",
        "pixelsPerToken": 8,
        "latentChannels": LATENT_CHANNELS,
        "vocabulary": [16] * 4,
        "widths": widths,
        **blocks,
    }
    description = {
        "format": 2,
        "name": "tiny",
        "description": "Seeded random weights, for tests.",
        "parts": {
            "tokenizer": part("residual", file, settings),
            "prior": part(
                "masked-transformer",
                saved(folder / "prior.safetensors", prior.exported_weights(), {}),
                {"layers": 2, "width": 32, "heads": 2, "window": 8, "labels": labels},
            ),
        },
        "training": {
            "data": "none",
            "licence": "none",
            "steps": 0,
            "hardware": "none",
            "command": "Tests/Tools/make-fixtures.py",
        },
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n")


def make_perceptual():
    """The unit features of two pictures by a narrow SqueezeNet, and their distance."""
    weights = {}

    def add(name, outputs, inputs, side):
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, side, side) * (inputs * side**2 / 2) ** -0.5
        weights[f"{name}.bias"] = torch.randn(outputs) * 0.1

    add("conv1", 8, 3, 3)
    weights["conv1.weight"] /= 60  # levels, not numbers around 1
    inputs = 8
    for fire in range(2, 9):
        add(f"fire{fire}/squeeze1x1", 4, inputs, 1)
        add(f"fire{fire}/expand1x1", 6, 4, 1)
        add(f"fire{fire}/expand3x3", 5, 4, 3)
        inputs = 11
    weights = {name: value.half() for name, value in weights.items()}
    with tempfile.TemporaryDirectory() as folder:
        save_file(weights, f"{folder}/weights.safetensors")
        distance = PerceptualDistance(f"{folder}/weights.safetensors")
    a = torch.rand(1, 3, 54, 47) * 2 - 1
    b = (a + 0.3 * torch.randn(a.shape)).clamp(-1, 1)
    values = {"a": last(a), "b": last(b), "distance": distance(a, b).reshape(1)}
    for tap, features in zip(distance.TAPS, distance.features(a), strict=True):
        values[f"tap{tap}"] = last(features)
    written("TesseraPerceptionTests", "perceptual", weights, values)


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    makers = (
        make_layers,
        make_autoencoder,
        make_denoiser,
        make_foreign_denoisers,
        make_quantizers,
        make_prior,
        make_model,
        make_perceptual,
    )
    for make in makers:
        torch.manual_seed(SEED)
        make()


if __name__ == "__main__":
    main()
