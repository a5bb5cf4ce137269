"""Train on some writers, test on another: accuracy, calibration and the thresholds that follow.

    python -m experiments.held_out [--writer w2] [--sample 4000]

Prints top-1 and top-3 by topic, top-1 by article (an answer from a sibling topic of the same article cites the same
provision), the temperature that fits best, and what each threshold would do. No evaluation question is read.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from bot.nlu.recognition.examples import topic_examples, topic_facts
from bot.nlu.recognition.model import Recogniser, softmax
from experiments.data import Utterance, utterances


def split(everything: list[Utterance], writer: str) -> tuple[list[Utterance], list[Utterance]]:
    """(training, test): the writer's utterances are the test, for topics that others wrote too."""
    train = [u for u in everything if u.writer != writer]
    known = {u.topic for u in train if not u.elliptical}
    return train, [u for u in everything if u.writer == writer and u.topic in known]


def fit(train: list[Utterance]) -> Recogniser:
    """A recogniser that learnt from these utterances and from the topics themselves."""
    info, questions = topic_facts()
    whole = [(u.text, u.topic) for u in train if not u.elliptical] + topic_examples()
    return Recogniser.fit(whole, [(u.text, u.topic) for u in train if u.elliptical], info, questions)


def fit_temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least mean negative log likelihood (grid of 5 %)."""
    grid = np.geomspace(0.2, 2.0, 48)
    losses = [-np.log(softmax(scores, t)[np.arange(len(labels)), labels] + 1e-12).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def report(recogniser: Recogniser, test: list[Utterance]) -> None:
    """Print the figures of a recogniser on test utterances."""
    number = {topic: i for i, topic in enumerate(recogniser.topics)}
    labels = np.asarray([number[u.topic] for u in test])
    start = time.perf_counter()
    scores = recogniser.scores_of([u.text for u in test])
    milliseconds = (time.perf_counter() - start) / len(test) * 1000
    order = np.argsort(-scores, axis=1)
    articles = np.asarray([recogniser.info[t].article for t in recogniser.topics])
    top1, top3 = np.mean(order[:, 0] == labels), np.mean([label in row[:3] for label, row in zip(labels, order)])
    by_article = np.mean(articles[order[:, 0]] == articles[labels])
    foreign = np.asarray([recogniser.info[t].kind != "answer" for t in recogniser.topics])
    temperature = fit_temperature(scores, labels)
    print(
        f"{len(test)} utterances: top-1 {top1:.3f}, top-3 {top3:.3f}, article {by_article:.3f}, {milliseconds:.2f} ms each, temperature {temperature:.2f}"
    )
    probabilities = softmax(scores, temperature)
    refused = probabilities[:, foreign].sum(axis=1)
    for limit in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        caught, lost = np.mean(refused[foreign[labels]] >= limit), np.mean(refused[~foreign[labels]] >= limit)
        print(f"  refuse from {limit:.1f}: {caught:.3f} of the foreign refused, {lost:.3f} of the answerable")
    tuned = replace(recogniser.thresholds, temperature=temperature)
    for sure in (0.2, 0.3, 0.4, 0.5):
        recogniser.thresholds = replace(tuned, sure=sure, choose=sure / 2, weak=sure / 5)
        verdicts = [(recogniser.decide(p), u) for p, u in zip(probabilities, test) if not foreign[number[u.topic]]]
        answered = [(r, u) for r, u in verdicts if r.verdict == "sure"]
        right = np.mean([recogniser.info[r.candidates[0].topic].article == recogniser.info[u.topic].article for r, u in answered])
        print(f"  sure from {sure:.1f}: {len(answered) / len(verdicts):.3f} of the answerable answered, {right:.3f} of those from the right article")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writer", default="w2")
    parser.add_argument("--sample", type=int, default=4000, help="test on this many utterances at most")
    arguments = parser.parse_args()
    info, _ = topic_facts()
    train, test = split([u for u in utterances() if u.topic in info], arguments.writer)
    random = np.random.RandomState(0)
    test = [test[i] for i in random.permutation(len(test))[: arguments.sample]]
    start = time.perf_counter()
    recogniser = fit(train)
    print(f"trained on {len(train)} utterances of {sorted({u.writer for u in train})} in {time.perf_counter() - start:.0f} s")
    report(recogniser, test)


if __name__ == "__main__":
    main()
