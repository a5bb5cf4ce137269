"""The widget stays small, loads everything at once, and asks nothing of others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels.web.files import Files, pack
from bot.channels.web.settings import FILES

LIMIT = 30_000  # bytes, compressed, everything that the widget loads


def test_the_widget_is_small() -> None:
    files = Files(FILES)
    parts = ["assistant.js", "assistant.css", *files.modules()]
    found = [files.get(name) for name in parts]
    assert all(found)
    assert sum(len(file.packed or file.body) for file in found if file) < LIMIT


def test_the_entry_names_every_module() -> None:
    modules = {path.name for path in FILES.glob("*.js")} - {"assistant.js", "page.js"}
    assert set(Files(FILES).modules()) == modules
    for path in FILES.glob("*.js"):
        assert set(re.findall(r'from "\./([a-z-]+\.js)"', path.read_text(encoding="utf-8"))) <= modules


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_a_file_sets_no_html_and_names_no_other_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\.cssText|setAttribute\(\"style\"", text
    )
    hosts = set(re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})", text)) - {"www.w3.org"}
    assert hosts == set()


@pytest.mark.parametrize("name", ["../cli.py", "element.js/", "", ".", "Element.js", "element.js\0", "nothing.js", "a/b.js"])
def test_only_plain_names_of_the_folder_are_files(name: str) -> None:
    assert Files(FILES).get(name) is None


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text("1")
    files = Files(tmp_path)
    first = files.get("a.js")
    path.write_text("22")
    second = files.get("a.js")
    assert first
    assert second
    assert (first.body, second.body) == (b"1", b"22")
    assert first.etag != second.etag


def test_small_bodies_are_not_packed() -> None:
    assert pack(b"x" * 10) == b""
    assert pack(b"x" * 5000)
