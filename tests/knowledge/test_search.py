"""Search: what it finds, on which texts, the same on every database, and no worse than an independent BM25."""

from __future__ import annotations

import datetime
import threading
from pathlib import Path

import bm25s
import jieba
import numpy as np
import pytest
from bm25s.tokenization import Tokenized
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import generated_laws
from knowledge.build import Content, build
from knowledge.library import Library
from knowledge.queries import mark_of
from knowledge.search import search
from knowledge.search_index import Counts, Index, count, searchable
from knowledge.search_terms import key_of, query_terms, terms, text_terms
from tests.knowledge.conftest import Home, Postgresql, Sqlite
from tests.knowledge.sample_law import regulation

ASKED = [
    ("开放许可声明怎么撤回", "patent-law/50"),
    ("專利權人撤回開放許可聲明", "patent-law/50"),
    ("法定赔偿 三万元以上五百万元以下", "patent-law/71"),
    ("稿件发出十五日内没有收到报社通知", "copyright-law/35"),
    ("地理标志产品 初步认定公告 异议", "gi-product-measures/15"),
    ("集体商标成员变化 变更注册事项", "collective-mark-rules/13"),
    ("酒", "collective-mark-rules/8"),
    ("ＰＣＴ专利国际申请", "patent-law/19"),
    ("高价值发明专利 名词解释", "ip-14th-plan"),
]


@pytest.mark.parametrize(("words", "address"), ASKED)
def test_the_provision_is_among_the_first(library: Library, words: str, address: str) -> None:
    found = [hit.provision.address for hit in search(library, words, 3)]
    assert any(a == address or a.startswith(f"{address}/") for a in found), found


@pytest.mark.parametrize("words", ["", "？！…", "的了吗", "🙂", "qqqqzzzz"])
def test_words_that_no_text_has_find_nothing(library: Library, words: str) -> None:
    assert search(library, words) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), most=st.integers(0, 12))
def test_any_text_gives_provisions_best_first(library: Library, text: str, most: int) -> None:
    hits = search(library, text, most)
    assert len(hits) <= most
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)
    assert len({hit.provision.address for hit in hits}) == len(hits)


def test_articles_and_policy_sections_are_found_whole(library: Library) -> None:
    kinds = {hit.provision.kind for words, _ in ASKED for hit in search(library, words, 10)}
    assert kinds <= {"article", "section", "subsection", "box", "term", "row", "annex"}
    best = search(library, "开放许可声明 撤回", 1)[0].provision
    assert best == library.provision("patent-law/50")


def test_both_databases_give_the_same_results(sqlite: Sqlite, postgresql: Postgresql) -> None:
    both = [Library.open(kind.copy()) for kind in (sqlite, postgresql)]
    questions = [words for words, _ in ASKED] + [t.golden[0] for t, _ in list(Content().topics.values())[::20] if t.golden]
    for words in questions:
        first, second = ([(hit.provision.address, hit.score) for hit in search(library, words)] for library in both)
        assert first == second, words
    for library in both:
        library.engine.dispose()


def test_an_imported_law_is_found_at_once_and_each_version_on_its_days(home: Home) -> None:
    rest = ["船长负责。"] * 3
    assert all("跳板" not in hit.provision.text for hit in search(home.library, "放下跳板"))
    home.take_in(regulation("渡船靠岸条例", "靠岸以前，应当放下跳板。", *rest, history="（2020年1月1日国务院令第1号公布）"))
    best = search(home.library, "靠岸以前放下跳板")[0].provision
    assert (best.document.title, best.label, best.document.status) == ("渡船靠岸条例", "第一条", "in_force")
    home.take_in(regulation("渡船靠岸条例", "靠岸以前，应当系紧缆绳。", *rest, history="（2022年1月1日国务院令第2号公布）"))
    assert "缆绳" in search(home.library, "靠岸以前放下跳板")[0].provision.full_text
    before = search(home.library, "靠岸以前放下跳板", on=datetime.date(2021, 6, 1))[0].provision
    assert ("跳板" in before.full_text, before.document.status) == (True, "in_force")


def test_a_search_during_rebuilds_never_mixes_two_states(home: Home, tmp_path: Path) -> None:
    topics = tmp_path / "topics"
    topics.mkdir()
    stop, faults = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            try:
                found = [hit.provision.address for hit in search(home.library, "开放许可声明 撤回", 5)]
            except Exception as error:
                faults.append(repr(error))
                return
            if found[:1] != ["patent-law/50"]:
                faults.append(str(found))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    marks = {mark_of(home.library.engine)}
    home.take_in(regulation("渡船靠岸条例", *["船长负责。"] * 4, history="（2020年1月1日国务院令第1号公布）"))
    marks.add(mark_of(home.library.engine))
    build(topics=topics)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(marks) == 2
    assert faults == []


def test_a_database_file_put_in_the_place_of_another_is_read(sqlite: Sqlite, tmp_path: Path) -> None:
    url = sqlite.copy()
    path = Path(url.removeprefix("sqlite:///"))
    library = Library.open(url)
    assert library.provision("patent-law/50") is not None
    path.unlink()
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "catalogue.yml").write_text("documents: []\n", encoding="utf-8")
    build(url, folder, folder)
    assert library.provision("patent-law/50") is None
    assert search(library, "开放许可") == []


# terms and counts


def test_terms_are_words_pairs_and_letters() -> None:
    assert query_terms("开放许可") == ["开", "放", "许", "可", "开放", "放许", "许可"]
    assert terms("开放许可") == ["开放", "放许", "许可"]
    assert set(text_terms("知识产权App")) == {"知", "识", "产", "权", "知识", "识产", "产权", "知识产权", "app"}
    assert query_terms("專利權") == query_terms("专利权")


def test_terms_do_not_depend_on_words_that_others_gave_to_jieba() -> None:
    before = terms("甲乙丙丁戊")
    jieba.add_word("甲乙丙丁戊")
    try:
        assert terms("甲乙丙丁戊") == before
    finally:
        jieba.del_word("甲乙丙丁戊")


def test_counts_survive_packing() -> None:
    tree = Content().applying(next(d for d in Content().documents if d.id == "gi-product-measures"))
    counts = count(searchable(tree, policy=False))
    again = Counts.unpack(counts.pack())
    for name in ("positions", "lengths", "keys", "starts", "columns", "counts"):
        assert np.array_equal(getattr(counts, name), getattr(again, name)), name
    assert counts.positions.size == 36
    assert counts.pack() == again.pack()


def test_counts_are_what_is_written() -> None:
    counts = count([(4, "总则", "许可许可"), (9, "", "许可")])
    place = int(np.searchsorted(counts.keys, np.uint64(key_of("许可"))))
    span = slice(counts.starts[place], counts.starts[place + 1])
    assert (counts.columns[span].tolist(), counts.counts[span].tolist()) == ([0, 1], [2, 1])
    heading = int(np.searchsorted(counts.keys, np.uint64(key_of("总则"))))
    assert counts.counts[counts.starts[heading]] == 1 << 8
    assert counts.positions.tolist() == [4, 9]


def test_an_index_of_several_versions_equals_one_of_all_units() -> None:
    units = [(i, f"第{i}章 申请", text) for i, text in enumerate(generated_laws.sentences()[:60])]
    one = Index([(1, count(units))])
    three = Index([(1, count(units[:10])), (2, count(units[10:11])), (3, count(units[11:]))])
    for question in generated_laws.sentences()[60:90]:
        words = query_terms(question)
        assert [(p, pytest.approx(s, rel=1e-5)) for p, s in one.find(words, 10)] == three.find(words, 10)


def test_an_empty_library_has_an_index() -> None:
    assert Index([]).find(query_terms("专利"), 10) == []
    assert Index([(1, count([]))]).find(query_terms("专利"), 10) == []


def test_equal_scores_stand_in_the_order_of_the_catalogue() -> None:
    index = Index([(1, count([(0, "", "甲乙丙丁")] * 3)), (2, count([(0, "", "甲乙丙丁")] * 30))])
    assert [column for column, _ in index.find(query_terms("甲乙"), 5)] == [0, 1, 2, 3, 4]


# against an independent measure


@pytest.mark.parametrize("articles", [213, 1500])
def test_recall_is_no_worse_than_that_of_bm25s(tmp_path: Path, articles: int) -> None:
    folder, topics = tmp_path / "sources", tmp_path / "topics"
    folder.mkdir()
    topics.mkdir()
    generated_laws.write(folder, articles)
    url = f"sqlite:///{tmp_path / 'library.db'}"
    build(url, folder, topics)
    library = Library.open(url)
    texts = [(a.address, a.full_text) for d in library.documents() for a in library.provisions_of(d.id, "article")]
    assert len(texts) == articles
    questions = generated_laws.queries(texts, 200, keep=0.3)
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in text_terms(text)] for _, text in texts]
    other = bm25s.BM25()
    other.index(Tokenized(ids=ids, vocab=vocabulary), show_progress=False)
    ours = theirs = 0
    for question in questions:
        known = [term for term in query_terms(question.text) if term in vocabulary]
        places, _ = other.retrieve([known], k=10, show_progress=False)
        ours += question.address in [hit.provision.address for hit in search(library, question.text)]
        theirs += question.address in [texts[place][0] for place in places[0]]
    assert ours >= theirs
    assert ours > 0.8 * len(questions)
