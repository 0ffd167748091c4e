"""The routes of the server beside those of Streamlit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.shared.serving import clips, pictures
from pages.shared.serving.address import routes_added, with_base
from pages.shared.serving.gate import Gate
from pages.shared.serving.returning import Returning

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from streamlit.runtime import Runtime


def add_routes() -> None:
    """Have the server that starts next serve clips, and pictures that are cut out of them."""
    from starlette.routing import Route
    from streamlit.web.server.starlette import create_starlette_app, starlette_server

    def create(runtime: Runtime) -> Starlette:
        app = create_starlette_app(runtime)
        app.router.routes[:0] = [
            Route(with_base(f"/{clips.ROUTE}/{{name}}"), clips.answer),
            Route(with_base(f"/{pictures.ROUTE}/{{name}}/{{number}}"), pictures.answer),
        ]
        app.add_middleware(Gate, paths=(f"/{clips.ROUTE}/", f"/{pictures.ROUTE}/"))
        app.add_middleware(Returning)
        routes_added()
        return app

    starlette_server.create_starlette_app = create  # type: ignore[attr-defined]
