"""Bought likes: how many places of another reader's slate do they move, and what bounds it?

A laboratory of `--readers` readers. `m` added readers like the same ten target papers, which no
reader likes, and forty papers more: the most liked ones (``popular``) or a victim's own likes
(``copied``). Looked at are the first ten places of all readers' slates (``popular``), or of the
victim's (``copied``). ``honest``: the added readers are real ones, who were left out.

Defences change what the fit sees of other readers:

    cap C       a reader's likes weigh min(1, C / number of likes)
    support k   likes of papers that fewer than k readers like are left out
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, vstack
from variants import asked, compare, fitted_on, lab, opened, slate, warm

from recommender.evaluation.bootstrap import estimate

N_TARGETS, N_FILLERS, N_PLACES, N_VICTIMS, N_DRAWS = 10, 40, 10, 12, 3
options = asked(__doc__, readers=100)
whole = opened(options.dataset)
question = warm(lab(whole, options.readers, options.seed), options.seed, options.readers)
view, n_papers = question.view, len(question.dataset.papers)
print(f"laboratory: {options.readers} readers, {n_papers} papers, {len(question.history)} likes")
own = view.reader_papers
likes = question.history.per_paper()


def cap(most: float):
    def defended(matrix: csr_matrix) -> csr_matrix:
        total = np.asarray(matrix.sum(axis=1)).ravel()
        factor = np.minimum(1.0, most / np.maximum(total, 1e-9))
        return csr_matrix(matrix.multiply(factor[:, None])).astype(np.float32)

    return defended


def support(least: int):
    def defended(matrix: csr_matrix) -> csr_matrix:
        known = np.bincount(matrix.indices, minlength=n_papers) >= least
        kept = matrix.copy()
        kept.data = kept.data * known[kept.indices]
        kept.eliminate_zeros()
        return kept

    return defended


DEFENCES = {
    "none": lambda x: x,
    "cap 20": cap(20),
    "cap 10": cap(10),
    "cap 5": cap(5),
    "cap 3": cap(3),
    "support 2": support(2),
    "no other readers": lambda x: x[:0],
}


def lists(matrix: csr_matrix, defence: str, readers: np.ndarray) -> np.ndarray:
    fitted = fitted_on(replace(view, reader_papers=DEFENCES[defence](matrix)))
    # No reader keeps their row: a defence may have changed or removed it.
    return replace(question, readers=readers).ask(
        lambda p, pool: slate(fitted, replace(p, reader_index=None), pool, 20)
    )


def rows_of(papers: list[np.ndarray]) -> csr_matrix:
    ends = np.cumsum([0, *(x.size for x in papers)])
    cells = np.ones(ends[-1], dtype=np.float32)
    return csr_matrix((cells, np.concatenate(papers), ends), shape=(len(papers), n_papers))


def told(values: list[float]) -> str:
    x = estimate(np.array(values, dtype=np.float64), options.seed)
    most = max(values)
    return f"{x.mean:6.3f} ({x.low:.3f} to {x.high:.3f}), most {most:.0f}"


def moved(before: np.ndarray, after: np.ndarray, targets: np.ndarray) -> tuple[list, list]:
    b, a = before[:, :N_PLACES], after[:, :N_PLACES]
    taken = [float(np.isin(y, targets).sum()) for y in a]
    changed = [float((~np.isin(y, x)).sum()) for x, y in zip(b, a, strict=True)]
    return taken, changed


rng = np.random.default_rng(options.seed)
clean = {name: lists(own, name, question.readers) for name in DEFENCES}
values = {name: question.values(x)[0] for name, x in clean.items()}
compare("what a defence costs: NDCG@20, warm, valid", values, "none", options.seed)

popular = np.argsort(-likes, kind="stable")[:N_FILLERS]
draws = [rng.choice(np.flatnonzero(likes == 0), N_TARGETS, replace=False) for _ in range(N_DRAWS)]
liked = question.history.matrix()
victims = rng.choice(question.readers, min(N_VICTIMS, question.readers.size), replace=False)
for m in (1, 3):
    print(f"\n{m} bought readers: places of ten that the targets take / that change at all")
    for name in ("none", "cap 5"):
        taken, changed = [], []
        for targets in draws:
            bought = rows_of([np.sort(np.concatenate([popular, targets]))] * m)
            after = lists(vstack([own, bought]).tocsr(), name, question.readers)
            for total, part in zip(
                (taken, changed), moved(clean[name], after, targets), strict=True
            ):
                total += part
        print(f"  popular, {name:<10} {told(taken)} / {told(changed)}", flush=True)
    for name in ("none", "cap 10", "cap 5", "cap 3", "support 2"):
        taken, changed = [], []
        for victim, targets in zip(victims, draws * N_VICTIMS, strict=False):
            known = liked.indices[liked.indptr[victim] : liked.indptr[victim + 1]]
            copied = known[:N_FILLERS]
            bought = rows_of([np.sort(np.concatenate([copied, targets]))] * m)
            one = np.array([victim])
            after = lists(vstack([own, bought]).tocsr(), name, one)
            before = clean[name][question.readers == victim]
            for total, part in zip((taken, changed), moved(before, after, targets), strict=True):
                total += part
        print(f"  copied,  {name:<10} {told(taken)} / {told(changed)}", flush=True)
    changed = []
    for number in range(N_DRAWS):
        order = np.random.default_rng([options.seed, number]).permutation(own.shape[0])
        left = lists(own[np.sort(order[m:])], "none", question.readers)
        changed += moved(left, clean["none"], np.empty(0, dtype=np.intp))[1]
    print(f"  honest readers added: {told(changed)} places change", flush=True)
