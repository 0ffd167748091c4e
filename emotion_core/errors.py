"""Errors whose message is one sentence that a user of the app can act on."""


class EmotionCoreError(Exception):
    """Base of all errors that the product raises on purpose.

    The command line prints the message and exits with code 2; the app shows it in a box.
    Neither shows a traceback for it.
    """


class MediaError(EmotionCoreError):
    """A clip or picture that cannot be read: missing, empty, damaged, or without a picture."""


class ModelError(EmotionCoreError):
    """A model that cannot be loaded: not found, not reachable, or not a seven-emotion model."""


class OutputError(EmotionCoreError):
    """A result that cannot be written where it was asked for."""


class DatasetError(EmotionCoreError):
    """A data set that does not have the layout, the classes or the files that it should."""


class RunError(EmotionCoreError):
    """A training run that cannot be read, started, stopped or resumed."""


class LibraryError(EmotionCoreError):
    """A library that cannot be reached, read or changed, or an archive that is none."""


class ComparisonError(EmotionCoreError):
    """Performances that cannot be compared: too few, too many, or never in view."""


class ExportError(EmotionCoreError):
    """Something that cannot be exported: no such character, or a folder without an analysis."""


class SettingsError(EmotionCoreError):
    """A setting in the environment that cannot be used."""


class CameraError(EmotionCoreError):
    """A camera that cannot be connected."""


class JobError(EmotionCoreError):
    """Work in the background cannot be done."""


class WordsError(EmotionCoreError):
    """Subtitles, a script or a speech recognizer that cannot be read or used."""
