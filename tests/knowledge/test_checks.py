"""Guided checks as data: the content is sound, every conclusion is reached, free text is read as meant."""

from __future__ import annotations

from functools import lru_cache

import pytest

from knowledge.build import Content
from knowledge.check_faults import check_checks
from knowledge.check_parts import UNKNOWN, Outcome, Question
from knowledge.checks import Check, checks
from knowledge.normalise import normalise
from knowledge.problems import Problems

ALL = sorted(checks())


@lru_cache(maxsize=1)
def content() -> Content:
    return Content()


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    return content().own_texts()


# the content


def test_every_check_is_sound() -> None:
    problems = Problems()
    check_checks(texts(), content().topics, problems)
    assert [str(p) for p in problems] == []


def test_the_checks_are_those_that_were_asked_for() -> None:
    assert ALL == [
        "check-claim-copyright", "check-claim-patent", "check-fair-use", "check-gi", "check-gi-challenge", "check-gi-sign",
        "check-infringement", "check-mark", "check-open-licence", "check-patentable", "check-service-invention", "check-work-owner",
    ]  # fmt: skip


@pytest.mark.parametrize("id_", ALL)
def test_every_step_states_its_ground_letter_for_letter(id_: str) -> None:
    for question in checks()[id_].questions.values():
        for option in question.options:
            assert option.because and option.grounds, f"{question.id}={option.value}"
            for ground in option.grounds:
                assert ground.quote in texts()[ground.at]


@pytest.mark.parametrize(
    ("id_", "addresses"),
    [
        ("check-fair-use", [*(f"copyright-law/24/1/{n}" for n in range(1, 14)), "copyright-law/24/1", "copyright-law/25/1", "copyright-law/35/2", "copyright-law/42/2", "copyright-law/46/2"]),
        ("check-service-invention", ["patent-law/6/1", "patent-law/6/2", "patent-law/6/3", "patent-law/8/1", "patent-law/14/1", "patent-law/14/2", "patent-law/15/1", "patent-law/15/2"]),
        ("check-work-owner", ["copyright-law/11/1", "copyright-law/11/3", "copyright-law/14/1", "copyright-law/14/2", "copyright-law/14/3", "copyright-law/17/1", "copyright-law/17/2", "copyright-law/17/3", "copyright-law/18/1", "copyright-law/18/2/1", "copyright-law/18/2/2", "copyright-law/18/2/3", "copyright-law/19/1"]),
        ("check-patentable", ["patent-law/5/1", "patent-law/5/2", *(f"patent-law/22/{n}" for n in range(1, 6)), *(f"patent-law/23/{n}" for n in range(1, 5)), *(f"patent-law/24/1/{n}" for n in range(1, 5)), *(f"patent-law/25/1/{n}" for n in range(1, 7)), "patent-law/25/2"]),
        ("check-infringement", ["patent-law/11/1", "patent-law/11/2", "patent-law/67/1", *(f"patent-law/75/1/{n}" for n in range(1, 6)), "patent-law/77/1"]),
        ("check-claim-patent", ["patent-law/68/1", "patent-law/71/1", "patent-law/71/2", "patent-law/71/3"]),
        ("check-claim-copyright", ["copyright-law/53/1", "copyright-law/54/1", "copyright-law/54/2", "copyright-law/54/3"]),
        ("check-open-licence", ["patent-law/50/1", "patent-law/50/2", "patent-law/51/1", "patent-law/51/2", "patent-law/51/3", "patent-law/52/1"]),
        ("check-gi", [*(f"gi-product-measures/{n}/1" for n in range(8, 15)), *(f"gi-product-measures/11/2/3/{n}" for n in range(1, 8)), *(f"gi-product-measures/8/1/{n}" for n in range(1, 7))]),
        ("check-gi-sign", ["gi-product-measures/20/1", "gi-product-measures/20/1/1", "gi-product-measures/20/1/2", "gi-product-measures/20/2", "gi-product-measures/21/1", "gi-product-measures/21/1/1", "gi-product-measures/21/1/2", "gi-product-measures/21/2"]),
        ("check-gi-challenge", ["gi-product-measures/15/1", "gi-product-measures/15/3/1", "gi-product-measures/15/3/2", *(f"gi-product-measures/27/1/{n}" for n in range(1, 7)), "gi-product-measures/28/1", "gi-product-measures/29/1", "gi-product-measures/29/3"]),
        ("check-mark", [*(f"collective-mark-rules/{n}/1" for n in (3, 4, 5, 6, 11, 12, 13, 14, 15, 16)), *(f"collective-mark-rules/6/1/{n}" for n in range(1, 7)), "collective-mark-rules/15/2", "collective-mark-rules/16/2"]),
    ],
)  # fmt: skip
def test_a_check_rests_on_the_provisions_of_its_subject(id_: str, addresses: list[str]) -> None:
    check = checks()[id_]
    used = {g.at for o in check.outcomes.values() for g in o.grounds}
    used |= {g.at for q in check.questions.values() for g in (*q.grounds, *(g for o in q.options for g in o.grounds))}
    assert set(addresses) <= used


# every conclusion


def ways(check: Check) -> dict[str, list[tuple[Question, str]]]:
    """For every conclusion, the shortest way there in what a person says: buttons, 不清楚 and sums."""
    found: dict[str, list[tuple[Question, str]]] = {}
    queue: list[tuple[str, list[tuple[Question, str]]]] = [(check.start, [])]
    seen = {check.start}
    for place, way in queue:
        if place in check.outcomes:
            found[place] = way
            continue
        question = check.questions[place]
        said = [(o.say, o.leads) for o in question.options] + [("不清楚", question.unknown)]
        for branch in question.branches:
            amount = branch.up_to or (branch.below - 1 if branch.below else 80000)
            said.append((f"{amount}元", branch.leads))
        for text, leads in said:
            if leads not in seen:
                seen.add(leads)
                queue.append((leads, [*way, (question, text)]))
    return found


@pytest.mark.parametrize("id_", ALL)
def test_every_conclusion_is_reached_by_pressing_buttons(id_: str) -> None:
    check = checks()[id_]
    reached = ways(check)
    assert reached.keys() == check.outcomes.keys()
    for outcome, way in reached.items():
        answers: dict[str, str] = {}
        for question, text in way:
            _, place = check.walk(answers)
            assert place is question
            answers = check.read_all(normalise(text), answers)
        path, place = check.walk(answers)
        assert isinstance(place, Outcome) and place.id == outcome
        assert [q.id for q, _ in path] == [q.id for q, _ in way] == list(answers)


@pytest.mark.parametrize("id_", ALL)
def test_every_question_can_be_skipped_all_the_way_to_a_conclusion(id_: str) -> None:
    check = checks()[id_]
    answers: dict[str, str] = {}
    while isinstance((place := check.walk(answers)[1]), Question):
        answers = check.read_all("不清楚", answers)
    assert set(answers.values()) == {UNKNOWN}
    assert place.answer


@pytest.mark.parametrize("id_", ALL)
def test_a_button_is_read_as_itself_and_as_nothing_else(id_: str) -> None:
    for question in checks()[id_].questions.values():
        for option in question.options:
            assert question.reply(normalise(option.say)) == option.value
            assert question.heard(normalise(option.say)) in (None, option.value), f"{question.id}={option.value}"


@pytest.mark.parametrize("id_", ALL)
def test_asking_for_the_check_answers_none_of_its_questions(id_: str) -> None:
    topic = content().topics[id_][0]
    assert checks()[id_].read_all(normalise(topic.question), {}) == {}
