"""Measures classical methods on the damage that `tessera degrade` does, for the table in README.md.

    python classical_baselines.py TESSERA_EXECUTABLE PICTURES [--limit 12]

Holes: OpenCV's Telea and Navier-Stokes inpainting, radius 3. Reduced pictures: Pillow's bicubic
enlargement and OpenCV's. PSNR over the whole picture; SSIM with a Gaussian window of 11, sigma 1.5,
as `tessera evaluate` has it. Needs opencv-python-headless, scikit-image and pillow.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity


def picture(path):
    return np.asarray(Image.open(path).convert("RGB"))


def scores(result, wanted):
    error = (result.astype(np.float64) - wanted).ravel()
    psnr = 20 * np.log10(255) - 10 * np.log10(np.mean(error**2))
    ssim = structural_similarity(
        result, wanted, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    return psnr, ssim


def hole_methods(damaged, mask):
    for name, flag in (("Telea", cv2.INPAINT_TELEA), ("Navier-Stokes", cv2.INPAINT_NS)):
        yield name, cv2.inpaint(damaged, mask, 3, flag)


def enlargements(small, size):
    yield "Pillow bicubic", np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
    yield "OpenCV bicubic", cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tessera")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--limit", type=int, default=12)
    arguments = parser.parse_args()
    paths = sorted(arguments.pictures.glob("*.png"))[: arguments.limit]
    print("| task | method | PSNR, dB | SSIM |\n|---|---|---|---|")
    for task in ("inpaint-box", "inpaint-random", "sr4"):
        collected: dict[str, list[tuple[float, float]]] = {}
        with tempfile.TemporaryDirectory() as folder:
            command = [arguments.tessera, "degrade", *map(str, paths), "--task", task, "--quiet"]
            command += ["-o", f"{folder}/damaged"]
            if task != "sr4":
                command += ["--mask-output", f"{folder}/masks"]
            subprocess.run(command, check=True)
            for path in paths:
                wanted = picture(path)
                damaged = picture(f"{folder}/damaged/{path.name}")
                if task == "sr4":
                    results = enlargements(damaged, wanted.shape[1::-1])
                else:
                    mask = picture(f"{folder}/masks/{path.name}")[..., 0]
                    results = hole_methods(damaged, mask)
                for name, result in results:
                    collected.setdefault(name, []).append(scores(result, wanted))
        for name, values in collected.items():
            psnr, ssim = np.mean(values, axis=0)
            print(f"| {task} | {name} | {psnr:.2f} | {ssim:.3f} |")


if __name__ == "__main__":
    main()
