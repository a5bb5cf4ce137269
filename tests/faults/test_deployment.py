"""A broken topic file, a broken model, a full disk: what does not work is refused in words, what works goes on, and going back works.

One deployment with embedded databases for all of it; the order counts.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.visitor import Visitor
from tests.faults.database import fill, small_disk
from tests.faults.deployment import Deployment

TOPIC = "knowledge/topics/patent-law/patent-marking.yml"
QUESTION = "产品包装上可以印专利标识吗？"
ANSWER = "专利权人有权在其专利产品或者该产品的包装上标明专利标识"
STEPS = (("专利法第六十五条", "patent-law/65"), ("上一条", "patent-law/64"), ("第二款呢", "patent-law/64/2"))


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where conversations are kept: a small disk where we may make one."""
    folder = tmp_path_factory.mktemp("conversations")
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(small_disk(folder, 900)) if os.getuid() == 0 else folder


@pytest.fixture(scope="module")
def deployment(prepared: None, disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("deployed") / "here", {"CONVERSATIONS_DB_URL": f"sqlite:///{disk}/conversations.db"})
    built = made.run("knowledge", "build")
    assert built.returncode == 0, built.stdout
    return made


@pytest.mark.parametrize("harm", ["changed", "cut short", "gone"])
def test_a_broken_model_is_refused_in_words_and_the_old_one_is_taken_again(deployment: Deployment, harm: str) -> None:
    good = deployment.model.read_bytes()
    if harm == "gone":
        deployment.model.unlink()
    else:
        middle = len(good) // 2
        changed = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
        deployment.model.write_bytes({"changed": changed, "cut short": good[:middle]}[harm])
    refused = deployment.run("bot", "serve", "rasa")
    deployment.model.write_bytes(good)
    assert refused.returncode == 1
    assert "模型" in refused.stdout
    assert "python -m bot train" in refused.stdout
    assert "Traceback" not in refused.stdout


@pytest.fixture(scope="module")
def home(deployment: Deployment) -> Iterator[str]:
    """The servers, started with the model that was put back."""
    with deployment.running() as address:
        yield address


def summary(home: str, question: str) -> str:
    reply = Visitor(home).ask(question)
    assert reply.status == 200, reply.data
    return json.dumps(reply.data["payload"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("quote: 专利权人有权", "quote: 专利权人可以", "引文"),
        ("kind: answer", "kind: [", "patent-marking"),
        ("at: patent-law/16/2", "at: patent-law/96/2", "patent-law/96/2"),
    ],
)
def test_a_broken_topic_is_refused_and_the_running_server_keeps_its_content(
    deployment: Deployment, home: str, old: str, new: str, words: str
) -> None:
    file = deployment.folder / TOPIC
    good = file.read_text(encoding="utf-8")
    assert old in good
    assert ANSWER in summary(home, QUESTION)
    file.write_text(good.replace(old, new), encoding="utf-8")
    try:
        refused = deployment.run("knowledge", "build")
        assert refused.returncode != 0
        assert file.name in refused.stdout
        assert words in refused.stdout
        assert "Traceback" not in refused.stdout
        assert ANSWER in summary(home, QUESTION)
    finally:
        file.write_text(good, encoding="utf-8")
    assert "知识库已是最新" in deployment.run("knowledge", "build", "--if-stale").stdout
    assert ANSWER in summary(home, QUESTION)


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own needs root")
def test_a_full_disk_gives_a_sentence_and_all_is_well_when_there_is_room(deployment: Deployment, home: str, disk: Path) -> None:
    visitor = Visitor(home)
    session = f"web-{visitor._token.partition('.')[0]}"
    ids = [uuid.uuid4().hex for _ in STEPS]
    assert STEPS[0][1] in cited(visitor, STEPS[0][0], ids[0])
    filler = fill(disk)
    for _ in range(2):
        refused = visitor.ask(STEPS[1][0], message=ids[1])
        assert (refused.status, refused.data["error"]["code"]) == (503, "unavailable")
        assert "稍后把问题再发一次" in refused.data["error"]["message"]
    filler.unlink()
    for (text, place), id_ in list(zip(STEPS, ids))[1:]:
        assert place in cited(visitor, text, id_)
    with contextlib.closing(sqlite3.connect(disk / "conversations.db")) as database:
        query = "SELECT json_extract(data, '$.message_id') FROM events WHERE sender_id = ? AND type_name = 'user' ORDER BY id"
        assert [row[0] for row in database.execute(query, (session,))] == ids


def cited(visitor: Visitor, text: str, message: str) -> list[str]:
    reply = visitor.ask(text, message=message)
    assert reply.status == 200, reply.data
    return [citation["id"] for citation in reply.data["payload"]["citations"]]
