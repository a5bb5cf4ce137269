"""The parts of a trained model that the desk needs: the recogniser and the spaCy pipeline, unpacked once a model."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Any

from bot.model import require_genuine
from bot.nlu.recognition.model import Recogniser
from bot.settings import MODEL, ROOT

_UNPACKED = ROOT / "var" / "desk"
_NEEDED = ("TopicRecogniser", "LegalEntityExtractor")


def unpacked(model: Path = MODEL) -> Path:
    """The folder with these parts of a model; a model that has changed is unpacked anew.

    Raises FileNotFoundError where there is no model, ModelRefused where it is not the one that was trained.
    """
    require_genuine(model)
    status = model.stat()
    folder = _UNPACKED / f"{model.name.removesuffix('.tar.gz')}-{status.st_mtime_ns:x}-{status.st_size:x}"
    if folder.is_dir():
        return folder
    _UNPACKED.mkdir(parents=True, exist_ok=True)
    older = [path for path in _UNPACKED.iterdir() if path.name.startswith(model.name.removesuffix(".tar.gz") + "-")]
    half = _UNPACKED / f".{folder.name}.{os.getpid()}"
    with tarfile.open(model) as archive:
        members = [member for member in archive.getmembers() if any(name in member.name for name in _NEEDED)]
        archive.extractall(half, members)  # noqa: S202  our own model
    try:
        half.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(half, ignore_errors=True)
    for path in older:
        shutil.rmtree(path, ignore_errors=True)
    return folder


def load_recogniser(model: Path = MODEL) -> Recogniser:
    """The recogniser inside a trained Rasa model. Raises FileNotFoundError where there is no model or it holds none."""
    return Recogniser.load(_part(model, "recogniser.json").parent)


def load_entities(model: Path = MODEL) -> Any:
    """The spaCy pipeline inside a trained Rasa model. Raises FileNotFoundError as above."""
    blocked = "tensorflow" not in sys.modules
    if blocked:  # spaCy's thinc would import TensorFlow, which the pipeline does not use and which takes many seconds
        sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        import spacy

        from bot.nlu import legal_spacy  # noqa: F401  its component is registered by being imported

        return spacy.load(_part(model, "meta.json").parent)
    finally:
        if blocked:
            del sys.modules["tensorflow"]


def _part(model: Path, name: str) -> Path:
    found = next(unpacked(model).rglob(name), None)
    if found is None:
        raise FileNotFoundError(f"{model} holds no {name}")
    return found
