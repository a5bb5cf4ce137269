"""Long text in parts of at most so many bytes: cut at sentence ends, never inside a character, a link or bold words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MARK = "[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]*"
_ATOM = re.compile(
    r"(?P<link>\[[^\[\]\n]*\]\([^()\s]*\))|(?P<bold>\*\*[^*\n]+\*\*)|(?P<url>https?://[\w\-.~:/?#@!$&'*+,;=%]+)"
    rf"|\r?\n|[\U0001f1e6-\U0001f1ff]{{2}}|.{_MARK}(?:\u200d.{_MARK})*",
    re.DOTALL | re.ASCII,
)
_ENDS = frozenset("。！？；!?;\n")
_SOFT = frozenset("，、：,: 〕）")
_CLOSING = frozenset("”’」』）〕》】)")


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())


def split(text: str, limit: int) -> list[str]:
    """The text in order, each part at most `limit` bytes, without empty parts; a quote that is cut goes on as a quote."""
    text = text.encode("utf-8", "replace").decode()
    room = limit - 2  # for the quote sign of a part that begins inside a quote
    parts: list[str] = []
    current = line = ""
    for piece in _pieces(text, room):
        if current and size(current) + size(piece) > room:
            parts.append(current)
            current = "> " if line.startswith("> ") and not piece.startswith("> ") else ""
        if size(current) + size(piece) > limit:  # only a quote sign can be in the way
            current = ""
        current += piece
        line = "" if piece.endswith("\n") else line + piece
    parts.append(current)
    return [part.strip("\n") for part in parts if part.replace(">", "").strip()]


def _pieces(text: str, room: int) -> Iterator[str]:
    """Sentences; what is too long for one part, clauses; what is still too long, atoms."""
    for sentence in _groups(_atoms(text, room), _ENDS):
        if size("".join(sentence)) <= room:
            yield "".join(sentence)
            continue
        for clause in _groups(sentence, _SOFT):
            if size("".join(clause)) <= room:
                yield "".join(clause)
            else:
                yield from clause


def _atoms(text: str, room: int) -> Iterator[str]:
    for match in _ATOM.finditer(text):
        atom = match.group()
        if size(atom) <= room:
            yield atom
        elif match.lastgroup == "link":
            yield from _atoms(atom[1 : atom.index("](")], room)
        elif match.lastgroup == "bold":
            yield from _atoms(atom[2:-2], room)
        else:
            yield from atom


def _groups(atoms: Iterable[str], ends: frozenset[str]) -> Iterator[list[str]]:
    group: list[str] = []
    ended = False
    for atom in atoms:
        if ended and atom not in _CLOSING:
            yield group
            group, ended = [], False
        group.append(atom)
        ended = ended or atom in ends
        if atom == "\n":
            yield group
            group, ended = [], False
    if group:
        yield group
