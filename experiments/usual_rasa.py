"""Rasa's usual pipeline on this project's topics: an intent and a response a topic, DIET on words and characters, RulePolicy.

All utterances would take hours; `per_topic` of each topic are enough for the time that a message takes, which is what is compared.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import yaml

from bot import serve
from bot.settings import ROOT, child_environment
from experiments.bench import free_port
from experiments.data import utterances
from knowledge.library import Library

FOLDER = ROOT / "var" / "usual-rasa"
_CONFIG = """recipe: default.v1
assistant_id: usual
language: zh
pipeline:
- name: JiebaTokenizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  constrain_similarities: true
  random_seed: 1
policies:
- name: RulePolicy
  check_for_contradictions: false
"""


def _dump(data: Any) -> str:
    return yaml.safe_dump({"version": "3.1", **data}, allow_unicode=True, sort_keys=False, width=10000)


def files(epochs: int, per_topic: int) -> dict[str, str]:
    """The bot's files by name."""
    said: dict[str, list[str]] = {}
    for one in utterances():
        said.setdefault(one.topic, []).append(one.text)
    answers = {topic.id: topic.answer or topic.title for topic in Library.open().topics()}
    intents = {re.sub(r"\W", "_", topic): topic for topic in sorted(said) if topic in answers}
    chosen = {topic: _spread(said[topic], per_topic) for topic in intents.values()}
    examples = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in chosen[topic])} for intent, topic in intents.items()]
    rules = [{"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]} for intent in intents]
    responses = {f"utter_{intent}": [{"text": answers[topic]}] for intent, topic in intents.items()}
    return {
        "config.yml": _CONFIG.format(epochs=epochs),
        "domain.yml": _dump({"intents": list(intents), "responses": responses}),
        "data/nlu.yml": _dump({"nlu": examples}),
        "data/rules.yml": _dump({"rules": rules}),
        "credentials.yml": "rest:\n",
        "endpoints.yml": "{}\n",
    }


def _spread(said: list[str], most: int) -> list[str]:
    """So many of them, evenly from all writers (they stand one behind the other); none that Rasa would read as marked up."""
    plain = [text for text in said if not set(text) & set("[](){}/")] or said
    return [plain[n * len(plain) // most] for n in range(min(most, len(plain)))]


def train(epochs: int = 30, per_topic: int = 3) -> dict[str, Any]:
    """Train it once and keep it; gives epochs, per_topic, topics, utterances and the seconds that the kept training took."""
    note, wanted = FOLDER / "training.json", {"epochs": epochs, "per_topic": per_topic}
    if note.exists():
        kept: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        if wanted.items() <= kept.items():
            return kept
    note.unlink(missing_ok=True)
    written = files(epochs, per_topic)
    for name, text in written.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    start = time.perf_counter()
    with (FOLDER / "train.log").open("wb") as log:
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "usual", "--force", "--skip-validation"]
        subprocess.run(command, cwd=FOLDER, env=child_environment(), check=True, stdout=log, stderr=log)
    seconds = time.perf_counter() - start
    said = [intent["examples"] for intent in yaml.load(written["data/nlu.yml"], Loader=yaml.CSafeLoader)["nlu"]]
    counted = {"topics": len(said), "utterances": sum(examples.count("\n") for examples in said)}
    done = {**wanted, **counted, "seconds": seconds}
    note.write_text(json.dumps(done), encoding="utf-8")
    return done


@contextlib.contextmanager
def running() -> Iterator[tuple[str, serve.Service, float]]:
    """The trained bot on a free port: its URL, its process, and the seconds until it was ready."""
    port = free_port()
    command = [sys.executable, "-m", "rasa", "run", "--model", "models/usual.tar.gz", "--port", str(port), "--interface", "127.0.0.1"]
    service = serve.Service("usual Rasa", command, f"http://127.0.0.1:{port}/webhooks/rest/", FOLDER / "run.log", folder=FOLDER)
    start = time.perf_counter()
    with serve.running([service], say=lambda _: None):
        url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        yield url, service, time.perf_counter() - start
