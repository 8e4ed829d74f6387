"""The polite client: turns, retries, limits, validators, and what it does not fall for."""

from __future__ import annotations

import gzip
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from fake_network import Dripping, FakeClock, Host, gaps
from filelock import FileLock

from recommender.errors import FetchError, TryLater
from recommender.sources.client import PoliteClient
from recommender.sources.http_exchange import Limits, Validators, retry_after
from recommender.sources.rate_limit import (
    ARXIV_RATE,
    RateLimit,
    RateLimiter,
    host_rate_limit,
    known_rate_limit,
)

SLOW = RateLimit("slow", 5.0)
URL = "https://papers.example.org/list"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def refusal(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, headers=headers, content=b'{"message": "Slow down"}')


def test_requests_to_one_host_are_never_closer_than_its_pace(clock: FakeClock) -> None:
    host = Host(clock, *[b"{}"] * 5, takes=0.5)
    client = host.client()
    for _ in range(5):
        client.get(URL, SLOW)
    assert min(gaps(host.at)) >= 5.0
    assert client.clock.monotonic() == pytest.approx(1000 + 5 * 0.5 + 4 * 5)


def test_a_first_request_and_another_host_do_not_wait(clock: FakeClock) -> None:
    host = Host(clock, b"{}", b"{}")
    client = host.client()
    client.get(URL, SLOW)
    client.get("https://elsewhere.example.org/", RateLimit("elsewhere", 5.0))
    assert clock.slept == []


def test_every_host_of_arxiv_shares_its_pace_whatever_pace_is_asked_for(clock: FakeClock) -> None:
    host = Host(clock, b"{}", b"{}", b"{}")
    client = host.client()
    client.get("https://export.arxiv.org/api/query", ARXIV_RATE)
    client.get("https://rss.arxiv.org/rss/cs.IR", RateLimit("feed", 0.0))
    client.get("https://arxiv.org:443/x", RateLimit("feed", 0.0))
    assert gaps(host.at) == [3.0, 3.0]
    assert known_rate_limit("https://notarxiv.org/") is None


def test_two_processes_share_a_pace_through_a_folder(clock: FakeClock, tmp_path: Path) -> None:
    host = Host(clock, b"{}", b"{}", b"{}")
    host.client(tmp_path).get(URL, SLOW)
    host.client(tmp_path).get(URL, SLOW)
    assert gaps(host.at) == [5.0]


@pytest.mark.parametrize("content", ["", "never", "9999-01-01T00:00:00+00:00", "2026-11-18T12:00"])
def test_a_damaged_pause_file_is_no_pause(clock: FakeClock, tmp_path: Path, content: str) -> None:
    (tmp_path / "slow.pause").write_text(content)
    Host(clock, b"{}").client(tmp_path).get(URL, SLOW)
    assert clock.slept == []


def test_turns_that_cannot_be_kept_are_one_clear_sentence(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="Turns cannot be kept in"):
        Host(clock).client(tmp_path / "file" / "folder").get(URL, SLOW)


def test_a_process_that_holds_a_turn_for_too_long_is_not_waited_for(
    clock: FakeClock, tmp_path: Path
) -> None:
    rate_limiter = RateLimiter(clock, tmp_path, longest_wait_seconds=0.05)
    held, told = FileLock(tmp_path / "slow.lock"), pytest.raises(FetchError, match="Another paperl")
    with held, told, rate_limiter.slot(SLOW):
        pass


def test_threads_take_turns(clock: FakeClock) -> None:
    busy = threading.Lock()

    def reply(request: httpx2.Request) -> httpx2.Response:
        assert busy.acquire(blocking=False), "two requests at once"
        busy.release()
        return httpx2.Response(200, content=b"{}")

    host = Host(clock, *[reply] * 8)
    client = host.client()
    threads = [threading.Thread(target=client.get, args=(URL, SLOW)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(host.at) == 8
    assert min(gaps(host.at)) >= 5.0


def test_retry_after_in_seconds_is_waited_for(clock: FakeClock) -> None:
    host = Host(clock, refusal(429, **{"Retry-After": "40"}), b"{}")
    assert host.client().get(URL, SLOW).status == 200
    assert gaps(host.at) == [40.0]


def test_retry_after_as_a_date_is_waited_for(clock: FakeClock) -> None:
    host = Host(clock, refusal(503, **{"Retry-After": "Wed, 18 Nov 2026 12:01:30 GMT"}), b"{}")
    host.client().get(URL, SLOW)
    assert gaps(host.at) == [90.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("17", 17), ("Wed, 18 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("", None), ("-5", None),
     ("Wed, 99 Nov 2026 11:00:00 GMT", None), ("9" * 40, 999_999_999)],
)  # fmt: skip
def test_what_a_retry_after_header_means(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 18, 12, tzinfo=UTC)) == seconds


def test_a_pause_too_long_to_wait_for_ends_the_run_and_binds_the_next(
    clock: FakeClock, tmp_path: Path
) -> None:
    host = Host(clock, refusal(429, **{"Retry-After": "7200"}), b"{}")
    with pytest.raises(TryLater) as told:
        host.client(tmp_path).get(URL, SLOW)
    assert told.value.retry_at == datetime(2026, 11, 18, 14, tzinfo=UTC)
    with pytest.raises(TryLater, match="2026-11-18 14:00"):
        host.client(tmp_path).get(URL, SLOW)
    assert len(host.at) == 1
    clock.seconds += 7200
    assert host.client(tmp_path).get(URL, SLOW).status == 200


def test_pauses_nobody_asked_for_double(clock: FakeClock) -> None:
    host = Host(clock, refusal(500), httpx2.ConnectError("refused"), refusal(502), b"{}")
    host.client().get(URL, RateLimit("quick", 0.0))
    first, second, third = gaps(host.at)
    assert 2 <= first <= 2.5
    assert 4 <= second <= 5
    assert 8 <= third <= 10


def test_a_host_that_keeps_failing_is_left_alone(clock: FakeClock) -> None:
    host = Host(clock, *[refusal(503)] * 9)
    with pytest.raises(FetchError, match=r"503 Service Unavailable: Slow down \(4 attempts\)"):
        host.client().get(URL, SLOW)
    assert len(host.at) == 4


def test_a_last_refusal_with_a_date_says_when_to_come_back(clock: FakeClock) -> None:
    host = Host(clock, *[refusal(429, **{"Retry-After": "60"})] * 4)
    with pytest.raises(TryLater) as told:
        host.client().get(URL, SLOW)
    assert told.value.retry_at == datetime(2026, 11, 18, 12, 4, tzinfo=UTC)


def test_a_refusal_that_will_stay_is_not_asked_about_again(clock: FakeClock) -> None:
    host = Host(clock, refusal(403))
    with pytest.raises(FetchError, match="403 Forbidden: Slow down"):
        host.client().get(URL, SLOW)


def test_a_status_that_is_allowed_is_an_answer(clock: FakeClock) -> None:
    assert Host(clock, refusal(404)).client().get(URL, SLOW, allow=(404,)).status == 404


def test_a_web_page_with_status_200_is_refused_with_its_title(clock: FakeClock) -> None:
    page = b"\n<!-- x --><!DOCTYPE html><html><head><title>Down for\nrepairs</title></head></html>"
    host = Host(clock, page, page, page, page)
    with pytest.raises(FetchError, match="a web page instead of data \\('Down for repairs'\\)"):
        host.client().get(URL, SLOW)


def test_a_web_page_that_passes_is_forgotten(clock: FakeClock) -> None:
    host = Host(clock, b"<html>busy</html>", b'{"ok": 1}')
    assert host.client().get(URL, SLOW).content == b'{"ok": 1}'


def test_an_empty_answer_is_refused(clock: FakeClock) -> None:
    with pytest.raises(FetchError, match="an empty answer"):
        Host(clock, *[b" \n"] * 4).client().get(URL, SLOW)


def test_a_stalled_host_is_given_up(clock: FakeClock) -> None:
    host = Host(clock, *[httpx2.ReadTimeout("")] * 2)
    with pytest.raises(FetchError, match="did not answer within 30 seconds"):
        host.client(attempts=2).get(URL, SLOW)


def test_a_body_that_drips_for_ever_is_cut_off(clock: FakeClock) -> None:
    slow = [httpx2.Response(200, stream=Dripping(clock, [b"x"] * 99, 29.0)) for _ in range(2)]
    with pytest.raises(FetchError, match="took more than 180 seconds"):
        Host(clock, *slow).client(attempts=2).get(URL, SLOW)


def test_a_body_without_end_is_cut_off(clock: FakeClock) -> None:
    endless = httpx2.Response(200, stream=Dripping(clock, [b"x" * 1000] * 5000))
    with pytest.raises(FetchError, match="more than 100,000 bytes"):
        Host(clock, endless).client(max_bytes=100_000).get(URL, SLOW)


def test_a_packed_body_is_measured_unpacked(clock: FakeClock) -> None:
    bomb = httpx2.Response(
        200,
        headers={"Content-Encoding": "gzip"},
        stream=Dripping(clock, [gzip.compress(b"0" * 5_000_000)]),
    )
    with pytest.raises(FetchError, match="more than 100,000 bytes"):
        Host(clock, bomb).client(max_bytes=100_000).get(URL, SLOW)


def test_a_body_packed_twice_is_not_unpacked(clock: FakeClock) -> None:
    twice = httpx2.Response(
        200, headers={"Content-Encoding": "gzip, gzip"}, stream=Dripping(clock, [b"x"])
    )
    with pytest.raises(FetchError, match="packed its answer more than once"):
        Host(clock, twice).client().get(URL, SLOW)


def test_a_damaged_packed_body_is_a_fault(clock: FakeClock) -> None:
    bad = [
        httpx2.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=Dripping(clock, [b"no gzip"])
        )
        for _ in range(4)
    ]
    with pytest.raises(FetchError, match="could not be read"):
        Host(clock, *bad).client().get(URL, SLOW)


def test_validators_go_out_and_come_back(clock: FakeClock) -> None:
    kept = Validators('W/"7"', "Tue, 17 Nov 2026 09:00:00 GMT")
    new = {"ETag": '"8"', "Last-Modified": "Wed, 18 Nov 2026 09:00:00 GMT"}
    host = Host(clock, httpx2.Response(304), httpx2.Response(200, headers=new, content=b"{}"))
    client = host.client()
    first, second = (client.get(URL, SLOW, validators=kept) for _ in range(2))
    assert first.unchanged
    assert first.content == b""
    assert second.validators == Validators('"8"', "Wed, 18 Nov 2026 09:00:00 GMT")
    assert host.asked[0].headers["If-None-Match"] == 'W/"7"'
    assert host.asked[0].headers["If-Modified-Since"] == "Tue, 17 Nov 2026 09:00:00 GMT"


def test_the_user_agent_says_whom_to_write_to(clock: FakeClock) -> None:
    host = Host(clock, b"{}")
    host.client().get(URL, SLOW)
    agent = host.asked[0].headers["User-Agent"]
    assert agent.startswith("paperloop/")
    assert "mailto:reader@example.org" in agent


@pytest.mark.parametrize("contact", ["", "a b@example.org", "x)\r\nEvil: 1", "jürgen@example.org"])
def test_a_contact_that_is_no_address_is_left_out(clock: FakeClock, contact: str) -> None:
    host = Host(clock, b"{}")
    transport = httpx2.MockTransport(host)
    PoliteClient(contact=contact, transport=transport, clock=clock).get(URL, SLOW)
    assert host.asked[0].headers["User-Agent"].endswith("(no contact set)")


def test_a_redirect_is_followed_at_the_host_s_pace(clock: FakeClock) -> None:
    host = Host(clock, httpx2.Response(301, headers={"Location": "/new?x=1"}), b"{}")
    answer = host.client().get(URL, SLOW, params={"a": "b"}, headers={"x-api-key": "secret"})
    assert answer.url == "https://papers.example.org/new?x=1"
    assert gaps(host.at) == [5.0]
    assert host.asked[1].headers["x-api-key"] == "secret"


def test_a_key_does_not_travel_to_another_host(clock: FakeClock) -> None:
    away = httpx2.Response(302, headers={"Location": "https://evil.example.com/"})
    host = Host(clock, away, b"{}")
    host.client().get(URL, SLOW, headers={"x-api-key": "secret"})
    assert "x-api-key" not in host.asked[1].headers


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "http://["])
def test_a_redirect_away_from_the_web_is_refused(clock: FakeClock, target: str) -> None:
    with pytest.raises(FetchError, match="sends on to what is no web address"):
        Host(clock, httpx2.Response(302, headers={"Location": target})).client().get(URL, SLOW)


def test_redirects_in_a_circle_end(clock: FakeClock) -> None:
    host = Host(clock, *[httpx2.Response(302, headers={"Location": URL})] * 9)
    with pytest.raises(FetchError, match="more than 5 times"):
        host.client().get(URL, SLOW)
    assert len(host.at) == 6


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "nonsense", "http://", "http://[", "", "ftp://x/"]
)
def test_what_is_no_web_address_is_one_clear_sentence(clock: FakeClock, url: str) -> None:
    with pytest.raises(FetchError, match="is not an address that can be asked"):
        Host(clock).client().get(url, SLOW)


def test_a_post_asks_with_json_and_becomes_a_get_when_sent_on(clock: FakeClock) -> None:
    host = Host(clock, httpx2.Response(303, headers={"Location": "/result"}), b"[]")
    host.client().post(URL, SLOW, {"ids": ["1"]})
    assert [x.method for x in host.asked] == ["POST", "GET"]
    assert host.asked[0].content == b'{"ids":["1"]}'


def test_limits_a_host_advertises_are_kept(clock: FakeClock) -> None:
    headers = {"X-Rate-Limit-Limit": "1", "X-Rate-Limit-Interval": "7s"}
    host = Host(clock, httpx2.Response(200, headers=headers, content=b"{}"), b"{}")
    client = host.client()
    client.get(URL, SLOW)
    client.get(URL, SLOW)
    assert gaps(host.at) == [7.0]


def test_no_message_holds_a_password_or_a_token(clock: FakeClock) -> None:
    with pytest.raises(FetchError) as told:
        Host(clock, refusal(404)).client().get(
            "https://me:hunter2@feeds.example.org/x?token=hunter3", SLOW
        )
    assert "hunter" not in str(told.value)
    assert "feeds.example.org/x" in str(told.value)


def test_a_pace_of_a_host_knows_its_port_and_not_its_user() -> None:
    assert (
        host_rate_limit("https://a:b@Feeds.example.org:8443/x", 2.0).name
        == "feeds.example.org:8443"
    )


class Cut(BaseHTTPRequestHandler):
    """Promises more bytes than it sends."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"items": [')

    def log_message(self, *_: object) -> None:
        pass


def test_a_connection_cut_in_the_middle_is_no_answer(clock: FakeClock) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cut)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    client = PoliteClient(transport=httpx2.HTTPTransport(), clock=clock, limits=Limits(attempts=2))
    with client, pytest.raises(FetchError, match=r"could not be read .* \(2 attempts\)"):
        client.get(f"http://127.0.0.1:{server.server_address[1]}/", SLOW)
    server.shutdown()
    server.server_close()


def test_a_socket_that_never_answers_times_out(clock: FakeClock) -> None:
    limits = Limits(attempts=1, read_seconds=0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = PoliteClient(transport=httpx2.HTTPTransport(), clock=clock, limits=limits)
        with client, pytest.raises(FetchError, match=r"did not answer within 0\.05 seconds"):
            client.get(f"http://127.0.0.1:{silent.getsockname()[1]}/", SLOW)
