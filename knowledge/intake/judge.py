"""Is the text a statute? What is not is refused with the reason; what looks odd is taken in and doubted.

A statute here is any text in articles 第一条, 第二条 …: law, regulation, rule, judicial interpretation, treaty. Not one of these: what
amends a law, a draft, a judgment, a contract, a commentary, a notice or decision without articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.intake.front import TITLE_END
from knowledge.intake.lines import Line
from knowledge.intake.numbered import OPTION, numbered_lines
from knowledge.intake.refusal import Refusal
from knowledge.printed import ARTICLE, item_mark
from knowledge.structure import Node

_AMENDS = re.compile(
    r"修正案(?:[（(].*[）)])?$|(?:关于|对).*(?:修改|修订|修正|废止|停止施行|暂时调整|暂停|失效|增加|补充修改).*的(?:决定|决议|命令|通知|公告)$"
    r"|^关于(?:修改|修订|废止)|的修改决定$"
)
_AMENDING_TEXT = re.compile(
    r"(?:将|把|对)?第[一二三四五六七八九十百千\d]+(?:条|章|款)[^。]{0,60}?(?:修改为|改为|删去|作为第)|(?:增加|删去)(?:一|二|两|三|第)[一二三四五六七八九十]?[条款项章]|作如下修改|修改为[：:]"
)
_DRAFT = re.compile(r"草案|征求意见稿|送审稿|建议稿|讨论稿|审议稿|修订稿")
_COMMENTARY = re.compile(r"释义|解读|逐条|条文理解|问答|对照表|新旧对照|全文解析|理解与适用")
_JUDGMENT = re.compile(r"(?:判决|裁定|调解|决定)书(?:[（(].*[）)])?$|审查决定$")
_COURT = re.compile(r"^(?:原告|被告|上诉人|被上诉人|申请人|被申请人|公诉机关)[：:（(]|本院认为|^审\s*判\s*(?:长|员)", re.MULTILINE)
_CONTRACT_TITLE = re.compile(r"(?:合同|协议书?|意向书|承诺书|授权书)(?:[（(].*[）)])?$")
_PARTIES = re.compile(r"甲\s*方|乙\s*方")
_NOTICE = re.compile(r"(?:通知|公告|通报|函|复函|批复|答复|报告|说明|纪要|请示|公报|决议|命令|意见)(?:[（(].*[）)])?$")


def refuse_amending(first: str, title: str) -> None:
    """Raise Refusal when the first title in the file is that of a decision that amends or repeals, whatever text is printed behind it."""
    if _AMENDS.search(first):
        whole = f"后面所附《{title}》的全文请另存为一个文件再导入" if first != title else "请导入修改后重新公布的全文"
        raise Refusal(f"《{first}》是修改或者废止法规的文件，不是法规全文", whole)


def refuse_unless_statute(title: str, lines: Sequence[Line], numbered: bool = False) -> None:
    """Raise Refusal when the title or the lines of the body say that this is no statute. numbered: its articles are 一、二、三."""
    texts = [line.text for line in lines]
    everything = "\n".join(texts)
    articles = [match for text in texts if (match := ARTICLE.match(text))]
    named = f"《{title}》" if title else "文件"
    refuse_amending(title, title)
    if _DRAFT.search(title):
        raise Refusal(f"{named}是草案，不是生效的文本")
    if _COMMENTARY.search(title):
        raise Refusal(f"{named}是解说，不是法规原文")
    if _JUDGMENT.search(title) or (len(_COURT.findall(everything)) >= 3 and not TITLE_END.search(title)):
        raise Refusal(f"{named}是裁判文书，不是法规")
    parties = len(_PARTIES.findall(everything))
    if (parties >= 2 and _CONTRACT_TITLE.search(title)) or (parties >= 6 and not TITLE_END.search(title)):
        raise Refusal(f"{named}是合同，不是法规")
    amending = sum(bool(_AMENDING_TEXT.search(text)) for text in texts)
    if amending >= 2 and amending * 2 >= max(len(articles), len([t for t in texts if item_mark(t)]), 1):
        raise Refusal(f"{named}的内容是“将第…条修改为…”，是修改法规的文件，不是法规全文", "请导入修改后重新公布的全文")
    if not articles and not numbered:
        old = TITLE_END.search(title) and not _NOTICE.search(title) and numbered_lines(lines)
        hint = f"如果它是每个编号算一条的法规，加 {OPTION} 再导入" if old else ""
        raise Refusal(_no_articles(named, title, texts), hint)


def refuse_fragment(title: str, tree: Node) -> None:
    """Raise Refusal when too few of the articles are there for a statute."""
    numbers = sorted({int(n.address.split("/")[1].split("~")[0].split("-")[0]) for n in tree.walk() if n.kind == "article"})
    if not numbers:
        raise Refusal(f"《{title}》没有读出“第一条”这样的条文，不能按条收录")
    whole = numbers[:2] == [1, 2] and TITLE_END.search(title)
    if (len(numbers) < 3 and not whole) or len(numbers) * 2 < numbers[-1]:
        raise Refusal(f"《{title}》只有{len(numbers)}条（最大条号是第{numbers[-1]}条），是摘录或者别的文件，不是法规全文")


def _no_articles(named: str, title: str, texts: Sequence[str]) -> str:
    styles = [mark.style for text in texts if (mark := item_mark(text))]
    numbered = f"，正文用“{styles[0]}”编号" if styles else ""
    kind = "通知、决定一类文件" if _NOTICE.search(title) else "文件"
    return f"{named}没有“第一条”这样的条文{numbered}，是不分条的{kind}，不能按条收录"


def title_doubt(title: str) -> str | None:
    """A sentence of doubt when the title does not end as titles of statutes do."""
    if not title:
        return "没有认出标题"
    return None if TITLE_END.search(title) else f"标题“{title[:40]}”不像法规名称，请核对"
