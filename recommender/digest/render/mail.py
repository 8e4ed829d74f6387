"""A manifest as one mail. Pure: the same manifest and addresses give the same bytes.

The text and the HTML in it are `render`'s, character for character; only of a
very large issue the text is `render.text_of_mail`, with fewer papers. A header
is made of addresses that were checked and of names that we give; nothing that a
stranger wrote goes into one.
"""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import n_days
from recommender.digest.render.copy import unsubscribe_link
from recommender.digest.render.render import render, size_in_mail, text_of_mail
from recommender.digest.subscription import checked_address
from recommender.errors import DigestError

MAX_BYTES = 100_000
"""Bytes that a whole mail stays below: mail programs cut longer ones off."""

MAX_BODY_BYTES = MAX_BYTES - 4_000
"""Bytes of its two parts; headers have links in them and take the rest."""

_POLICY = SMTP.clone(max_line_length=76)
# A link in a header must not be broken, and RFC 5322 allows 998 characters a line.
_AS_SENT = SMTP.clone(max_line_length=990)


def mail_of(manifest: Manifest, *, sender: str, to: str) -> bytes:
    """Return the digest as a mail ready for SMTP, lines ended by CRLF.

    Where the manifest has a link that ends the mail, mail programs are told of
    it, and where that begins with ``https:``, that one POST is enough (RFC 8058).

    Parameters
    ----------
    sender, to
        One plain address each.

    Raises
    ------
    ConfigError
        An address is not one.
    DigestError
        An address is missing.
    """
    sender, to = checked_address(sender), checked_address(to)
    if not sender or not to:
        raise DigestError("A mail needs an address that it comes from and one that it goes to.")
    domain = sender.rpartition("@")[2]
    message = EmailMessage(_POLICY)
    message["From"] = Address("paperloop", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject(manifest)
    message["Date"] = manifest.composed_at
    message["Message-ID"] = message_id(manifest, domain)
    message["List-Id"] = f"paperloop digest <digest.paperloop.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    leave = unsubscribe_link(manifest)
    if leave:
        message["List-Unsubscribe"] = f"<{leave}>"
    if leave.startswith("https:"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    html = render(manifest, "html")
    text = text_of_mail(manifest, MAX_BODY_BYTES - size_in_mail(html))
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"paperloop-{_digest_of(manifest)}")
    return message.as_bytes(policy=_AS_SENT)


def subject(manifest: Manifest) -> str:
    """Return the subject, which differs from week to week by the week alone."""
    what = "week" if n_days(manifest.week) == 7 else "day"
    return f"Your papers of {what} {manifest.week}"


def message_id(manifest: Manifest, domain: str) -> str:
    """Return the Message-ID, the same for every attempt to send the issue."""
    return f"<digest.{_digest_of(manifest)}@{domain}>"


def _digest_of(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.to_json().encode()).hexdigest()[:32]
