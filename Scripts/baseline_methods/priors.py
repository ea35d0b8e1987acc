"""Methods with a prior of patches, wavelets or an untrained network: BM3D and deepinv."""

from .classical import enlarged, start
from .measurement import array, package, tensor


def pnp_wavelet(m):
    deepinv, torch, _ = package("deepinv"), package("torch"), package("ptwt")
    apply, adjoint, largest = m.operator()
    physics = deepinv.physics.LinearPhysics(A=lambda x, **_: apply(x), A_adjoint=lambda y, **_: adjoint(y))
    solver = deepinv.optim.FISTA(
        data_fidelity=deepinv.optim.L2(),
        prior=deepinv.optim.PnP(deepinv.models.WaveletDictDenoiser()),
        stepsize=1 / largest,
        sigma_denoiser=m.weight(0.01, 0.02),
        max_iter=40,
    )
    with torch.no_grad():
        first = tensor(start(m))
        return array(solver(tensor(m.values), physics, init=(first, first)))


def dip(m):
    deepinv, torch = package("deepinv"), package("torch")
    apply, adjoint, _ = m.operator()
    torch.manual_seed(0)
    physics = deepinv.physics.LinearPhysics(A=lambda x, **_: apply(x), A_adjoint=lambda y, **_: adjoint(y))
    shape = (3, *m.size)
    model = deepinv.models.DeepImagePrior(
        deepinv.models.ConvDecoder(img_size=shape, in_size=(4, 4), layers=7, channels=64),
        img_size=(64, 4, 4),
        iterations=1000,
    )
    return array(model(tensor(m.values), physics))


def bm3d(m):
    np, module = package("numpy"), package("bm3d")
    if not hasattr(np, "trapz"):  # the name that version 4 of bm3d knows
        np.trapz = np.trapezoid

    def denoised(values):
        return module.bm3d_rgb(values, m.noise) if m.noise > 0 else values

    if m.task.startswith("sr"):
        return enlarged(m, "BICUBIC", denoised(m.values))
    if m.task == "hdr":
        return 0.25 + denoised(m.values) / 2
    return denoised(start(m))
