"""A blank Chinese spaCy pipeline that marks legal entities: laws, places in laws, kinds of patent, dates, periods, amounts.

No statistical model: an entity ruler for names and a component of regular expressions for what has a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from knowledge.citation import NOT_A_NUMBER
from knowledge.numerals import NUMERAL

_N = rf"{NUMERAL}(?:\.\d+)?"
_LOWER = rf"(?:第?[（(]?{NUMERAL}[）)]?款)?(?:第?[（(]?{NUMERAL}[）)]?项)?"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("place", re.compile(rf"{NOT_A_NUMBER}第?{NUMERAL}条(?:之{NUMERAL})?{_LOWER}|倒数第?{NUMERAL}条|最后一条|第{NUMERAL}[章节](?:第{NUMERAL}节)?|专栏{NUMERAL}|第?[（(]?{NUMERAL}[）)]?[款项]")),
    ("date", re.compile(
        rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|(?:{NUMERAL}|今|去|前|明|后|上|本|大前)年(?:{NUMERAL}月(?:{NUMERAL}[日号]|初|底|中旬|上旬|下旬)?|底|初)?|"
        rf"{NUMERAL}月{NUMERAL}[日号]|(?:今|昨|明|前|后|大前|大后)天|(?:上|下|这|本)(?:个)?(?:周|星期|礼拜|月)(?:[一二三四五六日天末])?"
    )),
    ("period", re.compile(rf"{_N}(?:多|来|几)?(?:个半?)?(?:年|个月|天|日|小时|周|星期|个工作日)(?:以内|之内|内|以上|以后|之后|后)?")),
    ("amount", re.compile(rf"{_N}(?:多|来|几)?(?:百|千|万|亿)*(?:元|块钱?|人民币|美元|件|倍|%)|百分之{NUMERAL}")),
)  # fmt: skip
KINDS = {"发明专利": "invention", "发明": "invention", "实用新型": "utility_model", "外观设计": "design", "外观": "design"}


@Language.component("legal_patterns")
def legal_patterns(doc: Doc) -> Doc:
    """Add entities that are known by their form; what the ruler has found stays."""
    spans = list(doc.ents)
    for label, pattern in PATTERNS:
        for match in pattern.finditer(doc.text):
            span = doc.char_span(match.start(), match.end(), label=label, alignment_mode="expand")
            if span is not None:
                spans.append(span)
    doc.ents = tuple(filter_spans(spans))
    return doc


def build_pipeline(names: Iterable[tuple[str, str]]) -> Language:
    """The spaCy pipeline; `names` are (name, document id) pairs of held documents."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "ORTH"})
    patterns = [{"label": "law", "pattern": name, "id": document} for name, document in names if len(name) > 1]
    patterns += [{"label": "patent_kind", "pattern": word, "id": kind} for word, kind in KINDS.items()]
    with nlp.select_pipes(enable="entity_ruler"):
        ruler.add_patterns(patterns)
    nlp.add_pipe("legal_patterns", last=True)
    return nlp
