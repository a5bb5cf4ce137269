"""Which document a text names: a held one, by any of its names, or one that the library does not hold.

Names close to a held law must never be taken for it: 专利法实施细则 is not 专利法.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.catalogue import Document
from knowledge.normalise import normalise

UNHELD = [
    "商标法",
    "商标法实施条例",
    "专利法实施细则",
    "著作权法实施条例",
    "著作权集体管理条例",
    "信息网络传播权保护条例",
    "计算机软件保护条例",
    "集成电路布图设计保护条例",
    "植物新品种保护条例",
    "种子法",
    "反不正当竞争法",
    "反垄断法",
    "民法典",
    "民法通则",
    "刑法",
    "刑事诉讼法",
    "民事诉讼法",
    "行政诉讼法",
    "行政处罚法",
    "行政许可法",
    "行政复议法",
    "电子商务法",
    "网络安全法",
    "数据安全法",
    "个人信息保护法",
    "广告法",
    "产品质量法",
    "标准化法",
    "消费者权益保护法",
    "食品安全法",
    "劳动法",
    "劳动合同法",
    "公司法",
    "合伙企业法",
    "企业所得税法",
    "个人所得税法",
    "增值税法",
    "促进科技成果转化法",
    "科学技术进步法",
    "知识产权海关保护条例",
    "专利代理条例",
    "专利审查指南",
    "商标审查审理指南",
    "奥林匹克标志保护条例",
    "特殊标志管理条例",
    "宪法",
    "仲裁法",
    "担保法",
    "合同法",
    "侵权责任法",
    "婚姻法",
    "继承法",
    "海关法",
    "外商投资法",
    "道路交通安全法",
    "治安管理处罚法",
    "国防专利条例",
    "规范申请专利行为的规定",
    "专利优先审查管理办法",
    "驰名商标认定和保护规定",
    "世界版权公约",
    "伯尔尼公约",
    "巴黎公约",
    "专利合作条约",
    "TRIPS协定",
    "实施细则",
    "实施条例",
    "细则",
]
"""Names of texts that people ask for by number and the library does not hold."""

_LAW_LIKE = re.compile(
    r"[\u4e00-\u9fff、]{1,18}?(?:法典|法|条例|实施细则|细则|办法|规定|解释|公约|指南|规则)(?=\s*》?\s*[,，的里中]?\s*(?:第|倒数|最后|\d))"
)
_NOISE = re.compile(
    r"^(?:请问|问下|问一下|查一下|查下|查|看看|看一下|看|我想看|想看|帮我|根据|依据|按照|按|那么|那|这个|这|和|与|以及|跟|中国的?|中华人民共和国|现行|新版?|旧版?|新修订的?)+"
)
_QUOTES = str.maketrans("", "", "《》〈〉“”\"'‘’ 　()（）")


def fold_name(text: str) -> str:
    """A name without quotes, brackets and spaces, normalised, lower case."""
    return normalise(text).translate(_QUOTES).lower()


@dataclass(frozen=True)
class Named:
    """A document that the text names. id is None when it is not held; written is the (normalised) name found."""

    id: str | None
    title: str
    written: str
    start: int


class NameFinder:
    """Finds document names in text; built from the catalogue."""

    def __init__(self, documents: Iterable[Document] | Iterable[tuple[str, str, Iterable[str]]]) -> None:
        """`documents`: catalogue documents or (id, title, names) triples."""
        self._names: dict[str, tuple[str | None, str]] = {}
        for document in documents:
            id_, title, names = (document.id, document.title, document.names) if isinstance(document, Document) else document
            for name in names:
                self._names[fold_name(name)] = (id_, title)
        held = set(self._names)
        for name in UNHELD:
            if fold_name(name) not in held:
                self._names.setdefault(fold_name(name), (None, name))
        ordered = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)))

    def find(self, text: str) -> list[Named]:
        """Every document named in `text`, in order; the longest name wins (专利法实施细则 over 专利法)."""
        folded = fold_name(text)
        found: list[Named] = []
        for match in self._pattern.finditer(folded):
            id_, title = self._names[match[0]]
            found.append(Named(id_, title, match[0], match.start()))
        for match in _LAW_LIKE.finditer(folded):
            name = _NOISE.sub("", match[0])
            inside = [n for n in found if match.start() <= n.start < match.end()]
            if name and not any(n.written == name or (name.endswith(n.written) and n.id and len(name) - len(n.written) <= 1) for n in inside):
                if name in ("法", "办法", "规定", "条例", "本法", "该法", "本办法", "本规定", "规则", "该办法", "该规定", "这部法"):
                    continue
                if inside and inside[-1].start + len(inside[-1].written) == match.end():
                    continue
                found = [n for n in found if n not in inside]
                found.append(Named(None, name, name, match.start()))
        return sorted(found, key=lambda n: n.start)
