"""Caches of Streamlit's that give no library what was made for another."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pages.shared.users.visitor import visitor

P = ParamSpec("P")
T = TypeVar("T")
_KEY = "library_of_this"


def per_library(
    cached: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Have what a cache keeps belong to the library that is open when it is made.

    An address names an analysis by its clip and how it was read, and a number of the database a
    row: both mean something else in another library, where somebody else may have brought it in.

    Args:
        cached: ``st.cache_data`` or ``st.cache_resource`` with its options.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def made(*arguments: Any, **named: Any) -> T:
            named.pop(_KEY)
            return function(*arguments, **named)

        # Streamlit reads from the names of parameters which of them make the key
        signature = inspect.signature(function)
        own = inspect.Parameter(_KEY, inspect.Parameter.KEYWORD_ONLY)
        made.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*signature.parameters.values(), own]
        )
        kept = cached(made)

        @wraps(function)
        def given(*arguments: P.args, **named: P.kwargs) -> T:
            library = visitor().settings.library
            found: T = kept(*arguments, **named, **{_KEY: library})
            return found

        return given

    return decorate
