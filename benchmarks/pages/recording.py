"""The app as ``eme app`` starts it, with each run of a script written down.

    python -m benchmarks.pages.recording LOG [OPTIONS OF STREAMLIT]

A line of the log is a run: when it began (seconds since 1970), how long it took, how long its
thread had a processor, and whether it was that of a fragment. The time is that between the two ends
of Streamlit's own function that runs a script, in its thread; what the page computes in other
threads counts only where it waits.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner


def main() -> None:
    log = Path(sys.argv.pop(1))
    run = ScriptRunner._run_script

    def recorded(self: ScriptRunner, data: Any) -> None:
        began, clock, worked = time.time(), time.perf_counter(), time.thread_time()
        try:
            run(self, data)
        finally:
            seconds = time.perf_counter() - clock
            worked = time.thread_time() - worked
            line = {"began": began, "seconds": seconds, "worked": worked}
            line["part"] = bool(data.fragment_id_queue)
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    ScriptRunner._run_script = recorded  # type: ignore[method-assign]
    sys.argv = ["emotion_core", "app", *sys.argv[1:]]
    runpy.run_module("emotion_core", run_name="__main__")


if __name__ == "__main__":
    main()
