"""The library at growing sizes, beside bm25s on the same articles and questions, in one run.

    python -m experiments.bench_library [--sizes 213 5500 55000] [--queries 400]

Look-up by address and search: milliseconds at the 50th and 95th percentile. Build, ready (the index loaded, the first search
answered) in seconds. Memory: peak of the process in MB. recall@10: the article that a question was made of is among ten.
Every row is measured in a process of its own. Machines are noisy: compare rows of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from experiments import generated_laws
from knowledge.settings import ROOT

SIZES = (213, 5_500, 55_000)


def percentiles(task: Callable[[Any], object], inputs: Sequence[Any]) -> tuple[float, float]:
    """Milliseconds (p50, p95) of the task over the inputs, the first ten not counted."""
    for value in inputs[:10]:
        task(value)
    times = []
    for value in inputs:
        start = time.perf_counter()
        task(value)
        times.append((time.perf_counter() - start) * 1000)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def peak() -> float:
    """Peak memory of this process in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 if sys.platform == "linux" else 1024 * 1024)


def recall(answers: Sequence[Sequence[str]], questions: Sequence[generated_laws.Query]) -> float:
    """The share of questions whose article is among the answers."""
    return float(np.mean([question.address in found for question, found in zip(questions, answers)]))


def _articles(folder: Path) -> list[tuple[str, str]]:
    """(address, text) of every article, as the database has them."""
    from sqlalchemy import select

    from knowledge.library import Library
    from knowledge.model import provisions
    from knowledge.queries import fetch

    query = select(provisions.c.address, provisions.c.full_text).where(provisions.c.kind == "article").order_by(provisions.c.id)
    return [(row.address, row.full_text) for row in fetch(Library.open(_url(folder)).engine, query)]


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'library.db'}"


def build(folder: Path, _: int) -> dict[str, float]:
    """Build the library of a folder."""
    from knowledge.build import build as build_library

    (folder / "topics").mkdir()
    start = time.perf_counter()
    build_library(_url(folder), folder / "sources", folder / "topics")
    return {"build": time.perf_counter() - start, "memory": peak(), "disk": (folder / "library.db").stat().st_size / 2**20}


def serve(folder: Path, count: int) -> dict[str, float]:
    """Open the built library, look up and search."""
    from knowledge.library import Library
    from knowledge.search import search

    start = time.perf_counter()
    library = Library.open(_url(folder))
    search(library, "开放许可")
    ready, memory = time.perf_counter() - start, peak()
    articles = _articles(folder)
    questions = generated_laws.queries(articles, count)
    addresses = random.Random(1).choices([address for address, _ in articles], k=2000)  # noqa: S311
    look_50, look_95 = percentiles(library.provision, addresses)
    find_50, find_95 = percentiles(lambda q: search(library, q.text), questions)
    found = [[hit.provision.address for hit in search(library, question.text)] for question in questions]
    return {
        "ready": ready, "memory": memory, "look_50": look_50, "look_95": look_95, "find_50": find_50, "find_95": find_95,
        "recall": recall(found, questions), "articles": len(articles),
    }  # fmt: skip


def bm25s(folder: Path, count: int, split: Callable[[str], list[str]], ask: Callable[[str], list[str]]) -> dict[str, float]:
    """Index the same articles with bm25s, words given by `split`, and search."""
    import bm25s as library
    from bm25s.tokenization import Tokenized

    articles = _articles(folder)
    questions = generated_laws.queries(articles, count)
    split("预热")
    start = time.perf_counter()
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(word, len(vocabulary)) for word in split(text)] for _, text in articles]
    index = library.BM25()
    index.index(Tokenized(ids=ids, vocab=vocabulary), show_progress=False)
    built, memory = time.perf_counter() - start, peak()

    def find(question: generated_laws.Query) -> list[str]:
        words = [word for word in ask(question.text) if word in vocabulary]
        if not words:
            return []
        places, _ = index.retrieve([words], k=10, show_progress=False)
        return [articles[place][0] for place in places[0]]

    find_50, find_95 = percentiles(find, questions)
    return {"build": built, "memory": memory, "find_50": find_50, "find_95": find_95, "recall": recall([find(q) for q in questions], questions)}


def bm25s_words(folder: Path, count: int) -> dict[str, float]:
    """bm25s on jieba's words, as one would use it for Chinese."""
    import jieba

    jieba.setLogLevel(60)

    def words(text: str) -> list[str]:
        return [word for word in jieba.cut(text) if word.isalnum()]

    return bm25s(folder, count, words, words)


def bm25s_terms(folder: Path, count: int) -> dict[str, float]:
    """bm25s on the library's own terms."""
    from knowledge.search_terms import query_terms, text_terms

    return bm25s(folder, count, text_terms, query_terms)


PARTS: dict[str, Callable[[Path, int], dict[str, float]]] = {f.__name__: f for f in (build, serve, bm25s_words, bm25s_terms)}


def measure(part: str, folder: Path, count: int) -> dict[str, float]:
    """Run one part in a process of its own."""
    command = [sys.executable, "-m", "experiments.bench_library", "--part", part, "--folder", str(folder), "--queries", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(PARTS[arguments.part](arguments.folder, arguments.queries)))
        return
    console = Console(width=150)
    table = Table("articles", "what", "look-up ms p50 / p95", "search ms p50 / p95", "recall@10", "build s", "ready s", "build MB", "serving MB")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "sources").mkdir()
            generated_laws.write(folder / "sources", size)
            console.print(f"{size} articles …", style="dim")
            made, served = measure("build", folder, 0), measure("serve", folder, arguments.queries)
            table.add_row(
                f"{int(served['articles'])}", "library", f"{served['look_50']:.2f} / {served['look_95']:.2f}",
                f"{served['find_50']:.2f} / {served['find_95']:.2f}", f"{served['recall']:.3f}", f"{made['build']:.1f}",
                f"{served['ready']:.1f}", f"{made['memory']:.0f}", f"{served['memory']:.0f}",
            )  # fmt: skip
            for part, label in (("bm25s_words", "bm25s, jieba words"), ("bm25s_terms", "bm25s, the library's terms")):
                other = measure(part, folder, arguments.queries)
                table.add_row(
                    "", label, "", f"{other['find_50']:.2f} / {other['find_95']:.2f}", f"{other['recall']:.3f}",
                    f"{other['build']:.1f}", "", f"{other['memory']:.0f}", "",
                )  # fmt: skip
        table.add_section()
    console.print(table)
    console.print("build: the library parses, links, counts and stores everything; bm25s only splits and indexes, in memory.", style="dim")


if __name__ == "__main__":
    main()
