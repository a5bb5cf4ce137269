"""Rasa component around `bot.nlu.recognition`: sets the intent (ask, refuse, chat) and the ranked topics."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.fingerprint import files_digest
from bot.nlu.recognition.examples import topic_examples, topic_facts
from bot.nlu.recognition.model import Recogniser, Recognition, Thresholds

_INTENT = {"answer": "ask", "refuse": "refuse", "chat": "chat", "check": "start_check"}
FALLBACK = "nlu_fallback"


def written_for(message: Message) -> tuple[str | None, bool]:
    """The topic that an utterance was written for (intent-level metadata `topic`), or None, and whether it is elliptical."""
    about = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    return about.get("topic"), bool(about.get("elliptical"))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicRecogniser(GraphComponent, IntentClassifier):
    """Trained on utterances whose metadata names their topic; adds `recognition` to the parse data."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {field.name: field.default for field in fields(Thresholds)}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What is learnt from besides the utterances, for Rasa's cache of trained components: topics, and how texts are looked at."""
        return files_digest(("knowledge/topics/*/*.yml", "bot/nlu/recognition/*", "knowledge/normalise.py"))

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, recogniser: Recogniser | None = None) -> None:
        self._thresholds = Thresholds(**{field.name: float(config[field.name]) for field in fields(Thresholds)})
        self._storage, self._resource, self._recogniser = model_storage, resource, recogniser

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> TopicRecogniser:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the utterances and the topics' own words."""
        info, questions = topic_facts()
        whole, elliptical = topic_examples(), list[tuple[str, str]]()
        for message in training_data.intent_examples:
            topic, leans = written_for(message)
            if topic in info:
                (elliptical if leans else whole).append((str(message.get(TEXT)), topic))
        self._recogniser = Recogniser.fit(whole, elliptical, info, questions, self._thresholds)
        with self._storage.write_to(self._resource) as folder:
            self._recogniser.save(folder)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> TopicRecogniser:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Recogniser.load(folder))

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Rasa hands over the conversation, too: what went before is looked at, too (slots `question`, `topic`)."""
        before, subject = (tracker.get_slot("question"), tracker.get_slot("topic")) if tracker else (None, None)
        for message in messages:
            found = self._recogniser.recognise(message.get(TEXT) or "", before, subject) if self._recogniser else Recognition("none", (), 0.0)
            self._set(message, found)
        return messages

    def _set(self, message: Message, found: Recognition) -> None:
        best = found.candidates[0].topic if found.candidates else None
        kind = self._recogniser.info[best].kind if best and self._recogniser else ""
        intent = _INTENT[kind] if found.verdict != "none" and kind else FALLBACK
        message.set(INTENT, {"name": intent, "confidence": found.confidence}, add_to_output=True)
        message.set("recognition", found.as_data(), add_to_output=True)
