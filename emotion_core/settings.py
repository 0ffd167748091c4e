"""Settings read from the environment, prefix ``EME_``, and whom they let in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as NotJson

from emotion_core.errors import SettingsError

EncoderName = Literal["h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox"]


def _addresses(value: Any) -> Any:
    return value.casefold().replace(",", " ").split() if isinstance(value, str) else value


# Written as words with commas or spaces between them.
Addresses = Annotated[frozenset[str], NoDecode, BeforeValidator(_addresses)]

# What to install for the file systems that fsspec opens by packages of their own.
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure"}


def _openable(url: str) -> str:
    """An address that fsspec has what it needs to open, or none."""
    if url:
        from fsspec.core import split_protocol
        from fsspec.registry import get_filesystem_class

        protocol, _ = split_protocol(url)
        if protocol is None:
            raise ValueError("it must be an address such as s3://bucket/eme or file:///mnt/eme")
        try:
            get_filesystem_class(protocol)
        except ImportError:
            extra = _EXTRAS.get(protocol)
            missing = f"pip install '.[{extra}]'" if extra else "see fsspec's documentation"
            raise ValueError(f"{protocol}:// needs a package that is missing: {missing}") from None
        except ValueError:
            raise ValueError(f"fsspec knows no {protocol}://") from None
    return url


# Folder of the libraries of those who sign in.
_USERS = "users"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What travels with the code: inside the installed package, beside it in a checkout.

    Attributes:
        root: the folder that ``emotion_core`` is imported from.
        app: the folder with ``streamlit_app.py`` and ``pages/``.
        models: the shipped models.
    """

    root: Path
    app: Path
    models: Path

    @classmethod
    def beside(cls, package: Path) -> Shipped:
        """Where things lie for a package in this folder; pyproject.toml puts them there."""
        app, models = package / "_app", package / "_models"
        if models.is_dir():
            return cls(package.parent, app, models)
        return cls(package.parent, package.parent, package.parent / "models")


SHIPPED = Shipped.beside(Path(__file__).resolve().parent)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whom an OpenID provider has signed in.

    Attributes:
        issuer, subject: who it is, for ever (OpenID Connect Core 1.0, section 5.7: no other claim
            is a stable name of a user).
        email: empty where the provider says that it is not theirs.
        name: what to call them.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""

    @property
    def library(self) -> str:
        """Name of their own library, of 32 hexadecimal digits; says nothing of who they are."""
        return hashlib.sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()[:32]


def is_listed(email: str, addresses: frozenset[str]) -> bool:
    """Whether an address is among some addresses and domains, as ``ana@x.org`` and ``@y.org``."""
    email = email.casefold()
    return bool(email) and (email in addresses or f"@{email.rpartition('@')[2]}" in addresses)


class Settings(BaseSettings):
    """Where the product keeps its files and what it reads faces with.

    Attributes:
        data_dir: clips, analyses and runs (``EME_DATA_DIR``).
        model: default classifier, a folder in ``models/``, any folder, or a hub name
            (``EME_MODEL``).
        database_url: where the library is, as ``postgresql+psycopg://user:password@host/name``
            (``EME_DATABASE_URL``); a SQLite file in the data directory if empty.
        media_url: where clips are kept, as ``s3://bucket/eme`` or any other address that fsspec
            opens (``EME_MEDIA_URL``); in the data directory if empty.
        media_cache_gb: what copies of such clips may take on this machine
            (``EME_MEDIA_CACHE_GB``).
        embedder: what separates faces, ``eme-faces``, ``facenet-vggface2`` or a folder
            (``EME_EMBEDDER``).
        speech_model: what writes down speech where the extra ``speech`` is installed: the folder
            of a Whisper model, or its name on the model hub (``EME_SPEECH_MODEL``); nothing does
            if empty.
        still_change: of a face that changed less since it was last read, that reading is taken:
            grey levels of 255 (``EME_STILL_CHANGE``); 0 reads every face that changed at all.
        scheduler: the Dask cluster that does long work, as ``tcp://host:8786`` (``EME_SCHEDULER``);
            one of our own on this machine if empty.
        workers: processes that do long work on this machine (``EME_WORKERS``); 0 does it in the
            app itself.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps`` (``EME_DEVICE``).
        encoder: what encodes long videos, ``auto``, ``software`` or a hardware encoder of FFmpeg
            (``EME_ENCODER``).
        ice_servers: servers that help a camera on another machine to find its way here, as
            ``[{"urls": "stun:host:3478"}]`` (``EME_ICE_SERVERS``, JSON); none, so that nothing
            outside is asked.
        max_upload_gb: largest file that the app accepts (``EME_MAX_UPLOAD_GB``).
        max_minutes: longest clip that the app accepts as an upload (``EME_MAX_MINUTES``).
        max_import_minutes: longest time that the import of an archive may take
            (``EME_MAX_IMPORT_MINUTES``).
        min_free_gb: what stays free on a disk: nothing is written that would leave less
            (``EME_MIN_FREE_GB``).
        max_megapixels: largest pictures that a clip may have, in millions of pixels
            (``EME_MAX_MEGAPIXELS``); 8K has 35.
        sign_in: whether everybody has to sign in (``EME_SIGN_IN``).
        members: e-mail addresses and domains of those who may, as ``ana@school.org, @x.org``
            (``EME_MEMBERS``); all whom the provider signs in if empty.
        teachers: the same of those who may change the class library (``EME_TEACHERS``).
        max_jobs_per_user: jobs that wait or run at the same time for one who has signed in
            (``EME_MAX_JOBS_PER_USER``).
        library: whose library is meant, as :attr:`User.library`
            (``EME_LIBRARY``); that of everybody, the class library where people sign in, if empty.
    """

    model_config = SettingsConfigDict(env_prefix="EME_", frozen=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("eme", appauthor=False))
    model: str = "eme-lite2"
    database_url: str = Field(default="", repr=False)
    media_url: Annotated[str, AfterValidator(_openable)] = Field(default="", repr=False)
    media_cache_gb: float = Field(default=20.0, gt=0)
    embedder: str = "eme-faces"
    speech_model: str = ""
    still_change: float = Field(default=0.0, ge=0, le=255)
    scheduler: str = ""
    workers: int = Field(default=0, ge=0, le=256)
    device: str = "auto"
    encoder: Literal["auto", "software", EncoderName] = "auto"
    ice_servers: list[dict[str, Any]] = []
    max_upload_gb: float = 2.0
    max_minutes: float = 30.0
    max_megapixels: float = 40.0
    max_import_minutes: float = Field(default=60.0, gt=0)
    min_free_gb: float = Field(default=0.5, ge=0)
    sign_in: bool = False
    members: Addresses = frozenset()
    teachers: Addresses = frozenset()
    max_jobs_per_user: int = Field(default=50, ge=1)
    library: str = Field(default="", pattern=r"^([0-9a-f]{32})?$")

    def library_of(self, name: str) -> Settings:
        """The same for a library of this name; for that of everybody if it is empty."""
        return self if name == self.library else self.model_copy(update={"library": name})

    def admits(self, user: User) -> bool:
        """Whether somebody who has signed in may use the app."""
        return not self.members or is_listed(user.email, self.members | self.teachers)

    def is_teacher(self, user: User) -> bool:
        """Whether somebody may change the class library."""
        return is_listed(user.email, self.teachers)

    @property
    def home(self) -> Path:
        """Where all of the library lies that is meant."""
        return self.data_dir / _USERS / self.library if self.library else self.data_dir

    def library_at(self, path: Path) -> str:
        """The name of the library that a file in the data directory belongs to."""
        place = path.absolute().relative_to(self.data_dir.absolute()).parts
        return place[1] if place[0] == _USERS and len(place) > 1 else ""

    @property
    def media_dir(self) -> Path:
        """Clips of the library, or where they would lie if they are not kept elsewhere."""
        return self.home / "media"

    @property
    def analyses_dir(self) -> Path:
        """Stored analyses of scenes."""
        return self.home / "analyses"

    @property
    def previews_dir(self) -> Path:
        """Copies that browsers play, of clips that they do not."""
        return self.home / "previews"

    @property
    def thumbnails_dir(self) -> Path:
        """Strips of pictures of the clips in the library."""
        return self.home / "thumbnails"

    @property
    def voice_dir(self) -> Path:
        """Lines that the user has said and kept."""
        return self.home / "voice"

    @property
    def runs_dir(self) -> Path:
        """Training runs, a folder each."""
        return self.home / "runs"

    @property
    def sample_clip(self) -> Path:
        """The clip of the sample scene, once it is made."""
        return self.home / "Sample scene.mp4"

    @property
    def models_dir(self) -> Path:
        """The shipped models; not a setting, since they travel with the code."""
        return SHIPPED.models

    def explainer_folders(self) -> list[Path]:
        """Where trained explainers may lie: the shipped ones, then the user's own, newest first.

        What was trained in the library of everybody is everybody's own.
        """
        shipped = sorted((self.models_dir / "explainers").glob("*/"))
        runs = {self.runs_dir, self.library_of("").runs_dir}
        own = [path.parent for one in runs for path in one.glob("*/model/config.json")]
        return [*shipped, *sorted(own, key=lambda path: path.stat().st_mtime, reverse=True)]


def load_settings() -> Settings:
    """Read the settings anew, so that a changed environment is seen.

    Raises:
        SettingsError: one of them cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name, reason = str(first["loc"][0]).upper(), first["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"EME_{name} cannot be used: {reason[:1].lower()}{reason[1:]}."
        ) from error
    except NotJson as error:
        raise SettingsError("EME_ICE_SERVERS cannot be used: input should be JSON.") from error
