"""What people would use instead of a token model, by name: the methods of Scripts/baselines."""

from .classical import (
    TV_WEIGHTS,
    biharmonic,
    enlarged,
    filled,
    filled_by_gmic,
    filled_by_xphoto,
    richardson_lucy,
    tv,
    wiener,
)
from .ffdnet import SETTINGS, ffdnet, plug_and_play
from .jpeg import decoded, restored_by_shifts
from .measurement import Measurement, package
from .networks import realesrgan, srmd, waifu2x
from .priors import bm3d, dip, pnp_wavelet

__all__ = ["METHODS", "NOT_UNLESS_NAMED", "Measurement", "package"]

NOT_UNLESS_NAMED = {"pnp-wavelet", "dip", "bm3d"}  # slow, or of a licence that not everyone may use


def is_hole(task):
    return task.startswith("inpaint")


def is_reduction(task):
    return task.startswith("sr")


def is_linear(task):
    return task in TV_WEIGHTS


def is_blur(task):
    return task in {"deblur-gaussian", "deblur-motion"}


def is_wide(task):
    return task in {"inpaint-box", "inpaint-blob"}


METHODS = {  # a name: the tasks that it is for, and what it does
    "telea": (is_hole, lambda m: filled(m, "INPAINT_TELEA")),
    "navier-stokes": (is_hole, lambda m: filled(m, "INPAINT_NS")),
    "fsr": (is_hole, lambda m: filled_by_xphoto(m, "INPAINT_FSR_FAST", ("RGB2BGR", "BGR2RGB"))),
    "shiftmap": (is_wide, lambda m: filled_by_xphoto(m, "INPAINT_SHIFTMAP", ("RGB2Lab", "Lab2RGB"))),
    # The scales are chosen for the size (0).
    "gmic": (is_wide, lambda m: filled_by_gmic(m, "inpaint_matchpatch[0] [1],0,9")),
    "gmic-pde": (lambda t: is_hole(t) and not is_wide(t), lambda m: filled_by_gmic(m, "inpaint_pde[0] [1]")),
    "biharmonic": (is_hole, biharmonic),
    "bicubic-pillow": (is_reduction, lambda m: enlarged(m, "BICUBIC")),
    "lanczos": (is_reduction, lambda m: enlarged(m, "LANCZOS")),
    "realesrgan": (lambda t: t == "sr4", realesrgan),
    "srmd": (lambda t: t in {"sr2", "sr4"}, srmd),
    "waifu2x": (lambda t: t in {"sr2", "sr4", "sr8", "jpeg"}, waifu2x),
    "wiener": (is_blur, wiener),
    "richardson-lucy": (is_blur, richardson_lucy),
    "halved": (lambda t: t == "hdr", lambda m: 0.25 + m.values / 2),
    "decoded": (lambda t: t == "jpeg", decoded),
    "shifts": (lambda t: t == "jpeg", restored_by_shifts),
    "tv": (is_linear, tv),
    "ffdnet": (lambda t: t in {"denoise", "jpeg"}, ffdnet),
    "pnp-ffdnet": (lambda t: t in SETTINGS, plug_and_play),
    "pnp-wavelet": (is_linear, pnp_wavelet),
    "dip": (is_linear, dip),
    "bm3d": (lambda t: (is_linear(t) and not is_blur(t)) or t == "hdr", bm3d),
}
