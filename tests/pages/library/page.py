"""The page of films and scenes without a browser, and what is done on it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.opening import at_page

ODD = "<b>*Odd*</b> [x](y) $a$ 'q' \"r\" & \U0001f3ac שלום"


def open_page(**state: object) -> AppTest:
    app = at_page("library")
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says, HTML included, without the marks against Markdown."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    texts = [str(item.value) for kind in kinds for item in kind]
    texts += [str(item.proto.body) for item in app.get("html")]
    return "\n".join(texts).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def press_labelled(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app
