"""Rasa component that lets a message's form overrule the topic recogniser (see `bot.nlu.acts`)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.acts import dialogue_act
from knowledge.normalise import normalise

_INTENT_OF = {"look_up": "look_up", "restart": "start_again", "feedback": "feedback"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DialogueActClassifier(GraphComponent, IntentClassifier):
    """Sets `act` in the parse data and, where an act is found, the intent look_up, follow_up, feedback or start_again."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> DialogueActClassifier:
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Rasa hands over the conversation, too: what we have just asked (slot `pending`) gives a word its meaning."""
        pending = (tracker.get_slot("pending") if tracker else None) or {}
        for message in messages:
            act = dialogue_act(normalise(message.get(TEXT) or ""), reason_wanted="reason" in pending)
            message.set("act", act, add_to_output=True)
            if act is not None:
                message.set(INTENT, {"name": _INTENT_OF.get(act, "follow_up"), "confidence": 1.0}, add_to_output=True)
        return messages
