"""What `make evaluate` runs, row by row of the table of results."""

from dataclasses import dataclass, field

from recommender.evaluation.reader_history import RULES
from recommender.evaluation.simulated_reader import LIKES_AND_SKIPS, Behaviour

RANKERS = {"paperloop": "paperloop", "tfidf-rocchio": "TF-IDF", "als-tuned": "ALS, tuned"}
LEARNERS = {
    "paperloop": "paperloop",
    "tfidf-rocchio": "TF-IDF",
    "logistic": "logistic regression",
    "svm": "SVM",
    "paperloop-no-dislikes": "ignoring dislikes",
    "paperloop-frozen": "frozen",
}
"""Columns of the runs in which readers take every action."""
WAYS = ("bib@20", "titles@20", "picks@20", "sentence@20", "nothing@20")


@dataclass(frozen=True)
class Run:
    """One command: its data set, its options, and the row it makes; `digits` after the point.

    `only` names the systems that take part, where not all that can do.
    """

    name: str
    folder: str
    protocol: str
    what: str
    measure: str
    metrics: tuple[str, ...]
    digits: int = 3
    readers: bool = True
    others: int | None = None
    files: dict[str, str] = field(default_factory=dict)
    behaviour: Behaviour = LIKES_AND_SKIPS
    only: tuple[str, ...] = ()

    @property
    def every_action(self) -> bool:
        """True where readers like, skip, dislike, leave papers unanswered and mis-click."""
        return self.protocol in ("loop", "weeks") and self.behaviour == Behaviour()

    @property
    def rankers(self) -> list[str]:
        """Who takes part; a ranker that knows papers by their readers only where they count."""
        if self.only:
            return list(self.only)
        if self.every_action:
            return [x for x in LEARNERS if x not in RULES]
        return [x for x in RANKERS if x != "als-tuned" or self.readers]


LISTS, SCREENING = "bib-real", "screening"
AT_20 = ("Recall@20 / NDCG@20", ("recall@20", "ndcg@20"))
CVAE = "cvae-split/cf-{}-10-users.dat"
RUNS = (
    Run(
        "warm",
        "citeulike-t",
        "warm",
        "a fifth of each library held back",
        *AT_20,
    ),
    Run(
        "warm",
        "citeulike-t",
        "warm",
        "the same",
        "Recall@50 / @100",
        ("recall@50", "recall@100"),
    ),
    Run(
        "cold",
        "citeulike-t",
        "cold",
        "a tenth of the papers new",
        *AT_20,
        readers=False,
    ),
    Run(
        "loop",
        "citeulike-t",
        "loop",
        "100 papers shown in ten rounds, from 3 likes",
        "likes",
        ("likes@100",),
        digits=1,
    ),
    Run(
        "alone",
        "citeulike-t",
        "loop",
        "the same, with no other reader",
        "likes",
        ("likes@100",),
        digits=1,
        readers=False,
        others=0,
    ),
    Run(
        "loop-all",
        "citeulike-t",
        "loop",
        "100 papers shown in ten rounds, from 3 likes",
        "likes",
        ("likes@100",),
        digits=1,
        behaviour=Behaviour(),
    ),
    Run(
        "alone-all",
        "citeulike-t",
        "loop",
        "the same, with no other reader",
        "likes",
        ("likes@100",),
        digits=1,
        readers=False,
        others=0,
        behaviour=Behaviour(),
    ),
    Run(
        "weeks",
        "hf-daily",
        "weeks",
        "a year of digests and sessions",
        "likes per shown, from week 5 on",
        ("from week 5",),
        behaviour=Behaviour(),
    ),
    Run(
        "given",
        "citeulike-t",
        "given",
        "the split of the CVAE paper, 10 papers a reader",
        "Recall@50 / @300",
        ("recall@50", "recall@300"),
        files={"train": CVAE.format("train"), "test": CVAE.format("test")},
    ),
    Run(
        "start",
        "citeulike-t",
        "start",
        "20 papers shown to a beginner: .bib / 3 titles / 3 picks / a sentence / nothing",
        "likes",
        WAYS,
        digits=1,
        readers=False,
    ),
    Run(
        "daily-warm",
        "hf-daily",
        "warm",
        "a fifth of each library held back",
        *AT_20,
    ),
    Run(
        "daily-cold",
        "hf-daily",
        "cold",
        "a tenth of the papers new",
        *AT_20,
        readers=False,
    ),
    Run(
        "lists",
        LISTS,
        "given",
        "people's .bib files, five papers of each known, nobody else's",
        "NDCG@20 / Recall@100",
        ("ndcg@20", "recall@100"),
        readers=False,
        others=0,
        files={"train": "train.tsv", "test": "test.tsv"},
    ),
    Run(
        "daily-time",
        "hf-daily",
        "time",
        "each week's new papers, learning week by week",
        *AT_20,
        readers=False,
    ),
)


DISLIKES = Behaviour.of(("like", "dislike"))
MIXES_OF_ACTIONS = {
    "like, skip; no mis-clicks": LIKES_AND_SKIPS,
    "like, skip, dislike, nothing; 5 % mis-clicks": Behaviour(),
    "like, dislike; 5 % mis-clicks": DISLIKES,
}


def _mix(name: str, folder: str, what: str, behaviour: Behaviour, others: int | None = 0) -> Run:
    return Run(
        name,
        folder,
        "loop",
        what,
        "likes",
        ("likes@100",),
        digits=1,
        others=others,
        behaviour=behaviour,
        only=("paperloop", "tfidf-rocchio"),
    )


ALL, ALONE = "with all readers", "no other reader"
MIXES = (
    _mix("loop-dislikes", "citeulike-t", ALL, DISLIKES, None),
    _mix("alone-dislikes", "citeulike-t", ALONE, DISLIKES),
    _mix("daily-skips", "hf-daily", ALL, LIKES_AND_SKIPS, None),
    _mix("daily-all", "hf-daily", ALL, Behaviour(), None),
    _mix("daily-dislikes", "hf-daily", ALL, DISLIKES, None),
    _mix("lists-skips", LISTS, ALONE, LIKES_AND_SKIPS),
    _mix("lists-all", LISTS, ALONE, Behaviour()),
    _mix("lists-dislikes", LISTS, ALONE, DISLIKES),
    _mix("screening-skips", SCREENING, ALONE, LIKES_AND_SKIPS),
    _mix("screening-all", SCREENING, ALONE, Behaviour()),
    _mix("screening-dislikes", SCREENING, ALONE, DISLIKES),
)
"""Runs of the comparison with TF-IDF under each mix of actions."""
MIX_ROWS = (
    *("loop", "loop-all", "loop-dislikes", "alone", "alone-all", "alone-dislikes"),
    *(x.name for x in MIXES[2:]),
)
"""The rows of that comparison, in their order; the runs of the tables above are not repeated."""
