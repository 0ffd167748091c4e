"""The Dask cluster that does the work: one of our own on this machine, or the one of a school.

The embedded one is started with the first job and ends with the process. It works in threads of the
process, or in processes that its scheduler speaks to on this machine only, by certificates made for
it: others who use the machine could otherwise have it run what they like.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from emotion_core.errors import JobError
from emotion_core.jobs import clock
from emotion_core.settings import Settings
from emotion_core.workers import share_cores

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

# What a worker has one of: work that keeps all its cores busy takes it. Those with a graphics card
# have one of that too.
_COMPUTE, _GPU = "compute", "gpu"
# Threads of a worker: beside the one that computes, some for what mostly waits for a disk.
_THREADS = 3
_HERE = "127.0.0.1:0"  # for Dask's HTTP servers, which cannot be turned off
_PATIENCE = 10.0  # seconds to reach a scheduler
# Times that a job is begun again by itself after its worker was lost.
_LOSSES = 10


@contextmanager
def connect(settings: Settings) -> Iterator[Client]:
    """A client of the cluster that the settings name, or of one of our own.

    Raises:
        JobError: it cannot be reached or started.
    """
    import dask
    from distributed import Client

    clock.keep_time()
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": _LOSSES,
            # a clock that is set, or a machine that sleeps, makes every worker look silent for
            # long; one that is lost shows by its connection
            "distributed.scheduler.worker-ttl": None,
            # Dask shows what it does to whoever asks; the menu of jobs says all that is needed
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
            # nor where its own time goes, at which it would look a hundred times a second
            "distributed.worker.profile.enabled": False,
            "distributed.admin.tick.interval": "1s",
            "distributed.admin.system-monitor.interval": "5s",
        }
    )
    if settings.scheduler:
        try:
            asyncio.run(_reach(settings.scheduler))
            client = Client(settings.scheduler, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise JobError(
                f"The scheduler at {settings.scheduler} cannot be reached. Start it, or unset "
                "EME_SCHEDULER to work on this machine."
            ) from error
        with client:
            yield client
        return
    try:
        cluster = _embedded(settings.workers)
    except (OSError, RuntimeError, TimeoutError) as error:
        raise JobError(f"Work in the background cannot be started: {error}.") from error
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


def check_certificate(address: str) -> None:
    """See that there is a certificate where a scheduler asks for one.

    Raises:
        JobError: there is none.
    """
    from distributed.security import Security

    if address.startswith("tls://") and not Security().get_connection_args("client")["ssl_context"]:
        raise JobError(
            f"The scheduler at {address} cannot be reached without a certificate. Name one in "
            "Dask's settings, as docs/deployment.md shows."
        )


async def _reach(address: str) -> None:
    """Look whether anybody answers; a client that nobody answers goes on trying by itself."""
    from distributed.comm import connect
    from distributed.security import Security

    check_certificate(address)
    arguments = Security().get_connection_args("client")
    connection = await connect(address, timeout=_PATIENCE, **arguments)
    await connection.close()


def compute_resources(client: Client) -> dict[str, float]:
    """What work takes of a worker while it keeps that busy."""
    return {_COMPUTE: 1, _GPU: 1} if _graphics_cards(client) else {_COMPUTE: 1}


def compute_workers(client: Client) -> list[str]:
    """Addresses of the workers that do what keeps a worker busy.

    Where there are some with graphics cards, only they do: they are many times as fast, and what
    one kind of machine reads differs from what another does in its last digits.
    """
    return _graphics_cards(client) or [
        address for address, resources in _resources(client).items() if _COMPUTE in resources
    ]


def _graphics_cards(client: Client) -> list[str]:
    return [address for address, resources in _resources(client).items() if _GPU in resources]


def _resources(client: Client) -> dict[str, dict[str, float]]:
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {address: worker["resources"] for address, worker in workers.items()}


def worker_options(*, gpu: bool = False) -> dict[str, Any]:
    """How a worker is set up, here and on other machines.

    Args:
        gpu: whether it has a graphics card that it computes on.
    """
    # what it holds in memory does not grow with a clip; Dask would stop it half way
    return {
        "nthreads": _THREADS,
        "resources": {_COMPUTE: 1, _GPU: 1} if gpu else {_COMPUTE: 1},
        "memory_limit": 0,
        "dashboard_address": _HERE,
        "preload": [clock.__name__],
    }


def _embedded(workers: int) -> LocalCluster:
    """A cluster of this process: so many workers, or for 0 one in its own threads.

    One in its own threads shares the models that the process has loaded.
    """
    from distributed import LocalCluster
    from distributed.security import Security

    options = worker_options()
    options["threads_per_worker"] = options.pop("nthreads")
    options["worker_dashboard_address"] = options.pop("dashboard_address")
    options |= {
        "dashboard_address": _HERE,
        "scheduler_kwargs": {"dashboard": False},
        "silence_logs": logging.ERROR,
    }
    if not workers:
        return LocalCluster(n_workers=1, processes=False, **options)
    share_cores()
    security = Security.temporary()
    return LocalCluster(n_workers=workers, host="127.0.0.1", security=security, **options)
