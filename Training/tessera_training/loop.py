"""The training loop: steps by count or by the clock, logging, and checkpoints that a stopped run goes on from.

A `Run` is the state: what is learned and how far it is. A `Task` is what a step computes.
"""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from tessera_training.muon import Muon

SAVE_EVERY_SECONDS = 600
SHOW_EVERY_SECONDS = 30

Config = dict[str, Any]


class Stateful(Protocol):
    """Whatever PyTorch can save."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


def fast_bf16(device: str) -> bool:
    """Whether bfloat16 products are in hardware; emulated ones are ten times slower than float."""
    if device == "cuda":
        return True
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def muon_and_adam(
    inner: list[nn.Parameter], rest: list[nn.Parameter], config: Config, device: str
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices between hidden layers, AdamW for all other weights."""
    dtype = torch.bfloat16 if fast_bf16(device) else torch.float32
    return [
        Muon(inner, config["muonRate"], dtype=dtype),
        torch.optim.AdamW(rest, lr=config["rate"], betas=(0.9, 0.95), weight_decay=0.01),
    ]


def load_state(path: str | Path, device: str) -> dict[str, Any]:
    """The saved state of a run."""
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return state


class Run:
    """The state of a training run, and how it is saved.

    `config` names the count of `steps`; `warmUp` steps lead to the full learning rates (50 unless given),
    and gradients are clipped to the norm `clip` (1 unless given; null for none).
    """

    def __init__(
        self,
        config: Config,
        folder: str | Path,
        device: str,
        model: nn.Module,
        optimizers: Iterable[torch.optim.Optimizer],
    ):
        self.config, self.device = config, device
        self.state_path = Path(folder) / "state.pt"
        self.model, self.optimizers = model, list(optimizers)
        self.rates = [optimizer.param_groups[0]["lr"] for optimizer in self.optimizers]
        self.step, self.seconds = 0, 0.0
        #: What else has a state, by its name in the file. What a file lacks starts anew.
        self.others: dict[str, Stateful] = {}
        #: Values that the file names too.
        self.metadata: dict[str, Any] = {}

    def save(self) -> None:
        """Replaces the saved state; one that is cut off half-way leaves the one before."""
        state = {
            "config": self.config,
            **self.metadata,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step,
            "seconds": self.seconds,
            **{name: other.state_dict() for name, other in self.others.items()},
        }
        self.state_path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.state_path.with_suffix(".part")
        torch.save(state, partial)
        os.replace(partial, self.state_path)

    def resume(self) -> None:
        """Goes on from the saved state, if there is one."""
        if not self.state_path.exists():
            return
        state = load_state(self.state_path, self.device)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.seconds = state["step"], state["seconds"]
        for name, other in self.others.items():
            if name in state:
                other.load_state_dict(state[name])


class Task(ABC):
    """What a run learns, and how it is watched."""

    @abstractmethod
    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        """The loss of the next step, and the figure whose running mean the log shows.

        Args:
            progress: The part of the run that is over, in [0, 1).
        """

    @abstractmethod
    def shown(self, figure: float) -> str:
        """A running mean of the figure for the log."""

    @abstractmethod
    def held_back(self) -> str:
        """What the model reaches on photographs that training never sees."""

    def after_step(self) -> None:  # noqa: B027 - most tasks need nothing here
        """Does what follows a step of the optimizers."""

    def finish(self) -> None:  # noqa: B027
        """Does what ends a run, before it is saved for the last time."""


def train(run: Run, task: Task, minutes: float = float("inf"), until: float = 1) -> None:
    """Steps until a part of the configured count, or of the minutes, is over.

    The learning rates fall linearly to zero over the steps, or over the minutes if those end first.
    """
    config = run.config
    began, saved, shown = time.time() - run.seconds, time.time(), 0.0
    average: Tensor | None = None
    while True:
        run.seconds = time.time() - began
        progress = max(run.step / config["steps"], run.seconds / (60 * minutes))
        if progress >= until:
            break
        warm = min(1.0, (run.step + 1) / config.get("warmUp", 50))
        for optimizer, rate in zip(run.optimizers, run.rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * warm * (1 - progress)
        loss, figure = task.loss(progress)
        run.model.zero_grad(set_to_none=True)
        loss.backward()
        if (clip := config.get("clip", 1.0)) is not None:
            nn.utils.clip_grad_norm_(run.model.parameters(), clip)
        for optimizer in run.optimizers:
            optimizer.step()
        task.after_step()
        run.step += 1
        average = figure if average is None else 0.98 * average + 0.02 * figure
        if run.seconds - shown > SHOW_EVERY_SECONDS or run.step >= until * config["steps"]:
            shown = run.seconds
            print(f"step {run.step} {progress:.3f} {run.seconds:.0f} s {task.shown(average.item())}", flush=True)
        if time.time() - saved > SAVE_EVERY_SECONDS:
            run.save()
            print(f"held back: {task.held_back()}", flush=True)
            saved = time.time()
    task.finish()
    run.save()
    print(f"done at step {run.step}, held back: {task.held_back()}", flush=True)
