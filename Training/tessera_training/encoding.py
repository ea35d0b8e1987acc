"""A trained tokenizer as a tool: its run loaded, its levels attached, photographs as codes."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tessera_training.autoencoder import Autoencoder
from tessera_training.data import as_pixels
from tessera_training.loop import fast_bf16, load_state

BATCH = 32


def load_run(folder: str | Path, device: str = "cpu") -> tuple[Autoencoder, dict[str, Any]]:
    """The model of a run in evaluation mode, and its saved state."""
    state = load_state(Path(folder) / "state.pt", device)
    model = Autoencoder(state["config"]).to(device)
    model.load_state_dict(state["model"])
    return model.eval().to(memory_format=torch.channels_last), state  # type: ignore[call-overload]


@torch.no_grad()
def codes_of(model: Autoencoder, photos: torch.Tensor) -> NDArray[np.uint8]:
    """Codes uint8 [N, h, w, slots] of photographs [N, H, W, 3]."""
    parts, device = [], photos.device.type
    for some in photos.split(BATCH):
        pixels = as_pixels(some).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device)):
            latent = model.encoder(pixels)
        parts.append(model.quantizer.codes(latent.float()).to(torch.uint8))
    codes: NDArray[np.uint8] = torch.cat(parts).cpu().numpy()
    return codes
