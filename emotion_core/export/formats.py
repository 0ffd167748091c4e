"""What a scene can be exported to."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A format; its value is the suffix of the file."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    EAF = "eaf"
    VTT = "vtt"
    MD = "md"
    HTML = "html"

    @property
    def is_report(self) -> bool:
        """Whether it shows stills of the clip."""
        return self in (Format.MD, Format.HTML)
