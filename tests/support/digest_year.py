"""A simulated year of digests: real papers day by day, readers with one taste each, a set clock.

What it may touch it is handed: an open library, its recommender, a mail server,
and a browser for the links. A reader likes what their words are in and skips the
rest, and answers from the mail; a frozen twin stops answering after some weeks.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from mail_servers import Box
from starlette.testclient import TestClient

from recommender.config import Settings
from recommender.digest.compose.compose import preview
from recommender.digest.compose.manifest import Manifest
from recommender.digest.delivery.dispatch import dispatch
from recommender.digest.periods import due_issue
from recommender.digest.render.mail import mail_of
from recommender.digest.render.render import render
from recommender.digest.subscription import Subscription, save_subscription, subscription_of
from recommender.domain import Author, Listing, Paper
from recommender.recommend.recommender import Recommender
from recommender.store import Store
from recommender.training.fit import fit

BEGIN = datetime(2025, 1, 8, tzinfo=UTC)
STEP = timedelta(hours=8)
FROZEN_AFTER_WEEKS = 4
SIZE = 6


@dataclass(frozen=True)
class Taste:
    """Somebody who likes what these words are in, and where they live."""

    name: str
    words: str
    zone: str

    def likes(self, paper: Paper) -> bool:
        return bool(re.search(self.words, f"{paper.title} {paper.abstract}".lower()))


TASTES = (
    Taste("ada", r"\bvideos?\b", "Europe/Berlin"),
    Taste("bob", r"\bagents?\b", "Asia/Tokyo"),
    Taste("cat", r"\b3d\b|gaussian splat", "America/Los_Angeles"),
)


def daily_papers(shared: Path) -> dict[str, list[Paper]]:
    """Return the papers of ../shared/data/hf-daily by the day that featured them."""
    days: dict[str, list[Paper]] = defaultdict(list)
    with gzip.open(shared / "data" / "hf-daily" / "papers.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            days[row["daily"][:10]].append(_paper(row))
    return dict(days)


def _paper(row: dict[str, object]) -> Paper:
    names = row.get("authors")
    day = datetime.fromisoformat(str(row["daily"])[:10]).replace(tzinfo=UTC)
    return Paper(
        title=str(row["title"]),
        abstract=str(row["abstract"]),
        authors=tuple(Author(literal=str(x)) for x in names) if isinstance(names, list) else (),
        identifiers=(f"arxiv:{row['id']}",),
        listings=(Listing("hf-daily-papers", day),),
    )


def invented_papers(days: int = 800) -> dict[str, list[Paper]]:
    """Return a generated catalogue of the same shape, for machines without the real one."""
    rng = random.Random(7)
    subjects = ("video frame motion camera clip", "agent tool plan web task", "3d mesh scene depth")
    more = ("proof theorem bound", "speech tone voice", "gene cell protein", "market price bid")
    found: dict[str, list[Paper]] = {}
    for n in range(days):
        day = BEGIN - timedelta(days=370 - n)
        found[f"{day:%Y-%m-%d}"] = [
            _invented(rng.choice([*subjects, *more]).split(), rng, n, i, day) for i in range(6)
        ]
    return found


def _invented(words: list[str], rng: random.Random, n: int, i: int, day: datetime) -> Paper:
    some = " ".join(rng.choices(words, k=12))
    return Paper(
        title=f"On {rng.choice(words)} and {rng.choice(words)} ({n}-{i})",
        abstract=f"We study {some}. The results hold.",
        identifiers=(f"arxiv:25{n // 60:02d}.{n:03d}{i:02d}",),
        listings=(Listing("hf-daily-papers", day),),
    )


@dataclass
class Year:
    """The world of one simulated year and what was seen in it."""

    store: Store
    recommender: Recommender
    settings: Settings
    box: Box
    client: TestClient
    set_clock: Callable[[datetime], None]
    days: dict[str, list[Paper]]
    refit_every_weeks: int = 13
    papers: dict[str, Paper] = field(default_factory=dict)
    previews: list[tuple[str, bytes]] = field(default_factory=list)
    posted: list[tuple[str, str, str]] = field(default_factory=list)
    shares: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    opened: int = 0
    read: int = 0

    def run(self, weeks: int) -> None:
        """Live through some weeks, eight hours at a time."""
        self._begin()
        for n in range(weeks * 21):
            now = BEGIN + n * STEP
            self.set_clock(now)
            if now.hour == 0:
                self._add(list(self.days.get(f"{now:%Y-%m-%d}", [])), now)
            if n and n % (21 * self.refit_every_weeks) == 0:
                fit(self.store, self.settings, now=now)
            self._preview(now)
            for _ in range(2):
                done = dispatch(
                    self.store, self.recommender, self.settings, lambda now=now: now, self._mail
                )
                assert not done.failed
                assert not done.unclear
            self._read_mail(n // 21)

    def _mail(self, to: str, content: bytes, begin: Callable[[], bool]):  # type: ignore[no-untyped-def]
        from recommender.digest.delivery.smtp import send

        return send(self.settings.smtp, to, content, begin)

    def _begin(self) -> None:
        before = f"{BEGIN - timedelta(days=120):%Y-%m-%d}", f"{BEGIN:%Y-%m-%d}"
        for day in sorted(x for x in self.days if before[0] <= x < before[1]):
            self._add(self.days[day], datetime.fromisoformat(day).replace(tzinfo=UTC))
        for taste in self.everybody():
            self.store.readers.ensure(taste.name, BEGIN)
            address = f"{taste.name}@example.org"
            plan = Subscription(
                zone=taste.zone, size=SIZE, channels=("mail", "page"), address=address
            )
            save_subscription(self.store, taste.name, plan, BEGIN)
        fit(self.store, self.settings, now=BEGIN)

    def everybody(self) -> list[Taste]:
        twins = [Taste(f"{x.name}-frozen", x.words, x.zone) for x in TASTES]
        return [*TASTES, *twins]

    def _add(self, papers: list[Paper], now: datetime) -> None:
        for paper, stored in zip(papers, self.store.catalogue.add(papers, now), strict=True):
            self.papers[stored.paper_id] = paper

    def _preview(self, now: datetime) -> None:
        for taste in self.everybody():
            plan = subscription_of(self.store, taste.name, self.settings)
            due = due_issue(plan, now)
            known = self.store.digests.weeks(taste.name)
            if due is None or due.due_at < BEGIN or due.issue in known:
                continue
            made = preview(
                self.store,
                self.recommender,
                taste.name,
                week=due.issue,
                now=now,
                settings=self.settings,
            )
            content = mail_of(made, sender=self.settings.smtp.sender, to=plan.address)
            self.previews.append((plan.address, content))

    def _read_mail(self, week: int) -> None:
        tastes = {f"{x.name}@example.org": x for x in self.everybody()}
        for to, content in self.box.mails[self.read :]:
            self._answer(tastes[to], content, week)
        self.read = len(self.box.mails)

    def _answer(self, taste: Taste, content: bytes, week: int) -> None:
        message = message_from_bytes(content, policy=policy.default)
        assert not message.defects
        part = message.get_body(("html",))
        assert part is not None
        text = part.get_content().replace("\r\n", "\n")
        subject = str(message["Subject"])
        issue = subject.rpartition(" ")[2]
        made = Manifest.from_json(self.store.digests.get(taste.name, issue) or "")
        assert text == render(made, "html")
        liked = [taste.likes(self.papers[x.paper_id]) for x in made.items]
        self.shares[taste.name].append((sum(liked), len(liked)))
        if not taste.name.endswith("-frozen"):
            self._open_all(text)
        elif week >= FROZEN_AFTER_WEEKS:
            return
        links = set(links_of(text))
        for item, wanted in zip(made.items, liked, strict=True):
            action = "like" if wanted else "skip"
            path = f"/f/{item.answers[action]}"
            assert path in links
            for _ in range(2):
                assert self.client.post(path).status_code == 200
            self.posted.append((taste.name, item.paper_id, action))

    def _open_all(self, text: str) -> None:
        before = self.store.feedback.last_event_id()
        for path in links_of(text):
            assert self.client.get(path).status_code == 200
            assert self.client.head(path).status_code == 200
            self.opened += 1
        assert self.store.feedback.last_event_id() == before


def links_of(text: str) -> Iterator[str]:
    """Yield the path of every link to the app."""
    for address in re.findall(r'href="(https://papers\.example/[^"]+)"', text):
        parts = urlsplit(html.unescape(address))
        if parts.path.startswith(("/f/", "/unsubscribe/")):
            yield parts.path
