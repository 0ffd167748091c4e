"""Whether a process is still the one that it was: numbers of ended ones are given out again."""

from __future__ import annotations

from contextlib import suppress

import psutil

_ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
# of the same process, by which they may differ where a system moves its start with its clock
_SAME = 100


def birth_of(process: int) -> str | None:
    """What identifies a process beside its number; ``None`` where it does not run.

    Args:
        process: its number.

    Returns:
        When it began, in hundredths of a second since the system did: the same however the clock
        is set. Empty where the system does not say and the process may run.
    """
    try:
        found = psutil.Process(process)
        # an ended process that nobody has asked about stays as a zombie
        if found.status() in _ENDED:
            return None
        return str(round(100 * (found.create_time() - psutil.boot_time())))
    except (psutil.NoSuchProcess, ValueError):
        return None
    except (psutil.Error, OSError):
        return ""


def is_same_process(process: int, birth: str) -> bool | None:
    """Whether a process is the one with a birth that was noted earlier.

    Args:
        process: its number.
        birth: what :func:`birth_of` said then.

    Returns:
        ``None`` where one runs with this number and that is not known, as with a birth that an
        earlier version noted on a system without ``/proc``.
    """
    now = birth_of(process)
    if now is None:
        return False
    with suppress(ValueError):
        return abs(int(now) - int(birth)) < _SAME
    return None
