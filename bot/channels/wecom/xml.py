"""WeCom's XML as a flat mapping. Refuses document types, entities, deep nesting and repeated fields; never reads anything else."""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat

from bot.channels.wecom.crypto import Rejected

MAX_BODY = 64 * 1024
"""Bytes of a callback's body; WeCom's are a few kilobytes at most."""
MAX_FIELDS = 200
MAX_DEPTH = 6


def fields_of(body: bytes) -> dict[str, str]:
    """The leaves of an `<xml>` document by their path below the root (`Content`, `SelectedItems/SelectedItem/QuestionKey`).

    Only the first of several equal nested paths is kept; an equal path at the top is refused. Raises Rejected.
    """
    if len(body) > MAX_BODY:
        raise Rejected("body too long")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, UnicodeError, ValueError) as error:
        raise Rejected(f"not XML: {error}") from None
    return reader.fields


class _Reader:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._leaf = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    @staticmethod
    def _refuse(*_: object) -> NoReturn:
        raise Rejected("document type or entity")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "xml":
            raise Rejected("root is not xml")
        self._path.append(name)
        if len(self._path) > MAX_DEPTH or len(self.fields) >= MAX_FIELDS:
            raise Rejected("too deep or too many fields")
        self._text.clear()
        self._leaf = True

    def _end(self, name: str) -> None:
        if self._leaf and len(self._path) > 1:
            path = "/".join(self._path[1:])
            if path in self.fields and len(self._path) == 2:
                raise Rejected("a field twice")
            self.fields.setdefault(path, "".join(self._text))
        self._leaf = False
        self._text.clear()
        self._path.pop()
