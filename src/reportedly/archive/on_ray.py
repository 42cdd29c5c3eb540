"""The engine that reads with Ray Data, on this machine or on a cluster.

Two stages: tasks open the inputs and cut them into shards, a pool of actors
reads shards, each with a network of its own. Shards flow from one to the other
as the actors take them. Sources and the archive must stand where every node
sees them under the same name.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .engines import Done
from .needs import ArchiveError, need
from .reading import read_shard
from .shards import Input, Shard, cut

_CUTTING = 0.1  # of a core: it mostly waits until shards are taken


def read(inputs: Iterable[Input], work: Path, workers: int, address: str | None) -> Iterator[Done]:
    """Cut the inputs into shards and read them with ``workers`` actors.

    Args:
        inputs: what to read.
        work: a folder that all nodes share.
        workers: actors, each of one core.
        address: of the cluster's head; without it, Ray is started on this machine and ended afterwards.

    Raises:
        ArchiveError: Ray is not installed, does not start, or a task of it failed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray, data = need("ray", "ray"), need("ray.data", "ray")
    rows = [{"input": pickle.dumps(found)} for found in inputs]
    if not rows:
        return
    started = not ray.is_initialized()
    if started:
        _start(ray, workers, address)
    try:
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context.target_max_block_size = 1  # a shard a block, so that every actor gets its share
        shared = str(work.resolve())
        found = (
            data.from_items(rows, override_num_blocks=len(rows))
            .map_batches(_cut, batch_size=1, num_cpus=_CUTTING, fn_kwargs={"work": shared})
            .map_batches(
                _Reading, batch_size=1, num_cpus=1, compute=data.ActorPoolStrategy(size=workers),
                fn_constructor_kwargs={"work": shared},
            )
        )  # fmt: skip
        for row in found.iter_rows():
            yield pickle.loads(row["done"])
    except ArchiveError:
        raise
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None) or error
        raise ArchiveError(
            f"Ray: {(str(cause).strip().splitlines() or ['a task failed'])[-1][:300]}"
        ) from None
    finally:
        if started:
            ray.shutdown()


def _start(ray: Any, workers: int, address: str | None) -> None:
    environment = {"env_vars": {"REPORTEDLY_THREADS": "1", "OMP_NUM_THREADS": "1"}}
    for name in ("REPORTEDLY_FAST", "REPORTEDLY_MODELS", "REPORTEDLY_MAX_BYTES"):
        if name in os.environ:
            environment["env_vars"][name] = os.environ[name]
    options: dict[str, Any] = {"runtime_env": environment, "log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        options |= {"num_cpus": workers + 1, "include_dashboard": False}
    else:
        options["address"] = address
    try:
        ray.init(**options)
    except Exception as error:  # Ray raises what its parts raise
        where = f" at {address!r}" if address else ""
        words = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ArchiveError(f"Ray{where} does not start: {words}") from None


def _cut(batch: dict[str, Any], work: str) -> Iterator[dict[str, list[bytes]]]:
    for row in batch["input"]:
        for one in cut(pickle.loads(row), Path(work)):
            yield {"cut": [pickle.dumps(one)]}


class _Reading:
    """An actor; it loads the network with its first shard."""

    def __init__(self, work: str) -> None:
        self._work = Path(work)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[bytes]]:
        done = []
        for row in batch["cut"]:
            one = pickle.loads(row)
            done.append(pickle.dumps(read_shard(one, self._work) if isinstance(one, Shard) else one))
        return {"done": done}
