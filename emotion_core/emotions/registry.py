"""Where classifiers come from: shipped folders, any folder, or the model hub."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import model_info, try_to_load_from_cache
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from emotion_core.errors import ModelError
from emotion_core.files import whole_file

if TYPE_CHECKING:
    from torch import nn

REFERENCE_MODEL = "trpakov/vit-face-expression"
# transformers imports its modules as they are needed, and two threads that do so at the same time
# find each other's half done: "Could not import module".
_ONE_BY_ONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelId:
    """Which classifier: its name, and a fingerprint that changes with its weights."""

    name: str
    fingerprint: str


def list_models(models_dir: Path) -> list[str]:
    """Names that can be loaded: the shipped classifiers, then the reference on the hub."""
    shipped = sorted(path.parent.name for path in models_dir.glob("*/config.json"))
    return [*shipped, REFERENCE_MODEL]


def identify_model(name: str, models_dir: Path) -> ModelId | None:
    """Name and fingerprint of a model without loading it.

    Args:
        name: as for :func:`load_pretrained`.
        models_dir: where the shipped models are.

    Returns:
        ``None`` for a name on the hub that is not on this machine yet.

    Raises:
        ModelError: there is no such model.
    """
    folder = _find_folder(name, models_dir)
    if folder is not None:
        shown = folder.name if folder.parent == models_dir else name
        return ModelId(shown, hash_weights(folder))
    copy = find_model(name, models_dir)
    return None if copy is None else ModelId(name, copy.name[:12])


def identify_folder(path: str, models_dir: Path) -> ModelId:
    """Name and fingerprint of a model in a folder that a user wrote down.

    Args:
        path: of the folder; quotes, spaces around it and ``~`` are understood.
        models_dir: where the shipped models are.

    Raises:
        ModelError: there is no such folder, or no model in it.
    """
    written = path.strip().strip("\"'")
    try:
        folder = Path(written).expanduser().resolve()
        if not folder.exists():
            raise ModelError(f"There is no folder {written}.")
        identity = identify_model(str(folder), models_dir)
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelError(f"The folder {written} cannot be opened: {_first_line(error)}") from error
    if identity is None:
        raise ModelError(f"The folder {written} has no model.")
    return identity


def find_model(name: str, models_dir: Path) -> Path | None:
    """The folder of a model: a shipped one, any folder, or the hub's copy on this machine.

    Raises:
        ModelError: there is no such model.
    """
    folder = _find_folder(name, models_dir)
    if folder is not None:
        return folder
    try:
        config = try_to_load_from_cache(name, "config.json")
    except HFValidationError as error:
        raise ModelError(f"{name!r} is neither a folder nor a name on the model hub.") from error
    return Path(config).parent if isinstance(config, str) else None


def short_name(name: str) -> str:
    """What a model is called in a sentence: of a path only the folder's own name."""
    return Path(name).name if Path(name).is_absolute() else name


def load_pretrained(name: str, models_dir: Path) -> tuple[Any, Any, ModelId]:
    """Load a network and its image processor.

    Args:
        name: a folder with a checkpoint, the name of a folder in ``models_dir``, or a name on
            the model hub.
        models_dir: where the shipped models are.

    Raises:
        ModelError: not found, not reachable, or damaged.
    """
    folder = _find_folder(name, models_dir)
    try:
        with _ONE_BY_ONE:
            if folder is not None:
                model, processor = _from_pretrained(str(folder), local=True)
            else:
                model, processor = _from_hub(name)
    except ModelError:
        raise
    except Exception as error:  # transformers raises nearly anything on a bad folder
        raise ModelError(
            f"{name} cannot be loaded as an image classifier: {_first_line(error)}"
        ) from error
    identity = identify_model(name, models_dir)
    return model, processor, identity or ModelId(name, "unversioned")


def _find_folder(name: str, models_dir: Path) -> Path | None:
    for folder in (Path(name).expanduser(), models_dir / name):
        if folder.is_dir():
            if not (folder / "config.json").is_file():
                raise ModelError(f"The folder {folder} has no model: config.json is missing.")
            if not any(folder.glob("*.safetensors")):
                raise ModelError(f"The folder {folder} has no weights in safetensors format.")
            return folder
    if Path(name).is_file():
        raise ModelError(f"{name} is a file. A model is a folder with config.json and weights.")
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelError(f"There is no model {name!r}. See the list of models in {models_dir}.")
    return None


def _from_pretrained(source: str, *, local: bool) -> tuple[Any, Any]:
    from emotion_core.inference.libraries import (
        AutoImageProcessor,
        AutoModelForImageClassification,
        transformers_logging,
    )

    # progress bars and remarks on its own back ends would stand in the user's terminal
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    # neither a pickle nor code that a model brings: from a path that a user gave, either could
    # run anything, and transformers would ask on the terminal whether it may
    model: Any = AutoModelForImageClassification.from_pretrained(
        source,
        local_files_only=local,
        use_safetensors=True,
        trust_remote_code=False,
        dtype="float32",
    )
    processor = AutoImageProcessor.from_pretrained(
        source, local_files_only=local, trust_remote_code=False
    )
    return model, processor


def _from_hub(name: str) -> tuple[Any, Any]:
    """From the hub's cache on this machine, or else from the hub."""
    try:
        return _from_pretrained(name, local=True)
    except OSError:
        pass
    try:
        # asked first and once: the download itself tries again for half a minute
        model_info(name, timeout=5)
        return _from_pretrained(name, local=False)
    except HfHubHTTPError as error:
        raise ModelError(f"The model hub has no {name}. Check the name.") from error
    except Exception as error:  # each layer of the network raises its own
        raise ModelError(
            f"{name} is not on this computer and the model hub cannot be reached. Go online once "
            "to download it, name a folder that has it, or choose the built-in model."
        ) from error


def write_network(network: nn.Module, config: Mapping[str, Any], folder: Path) -> None:
    """Write a network of our own kind in half precision, as ``hash_weights`` expects it.

    Args:
        network: it is left as it is.
        config: what has to be known of it.
        folder: gets ``config.json`` and ``model.safetensors``; made where it is not there.

    Raises:
        OutputError: the folder cannot be written to.
    """
    from safetensors.torch import save_file

    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    with whole_file(folder / "model.safetensors") as part:
        save_file(state, part, {"format": "pt"})
    # last: a folder with a configuration is whole
    with whole_file(folder / "config.json") as part:
        part.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def hash_weights(folder: Path) -> str:
    """The fingerprint of a model in a folder: of its configuration and its weights."""
    files = sorted([folder / "config.json", *folder.glob("*.safetensors")])
    stats = [path.stat() for path in files]
    return _hash(tuple((p, s.st_mtime_ns, s.st_size) for p, s in zip(files, stats, strict=True)))


@lru_cache(maxsize=64)
def _hash(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Hash files; time and size are there so that unchanged ones are not read again."""
    digest = hashlib.sha256()
    for path, _, _ in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def read_weights(network: nn.Module, folder: Path) -> None:
    """Give a network the weights that :func:`write_network` wrote, in float32.

    Raises:
        OSError, RuntimeError, SafetensorError: there are none, or they are of another network.
    """
    from safetensors.torch import load_file

    state = load_file(folder / "model.safetensors")
    network.load_state_dict(
        {name: one.float() if one.is_floating_point() else one for name, one in state.items()}
    )
