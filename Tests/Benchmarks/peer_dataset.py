"""The data set job as people write it today: a DataLoader with Pillow, and the encoder in another program.

    python peer_dataset.py PEER MODEL ONNX PICTURES OUTPUT SIDE THREADS WORKERS

Reads every file of PICTURES, crops and resizes it to SIDE x SIDE pixels if it has another size, encodes 32
at a time, finds the nearest codes, writes the tokens as safetensors, and prints as JSON how many seconds that
took, without what comes before the first picture: importing, loading and compiling. Peers: torch, openvino.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file
from torch.utils.data import DataLoader, Dataset

from bench_networks import codebooks, network

BATCH = 32


class Pictures(Dataset):
    """The files of a folder, sorted, as tensors [3, SIDE, SIDE] in [-1, 1]."""

    def __init__(self, folder: Path, side: int):
        self.paths, self.side = sorted(folder.iterdir()), side

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        picture = Image.open(self.paths[index]).convert("RGB")
        if picture.size != (self.side, self.side):
            short, (width, height) = min(picture.size), picture.size
            left, top = (width - short) // 2, (height - short) // 2
            picture = picture.resize(
                (self.side, self.side), Image.Resampling.BICUBIC, box=(left, top, left + short, top + short)
            )
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


def encoder(peer: str, model: str, onnx: str, threads: int):
    """Pixels [N, 3, SIDE, SIDE] to latents of the same order."""
    if peer == "openvino":
        import openvino

        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(onnx),
            "CPU",
            {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"},
        )
        request = compiled.create_infer_request()

        def encode(x):
            request.infer([x.numpy()])
            return torch.from_numpy(request.get_output_tensor(0).data.copy())

        return encode
    module = network("encode-own", model).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return lambda x: module(x.contiguous(memory_format=torch.channels_last))


def nearest(latent: torch.Tensor, books: torch.Tensor) -> torch.Tensor:
    """The codes [N, h, w, slots] nearest to latents [N, C, h, w]."""
    slots, _, width = books.shape
    rows = latent.permute(0, 2, 3, 1).reshape(-1, slots, width)
    scores = torch.einsum("nsw,scw->nsc", rows, books) - books.square().sum(-1) / 2
    return scores.argmax(-1).view(len(latent), *latent.shape[2:], slots).to(torch.uint8)


def main():
    peer, model, onnx, pictures, output, side, threads, workers = sys.argv[1:9]
    torch.set_num_threads(int(threads))
    encode, books = encoder(peer, model, onnx, int(threads)), codebooks(Path(model))
    loader = DataLoader(Pictures(Path(pictures), int(side)), batch_size=BATCH, num_workers=int(workers))
    start = time.perf_counter()
    with torch.inference_mode():
        tokens = torch.cat([nearest(encode(batch.float() / 127.5 - 1), books) for batch in loader])
    save_file({"tokens": tokens.numpy()}, output)
    print(json.dumps({"seconds": time.perf_counter() - start, "pictures": len(tokens)}))


if __name__ == "__main__":
    main()
