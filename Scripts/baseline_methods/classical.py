"""Methods of OpenCV, scikit-image, Pillow and G'MIC, which know nothing but equations."""

from .measurement import array, package, tensor


def start(m):
    """A picture to start from."""
    return enlarged(m, "BICUBIC") if m.task.startswith("sr") else biharmonic(m) if m.hole is not None else m.values


def filled(m, flag):
    cv2 = package("cv2")
    return cv2.inpaint(m.bytes, m.hole.astype("uint8"), 3, getattr(cv2, flag)) / 255


def filled_by_xphoto(m, flag, colours):
    """OpenCV's other fills: the mask is of what is known, and what is missing shall be 0."""
    np, cv2 = package("numpy"), package("cv2")
    if not hasattr(cv2, "xphoto"):
        raise ImportError("cv2 has no module xphoto; it is not the one of opencv-contrib-python-headless")
    cv2.setRNGSeed(0)
    there, back = (getattr(cv2, f"COLOR_{name}") for name in colours)
    values = cv2.cvtColor(m.bytes, there)
    values[m.hole] = 0
    result = np.zeros_like(values)
    cv2.xphoto.inpaint(values, np.where(m.hole, 0, 255).astype(np.uint8), result, getattr(cv2.xphoto, flag))
    return cv2.cvtColor(result, back) / 255


def filled_by_gmic(m, command):
    """A fill of G'MIC: its command on a picture and a mask."""
    np, gmic = package("numpy"), package("gmic")
    picture = gmic.Image.from_yxc(np.where(m.hole[..., None], 0, m.bytes).astype(np.float32))
    mask = gmic.Image.from_yxc((m.hole * 255.0).astype(np.float32)[..., None])
    # Without a seed every run is another one.
    result = gmic.run(f"srand 0 {command}", gmic.ImageList([picture, mask]))[0]
    return result.to_numpy()[:, :, 0].transpose(1, 0, 2) / 255


def biharmonic(m):
    return package("skimage.restoration").inpaint_biharmonic(m.values, m.hole, channel_axis=-1)


def enlarged(m, kind, values=None):
    np, image = package("numpy"), package("PIL.Image")
    values = m.values if values is None else values
    return np.stack(
        [
            np.asarray(
                image.fromarray(values[..., c].astype(np.float32)).resize(m.size[::-1], getattr(image.Resampling, kind))
            )
            for c in range(3)
        ],
        axis=-1,
    )


def tv(m, steps=60):
    """FISTA (A. Beck and M. Teboulle, 2009) on |A x - y|² / 2 + weight TV(x)."""
    torch, restoration = package("torch"), package("skimage.restoration")
    apply, adjoint, largest = m.operator()
    weight = m.weight(*TV_WEIGHTS[m.task])
    y, x, t = tensor(m.values), tensor(start(m)), 1.0
    ahead = x
    with torch.no_grad():
        for _ in range(1 if m.task == "denoise" else steps):
            moved = ahead - adjoint(apply(ahead) - y) / largest
            new = tensor(
                restoration.denoise_tv_chambolle(
                    array(moved), weight=weight / largest, channel_axis=-1, max_num_iter=30
                )
            )
            t, old = (1 + (1 + 4 * t * t) ** 0.5) / 2, t
            ahead, x = new + (old - 1) / t * (new - x), new
    return array(x)


TV_WEIGHTS = {  # without noise, and at the papers'
    "inpaint-box": (0.001, 0.015),
    "inpaint-blob": (0.001, 0.015),
    "inpaint-random": (0.0005, 0.01),
    "inpaint-scratches": (0.0005, 0.01),
    "denoise": (0.0, 0.015),
    "sr2": (0.0003, 0.005),
    "sr4": (0.0002, 0.002),
    "sr8": (0.0002, 0.001),
    "deblur-gaussian": (1e-4, 0.002),
    "deblur-motion": (1e-5, 0.003),
}


def mirrored(m, restore, is_periodic=False):
    """Runs a method that takes pictures to be zero beyond, or periodic, on one with a mirrored margin."""
    np = package("numpy")
    margin = m.kernel.shape[0]
    wide = np.pad(m.values, ((margin, margin), (margin, margin), (0, 0)), mode="reflect")
    if is_periodic:  # the margin fades into what is beyond the opposite edge
        rows, columns = (np.minimum(1, np.minimum(d, d[::-1]) / margin) for d in map(np.arange, wide.shape[:2]))
        kept = (rows[:, None] * columns)[..., None]
        faded = package("scipy.ndimage").gaussian_filter(wide, (margin / 2, margin / 2, 0), mode="wrap")
        wide = kept * wide + (1 - kept) * faded
    # The kernel of a correlation, turned to be one of a convolution.
    return restore(wide, m.kernel[::-1, ::-1])[margin:-margin, margin:-margin]


def wiener(m):
    np, restoration = package("numpy"), package("skimage.restoration")
    balance = m.weight(1e-4, 0.1)
    return mirrored(
        m,
        lambda wide, kernel: np.stack(
            [restoration.wiener(wide[..., c], kernel, balance, clip=False) for c in range(3)], axis=-1
        ),
        is_periodic=True,
    )


def richardson_lucy(m):
    restoration, np = package("skimage.restoration"), package("numpy")
    count = 50 if m.noise == 0 else 16
    return mirrored(
        m,
        lambda wide, kernel: np.stack(
            [
                restoration.richardson_lucy(wide[..., c].clip(1e-3, 1), kernel, count, filter_epsilon=1e-3)
                for c in range(3)
            ],
            axis=-1,
        ),
    )
