"""Ray Data gives what the plain loop gives, an actor killed or not."""

import os

import pyarrow.parquet as pq
import pytest
import ray

import tessera.ray
from conftest import death
from tessera.table import with_tokens


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=200 << 20, log_to_driver=False)
    yield
    ray.shutdown()


def check_tokens(actor, arguments, photographs, model, folder):
    """Tokenizes in actors of a class, and holds the tokens against those of the plain loop."""
    for part in range(3):
        pq.write_table(photographs.slice(9 * part, 9), folder / f"{part}.parquet")
    dataset = (
        ray.data.read_parquet(str(folder))
        .repartition(4)
        .map_batches(
            actor,
            fn_constructor_kwargs=arguments,
            batch_format="pyarrow",
            batch_size=4,
            num_cpus=0.5,  # reading and writing need one of the two as well
            compute=ray.data.ActorPoolStrategy(size=2),
        )
    )
    dataset.write_parquet(str(folder / "tokens"))
    order = [("key", "ascending"), ("label", "ascending")]
    theirs = pq.read_table(folder / "tokens").sort_by(order)
    ours = with_tokens(photographs, model).sort_by(order)
    assert theirs.equals(ours.select(theirs.column_names))
    assert set(theirs.column_names) == set(ours.column_names)


def test_actors_give_what_the_plain_loop_gives(model, photographs, tmp_path):
    check_tokens(tessera.ray.Tokenizer, {"threads": 1}, photographs, model, tmp_path)


def test_a_killed_actor_changes_nothing(model, photographs, tmp_path):
    class Dying(tessera.ray.Tokenizer):  # in here, so that workers need not import this module
        def __init__(self, die_once, **arguments):
            super().__init__(**arguments)
            self.die_once = die_once

        def __call__(self, batch):
            self.die_once()
            return super().__call__(batch)

    mark = tmp_path / "died"
    arguments = {"die_once": death(str(mark)), "threads": 1}
    check_tokens(Dying, arguments, photographs, model, tmp_path)
    assert mark.exists()
