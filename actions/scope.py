"""What the assistant does and does not do, said where nothing could be answered."""

from __future__ import annotations

from actions.answer import Answer, Suggestion
from knowledge.library import Library
from knowledge.topics import Topic

EXAMPLES = ("专利开放许可怎么办理？", "老师上课复印几页书算侵权吗？", "地理标志公告后多久内可以提异议？", "专利法第五十条")


def scope(library: Library) -> str:
    """One sentence on what can be asked."""
    laws = "、".join(f"《{d.short_title}》" for d in library.documents() if d.kind == "statute")
    return f"我只回答知识产权方面的问题：{laws}，以及知识产权强国建设纲要、“十四五”规划等政策文件里写了什么。"


def examples() -> tuple[Suggestion, ...]:
    """Questions that show how to ask."""
    return tuple(Suggestion(text, text) for text in EXAMPLES)


def not_understood(library: Library, confidence: float = 0.0) -> Answer:
    """Refuse because nothing in the message matches what the library holds."""
    return Answer(
        "refuse",
        "这个问题我回答不了",
        "我没能把这句话和收录的法律条文对上。" + scope(library),
        reason="unclear",
        sections=(
            (
                "可以怎么做",
                ("换一种说法，说明谁对什么做了什么、您想知道什么。", "需要人工帮助，可以拨打知识产权维权援助热线12330，或公共法律服务热线12348。"),
            ),
        ),
        suggestions=examples(),
        confidence=confidence,
    )


def out_of_scope(library: Library, nearest: Topic | None) -> Answer:
    """Refuse something that is certainly not held, where no single refusal fits well enough to name its law."""
    held_back = nearest is not None and nearest.reason == "not_held"
    return Answer(
        "refuse",
        "不在收录范围内",
        "这个问题不在收录的法律和政策文件里，我不能回答。" + scope(library),
        reason="not_held" if held_back else "out_of_scope",
        sections=(("可以怎么做", ("知识产权问题可拨打12330，其他法律问题可拨打公共法律服务热线12348。",)),),
        suggestions=examples(),
    )
