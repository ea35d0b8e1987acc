"""The laws of what is trained: inverses, round trips, and the optimizer's matrices."""

import io

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from tessera_training import denoiser_network
from tessera_training.data import as_pixels, generator
from tessera_training.degradations import KINDS, Compression, Reduction, WhiteNoise
from tessera_training.muon import orthogonalized
from tessera_training.networks import Architecture, Decoder, Encoder, exported_weights, import_weights
from tessera_training.prior import random_mask, used_labels
from tessera_training.quantizers import QUANTIZERS

ARCHITECTURE = Architecture(widths=[8, 12, 16], encoderBlocks=[1, 1, 1], decoderBlocks=[1, 1, 1])


SMALL_DENOISER = Architecture([8, 12, 16], [1, 1, 1], [1, 1])


def quantizer_of(kind: str):
    quantizer = QUANTIZERS[kind]()
    if kind == "dimension":
        quantizer.start_bins(torch.randn(4, quantizer.latent_channels, 8, 8))
    return quantizer.eval()


def test_networks_are_what_was_exported():
    first = Encoder(ARCHITECTURE, 8), Decoder(ARCHITECTURE, 8)
    second = Encoder(ARCHITECTURE, 8), Decoder(ARCHITECTURE, 8)
    import_weights(exported_weights(*first), *second)
    pixels = torch.rand(1, 3, 16, 24)
    assert torch.equal(first[1](first[0](pixels)), second[1](second[0](pixels)))


def test_a_denoiser_is_what_was_exported():
    first, second = denoiser_network.Denoiser(SMALL_DENOISER), denoiser_network.Denoiser(SMALL_DENOISER)
    denoiser_network.import_weights(denoiser_network.exported_weights(first), second)
    noisy, deviations = torch.rand(1, 3, 16, 24), torch.rand(1, 1, 16, 24)
    assert torch.equal(first(noisy, deviations), second(noisy, deviations))
    assert not torch.equal(first(noisy, deviations), first(noisy, 2 * deviations))


def test_levels_of_noise_are_what_was_asked():
    random = generator("cpu", 1)
    clean = torch.zeros(1000, 3, 8, 8)
    noisy, levels = WhiteNoise().degraded(clean, WhiteNoise().drawn(1000, random), random)
    assert levels.shape == (1000, 1, 1, 1)
    assert 0 <= levels.min() < 1 / 127.5 and 90 / 127.5 < levels.max() <= 100 / 127.5
    assert torch.allclose(noisy.std((1, 2, 3)), levels.flatten(), rtol=0.3, atol=1e-3)


def test_compression_is_that_of_jpegs():
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(72.0), indexing="ij")
    pixels = torch.stack([torch.sin(x / 7), torch.cos(y / 5), torch.sin((x + y) / 9)]) * 0.8
    levels = ((pixels + 1) * 127.5).round().to(torch.uint8)
    for quality in (10, 40, 90):
        stored = io.BytesIO()
        Image.fromarray(levels.permute(1, 2, 0).numpy()).save(stored, "JPEG", quality=quality, subsampling=2)
        theirs = as_pixels(torch.from_numpy(np.array(Image.open(stored)))[None])
        clean = levels.float()[None] / 127.5 - 1
        amounts = torch.full((1, 1, 1, 1), float(quality))
        made = [Compression().degraded(clean, amounts, generator("cpu", seed))[0] for seed in range(8)]
        nearest = min((ours - theirs).abs().mean() for ours in made)
        # Of subsampled colours and kinds of interpolation one is libjpeg's, up to rounding to whole levels.
        assert nearest < 1.5 / 127.5, quality


def test_reductions_are_enlarged_by_the_kernel_that_reduced():
    clean = torch.rand(1, 3, 24, 32) * 2 - 1
    enlarged, levels = Reduction().degraded(clean, torch.full((1, 1, 1, 1), 4.0), generator("cpu", 1))
    levels_of_8_bits = ((clean[0].permute(1, 2, 0) + 1) * 127.5).round().to(torch.uint8).numpy()
    small = Image.fromarray(levels_of_8_bits).resize((8, 6), Image.Resampling.BICUBIC)
    theirs = as_pixels(torch.from_numpy(np.array(small.resize((32, 24), Image.Resampling.BICUBIC)))[None])
    assert (enlarged - theirs).abs().max() < 2.5 / 127.5
    assert levels.item() == 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_degradations_have_more_and_less(kind):
    degradation, random = KINDS[kind](), generator("cpu", 1)
    clean = F.interpolate(torch.rand(4, 3, 8, 8, generator=random) * 2 - 1, scale_factor=4, mode="bilinear")
    errors = []
    for amount in degradation.watched:
        degraded, levels = degradation.degraded(clean, torch.full((4, 1, 1, 1), float(amount)), random)
        assert degraded.shape == clean.shape and levels.shape == (4, 1, 1, 1)
        errors.append((levels.mean(), (degraded - clean).square().mean()))
    assert sorted(errors) == sorted(errors, key=lambda pair: pair[1])
    assert degradation.drawn(4, random).shape == (4, 1, 1, 1)


@pytest.mark.parametrize("kind", QUANTIZERS)
def test_codes_spell_the_latent_that_the_decoder_reads(kind):
    quantizer = quantizer_of(kind)
    latent = torch.randn(2, quantizer.latent_channels, 5, 6)
    codes = quantizer.codes(latent)
    assert codes.shape == (2, 5, 6, 4)
    assert codes.min() >= 0 and codes.max() < 256
    # The straight-through sum differs by rounding: both numbers are near 1.
    assert torch.allclose(quantizer.embed(codes), quantizer(latent)[0], atol=1e-5)


@pytest.mark.parametrize("kind", QUANTIZERS)
def test_a_quantizer_is_what_was_exported(kind):
    quantizer = quantizer_of(kind)
    latent = torch.randn(2, quantizer.latent_channels, 5, 6)
    channels = quantizer.latent_channels
    layer = {"encoder.conv_out.weight": torch.eye(channels).view(channels, 1, 1, channels)}
    weights = {**layer, "encoder.conv_out.bias": torch.zeros(channels)}
    with torch.no_grad():
        quantizer.fold_into(weights)
    options = {"reparametrized": False} if kind == "factorized" else {}
    again = QUANTIZERS[kind](**options).eval()
    again.unfold_from(weights)
    kernel = weights["encoder.conv_out.weight"].permute(0, 3, 1, 2)
    folded = F.conv2d(latent, kernel, weights["encoder.conv_out.bias"])
    assert (again.codes(folded) == quantizer.codes(latent)).float().mean() > 0.99  # ties may fall otherwise


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 8, 40), (2, 40, 8)])
def test_orthogonalized_matrices_have_singular_values_near_one(shape):
    values = torch.linalg.svdvals(orthogonalized(torch.randn(shape)))
    # Jordan's coefficients lead into [0.7, 1.2] and do not converge further.
    assert values.min() > 0.3 and values.max() < 1.3


def test_masks_hide_at_least_one_slot_of_each_grid():
    draw = {"generator": torch.Generator().manual_seed(1), "device": "cpu"}
    mask = random_mask(500, 9, 4, draw)
    assert mask.shape == (500, 9, 9, 4)
    assert mask.flatten(1).any(1).all()
    assert 0.5 < mask.float().mean() < 0.8  # the mean of a cosine is 0.64


def test_rare_labels_count_as_none():
    names, indices = used_labels(["a/roses", "a/roses", "b/tulips", "c", ""], least=2)
    assert names == ["roses"]
    assert indices.tolist() == [0, 0, 1, 1, 1]
