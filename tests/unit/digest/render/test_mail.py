"""The digest as one mail: what every mail program, and Python's, makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_week import WEDNESDAY, linked, manifest
from mail_servers import SENDER

from recommender.digest.action_tokens import Signer
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.mail import MAX_BYTES, mail_of
from recommender.digest.render.render import render
from recommender.digest.subscription import MAX_SIZE
from recommender.errors import ConfigError, DigestError

TO = "ada@example.org"


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def defects(message: EmailMessage) -> list[object]:
    """Return every defect of the mail, its parts and its headers."""
    found: list[object] = []
    for part in message.walk():
        found += part.defects
        for _, value in part.items():
            found += getattr(value, "defects", ())
    return found


def with_links(made: Manifest, base_url: str = "https://papers.example") -> Manifest:
    signer = Signer(b"key")
    until = WEDNESDAY + timedelta(days=60)
    items = tuple(
        replace(
            x,
            answers={
                a: signer.token("me", made.week, x.paper_id, a, until)
                for a in ("like", "skip", "save")
            },
        )
        for x in made.items
    )
    leave = signer.token("me", made.week, "", "unsubscribe", until)
    more = {"items": items, "base_url": base_url, "expires_at": until, "unsubscribe": leave}
    return replace(made, **more)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def test_it_is_text_and_html_exactly_as_rendered_without_a_defect():
    made = with_links(manifest())
    message = parsed(mail_of(made, sender=SENDER, to=TO))
    assert defects(message) == []
    assert message.get_content_type() == "multipart/alternative"
    assert body(message, "plain") == render(made, "text")
    assert body(message, "html") == render(made, "html")
    assert [x.get_content_type() for x in message.iter_parts()] == ["text/plain", "text/html"]


def test_its_headers_say_what_mail_programs_need():
    made = with_links(manifest())
    message = parsed(mail_of(made, sender=SENDER, to=TO))
    leave = f"https://papers.example/unsubscribe/{made.unsubscribe}"
    assert message["From"] == f"paperloop <{SENDER}>"
    assert message["To"] == TO
    assert message["Subject"] == f"Your papers of week {made.week}"
    assert message["Date"].datetime == made.composed_at.replace(microsecond=0)
    assert message["List-Id"] == "paperloop digest <digest.paperloop.example.org>"
    assert message["List-Unsubscribe"] == f"<{leave}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].startswith("<digest.")
    assert message["Message-ID"].endswith("@example.org>")


def test_every_attempt_is_the_same_mail_and_every_issue_another():
    made = manifest()
    first = mail_of(made, sender=SENDER, to=TO)
    assert mail_of(made, sender=SENDER, to=TO) == first
    ids = {
        parsed(mail_of(x, sender=SENDER, to=TO))["Message-ID"]
        for x in (made, replace(made, week="2026-W48"), replace(made, reader_id="bob"))
    }
    assert len(ids) == 3


def test_no_line_is_too_long_and_no_link_of_a_header_is_broken():
    made = with_links(manifest())
    content = mail_of(made, sender=SENDER, to=TO)
    head, _, rest = content.partition(b"\r\n\r\n")
    assert max(map(len, rest.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) < 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert made.unsubscribe.encode() in head
    content.decode("ascii")


def test_without_an_address_of_the_app_nothing_is_promised():
    message = parsed(mail_of(manifest(), sender=SENDER, to=TO))
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


def test_one_click_is_promised_over_tls_only():
    made = with_links(manifest(), "http://localhost:8501")
    message = parsed(mail_of(made, sender=SENDER, to=TO))
    assert message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] is None


NASTY = "x\r\nBcc: all@example.org\r\n\r\n<script>\x00\x0b\x85\u2028\u202eévil\n.\n"


def test_nothing_that_a_stranger_wrote_gets_into_a_header():
    made = with_links(manifest())
    item = replace(made.items[0], title=NASTY, abstract=NASTY, authors=(NASTY,), venue=NASTY)
    hostile = replace(made, reader=NASTY, items=(item,))
    content = mail_of(hostile, sender=SENDER, to=TO)
    message = parsed(content)
    calm = parsed(mail_of(made, sender=SENDER, to=TO))
    assert message.keys() == calm.keys()
    assert message["Bcc"] is None
    assert defects(message) == []
    assert body(message, "html") == render(hostile, "html")


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_whatever_a_title_is_the_mail_has_no_defect(title):
    made = manifest()
    made = replace(made, items=(replace(made.items[0], title=title, abstract=title),))
    message = parsed(mail_of(made, sender=SENDER, to=TO))
    assert defects(message) == []
    assert body(message, "plain") == render(made, "text")
    assert body(message, "html") == render(made, "html")


@pytest.mark.parametrize("to", ["", "ada", "a@b.c\r\nBcc: x@y.z", "a@b.c, d@e.f"])
def test_an_address_that_is_none_is_refused(to):
    with pytest.raises((ConfigError, DigestError)):
        mail_of(manifest(), sender=SENDER, to=to)


def test_a_usual_mail_is_smaller_than_mail_programs_show():
    made = filled(with_links(manifest()), 10, "An abstract of words. " * 24)
    mail = mail_of(made, sender=SENDER, to=TO)
    assert len(mail) < MAX_BYTES
    assert body(parsed(mail), "plain") == render(made, "text")


@pytest.mark.slow
@pytest.mark.parametrize("letters", ["An abstract of words. ", "深度学习的模型。", "=?=\t<&>\"'"])
def test_the_largest_issue_is_one_mail_of_a_hundred_kilobytes_at_most(letters):
    most = replace(linked(), unsubscribe="u" * 400, base_url=f"https://{'x' * 60}.org/{'y' * 60}")
    long = (letters * 500)[:480]
    made = filled(most, MAX_SIZE, long, title=long, venue=long, authors=(long,) * 9)
    mail = mail_of(made, sender=SENDER, to=TO)
    assert len(mail) < MAX_BYTES
    message = parsed(mail)
    assert defects(message) == []
    assert body(message, "html") == render(made, "html")
    for kind in ("plain", "html"):
        assert "more papers did not fit" in body(message, kind)
    assert render(made, "text").count("/f/like") == MAX_SIZE


def filled(made, n, abstract, **more):
    """Return an issue with `n` papers, each with an abstract and links."""
    tokens = {x: x + "-" * 230 for x in ("like", "skip", "save")}
    one = replace(made.items[0], abstract=abstract, answers=tokens, **more)
    return replace(made, items=tuple(replace(one, rank=i) for i in range(1, n + 1)))
