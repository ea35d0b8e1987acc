import os

import pyarrow.parquet as pq
import pytest
import ray

import tessera.ray
from tessera.table import with_tokens


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=200 << 20, log_to_driver=False)
    yield
    ray.shutdown()


def test_actors_give_what_the_plain_loop_gives(model, photographs, tmp_path):
    for part in range(3):
        pq.write_table(photographs.slice(9 * part, 9), tmp_path / f"{part}.parquet")
    dataset = ray.data.read_parquet(str(tmp_path)).repartition(4).map_batches(
        tessera.ray.Tokenizer,
        fn_constructor_kwargs={"threads": 1},
        batch_format="pyarrow",
        batch_size=4,
        num_cpus=0.5,  # reading and writing need one of the two as well
        compute=ray.data.ActorPoolStrategy(size=2),
    )
    dataset.write_parquet(str(tmp_path / "tokens"))
    order = [("key", "ascending"), ("label", "ascending")]
    theirs = pq.read_table(tmp_path / "tokens").sort_by(order)
    ours = with_tokens(photographs, model).sort_by(order)
    assert theirs.equals(ours.select(theirs.column_names))
    assert set(theirs.column_names) == set(ours.column_names)
