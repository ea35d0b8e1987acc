"""The options that the trainers have in common."""

import argparse
from pathlib import Path

import torch

from tessera_training.data import load_photos


def photo_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that name the photographs, the run and the device."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--photos", required=True, type=Path, help="folder of .tar files of photographs")
    parser.add_argument("--run", required=True, type=Path, help="folder for the state of this run")
    parser.add_argument("--cache", type=Path, help="folder for decoded photographs (default: beside the run)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser


def trainer_parser(description: str | None) -> argparse.ArgumentParser:
    """The same with a configuration and the bounds of a run."""
    parser = photo_parser(description)
    parser.add_argument("config", type=Path)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--until", type=float, default=1, help="stop after this part of the run")
    return parser


def photos_of(arguments: argparse.Namespace, cache: Path) -> tuple[torch.Tensor, list[str]]:
    """The photographs and their labels, decoded into a cache."""
    return load_photos(arguments.photos, arguments.cache or cache, arguments.device)
