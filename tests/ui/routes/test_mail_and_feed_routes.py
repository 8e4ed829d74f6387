"""Links of a mail and feeds, asked as people, scanners, mail programs and attackers do."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from libraries import NOW, Library
from starlette.testclient import TestClient

from recommender.config import Settings, load_settings
from recommender.digest.action_tokens import Signer
from recommender.digest.compose.compose import compose
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.render import render
from recommender.digest.subscription import Subscription, save_subscription, subscription_of
from recommender.private_files import signing_key
from recommender.store import Store
from ui import app_state
from ui.security_headers import POLICY

Serving = Callable[..., TestClient]
WEEK = "2026-W47"
BASE = "https://papers.example"


@dataclass
class Mailed:
    """An issue of one reader, and a browser that opens its links."""

    client: TestClient
    store: Store
    settings: Settings
    manifest: Manifest

    def link(self, number: int = 0, action: str = "like") -> str:
        return f"/f/{self.manifest.items[number].answers[action]}"

    @property
    def leave(self) -> str:
        return f"/unsubscribe/{self.manifest.unsubscribe}"

    def token(self, action: str, *, paper_id: str = "", days: float = 9, reader: str = "me") -> str:
        signer = Signer(signing_key(self.settings.data_dir).encode())
        return signer.token(reader, WEEK, paper_id, action, NOW + timedelta(days=days))

    def events(self) -> list[tuple[str, str, str | None]]:
        return [(x.kind.value, x.paper_id, x.slate_id) for x in self.store.feedback.events()]


def with_address(settings: Settings) -> Settings:
    return settings.model_copy(update={"base_url": BASE, "digest_bar": -9.0})


@pytest.fixture(scope="module")
def client(template: Path, module_serving: Serving) -> TestClient:
    settings = with_address(load_settings(data_dir=template))
    return module_serving(Library(settings), "papers.example")


def mailed_from(library: Library, client: TestClient) -> Mailed:
    settings = with_address(library.settings)
    app_state.configure(settings, lambda: NOW)
    store = app_state.store()
    save_subscription(
        store, "me", Subscription(bar=-9.0, channels=("mail",), address="me@example.org"), NOW
    )
    made = compose(store, app_state.recommender(), "me", week=WEEK, now=NOW, settings=settings)
    assert made.items
    return Mailed(client, store, settings, made)


@pytest.fixture
def mailed(client: TestClient, library: Library) -> Mailed:
    return mailed_from(library, client)


def links_of(text: str) -> list[str]:
    addresses = map(html.unescape, re.findall(r'href="(https://papers\.example/[^"]+)"', text))
    return [urlsplit(x).path for x in addresses]


def test_opening_every_link_of_an_issue_writes_nothing_and_posting_each_writes_once(
    mailed: Mailed,
) -> None:
    links = [x for x in links_of(render(mailed.manifest, "html")) if x.startswith("/f/")]
    assert len(links) == len(set(links)) == 3 * len(mailed.manifest.items)
    before, plan = mailed.events(), subscription_of(mailed.store, "me", mailed.settings)
    for link in [*links, mailed.leave]:
        for _ in range(2):
            assert mailed.client.get(link).status_code == 200
            assert mailed.client.head(link).content == b""
    assert mailed.events() == before
    assert subscription_of(mailed.store, "me", mailed.settings) == plan
    for link in links:
        for _ in range(2):
            assert mailed.client.post(link).status_code == 200
    assert len(mailed.events()) == len(before) + len(links)
    assert {x[2] for x in mailed.events()} == {mailed.manifest.slate_id}


@pytest.mark.parametrize("action", ["like", "skip", "save"])
def test_an_answer_is_an_event_of_the_issues_slate(mailed: Mailed, action: str) -> None:
    page = mailed.client.get(mailed.link(1, action)).text
    assert html.escape(mailed.manifest.items[1].title) in page
    assert page.count("<form") == page.count("<button") == 1
    assert "<button" not in mailed.client.post(mailed.link(1, action)).text
    paper = mailed.manifest.items[1].paper_id
    assert mailed.events() == [(action, paper, mailed.manifest.slate_id)]


def test_a_like_from_a_mail_moves_the_next_slate(mailed: Mailed) -> None:
    before = [x.paper_id for x in app_state.recommender().recommend("me", now=NOW).items]
    liked = next(x for x in mailed.manifest.items if x.paper_id in before)
    mailed.client.post(f"/f/{liked.answers['like']}")
    after = [x.paper_id for x in app_state.recommender().recommend("me", now=NOW).items]
    assert liked.paper_id not in after


def forged(mailed: Mailed) -> list[str]:
    """Return tokens that are none: cut, altered, of others, expired, for another purpose."""
    good = mailed.manifest.items[0].answers["like"]
    paper = mailed.manifest.items[0].paper_id
    other = Signer(b"another library's key")
    later = NOW + timedelta(days=9)
    flipped = "A" if good[20] != "A" else "B"
    return [
        "x",
        "%7f%ff",
        good[:-1],
        good[: len(good) // 2],
        good + "A",
        good + "=",
        good[:20] + flipped + good[21:],
        "A" * 5000,
        other.token("me", WEEK, paper, "like", later),
        mailed.token("like", paper_id=paper, days=-1),
        mailed.token("like", paper_id=paper, reader="somebody else"),
        mailed.token("like", paper_id="arxiv:0000.00000"),
        mailed.manifest.unsubscribe,
    ]


def test_tokens_that_are_none_get_one_clear_page_and_write_nothing(mailed: Mailed) -> None:
    for token in forged(mailed):
        for method in ("GET", "HEAD", "POST"):
            answer = mailed.client.request(method, f"/f/{token}")
            assert answer.status_code == 404, token
            if method != "HEAD":
                assert "This link does nothing" in answer.text
                assert "<form" not in answer.text
                assert "Traceback" not in answer.text
    like = mailed.manifest.items[0].answers["like"]
    assert mailed.client.post(f"/unsubscribe/{like}").status_code == 404
    assert mailed.events() == []
    assert "mail" in subscription_of(mailed.store, "me", mailed.settings).channels


def test_links_of_a_reader_who_is_gone_do_nothing(mailed: Mailed) -> None:
    mailed.store.readers.forget("me")
    for link in (mailed.link(), mailed.leave):
        assert mailed.client.get(link).status_code == 404
        assert mailed.client.post(link).status_code == 404


def test_an_expired_link_says_so(mailed: Mailed) -> None:
    app_state.configure(mailed.settings, lambda: NOW + timedelta(days=400))
    answer = mailed.client.post(mailed.link())
    assert answer.status_code == 404
    assert "expired" in answer.text
    assert mailed.events() == []


def test_other_methods_are_refused(mailed: Mailed) -> None:
    links = (mailed.link(), mailed.leave, "/feed/x.atom")
    for method, link in product(("PUT", "PATCH", "DELETE", "OPTIONS"), links):
        answer = mailed.client.request(method, link)
        assert answer.status_code == 405, (method, link)
        assert "GET" in answer.headers["allow"]
    assert mailed.events() == []


def test_the_pages_keep_to_this_server_and_out_of_caches(mailed: Mailed) -> None:
    for answer in (mailed.client.get(mailed.link()), mailed.client.get("/f/x")):
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.findall(r'(?:href|src|action)="(?:https?:)?//', answer.text)


def test_hostile_titles_are_text_on_the_pages_and_in_the_feed(
    client: TestClient, hostile_library: Library
) -> None:
    mailed = mailed_from(hostile_library, client)
    for number, item in enumerate(mailed.manifest.items):
        page = mailed.client.get(mailed.link(number)).text
        for mark in ("<img", "<script>", "<b>", "javascript:alert(4)"):
            assert mark not in page
        assert html.escape(item.title, quote=False)[:10] in page
    token = mailed.store.feed_tokens.new("me", None, NOW)
    parsed = feedparser.parse(mailed.client.get(f"/feed/{token}.atom").content)
    assert not parsed.bozo
    content = parsed.entries[0].content[0].value
    assert "<script" not in content
    assert "<img" not in content


def test_one_click_ends_the_mail_and_nothing_else(mailed: Mailed) -> None:
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        assert mailed.client.post(mailed.leave, data=body).status_code == 200
    plan = subscription_of(mailed.store, "me", mailed.settings)
    assert plan == replace(plan, channels=("page",), address="me@example.org", every="week")
    assert mailed.events() == []


def test_the_pages_of_the_link_in_the_mail_asks_first(mailed: Mailed) -> None:
    page = mailed.client.get(mailed.leave).text
    assert "<form" in page
    assert "mail" in subscription_of(mailed.store, "me", mailed.settings).channels


# Rules of RFC 4287 that the W3C validator checks and that can be checked without it.
ATOM = "{http://www.w3.org/2005/Atom}"


def assert_valid_atom(content: bytes, url: str) -> None:
    from xml.etree.ElementTree import fromstring

    feed = fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1, name
    (link,) = feed.findall(f"{ATOM}link")
    assert link.attrib == {"rel": "self", "type": "application/atom+xml", "href": url}
    entries = feed.findall(f"{ATOM}entry")
    ids = [feed.findtext(f"{ATOM}id"), *(x.findtext(f"{ATOM}id") for x in entries)]
    assert len(ids) == len(set(ids))
    assert all(re.match(r"(urn:|https?://)\S+$", x or "") for x in ids)
    has_author = feed.find(f"{ATOM}author") is not None
    for entry in entries:
        for name in ("id", "title", "updated"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
        assert has_author or entry.find(f"{ATOM}author") is not None
        assert entry.find(f"{ATOM}content") is not None or entry.find(f"{ATOM}link") is not None
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
    for time in [*feed.iter(f"{ATOM}updated"), *feed.iter(f"{ATOM}published")]:
        assert re.match(stamp, time.text or "")
    for name in feed.iter(f"{ATOM}name"):
        assert name.text
    order = [x.tag for x in feed]
    assert order.index(f"{ATOM}link") < [*order, f"{ATOM}entry"].index(f"{ATOM}entry")


def test_the_feed_holds_the_issues_and_is_sent_again_only_when_it_changed(mailed: Mailed) -> None:
    token = mailed.store.feed_tokens.new("me", None, NOW)
    answer = mailed.client.get(f"/feed/{token}.atom?from=reader")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert_valid_atom(answer.content, f"{BASE}/feed/{token}.atom")
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert len(parsed.entries) == 1
    assert WEEK[-2:] in parsed.entries[0].title
    tag = answer.headers["etag"]
    for given in (tag, f'"other", W/{tag}', "*"):
        again = mailed.client.get(f"/feed/{token}.atom", headers={"if-none-match": given})
        assert (again.status_code, again.content) == (304, b"")
    compose(
        mailed.store,
        app_state.recommender(),
        "me",
        week="2026-W48",
        now=NOW + timedelta(days=7),
        settings=mailed.settings,
    )
    newer = mailed.client.get(f"/feed/{token}.atom", headers={"if-none-match": tag})
    assert newer.status_code == 200
    assert_valid_atom(newer.content, f"{BASE}/feed/{token}.atom")
    assert len(feedparser.parse(newer.content).entries) == 2


def test_a_list_has_a_feed_of_its_own_even_while_it_is_empty(mailed: Mailed) -> None:
    made = mailed.store.reading_lists.create("me", "Otters <&>", NOW)
    token = mailed.store.feed_tokens.new("me", made.list_id, NOW)
    url = f"{BASE}/feed/{token}.atom"
    for n in range(3):
        answer = mailed.client.get(f"/feed/{token}.atom")
        assert_valid_atom(answer.content, url)
        parsed = feedparser.parse(answer.content)
        assert not parsed.bozo
        assert len(parsed.entries) == n
        paper = mailed.manifest.items[n % len(mailed.manifest.items)].paper_id
        mailed.store.reading_lists.add(made.list_id, paper, NOW)


def test_closed_forged_and_forgotten_feeds_are_not_there(mailed: Mailed) -> None:
    token = mailed.store.feed_tokens.new("me", None, NOW)
    for wrong in ("x", token[:-1], token + "A", token.swapcase(), "%ff"):
        assert mailed.client.get(f"/feed/{wrong}.atom").status_code == 404
    (found,) = mailed.store.feed_tokens.list("me")
    mailed.store.feed_tokens.revoke("me", found.number)
    assert mailed.client.get(f"/feed/{token}.atom").status_code == 404
    token = mailed.store.feed_tokens.new("me", None, NOW)
    assert mailed.client.get(f"/feed/{token}.atom").status_code == 200
    mailed.store.readers.forget("me")
    assert mailed.client.get(f"/feed/{token}.atom").status_code == 404
