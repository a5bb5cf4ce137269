"""The least that a Rasa can do, to measure beside: one intent, one response, the keyword classifier.

`bare()` keeps conversations in memory. `with_stores()` is the same bot with what a service of several servers needs, by Rasa's own means: the
conversations in PostgreSQL, the lock in Redis, the response from an action server (Rasa's SDK).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot import serve
from bot.settings import child_environment
from tests.postgres import running_postgres
from tests.redis_server import PASSWORD, RedisServer
from tests.servers import free_port

_FILES = {
    "config.yml": "recipe: default.v1\nlanguage: en\npipeline:\n- name: WhitespaceTokenizer\n- name: KeywordIntentClassifier\npolicies:\n- name: RulePolicy\n",
    "domain.yml": 'version: "3.1"\nintents: [greet]\nresponses:\n  utter_greet:\n  - text: hello\n',
    "data/nlu.yml": 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hello\n',
    "data/rules.yml": 'version: "3.1"\nrules:\n- rule: greet\n  steps:\n  - intent: greet\n  - action: utter_greet\n',
    "credentials.yml": "rest:\n",
    "endpoints.yml": "{}\n",
}
_ENDPOINTS = """action_endpoint:
  url: http://127.0.0.1:{actions}/webhook
tracker_store:
  type: sql
  url: {database}
lock_store:
  type: redis
  url: 127.0.0.1
  port: {redis}
  password: {password}
"""
_ACTION = """from rasa_sdk import Action

class Greet(Action):
    def name(self):
        return "action_greet"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="hello")
        return []
"""


@contextmanager
def bare() -> Iterator[tuple[str, list[serve.Service]]]:
    """On a free port: its REST address and its process."""
    with tempfile.TemporaryDirectory() as name, _running(Path(name), _FILES) as started:
        yield started


@contextmanager
def with_stores() -> Iterator[tuple[str, list[serve.Service]]]:
    """On free ports: its REST address and its two processes; PostgreSQL and Redis are our own children."""
    with ExitStack() as stack:
        database, redis = stack.enter_context(running_postgres()), RedisServer(stack.enter_context(tempfile.TemporaryDirectory(prefix="redis-")))
        stack.callback(redis.stop)
        redis.start()
        actions = free_port()
        endpoints = _ENDPOINTS.format(actions=actions, database=database.database(), redis=redis.port, password=PASSWORD)
        files = _FILES | {
            "domain.yml": 'version: "3.1"\nintents: [greet]\nactions: [action_greet]\n',
            "data/rules.yml": _FILES["data/rules.yml"].replace("utter_greet", "action_greet"),
            "endpoints.yml": endpoints,
            "actions.py": _ACTION,
        }
        yield stack.enter_context(_running(Path(stack.enter_context(tempfile.TemporaryDirectory())), files, actions))


@contextmanager
def _running(folder: Path, files: Mapping[str, str], actions: int | None = None) -> Iterator[tuple[str, list[serve.Service]]]:
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    quiet: dict[str, Any] = {"cwd": folder, "env": child_environment(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-m", "rasa", "train"], check=True, **quiet)
    port = free_port()
    asked = f"http://127.0.0.1:{port}/webhooks/rest/"
    rasa = [sys.executable, "-m", "rasa", "run", "--port", str(port), "--interface", "127.0.0.1"]
    services = [serve.Service("bare Rasa", rasa, asked, folder / "rasa.log", folder=folder)]
    if actions is not None:
        sdk = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)]
        services.insert(0, serve.Service("bare actions", sdk, f"http://127.0.0.1:{actions}/health", folder / "actions.log", folder=folder))
    with serve.running(services, say=lambda _: None):
        yield f"{asked}webhook", services
