"""Run the adapter that the command line names: see :mod:`benchmarks.peer_adapters.contract`."""

from __future__ import annotations

import importlib
import sys

from benchmarks.peer_adapters.contract import claim_stdout

claim_stdout()  # before anything of a peer is imported, which may print
importlib.import_module(sys.argv[1]).main()
