"""Jieba on normalised text: width, script and homophone typos are folded before words are cut."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class NormalisingJiebaTokenizer(JiebaTokenizer):
    """Rasa's JiebaTokenizer over `knowledge.normalise.normalise(text)`; offsets count in the normalised text.

    `dictionary_path` (a folder, as for JiebaTokenizer) names the legal dictionary. White-space tokens are dropped.
    """

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        if attribute != TEXT:
            return super().tokenize(message, attribute)
        clone = Message({attribute: normalise(text)})
        return [token for token in super().tokenize(clone, attribute) if token.text.strip()]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing in the pipeline learns from tokens, so that 40,000 utterances need not be cut at training time."""
        return training_data
