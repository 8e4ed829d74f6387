"""A token allows one answer and shows nothing; anything else is refused."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.digest.action_tokens import ACTIONS, MAX_CHARACTERS, ActionGrant, Signer
from recommender.errors import TokenError

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
SIGNER = Signer(b"k" * 32)
GIVEN = ("me", "2026-W47", "arxiv:2611.00001", "like")


def token(expires_at: datetime = LATER) -> str:
    return SIGNER.token(*GIVEN, expires_at)


def test_a_token_says_what_it_was_made_for():
    assert SIGNER.read(token(), NOW) == ActionGrant(*GIVEN, LATER)


@given(reader=st.text(min_size=1), paper=st.text(max_size=300), action=st.sampled_from(ACTIONS))
def test_any_ids_come_back_as_they_were(reader, paper, action):
    try:
        (reader + paper).encode()
    except UnicodeEncodeError:
        return
    made = SIGNER.token(reader, "2026-W47", paper, action, LATER)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", made)
    read = SIGNER.read(made, NOW)
    assert (read.reader_id, read.paper_id, read.action) == (reader, paper, action)


def test_the_same_answer_has_the_same_token_and_every_other_another():
    others = [
        ("you", *GIVEN[1:]),
        ("me", "2026-W48", *GIVEN[2:]),
        ("me", "2026-W47", "arxiv:2611.00002", "like"),
        (*GIVEN[:3], "skip"),
    ]
    assert token() == token()
    made = {token(), *(SIGNER.token(*x, LATER) for x in others), token(NOW)}
    assert len(made) == 6


def test_nothing_of_its_content_can_be_read():
    made = token()
    raw = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))
    for word in ("W47", "arxiv", "2611", "like"):
        assert word.encode() not in raw
        assert word not in made


def test_its_length_does_not_tell_one_paper_from_another():
    short = SIGNER.token("me", "2026-W47", "doi:10.1/a", "like", LATER)
    assert len(short) == len(token())


@pytest.mark.parametrize("place", [0, 10, 60, -1])
def test_a_changed_letter_is_noticed(place):
    letters = list(token())
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(TokenError, match="incomplete or not one"):
        SIGNER.read("".join(letters), NOW)


def test_every_truncated_token_is_refused():
    made = token()
    for end in range(len(made)):
        with pytest.raises(TokenError):
            SIGNER.read(made[:end], NOW)


@pytest.mark.parametrize(
    "text",
    [None, 7, b"x", "", "x", "A" * 120, "é" * 40, "=" * 8, "a b", "A" * (MAX_CHARACTERS + 1)],
)
def test_what_is_no_token_is_refused_with_one_sentence(text):
    with pytest.raises(TokenError, match="incomplete or not one"):
        SIGNER.read(text, NOW)


def test_one_token_has_one_spelling():
    made = SIGNER.token("me", "2026-W47", "x", "like", LATER)
    tail = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = []
    for letter in tail:
        try:
            SIGNER.read(made[:-1] + letter, NOW)
        except TokenError:
            continue
        accepted.append(letter)
    assert accepted == [made[-1]]
    for spelt in (made + "=", made + "==", made.replace("-", "+").replace("_", "/") + "\n"):
        with pytest.raises(TokenError):
            SIGNER.read(spelt, NOW)


def test_a_token_of_another_library_is_refused():
    with pytest.raises(TokenError):
        SIGNER.read(Signer(b"x" * 32).token(*GIVEN, LATER), NOW)


def test_a_token_ends_at_its_hour_in_any_zone():
    made = SIGNER.token(*GIVEN, NOW.astimezone(timezone(timedelta(hours=9))))
    assert SIGNER.read(made, NOW - timedelta(seconds=1)).expires_at == NOW
    with pytest.raises(TokenError, match="expired on 2026-11-23"):
        SIGNER.read(made, NOW)


def test_what_could_never_be_read_is_not_made():
    with pytest.raises(ValueError, match="action"):
        SIGNER.token("me", "2026-W47", "x", "delete", LATER)
    with pytest.raises(ValueError, match="time zone"):
        SIGNER.token(*GIVEN, datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="key"):
        Signer(b"")


def test_every_use_of_an_answer_is_the_same_event():
    soon, late = (SIGNER.read(token(expires_at=x), NOW) for x in (LATER, LATER + timedelta(1)))
    assert soon.client_key == late.client_key
    keys = {ActionGrant(*GIVEN[:3], x, LATER).client_key for x in ACTIONS}
    assert len(keys) == len(ACTIONS)
