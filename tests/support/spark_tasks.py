"""Runs the tasks of a fit on Spark in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recommender.training.spark.cluster import Task, TaskUse, Terms


@dataclass
class ThisProcess:
    """Runs tasks here, one after the other, as `Cluster` does on Spark."""

    root: Path
    n_parts: int
    use: TaskUse = field(default_factory=TaskUse)

    def each(self, task: Task, *given: Any) -> list[Any]:
        """See `Cluster.each`."""
        return [task(str(self.root), part, *given) for part in range(self.n_parts)]

    def count(
        self,
        task: Task,
        *given: Any,
        usable: Callable[[str, int], bool],
        order: Callable[..., Any],
        most: int,
    ) -> Terms:
        """See `Cluster.count`."""
        total: Counter[str] = Counter()
        for counted in self.each(task, *given):
            total.update(counted)
        return sorted((x for x in total.items() if usable(*x)), key=order)[:most]
