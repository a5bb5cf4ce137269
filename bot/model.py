"""The trained model: where it lies, whether it is current and the very file that was trained, and how it is trained.

A model is current when it was trained from the content and code that stand on disk now; the fingerprint lies beside it, with the model's
own hash. Whatever loads a model calls `require_genuine` first: an archive of unknown origin is not unpacked.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from bot.fingerprint import files_digest
from bot.settings import MODEL, ROOT, child_environment

_TRAINED_FROM = (
    "config.yml",
    "bot/domain/*.yml",
    "bot/nlu/[!a_]*.py",  # acts.py is read at run time and trains nothing
    "bot/nlu/*/*",
    "data/**/*.yml",
    "knowledge/topics/**/*.yml",
    "knowledge/normalise.py",
    "knowledge/topics.py",
    "knowledge/utterances.py",
    "uv.lock",
)

_BLOCK = 1 << 20  # bytes read at once
INPUTS = ("--domain", "bot/domain", "--data", "data/nlu", "data/rules", "--config", "config.yml")
"""What Rasa's commands train from and validate, as their arguments."""

# glibc gives large arrays back to the system at once and gets them again page by page, which costs training half of its time.
_KEEP_MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 32)}


class ModelRefused(Exception):
    """A model that is not to be loaded; the message says in Chinese why, and what to do."""


def fingerprint() -> str:
    """Hex digest of everything a model is trained from."""
    return files_digest(_TRAINED_FROM)


def mark(model: Path) -> Path:
    """The file beside a model that holds the fingerprint of what it was trained from and the model's own hash."""
    return model.with_suffix("").with_suffix(".fingerprint")


def is_current(model: Path = MODEL) -> bool:
    """Was the model trained from what stands on disk now, and is it the file that was trained?"""
    if not (model.exists() and mark(model).exists()):
        return False
    return _marked(model) == [fingerprint(), _hash(model)]


def is_trained_from_now(model: Path = MODEL) -> bool:
    """Was the model trained from what stands on disk now? The model itself, which is large, is not looked at."""
    return _marked(model)[:1] == [fingerprint()]


def require_genuine(model: Path = MODEL) -> None:
    """Raises ModelRefused unless the file is, byte for byte, the one that was trained; FileNotFoundError where there is none."""
    if not model.exists():
        raise FileNotFoundError(f"{model} does not exist")
    recorded = _marked(model)[1:]
    if recorded == [_hash(model)]:
        return
    why = "与训练时记下的校验值不符，可能损坏或被改动过" if recorded else f"没有训练时的记录（{mark(model).name}），来历不明"
    raise ModelRefused(f"模型 {model} {why}，没有加载。请重新训练（python -m bot train），或换回原来的文件。")


def train(model: Path = MODEL) -> None:
    """Train with Rasa in a process of its own, its output in var/log/train.log. Raises subprocess.CalledProcessError when it fails."""
    trained_from = fingerprint()
    name = model.name.removesuffix(".tar.gz")
    command = [sys.executable, "-m", "rasa", "train", *INPUTS, "--skip-validation"]
    command += ["--out", str(model.parent), "--fixed-model-name", name]
    log = ROOT / "var" / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        subprocess.run(command, cwd=ROOT, env=child_environment() | _KEEP_MEMORY, check=True, stdout=output, stderr=subprocess.STDOUT)
    mark(model).write_text(f"{trained_from}\n{_hash(model)}\n", encoding="utf-8")


def _marked(model: Path) -> list[str]:
    """The fingerprint and the hash that were recorded; less where the record is missing or cut."""
    return mark(model).read_text(encoding="utf-8", errors="replace").split() if mark(model).is_file() else []


def _hash(model: Path) -> str:
    digest = hashlib.sha256()
    with model.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
