"""A trained tokenizer as a tool: its run loaded, its levels attached, photographs as codes."""

from pathlib import Path

import numpy as np
import torch

from data import as_pixels
from tokenizer import Autoencoder, fast_bf16


def load_run(folder: str, device: str = "cpu") -> tuple[Autoencoder, dict]:
    """The model of a run in evaluation mode, and its saved state.

    A dimension-wise tokenizer takes its bins from `levels.npy` in the run's folder if it is there.
    """
    state = torch.load(Path(folder) / "state.pt", map_location=device, weights_only=True)
    model = Autoencoder(state["config"]).to(device)
    model.load_state_dict(state["model"])
    levels = Path(folder) / "levels.npy"
    if state["config"]["quantizer"] == "dimension" and levels.exists():
        model.quantizer.levels = torch.from_numpy(np.load(levels)).float().to(device)
    return model.eval().to(memory_format=torch.channels_last), state


@torch.no_grad()
def codes_of(model: Autoencoder, photos: np.ndarray, device: str = "cpu") -> np.ndarray:
    """Codes uint8 [N, h, w, 4] of photographs [N, H, W, 3]."""
    parts = []
    for start in range(0, len(photos), 16):
        pixels = as_pixels(photos[start : start + 16])
        pixels = pixels.to(device, memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device)):
            latent = model.encoder(pixels)
        codes = model.quantizer.codes(latent.float())
        parts.append(codes.to(torch.uint8).cpu().numpy())
    return np.concatenate(parts)
