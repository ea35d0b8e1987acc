"""A trained tokenizer as a tool: its run loaded, its levels attached, photographs as codes."""

from pathlib import Path

import numpy as np
import torch

from data import as_pixels
from tokenizer import Autoencoder, fast_bf16

BATCH = 32


def load_run(folder: str, device: str = "cpu") -> tuple[Autoencoder, dict]:
    """The model of a run in evaluation mode, and its saved state."""
    state = torch.load(Path(folder) / "state.pt", map_location=device, weights_only=True)
    model = Autoencoder(state["config"]).to(device)
    model.load_state_dict(state["model"])
    return model.eval().to(memory_format=torch.channels_last), state


@torch.no_grad()
def codes_of(model: Autoencoder, photos: torch.Tensor) -> np.ndarray:
    """Codes uint8 [N, h, w, slots] of photographs [N, H, W, 3]."""
    parts, device = [], photos.device.type
    for some in photos.split(BATCH):
        pixels = as_pixels(some).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device)):
            latent = model.encoder(pixels)
        parts.append(model.quantizer.codes(latent.float()).to(torch.uint8))
    return torch.cat(parts).cpu().numpy()
