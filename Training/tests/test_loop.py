"""The laws of the training loop: where it stops, what it saves, how fast it learns."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tessera_training.loop import Run, Task, train


class Line(Task):
    """Fits a line to points that depend on the step alone."""

    def __init__(self, run: Run):
        self.run, self.finished = run, 0
        self.rates: list[float] = []

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        self.rates.append(self.run.optimizers[0].param_groups[0]["lr"])
        x = torch.rand(8, 2, generator=torch.Generator().manual_seed(self.run.step))
        loss = (self.run.model(x) - x.sum(1, keepdim=True)).square().mean()
        return loss, loss.detach()

    def shown(self, figure: float) -> str:
        return f"error {figure:.3f}"

    def held_back(self) -> str:
        return "nothing"

    def finish(self) -> None:
        self.finished += 1


def line(folder: Path, **config) -> tuple[Run, Line]:
    torch.manual_seed(1)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    run = Run({"steps": 20, **config}, folder, "cpu", model, [optimizer])
    return run, Line(run)


def test_a_run_that_stopped_and_went_on_is_one_that_never_stopped(tmp_path):
    whole, task = line(tmp_path / "whole")
    train(whole, task)
    first, task = line(tmp_path / "parts")
    train(first, task, until=0.35)
    assert first.step == 7
    second, task = line(tmp_path / "parts")
    second.resume()
    assert second.step == 7
    train(second, task)
    assert second.step == whole.step == 20
    for ours, theirs in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["state.pt"]


def test_a_run_that_is_over_stays_as_it_is(tmp_path):
    run, task = line(tmp_path)
    train(run, task)
    before = [parameter.clone() for parameter in run.model.parameters()]
    again, task = line(tmp_path)
    again.resume()
    train(again, task)
    assert all(map(torch.equal, again.model.parameters(), before))
    assert (again.step, task.rates, task.finished) == (20, [], 1)


def test_rates_rise_and_then_fall_to_zero(tmp_path):
    run, task = line(tmp_path, warmUp=5)
    train(run, task)
    assert task.rates == pytest.approx([0.1 * min(1, (n + 1) / 5) * (1 - n / 20) for n in range(20)])


def test_minutes_end_a_run_before_its_steps(tmp_path, monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr("tessera_training.loop.time.time", lambda: next(clock))
    run, task = line(tmp_path, steps=10**9)
    train(run, task, minutes=1)
    assert 0 < run.step < 60
    assert run.seconds >= 60
    assert task.rates[-1] < 0.01  # the rate is near zero when the minutes end


def test_gradients_are_clipped_unless_told(tmp_path):
    def first_gradient(**config):
        run, task = line(tmp_path / str(config), steps=1, **config)
        train(run, task)
        gradients = [p.grad.flatten() for p in run.model.parameters() if p.grad is not None]
        return torch.cat(gradients).norm().item()

    free = first_gradient(clip=None)
    assert free > 0.5
    assert first_gradient(clip=0.5) == pytest.approx(0.5, rel=1e-4)


def test_what_else_has_a_state_is_saved_with_the_run(tmp_path):
    run, task = line(tmp_path)
    other = run.others["other"] = nn.Linear(3, 3)
    run.metadata["labels"] = ["roses"]
    train(run, task, until=0.1)
    again, _ = line(tmp_path)
    restored = again.others["other"] = nn.Linear(3, 3)
    again.others["new"] = nn.Linear(1, 1)  # not in the file: it starts anew
    again.resume()
    assert torch.equal(restored.weight, other.weight)
    assert torch.load(tmp_path / "state.pt", weights_only=True)["labels"] == ["roses"]
