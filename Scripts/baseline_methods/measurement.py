"""What an experiment measured, and what is known of how."""

import functools
import importlib

RESAMPLING_REACH = 2  # of Keys' cubic kernel, in pixels of the smaller picture


@functools.cache
def package(name):
    """A package of the environment, loaded when it is first needed."""
    return importlib.import_module(name)


class Measurement:
    """What was measured: numbers in [0, 1], and what is known of the damage."""

    def __init__(self, path, facts):
        np = package("numpy")
        self.task, self.facts = facts["task"], facts
        self.noise = facts["noise"] / 2
        self.quality = facts.get("quality")
        values = np.load(path)[0]
        self.values = (values + 1) / 2
        mask, kernel = path.with_name(f"{path.stem}-mask.png"), path.parent.parent / "kernel.npy"
        self.hole = np.asarray(package("PIL.Image").open(mask)) > 127 if mask.exists() else None
        self.kernel = np.load(kernel) if kernel.exists() else None
        self.factor = facts.get("factor", 1)
        self.size = (values.shape[0] * self.factor, values.shape[1] * self.factor)

    @property
    def bytes(self):
        np = package("numpy")
        return (self.values.clip(0, 1) * 255).round().astype(np.uint8)

    def weight(self, exact, noisy):
        """A weight that grows with the noise: its value without, and at the papers' 0.025."""
        return exact + (noisy - exact) * self.noise / 0.025

    def operator(self):
        """A of this measurement on pictures [1, 3, H, W], with its adjoint and the largest |A|²."""
        torch = package("torch")
        if self.hole is not None:
            seen = torch.tensor(~self.hole)[None, None].float()
            return (lambda x: x * seen), (lambda y: y * seen), 1
        if self.kernel is not None:
            blur = ReflectedBlur(self.kernel, self.size)
            return blur.apply, blur.adjoint, 1.3  # kernels that are not symmetric reach beyond 1 at mirrored edges
        if self.task.startswith("sr"):
            rows, columns = (reduction(size, self.factor) for size in self.size)
            largest = 1.3 / self.factor**2
            return (lambda x: rows @ x @ columns.T), (lambda y: rows.T @ y @ columns), largest
        return (lambda x: x), (lambda y: y), 1


def tensor(values):
    """An array [H, W, 3] as a tensor [1, 3, H, W]."""
    return package("torch").tensor(values.transpose(2, 0, 1)[None].copy()).float()


def array(x):
    """A tensor [1, 3, H, W] as an array [H, W, 3]."""
    return x[0].detach().numpy().transpose(1, 2, 0)


class ReflectedBlur:
    """The correlation with a kernel of pictures [1, 3, H, W] that are mirrored about their outermost pixels."""

    def __init__(self, kernel, size):
        np, torch = package("numpy"), package("torch")
        used = np.argwhere(kernel)
        middle = np.array(kernel.shape) // 2
        self.reach = int(np.abs(used - middle).max())
        (top, left), reach = middle, self.reach
        kernel = kernel[top - reach : top + reach + 1, left - reach : left + reach + 1]
        self.kernel = torch.tensor(kernel.copy()).float()
        self.is_symmetric = np.allclose(kernel, kernel[::-1], atol=1e-7) and np.allclose(
            kernel, kernel[:, ::-1], atol=1e-7
        )
        self.size = tuple(size)
        self.period = tuple(-(-(side + 2 * reach) // 32) * 32 for side in size)  # transforms are slow for large primes
        self.spectrum = torch.fft.rfft2(self.kernel, s=self.period)
        # Which pixel each row and column of the padded picture shows.
        self.shown = [torch.tensor(np.pad(np.arange(side), reach, mode="reflect")) for side in size]

    def apply(self, x):
        """A x."""
        torch = package("torch")
        padded = x.index_select(-2, self.shown[0]).index_select(-1, self.shown[1])
        spectrum = torch.fft.rfft2(padded, s=self.period) * self.spectrum.conj()
        height, width = self.size
        return torch.fft.irfft2(spectrum, s=self.period)[..., :height, :width]

    def adjoint(self, y):
        """The transpose of A, on y."""
        torch = package("torch")
        spread = torch.fft.irfft2(torch.fft.rfft2(y, s=self.period) * self.spectrum, s=self.period)
        height, width = self.size
        spread = spread[..., : height + 2 * self.reach, : width + 2 * self.reach]
        rows = torch.zeros(*spread.shape[:-2], height, spread.shape[-1]).index_add_(-2, self.shown[0], spread)
        return torch.zeros(*spread.shape[:-2], height, width).index_add_(-1, self.shown[1], rows)


@functools.cache
def reduction(size, factor):
    """The matrix [size / factor, size] of antialiased bicubic resampling (R. Keys, 1981; a = -1/2)."""
    np, torch = package("numpy"), package("torch")
    middles = (np.arange(size // factor) + 0.5) * factor
    d = np.abs((np.arange(size) + 0.5 - middles[:, None]) / factor)
    weights = np.where(d < 1, (1.5 * d - 2.5) * d * d + 1, ((-0.5 * d + 2.5) * d - 4) * d + 2)
    weights[d >= RESAMPLING_REACH] = 0
    return torch.tensor(weights / weights.sum(1, keepdims=True)).float()
