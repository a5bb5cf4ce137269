"""The metadata of an Akoma Ntoso 3.0 document: FRBR identification, lifecycle, time of force, references.

Elements and their order: OASIS LegalDocML, Akoma Ntoso Version 1.0 Part 2 (29 August 2018), schema akomantoso30.xsd. IRIs: Akoma Ntoso
Naming Convention Version 1.0: /akn/cn/act/DATE/NAME, with /zho@DATE for the expression and .xml for the manifestation.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from knowledge.edition import Edition

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
E = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
COUNTRY, LANGUAGE = "cn", "zho"
_ORGANISATION = "issuer"


@dataclass(frozen=True)
class Iri:
    """The three levels of a document's IRI. component: !main, or the name of an attachment."""

    work: str
    expression: str
    component: str = "!main"

    def below(self, component: str) -> Iri:
        """The IRI of one component of the same document."""
        return Iri(self.work, self.expression, f"!{component}")


def iri_of(edition: Edition) -> Iri:
    """From the first day of the document's history, its id, and the day of this version."""
    assert edition.document is not None and edition.version is not None
    kind = "act" if edition.document.kind == "statute" else "doc"
    work = f"/akn/{COUNTRY}/{kind}/{_first_day(edition).isoformat()}/{edition.document.id}"
    return Iri(work, f"{work}/{LANGUAGE}@{edition.version.adopted.isoformat()}")


def _first_day(edition: Edition) -> datetime.date:
    assert edition.version is not None
    days = [_date(event["date"]) for event in edition.version.history]
    return min((*days, edition.version.adopted))


def _date(value: Any) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def meta(edition: Edition, iri: Iri, notes: list[str], main: bool = True) -> etree._Element:
    """The <meta> of the main document, or (main=False) of an attachment: its identification, which refers to the main document's."""
    parts = [_identification(edition, iri)]
    if main:
        parts += [*_publication(edition), _lifecycle(edition), *_temporal(edition), _references(edition)]
    if notes:
        parts.append(E.notes(*(E.note(E.p(text), eId=f"note_{n}") for n, text in enumerate(notes, 1)), source="#library"))
    return E.meta(*parts)


def _identification(edition: Edition, iri: Iri) -> etree._Element:
    document, version = edition.document, edition.version
    assert document is not None and version is not None
    first, adopted = _first_day(edition).isoformat(), version.adopted.isoformat()
    dated = {"not_before": "notBefore", "not_after": "notAfter", "file_name": "fileName"}.get(version.adopted_note or "", "adoption")
    author = f"#{_ORGANISATION}" if document.issuer else "#unknown"
    work = [
        E.FRBRthis(value=f"{iri.work}/{iri.component}"),
        E.FRBRuri(value=iri.work),
        E.FRBRalias(value=document.title, name="title"),
        *([E.FRBRalias(value=document.short_title, name="shortTitle")] if document.short_title != document.title else []),
        E.FRBRdate(date=first, name=dated if first == adopted else "adoption"),
        E.FRBRauthor(href=author),
        E.FRBRcountry(value=COUNTRY),
        *([E.FRBRnumber(value=number)] if (number := version.number or document.number) else []),
        E.FRBRname(value=document.id),
    ]
    expression = [
        E.FRBRthis(value=f"{iri.expression}/{iri.component}"),
        E.FRBRuri(value=iri.expression),
        E.FRBRdate(date=adopted, name=dated),
        E.FRBRauthor(href=author),
        E.FRBRlanguage(language=LANGUAGE),
    ]
    manifestation = [
        E.FRBRthis(value=f"{iri.expression}/{iri.component}.xml"),
        E.FRBRuri(value=f"{iri.expression}.xml"),
        E.FRBRdate(date=adopted, name="markup"),
        E.FRBRauthor(href="#library"),
        E.FRBRformat(value="application/akn+xml"),
    ]
    return E.identification(E.FRBRWork(*work), E.FRBRExpression(*expression), E.FRBRManifestation(*manifestation), source="#library")


def _publication(edition: Edition) -> list[etree._Element]:
    assert edition.version is not None and edition.document is not None
    found = [event for event in edition.version.history if any(word in str(event["event"]) for word in ("公布", "发布", "印发"))]
    if not found:
        return []
    printed = edition.version.number or edition.document.number
    number = {"number": printed} if printed else {}
    return [E.publication(date=_date(found[-1]["date"]).isoformat(), name="promulgation", showAs=str(found[-1]["event"]), **number)]


def _lifecycle(edition: Edition) -> etree._Element:
    version = edition.version
    assert version is not None
    iri = iri_of(edition)
    history = version.history or ({"date": version.adopted, "event": ""},)
    events = [
        E.eventRef(
            eId=f"event_{n}",
            date=_date(event["date"]).isoformat(),
            source="#library",
            type="generation" if n == 1 else "amendment",
            href=f"{iri.work}/{LANGUAGE}@{_date(event['date']).isoformat()}",
        )
        for n, event in enumerate(history, 1)
    ]
    if version.effective:
        events.append(E.eventRef(eId="event_force", date=version.effective.isoformat(), source="#library", refersTo="#inForce"))
    return E.lifecycle(*events, source="#library")


def _temporal(edition: Edition) -> list[etree._Element]:
    assert edition.version is not None
    if not edition.version.effective:
        return []
    return [E.temporalData(E.temporalGroup(E.timeInterval(start="#event_force", refersTo="#inForce"), eId="tmpg_1"), source="#library")]


def _references(edition: Edition) -> etree._Element:
    document = edition.document
    assert document is not None
    found = [E.TLCOrganization(eId="library", href="/akn/ontology/organization/cn/library", showAs="本知识库")]
    if document.issuer:
        found.append(E.TLCOrganization(eId=_ORGANISATION, href=f"/akn/ontology/organization/cn/{_ORGANISATION}", showAs=document.issuer))
    else:
        found.append(E.TLCOrganization(eId="unknown", href="/akn/ontology/organization/cn/unknown", showAs="文本未载明"))
    found.append(E.TLCConcept(eId="inForce", href="/akn/ontology/concept/cn/inForce", showAs="施行"))
    return E.references(*found, source="#library")
