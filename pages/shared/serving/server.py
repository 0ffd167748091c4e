"""Starts the server of the app with options of Streamlit; ``eme app`` runs this file."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

APP = Path(__file__).resolve().parents[3] / "streamlit_app.py"


def main() -> None:
    """Run the app until it is interrupted.

    Streamlit takes a folder ``pages/`` for its older way of having several pages until a script
    has called ``st.navigation`` once. The first visitor of ``/practice`` would read that there
    is no such page, so the older way is ruled out before anyone comes.
    """
    PagesManager.uses_pages_directory = False
    sys.path.insert(0, str(APP.parent))  # an installed app lies inside of the package
    from pages.shared.serving.routes import add_routes
    from pages.shared.serving.uploads import keep_upload_addresses
    from pages.shared.warming import warm_up

    add_routes()
    keep_upload_addresses()
    warm_up()
    # following the thousands of files of .venv would take most of a core for ever
    options = ["--server.fileWatcherType", "none", *sys.argv[1:]]
    sys.argv = ["streamlit", "run", str(APP), *options]
    cli.main()


if __name__ == "__main__":
    main()
