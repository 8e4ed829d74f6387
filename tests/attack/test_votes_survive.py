"""Real servers under kills, full disks and locks: every vote pressed is stored, once, in order.

A client does what the deck does: it keeps a vote until the server confirms it
and sends everything unconfirmed again, oldest first. `make attack` runs this and
the other campaigns; docs/explanation/reliability.md has the numbers.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attack_table import Row, note
from deck_clients import DELIVERED_SECONDS, Client, Server, Tokens
from libraries import make_library, papers_on

from recommender.private_files import signing_key


class Campaign:
    """Servers of one library and clients that press while something goes wrong."""

    def __init__(self, folder: Path, servers: int = 1, readers: int = 2) -> None:
        self.library = make_library(folder / "library", papers_on("bees", 12))
        self.store = self.library.open()
        now = self.store.readers.list()[0].created_at
        names = [self.store.readers.add(f"reader {i}", now).reader_id for i in range(readers)]
        self.servers = [Server(self.library, folder / f"server{i}.log") for i in range(servers)]
        tokens = Tokens(signing_key(self.library.settings.data_dir))
        ports, papers = [x.port for x in self.servers], self.store.catalogue.ids()
        self.clients = [Client(ports, tokens, name, papers) for name in names]
        for client in self.clients:
            client.start()

    def close(self) -> None:
        for server in self.servers:
            server.kill()
        self.store.close()

    def finish(self, attack: str, times: int) -> None:
        """Let the clients deliver what waits; fail unless all of it is stored once, in order."""
        for client in self.clients:
            client.pressing = False
        for client in self.clients:
            client.join(DELIVERED_SECONDS)
            assert client.waiting == []
            assert client.refused == []
            stored = [x.client_key for x in self.store.feedback.events(client.reader_id)]
            assert stored == client.pressed
        pressed = sum(len(x.pressed) for x in self.clients)
        failed = sum(x.failed for x in self.clients)
        assert failed, "nothing went wrong, so nothing was tried"
        # The logs of the readers are equal to what they pressed, as asserted above.
        note(Row(attack, times, pressed, 0, 0, failed))


@pytest.fixture
def campaigns(tmp_path: Path) -> Iterator[type[Campaign]]:
    with ExitStack() as stack:

        class Closed(Campaign):
            def __init__(self, servers: int = 1) -> None:
                super().__init__(tmp_path, servers)
                stack.callback(self.close)

        yield Closed


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("times", [short, pytest.param(long, marks=pytest.mark.long)])


pytestmark = [pytest.mark.attack, pytest.mark.slow]


@sizes(3, 60)
def test_votes_survive_kills_of_the_server(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns()
    for _ in range(times):
        time.sleep(rng.uniform(0.5, 1.5))
        campaign.servers[0].kill()
        time.sleep(0.3)
        campaign.servers[0].start()
    campaign.finish("`kill -9` of a server", times)


@sizes(5, 100)
def test_votes_survive_a_full_disk(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns()
    for _ in range(times):
        time.sleep(rng.uniform(0.2, 0.6))
        with campaign.servers[0].full_disk():
            time.sleep(rng.uniform(0.5, 1.0))
    campaign.finish("full disk under a server", times)


@sizes(1, 10)
def test_votes_survive_another_process_that_holds_the_library(
    campaigns: type[Campaign], times: int
) -> None:
    campaign = campaigns()
    for _ in range(times):
        with campaign.store.database.write():
            time.sleep(12)  # longer than a server waits
        time.sleep(0.5)
    campaign.finish("library locked for 12 s", times)


@sizes(3, 40)
def test_votes_survive_kills_of_one_of_two_servers(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns(servers=2)
    for i in range(times):
        time.sleep(rng.uniform(0.5, 1.5))
        campaign.servers[i % 2].kill()
        time.sleep(0.3)
        campaign.servers[i % 2].start()
    campaign.finish("`kill -9` of one of two servers on one library", times)
