"""Any set of rules that may stand, for tests of what holds under all of them."""

from hypothesis import strategies as st

from workqueue.rules.kinds import Skill
from workqueue.rules.queue_rules import (
    DELIVERED,
    HAS_FLOOR,
    LIMITS,
    MAY_BE_OFF,
    MOST_FLOOR_CENTS,
    KindRule,
    QueueRules,
)


def kind_rules(delivered: KindRule) -> st.SearchStrategy[KindRule]:
    """Treat a kind in any way it may be treated."""
    return st.builds(
        KindRule,
        kind=st.just(delivered.kind),
        skill=st.sampled_from(Skill),
        tier=st.just(0) if delivered.tier == 0 else st.sampled_from([1, 2]),
        is_on=st.booleans() if delivered.kind in MAY_BE_OFF else st.just(True),
        weight_percent=st.sampled_from([10, 50, 100, 100, 250, 1_000]),
        floor_cents=st.sampled_from([0, 1_000, 20_000, MOST_FLOOR_CENTS])
        if delivered.kind in HAS_FLOOR
        else st.just(0),
        minutes=st.none() | st.integers(1, 120),
    )


def rule_sets() -> st.SearchStrategy[QueueRules]:
    """Change any of the rules at once; each is left as delivered in every other set."""
    return st.builds(
        QueueRules,
        kinds=st.tuples(*(st.just(each) | kind_rules(each) for each in DELIVERED.kinds)),
        **{
            each.name: st.just(getattr(DELIVERED, each.name)) | st.integers(each.least, each.most)
            for each in LIMITS
        },
    )
