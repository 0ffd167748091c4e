"""Run the adapter that the command line names: see :mod:`benchmarks.peers.adapters.contract`."""

from __future__ import annotations

import importlib
import sys

from benchmarks.peers.adapters.contract import claim_stdout

claim_stdout()  # before anything of a peer is imported, which may print
importlib.import_module(sys.argv[1]).main()
