"""The report of `make stories`: what was said, what was expected, what came, and where they part; as a page and as a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from bot.desk.cli_base import shown
from bot.desk.expected import Point
from bot.desk.page import figures, page, section, table
from bot.desk.replay import Turn
from bot.desk.stories import Held, HeldFile
from bot.desk.story_results import StoryResults, StoryStep, WrongStory
from bot.desk.words import ACTIONS, INTENTS, KINDS, named

Labels = Callable[[str], str]
"""The printed label of an address (《专利法》第六条第一款), or the address."""

_MOST_LINES = 20
_STEPS = {"intent": ("用户", INTENTS), "action": ("助手", ACTIONS), "active_loop": ("进行中的引导检查", {})}


def report(files: Sequence[HeldFile], rasa: StoryResults | None, label: Labels, day: str) -> str:
    """The page. rasa: None where Rasa's own stories were not run."""
    parted = [(file, held) for file in files for held in file.parted]
    held_in_all = sum(len(file.conversations) for file in files)
    counts = [("对话", held_in_all), ("问话", sum(len(h.turns) for f in files for h in f.conversations)), ("不合预期的对话", len(parted))]
    if rasa is not None:
        counts += [("Rasa 故事", rasa.stories), ("走错的故事", rasa.stories - rasa.right)]
    rows = [(file.path.name, len(file.conversations), len(file.conversations) - len(file.parted), len(file.parted)) for file in _worst_first(files)]
    parts = [
        figures(counts),
        section("不合预期的对话", *(_conversation(held, label, file.path.name) for file, held in parted), note=_HOW if parted else ""),
        section("Rasa 的故事", _rasa(rasa), note="每一类话经过哪些规则和动作；说了什么由上面的对话检验。") if rasa is not None else "",
        section("各文件", table(("文件", "对话", "合预期", "不合预期"), rows)),
        section("合预期的对话", *(_file(file, label) for file in files), note="点开看全部问答。"),
    ]
    return page("对话检验报告", *parts, note=f"{day}，对话文件和故事向真实的助手逐句问过一遍。")


_HOW = "左边有竖线的那一行是第一处不同；它后面的不同可能只是它引起的。"


def _worst_first(files: Sequence[HeldFile]) -> list[HeldFile]:
    return sorted(files, key=lambda file: (-len(file.parted), file.path.name))


def _file(file: HeldFile, label: Labels) -> str:
    good = [held for held in file.conversations if held.parts_at is None]
    inner = "".join(_conversation(held, label) for held in good)
    return f"<details><summary>{escape(file.path.name)}（{len(good)} 段）</summary>{inner}</details>" if good else ""


def _conversation(held: Held, label: Labels, file: str = "") -> str:
    """A conversation as a table, unfolded where it parts."""
    at = held.parts_at
    rows = [_row(n, turn, label, first=n == at) for n, turn in enumerate(held.turns, 1)]
    if held.unanswered:
        rows.append(
            _cells(len(held.turns) + 1, held.written[len(held.turns)], "", f"<mark>{escape(held.unanswered)}</mark>", first=at == len(held.turns) + 1)
        )
    head = "".join(f"<th>{name}</th>" for name in ("句", "用户说", "应当", "实际"))
    where = f"：第 {at} 句不同" if at else ""
    name = f"<summary><b>{escape(held.name)}</b>{where}{f'（{escape(file)}）' if file else ''}</summary>"
    return f"<details{' open' if at else ''}>{name}<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></details>"


def _row(number: int, turn: Turn, label: Labels, first: bool) -> str:
    wanted = "<br>".join(_point(point, label) for point in turn.points) or '<span class="muted">没有写</span>'
    return _cells(number, turn.question, wanted, _came(turn), first)


def _cells(number: int, question: str, wanted: str, came: str, first: bool) -> str:
    marked = ' class="first"' if first else ""
    return f'<tr{marked}><td class="n">{number}</td><td>{escape(question)}</td><td>{wanted}</td><td>{came}</td></tr>'


def _point(point: Point, label: Labels) -> str:
    cites = point.name == "cites"
    words = escape(f"{point.what}：{label(point.wanted) if cites else point.wanted}")
    if point.met:
        return words
    came = f"，实际是“{escape(point.came)}”" if point.came and not cites else ""  # what was cited stands beside it, with its labels
    return f"<mark>✗ {words}{came}</mark>"


def _came(turn: Turn) -> str:
    payload = turn.payload
    lines = [f"<b>{escape(str(payload.get('title') or ''))}</b>（{escape(KINDS.get(payload['kind'], payload['kind']))}）"]
    lines += [escape(line) for line in str(payload.get("summary") or "").splitlines() if line.strip()]
    more = [f"{s['heading']}：{'；'.join(s['items'])}" for s in payload.get("sections") or [] if s["items"]]
    rest = f"<details><summary>各部分</summary>{'<br>'.join(escape(line) for line in more)}</details>" if more else ""
    cited = "、".join(citation["label"] for citation in payload["citations"])
    return "<br>".join(lines) + (f'<br><span class="muted">依据：{escape(cited)}</span>' if cited else "") + rest


def _rasa(found: StoryResults) -> str:
    told = f"<p>{escape(rasa_in_words(found))}</p>"
    return told + "".join(_story(story) for story in found.wrong)


def rasa_in_words(found: StoryResults) -> str:
    """One sentence."""
    if found.right == found.stories and found.right_actions == found.actions:
        return f"{found.stories} 个故事全部走对，其中 {found.actions} 步动作没有一步不同。"
    wrong = found.stories - found.right
    return f"{found.stories} 个故事里 {wrong} 个走错；{found.actions} 步动作里 {found.actions - found.right_actions} 步与故事写的不同。"


def _story(story: WrongStory) -> str:
    rows = "".join(f'<tr{_first(step, story)}><td class="n">{n}</td>{_step(step)}</tr>' for n, step in enumerate(story.steps, 1))
    head = "<tr><th>步</th><th>谁</th><th>故事里写的</th><th>实际</th></tr>"
    return f"<details open><summary><b>{escape(story.name)}</b></summary><table><thead>{head}</thead><tbody>{rows}</tbody></table></details>"


def _first(step: StoryStep, story: WrongStory) -> str:
    return ' class="first"' if step is next((s for s in story.steps if s.predicted), None) else ""


def _step(step: StoryStep) -> str:
    who, words = _STEPS[step.what]
    came = f"<mark>{escape(named(words, step.predicted))}</mark>" if step.predicted else '<span class="muted">相同</span>'
    return f"<td>{who}</td><td>{escape(named(words, step.name))}</td><td>{came if step.what == 'action' else ''}</td>"


def summary(files: Sequence[HeldFile], rasa: StoryResults | None) -> Iterator[str]:
    """The lines for the terminal: the first differences, a line a file, the counts."""
    parted = [(file, held) for file in files for held in file.parted]
    for file, held in parted[:_MOST_LINES]:
        assert held.parts_at is not None
        yield f"✗ {shown(file.path)}：{held.name}，第 {held.parts_at} 句“{held.written[held.parts_at - 1]}”：{held.difference}"
    if len(parted) > _MOST_LINES:
        yield f"……还有 {len(parted) - _MOST_LINES} 段，见报告。"
    for story in rasa.wrong if rasa else ():
        step = next((s for s in story.steps if s.predicted), None)
        yield f"✗ 故事 {story.name}" + (f"：应为{named(ACTIONS, step.name)}，实际是{named(ACTIONS, step.predicted)}" if step else "")
    total = sum(len(file.conversations) for file in files)
    yield f"{len(files)} 个文件，{total} 段对话：{total - len(parted)} 段合预期，{len(parted)} 段不合。"
    if rasa is not None:
        yield f"Rasa 的故事：{rasa_in_words(rasa)}"
