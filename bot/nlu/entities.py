"""Rasa component around the spaCy pipeline of `bot.nlu.legal_spacy`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.fingerprint import files_digest
from bot.nlu.legal_spacy import build_pipeline
from knowledge.catalogue import load as load_catalogue
from knowledge.normalise import normalise
from knowledge.problems import Problems
from knowledge.settings import SOURCES


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LegalEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entities law, place, patent_kind, date, period and amount; offsets count in the normalised text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What the pipeline is built from, for Rasa's cache of trained components: the documents' names and the patterns."""
        return files_digest(("knowledge/sources/*.yml", "bot/nlu/legal_spacy.py"))

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        self._nlp: Any = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LegalEntityExtractor:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Store the pipeline with the names of the documents that the catalogue holds."""
        documents = load_catalogue(SOURCES, Problems())
        self._nlp = build_pipeline((name, d.id) for d in documents for name in d.names)
        with self._storage.write_to(self._resource) as folder:
            self._nlp.to_disk(folder / "spacy")
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> LegalEntityExtractor:
        import spacy

        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._nlp = spacy.load(folder / "spacy")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            doc = self._nlp(normalise(message.get(TEXT) or ""))
            found = [
                {
                    "entity": span.label_,
                    "value": span.ent_id_ or span.text,
                    "start": span.start_char,
                    "end": span.end_char,
                    "extractor": type(self).__name__,
                }
                for span in doc.ents
            ]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages
