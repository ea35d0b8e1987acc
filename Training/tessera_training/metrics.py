"""Writes into a model folder what was measured.

    python -m tessera_training.metrics FOLDER METRICS

METRICS is what `tessera evaluate bench256 --model FOLDER --json` printed. The best model is chosen by
it where none is named.
"""

import json
import sys
from pathlib import Path


def main() -> None:
    folder, printed = map(Path, sys.argv[1:])
    mean = json.loads(printed.read_text().splitlines()[-1])["mean"]
    path = folder / "model.json"
    described = json.loads(path.read_text())
    described["metrics"] = {"bench256": {name: round(mean[name], 3) for name in ("psnr", "ssim")}}
    path.write_text(json.dumps(described, indent=2) + "\n")


if __name__ == "__main__":
    main()
