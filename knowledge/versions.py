"""Which version of a document applies on a day. One rule for the database and for the files.

A version starts to apply on its effective date, or, where the text does not say it, on the day it was adopted. It stops when
the next one starts (《立法法》 第一百零三条: 新的规定优于旧的规定).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Protocol


class Dated(Protocol):
    """What a version must have to be dated."""

    @property
    def adopted(self) -> datetime.date: ...
    @property
    def effective(self) -> datetime.date | None: ...
    @property
    def status(self) -> str: ...


def start(version: Dated) -> datetime.date:
    """First day on which the version applies, as far as the library can tell."""
    return version.effective or version.adopted


def status_on(status: str, adopted: datetime.date, effective: datetime.date | None, day: datetime.date, successor: datetime.date | None) -> str:
    """Status of a version on `day`: the catalogue's `status`, moved by the dates.

    successor: first day of the next version, if any. policy and repealed stay as they are; superseded before its time is in force.
    """
    if status in ("policy", "repealed"):
        return status
    if day < (effective or adopted):
        return "not_yet_in_force"
    if successor is not None:
        return "superseded" if day >= successor else "in_force"
    return "superseded" if status == "superseded" else "in_force"


def statuses(versions: Sequence[Dated], day: datetime.date) -> list[str]:
    """The status of each of a document's versions, given in order of their starts."""
    successors = [*(start(v) for v in versions[1:]), None]
    return [status_on(v.status, v.adopted, v.effective, day, successor) for v, successor in zip(versions, successors)]


def applying(statuses_in_order: Sequence[str]) -> int:
    """Index of the version to use: the one in force; else the last that was; else the earliest that will be."""
    for wanted in (("in_force", "policy", "repealed"), ("superseded",)):
        found = [n for n, status in enumerate(statuses_in_order) if status in wanted]
        if found:
            return found[-1]
    return 0
