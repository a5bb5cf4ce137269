"""An answer of the contract as WeCom shows it best: markdown and template-card buttons; as 微信客服 shows it: text and a menu.

WeCom's markdown knows headings, bold, links, quotes and three colours; lists are written as lines.
"""

from __future__ import annotations

from typing import Any

from bot.channels.wecom.splitting import size, split

TEXT_BYTES = 2048
MOST_BUTTONS = 6
BUTTON_CHARACTERS = 10
CARD_LIST_CHARACTERS = 160
CARD_TITLE_CHARACTERS = 36
KEY_BYTES = 1024
KF_MESSAGES = 5
KF_MENU_BYTES = 128
KF_MENU_ITEMS = 10
KF_HEAD_BYTES = 1024
_STATUS = {"not_yet_in_force": "尚未施行", "superseded": "已被修改", "repealed": "已废止", "policy": "政策文件"}
_QUOTE = 300
_FULL_WIDTH = str.maketrans("[]*`", "［］＊｀")


def markdown(content: str) -> dict[str, Any]:
    """One markdown message."""
    return {"msgtype": "markdown", "markdown": {"content": content}}


def text(content: str) -> dict[str, Any]:
    """One text message."""
    return {"msgtype": "text", "text": {"content": content}}


def choices(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """What the person may choose: (title, payload)."""
    found = [(one_line(s["title"]), str(s["payload"]).strip()) for s in payload["suggestions"]]
    return [(title, said) for title, said in found if title and said]


def parts(payload: dict[str, Any], link_base: str, task: str) -> list[dict[str, Any]]:
    """The messages of one answer for a member, in order. `task` names the card (unique in the application)."""
    body = _body(payload, link_base, plain=False)
    offered = choices(payload)
    card = _card(payload, offered, task)
    if offered and card is None:
        body += f"\n\n**{_ask(payload)}**（回复数字即可）\n" + _numbered(offered)
    messages = [markdown(part) for part in split(body, TEXT_BYTES)]
    return [*messages, card] if card else messages


def kf_parts(payload: dict[str, Any], link_base: str, most: int = KF_MESSAGES) -> list[dict[str, Any]]:
    """The messages of one answer for a customer of 微信客服: at most `most` (one to five), without markdown."""
    body = _body(payload, link_base, plain=True)
    offered = choices(payload)
    menu = _menu(payload, offered) if most > 1 else None
    if offered and menu is None:
        body += f"\n\n{_ask(payload)}（回复数字即可）\n" + _numbered(offered)
    pieces = split(body, TEXT_BYTES)
    room = most - (1 if menu else 0)
    if len(pieces) > room:
        pieces = pieces[:room]
        note = "\n……（内容较长，全文请看条文链接。）"
        pieces[-1] = split(pieces[-1], TEXT_BYTES - size(note))[0] + note
    return [*map(text, pieces), *([menu] if menu else [])]


def one_line(words: str) -> str:
    """Words without line breaks."""
    return " ".join(str(words).split())


def _ask(payload: dict[str, Any]) -> str:
    return "请选择" if payload["kind"] in ("clarify", "question") else "还可以问"


def _numbered(offered: list[tuple[str, str]]) -> str:
    return "\n".join(f"{number}. {title}" for number, (title, _) in enumerate(offered, 1))


def _body(payload: dict[str, Any], link_base: str, plain: bool) -> str:
    def clean(words: str) -> str:
        return words if plain else words.translate(_FULL_WIDTH)

    def bold(words: str) -> str:
        return f"【{words}】" if plain else f"**{clean(one_line(words))}**"

    blocks = []
    if payload["title"] and payload["kind"] != "chat":
        blocks.append(f"【{payload['title']}】" if plain else f"### {clean(one_line(payload['title']))}")
    blocks.append(clean(payload["summary"]))
    for section in payload["sections"]:
        if section["items"]:
            blocks.append(bold(section["heading"]) + "\n" + "\n".join(f"· {clean(item)}" for item in section["items"]))
    if payload["citations"]:
        said = _bare(payload["summary"])
        cited = "\n".join(_citation(citation, link_base, plain, _bare(citation["quote"]) in said) for citation in payload["citations"])
        blocks.append(bold("依据") + "\n" + cited)
    return "\n\n".join(blocks)


def _bare(words: str) -> str:
    return "".join(words.split())


def _citation(citation: dict[str, Any], link_base: str, plain: bool, quoted: bool) -> str:
    """One provision: its label, linked, and its words unless the answer has already `quoted` them."""
    label = citation["label"] if plain else one_line(citation["label"]).translate(_FULL_WIDTH)
    href = str(citation.get("href") or "")
    if href.startswith("/") and link_base:
        href = link_base + href
    linked = href.startswith(("https://", "http://")) and not set(href) & set("()<> \n")
    head = label if plain or not linked else f"[{label}]({href})"
    status = _STATUS.get(citation["document"]["status"])
    if status:
        head += f"（{status}）"
    quote = "" if quoted else citation["quote"]
    if len(quote) > _QUOTE and linked:
        quote = split(quote, 3 * _QUOTE)[0] + "……（全文见链接）"
    if plain:
        return "\n".join(filter(None, [head, quote, href if linked else ""]))
    lines = [f"> {line}" for line in quote.translate(_FULL_WIDTH).splitlines() if line.strip()]
    return "\n".join([head, *lines])


def _card(payload: dict[str, Any], offered: list[tuple[str, str]], task: str) -> dict[str, Any] | None:
    """A card with a button for each choice; None where they do not fit."""
    if not 0 < len(offered) <= MOST_BUTTONS or any(size(said) > KEY_BYTES - 4 or not said for _, said in offered):
        return None
    short = all(len(title) <= BUTTON_CHARACTERS for title, _ in offered)
    listed = "" if short else _numbered(offered)
    if len(listed) > CARD_LIST_CHARACTERS:
        return None
    buttons = [
        {"text": title if short else str(number), "style": 1, "key": f"ask:{said}"}  # the key comes back when it is clicked
        for number, (title, said) in enumerate(offered, 1)
    ]
    card: dict[str, Any] = {"card_type": "button_interaction", "task_id": task, "button_list": buttons}
    card["main_title"] = {"title": _ask(payload)[:CARD_TITLE_CHARACTERS]}
    if listed:
        card["sub_title_text"] = listed
    return {"msgtype": "template_card", "template_card": card}


def _menu(payload: dict[str, Any], offered: list[tuple[str, str]]) -> dict[str, Any] | None:
    """A menu of the choices; None where they do not fit."""
    if not 0 < len(offered) <= KF_MENU_ITEMS or any(size(title) > KF_MENU_BYTES for title, _ in offered):
        return None
    items = []
    for number, (title, said) in enumerate(offered, 1):
        key = f"ask:{said}" if size(said) <= KF_MENU_BYTES - 4 else f"n:{number}"
        items.append({"type": "click", "click": {"id": key, "content": title}})
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": _ask(payload), "list": items}}
