"""What formats of arithmetic cost a picture: compare_formats.py BENCHMARKS_EXECUTABLE MODEL_FOLDER PICTURES PHOTOS

Encoder and decoder run by Tessera and by OpenVINO, each beside the other part in PyTorch's f32; prints
the change of PSNR on PICTURES (256x256) against f32 on both sides, with the standard error of the mean.
OpenVINO's int8 is quantized by nncf with 200 photographs of PHOTOS, tar files as for Training.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nncf
import numpy as np
import openvino
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file

from bench_networks import to_last
from tessera_training.data import as_pixels, load_photos
from tessera_training.shipped import shipped_tokenizer

CALIBRATION = 200
FORMATS = {"tessera": ("bf16",), "openvino": ("bf16", "int8", "int8 mixed")}


def psnr(pixels: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """PSNR in dB of each picture in 8 bits."""
    error = (pixels.clamp(-1, 1) * 127.5).add(127.5).round() - (wanted + 1) * 127.5
    return 20 * np.log10(255) - 10 * error.square().mean((1, 2, 3)).log10()


def in_parts(function, x: torch.Tensor) -> torch.Tensor:
    return torch.cat([function(part) for part in x.split(8)])


class Part:
    """Encoder or decoder as a file for either program, with inputs to run it on and to calibrate with."""

    def __init__(self, name, network, x, calibration, model: Path, folder: Path):
        self.work, self.model, self.folder = f"{name}-own-64", model, folder
        self.onnx, self.input, self.calibration = folder / f"{name}.onnx", folder / f"{name}.input", calibration
        save_file({"first": x.contiguous().numpy(), "input": to_last(x).numpy()}, self.input)
        torch.onnx.export(
            network,
            (x[:1],),
            self.onnx,
            dynamo=False,
            opset_version=17,
            input_names=["x"],
            dynamic_axes={"x": {0: "count"}},
        )

    def quantize(self, preset: str):
        """Writes the network in int8 where peer.py looks for it."""
        inputs = [x.unsqueeze(0).numpy() for x in self.calibration]
        network = nncf.quantize(
            openvino.Core().read_model(self.onnx),
            nncf.Dataset(inputs),
            subset_size=len(inputs),
            preset=nncf.QuantizationPreset(preset),
        )
        openvino.save_model(network, self.onnx.with_suffix(".int8.xml"), compress_to_fp16=False)

    def output(self, program: str, form: str, executable: str) -> torch.Tensor:
        """What a program makes of the inputs, channels first."""
        precision, answer = form.split(maxsplit=1)[0], self.folder / "answer"
        if precision == "int8":
            self.quantize("mixed" if form.endswith("mixed") else "performance")
        before = (
            [executable, "worker"]
            if program == "tessera"
            else [sys.executable, Path(__file__).with_name("peer.py"), program]
        )
        files = [self.model, self.input] if program == "tessera" else [self.model, self.onnx, self.input]
        subprocess.run(
            [str(a) for a in (*before, self.work, precision, *files, answer)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        return torch.from_numpy(load_file(answer)["output"]).permute(0, 3, 1, 2)


def main():
    executable, model, pictures, photos = sys.argv[1], *map(Path, sys.argv[2:5])
    torch.set_grad_enabled(False)
    tokenizer, _ = shipped_tokenizer(model)
    images = [np.asarray(Image.open(path).convert("RGB")) for path in sorted(pictures.glob("*.png"))]
    wanted = as_pixels(torch.from_numpy(np.stack(images)))

    def quantized(latents):
        return tokenizer.quantizer.embed(tokenizer.quantizer.codes(latents))

    with tempfile.TemporaryDirectory() as folder:
        calibration = as_pixels(load_photos(photos, Path(folder), "cpu")[0][:CALIBRATION])
        latents = quantized(in_parts(tokenizer.encoder, wanted))
        before = psnr(in_parts(tokenizer.decoder, latents), wanted)
        theirs = quantized(in_parts(tokenizer.encoder, calibration))
        encoder = Part("encode", tokenizer.encoder, wanted, calibration, model, Path(folder))
        decoder = Part("decode", tokenizer.decoder, latents, theirs, model, Path(folder))
        for program, forms in FORMATS.items():
            for form in forms:
                other = quantized(encoder.output(program, form, executable))
                after = {
                    "encoder": psnr(in_parts(tokenizer.decoder, other), wanted),
                    "decoder": psnr(decoder.output(program, form, executable), wanted),
                }
                same = (other == latents).float().mean().item()
                cells = [
                    f"{(a - before).mean():+.3f} ± {(a - before).std() / len(a) ** 0.5:.3f}" for a in after.values()
                ]
                print(f"| `{model.name}` | {program} | {form} | {100 * same:.1f} % | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
