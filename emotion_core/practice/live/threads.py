"""How much of the machine live work takes."""

from __future__ import annotations

import threading

_ONE_BY_ONE = threading.Lock()


def compute_on_one_core() -> None:
    """Let torch compute on one core in this thread, and as before in all others.

    Live work is small: several threads would mostly wait for each other, and take the cores that
    the browser needs to show the picture.
    """
    import torch

    with _ONE_BY_ONE:  # or a second thread would take the one core of the first for what was before
        others = torch.get_num_threads()
        torch.set_num_threads(1)
        # what is set here is also what new threads begin with: one that is over gives it back
        restore = threading.Thread(target=torch.set_num_threads, args=(others,))
        restore.start()
        restore.join()
