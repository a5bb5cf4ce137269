"""A model that is not, byte for byte, the one that was trained is refused before anything of it is unpacked, however it is loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.desk import archive
from bot.model import ModelRefused, fingerprint, is_current, is_trained_from_now, mark, require_genuine
from bot.settings import ROOT

REFUSED = "与训练时记下的校验值不符"


@pytest.fixture(scope="module")
def content() -> str:
    """The fingerprint of what a model would be trained from now."""
    return fingerprint()


@pytest.fixture
def trained(tmp_path: Path, content: str) -> Path:
    """A small archive that lies beside its record as a trained model does; unpacking it would write outside of its folder."""
    model = tmp_path / "models" / "assistant.tar.gz"
    model.parent.mkdir()
    with tarfile.open(model, "w:gz") as made:
        for name in ("components/TopicRecogniser/recogniser.json", "../../TopicRecogniser-was-here"):
            member = tarfile.TarInfo(name)
            member.size = 2
            made.addfile(member, io.BytesIO(b"{}"))
    mark(model).write_text(f"{content}\n{hashlib.sha256(model.read_bytes()).hexdigest()}\n", encoding="utf-8")
    return model


def flip(model: Path) -> None:
    """Change one bit, and neither the size nor the time."""
    status = model.stat()
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    os.utime(model, ns=(status.st_atime_ns, status.st_mtime_ns))


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "one bit": (flip, REFUSED),
    "another file": (lambda model: model.write_bytes(b"another"), REFUSED),
    "nothing in it": (lambda model: model.write_bytes(b""), REFUSED),
    "no record": (lambda model: mark(model).unlink(), "来历不明"),
    "half a record": (lambda model: mark(model).write_text("0" * 64, encoding="utf-8"), "来历不明"),
    "an empty record": (lambda model: mark(model).write_bytes(b""), "来历不明"),
    "a record of rubbish": (lambda model: mark(model).write_bytes(b"\xff\x00 \xfe"), REFUSED),
}


def test_the_file_that_was_trained_is_let_through(trained: Path) -> None:
    require_genuine(trained)
    assert is_current(trained)
    flip(trained)
    assert is_trained_from_now(trained)
    assert not is_current(trained)


@pytest.mark.parametrize("how", TAMPERED)
def test_any_other_file_is_refused_in_words_that_say_what_to_do(trained: Path, how: str) -> None:
    tamper, words = TAMPERED[how]
    tamper(trained)
    with pytest.raises(ModelRefused, match=words) as refused:
        require_genuine(trained)
    assert "python -m bot train" in str(refused.value)


@pytest.mark.parametrize("how", TAMPERED)
def test_the_desk_unpacks_nothing_of_it(trained: Path, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_UNPACKED", tmp_path / "desk")
    TAMPERED[how][0](trained)
    with pytest.raises(ModelRefused):
        archive.unpacked(trained)
    assert not (tmp_path / "desk").exists()


def test_what_the_desk_unpacked_before_does_not_let_a_changed_file_through(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_UNPACKED", tmp_path / "desk")
    status = trained.stat()
    (tmp_path / "desk" / f"assistant-{status.st_mtime_ns:x}-{status.st_size:x}").mkdir(parents=True)
    assert archive.unpacked(trained).is_dir()
    flip(trained)
    with pytest.raises(ModelRefused):
        archive.unpacked(trained)


COMMANDS = (["serve", "rasa"], ["run"], ["chat"], ["ask", "专利年费"], ["replay", "{questions}"], ["stories", "{questions}"])
SCRIPT = """
import json, sys
from pathlib import Path
import bot.settings
bot.settings.MODEL = Path(sys.argv[1])
from typer.testing import CliRunner
from bot.cli import app
said = []
for argv in json.loads(sys.argv[2]):
    done = CliRunner(mix_stderr=False).invoke(app, argv)
    said.append([done.exit_code, done.stderr, repr(done.exception)])
print(json.dumps(said))
"""


def test_every_command_that_would_load_it_says_so_and_ends(trained: Path, tmp_path: Path, prepared: None) -> None:
    """`python -m bot serve rasa` is what containers start."""
    flip(trained)
    questions = tmp_path / "questions.txt"
    questions.write_text("专利年费从哪年开始交\n", encoding="utf-8")
    commands = json.dumps([[part.format(questions=questions) for part in argv] for argv in COMMANDS])
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(trained), commands]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=300)
    for argv, (code, error, exception) in zip(COMMANDS, json.loads(done.stdout.splitlines()[-1])):
        assert code == 1, (argv, error, exception)
        assert REFUSED in error, (argv, error)
