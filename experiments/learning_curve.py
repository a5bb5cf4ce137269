"""How much another utterance per topic, and another writer, still helps: train on k utterances a topic, test on a writer held out.

    python -m experiments.learning_curve [--writer w2] [--utterances 5 10 20]

Prints one row a size: top-1 and top-3 by topic, top-1 by article.
"""

from __future__ import annotations

import argparse
import collections

import numpy as np

from bot.nlu.recognition.examples import topic_facts
from experiments.data import Utterance, utterances
from experiments.held_out import fit, split


def at_most(found: list[Utterance], size: int, random: np.random.RandomState) -> list[Utterance]:
    """`size` utterances of each topic, drawn at random."""
    kept: list[Utterance] = []
    count: collections.Counter[str] = collections.Counter()
    for i in random.permutation(len(found)):
        if count[found[i].topic] < size:
            count[found[i].topic] += 1
            kept.append(found[i])
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writer", default="w2")
    parser.add_argument("--utterances", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--sample", type=int, default=3000)
    arguments = parser.parse_args()
    info, _ = topic_facts()
    random = np.random.RandomState(0)
    train, test = split([u for u in utterances() if u.topic in info], arguments.writer)
    test = [test[i] for i in random.permutation(len(test))[: arguments.sample]]
    print("utterances a topic | writers | top-1 | top-3 | article")
    for size in arguments.utterances:
        chosen = at_most(train, size, random)
        recogniser = fit(chosen)
        number = {topic: i for i, topic in enumerate(recogniser.topics)}
        labels = np.asarray([number[u.topic] for u in test])
        order = np.argsort(-recogniser.scores_of([u.text for u in test]), axis=1)[:, :3]
        articles = np.asarray([recogniser.info[t].article for t in recogniser.topics])
        top1, top3 = np.mean(order[:, 0] == labels), np.mean((order == labels[:, None]).any(axis=1))
        same = np.mean(articles[order[:, 0]] == articles[labels])
        print(f"{size} | {'+'.join(sorted({u.writer for u in chosen}))} | {top1:.3f} | {top3:.3f} | {same:.3f}", flush=True)


if __name__ == "__main__":
    main()
