"""Random small rounds that use every rule, for property tests. Strategies are built once for each number of people."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from bot.rotation import Case, History, Instance, Member, Previous, Rules
from bot.rotation.eligibility import Register

LANGUAGES = st.frozensets(st.sampled_from(["en", "fi", "sv"]), max_size=2)
TAGS = st.frozensets(st.sampled_from(["sleep", "panic"]), max_size=2)
CLINICS = st.sampled_from([None, "", "k1", "k2"])


@cache
def members(names: tuple[str, ...]) -> st.SearchStrategy[tuple[Member, ...]]:
    """One member for every name."""
    return st.tuples(
        *(
            st.builds(
                Member,
                id=st.just(name),
                mode=st.sampled_from(["icbt", "f2f", "both", "both", "both", "paused"]),
                capacity=st.integers(0, 3),
                absent=st.sampled_from([False, False, False, True]),
                languages=LANGUAGES,
                clinic=CLINICS,
                experienced=st.booleans(),
                tags=TAGS,
                balance=st.integers(-30, 30),
                open_reviews=st.integers(0, 2),
                open_cap=st.sampled_from([None, None, 3]),
            )
            for name in names
        )
    )


@cache
def cases(names: tuple[str, ...], people: tuple[str, ...]) -> st.SearchStrategy[tuple[Case, ...]]:
    """One case for every name, presented by one of the people or by somebody else."""
    anybody = st.sampled_from([*people, "elsewhere"])
    some = st.frozensets(anybody, max_size=1)
    return st.tuples(
        *(
            st.builds(
                Case,
                id=st.just(name),
                author=st.one_of(st.none(), anybody),
                k=st.integers(0, 3),
                mode=st.sampled_from(["icbt", "f2f", "both"]),
                languages=LANGUAGES,
                former_therapists=some,
                tags=TAGS,
                overdue=st.integers(0, 4),
                require_experienced=st.sampled_from([None, True, False]),
                candidates=st.one_of(st.none(), st.none(), st.lists(anybody, max_size=5).map(tuple)),
                recused=some,
                on_hold=st.sampled_from([False, False, False, True]),
            )
            for name in names
        )
    )


Pairs = st.SearchStrategy[tuple[tuple[str, str], ...]]


@cache
def between(people: tuple[str, ...]) -> tuple[Pairs, st.SearchStrategy[tuple[History, ...]]]:
    """Pairs of the people and of somebody else, and who has reviewed whom how often."""
    anybody = st.sampled_from([*people, "elsewhere"])
    pairs = st.lists(st.tuples(anybody, anybody), max_size=2).map(tuple)
    return pairs, st.lists(st.builds(History, anybody, anybody, st.integers(1, 3)), max_size=6).map(tuple)


@st.composite
def instances(draw: st.DrawFn, rules: st.SearchStrategy[Rules] | None = None) -> Instance:
    """Up to six members and five cases, with history, exclusions and a previous plan that obeys the rules."""
    people = tuple(f"m{i}" for i in range(draw(st.integers(1, 6))))
    names = tuple(f"c{i}" for i in range(draw(st.integers(1, 5))))
    pairs, history = between(people)
    instance = Instance(
        members=draw(members(people)),
        cases=draw(cases(names, people)),
        rules=draw(rules or any_rules()),
        conflicts=draw(pairs),
        never_assign=draw(pairs),
        history=draw(history),
        seed=draw(st.integers(0, 3)),
    )
    return draw(with_previous(instance))


@cache
def any_rules() -> st.SearchStrategy[Rules]:
    """Strict or blended, pairs or load first, with and without the clinic and experience rules."""
    late = st.permutations(["keep", "spread", "overdue", "load", "pair", "expertise"])
    return st.builds(
        Rules,
        order=late.map(lambda rest: ("fill", *rest)),
        same_clinic=st.sampled_from(["allow", "block"]),
        require_experienced=st.booleans(),
        pair_weight=st.sampled_from([None, 0, 7, 100]),
    )


@st.composite
def with_previous(draw: st.DrawFn, instance: Instance) -> Instance:
    """The instance with a random part of some lawful plan as its previous plan, some of it locked."""
    register = Register(instance)
    room = {m.id: register.capacity(m) for m in instance.members}
    previous = []
    for case in register.cases.values():
        seats, juniors = case.k, case.k - 1 if register.wants_experience(case) else case.k
        for member in instance.members:
            if not room[member.id] or not seats or register.reasons(case, member):
                continue
            if not (member.experienced or juniors > 0) or draw(st.integers(0, 3)) != 0:
                continue
            previous.append(Previous(case.id, member.id, draw(st.booleans())))
            room[member.id] -= 1
            seats -= 1
            juniors -= not member.experienced
    return Instance(**{f: getattr(instance, f) for f in instance.__slots__} | {"previous": tuple(previous)})
