"""The trained model: where it lies, whether it is current, and how it is trained.

A model is current when it was trained from the content and code that stand on disk now; the fingerprint lies beside it.
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

# glibc gives large arrays back to the system at once and gets them again page by page, which costs training half of its time.
_KEEP_MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 32)}


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
    return mark(model).read_text(encoding="utf-8").split() == [fingerprint(), hashlib.sha256(model.read_bytes()).hexdigest()]


def is_trained_from_now(model: Path = MODEL) -> bool:
    """Was the model trained from what stands on disk now? The model itself, which is large, is not looked at."""
    return mark(model).exists() and mark(model).read_text(encoding="utf-8").split()[0] == fingerprint()


def train(model: Path = MODEL) -> None:
    """Train with Rasa in a process of its own, its output in var/log/train.log. Raises subprocess.CalledProcessError when it fails."""
    trained_from = fingerprint()
    name = model.name.removesuffix(".tar.gz")
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--domain",
        "bot/domain",
        "--data",
        "data/nlu",
        "data/rules",
        "--config",
        "config.yml",
        "--skip-validation",
    ]
    command += ["--out", str(model.parent), "--fixed-model-name", name]
    log = ROOT / "var" / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        subprocess.run(command, cwd=ROOT, env=child_environment() | _KEEP_MEMORY, check=True, stdout=output, stderr=subprocess.STDOUT)
    mark(model).write_text(f"{trained_from}\n{hashlib.sha256(model.read_bytes()).hexdigest()}\n", encoding="utf-8")
