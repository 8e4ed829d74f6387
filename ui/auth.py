"""Who may read: anyone on a trusted machine, or accounts of an identity provider.

With a section ``[auth]`` in the data directory's ``secrets.toml`` (Streamlit's
own format, for any OpenID Connect provider), nothing is shown before the sign-in,
and a reader is the account that signed in and no other. Without it, names are
chosen from a list: that suits one person, or people who trust one another.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from recommender.domain import Reader
from recommender.errors import NameTaken, RecommenderError
from ui import app_state
from ui.about import NAME, SUMMARY

PREFERENCE = "account"
"""The choice under which a reader keeps the mark of the account it belongs to."""


def required() -> bool:
    """Return whether readers have to sign in here.

    Raises
    ------
    SignInClosed
        The settings of the sign-in have vanished or changed since the start.
    """
    app_state.sign_in().check()
    if app_state.sign_in().required:
        return True
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def admitted() -> bool:
    """Return whether the pages may be shown; shows the sign-in where they may not.

    Raises
    ------
    SignInClosed
        As `required`.
    """
    if not required() or _signed_in():
        return True
    with st.container(key="sign-in", width=520, gap="small"):
        st.title(NAME, anchor=False)
        st.markdown(SUMMARY)
        st.markdown("Sign in to open your library. Only you can see what you read.")
        st.button("Sign in", type="primary", on_click=_sign_in, icon=":material/login:")
        if problem := st.session_state.pop("sign_in_problem", None):
            st.error(problem)
    return False


def post_token(reader_id: str) -> str:
    """Return a token with which this page may post; it ends with the sign-in."""
    mark = app_state.sign_in().mark(st.context.cookies)
    return app_state.tokens().issue(reader_id, mark)


def _signed_in() -> bool:
    # Streamlit knows no such attribute while it has not read the section of the secrets.
    return bool(getattr(st.user, "is_logged_in", False))


def _sign_in() -> None:
    try:
        st.login()
    except st.errors.StreamlitMissingAuthlibError:
        st.session_state["sign_in_problem"] = (
            "Signing in needs a package that is not installed: pip install 'paperloop[auth]'."
        )
    except st.errors.StreamlitAuthError as error:
        st.session_state["sign_in_problem"] = f"Sign-in is not set up correctly: {error}"


def reader() -> Reader:
    """Return the reader of the account that is signed in, made on its first visit.

    Raises
    ------
    RecommenderError
        No account is signed in, or the provider does not say who it is.
    """
    account = _account()
    held: tuple[str, Reader] | None = st.session_state.get("account")
    if held is not None and held[0] == account and _mark(held[1]) == account:
        return held[1]
    signed_in = _known(account) or _claimed(account) or _made(account)
    st.session_state["account"] = (account, signed_in)
    return signed_in


def _account() -> str:
    """Return the mark of who is signed in: issuer and subject, which no provider reuses."""
    if not _signed_in():
        raise RecommenderError("You are not signed in; reload the page.")
    subject = _claim("sub")
    if not subject:
        raise RecommenderError("The sign-in does not say whose account it is (no `sub`).")
    return hashlib.sha256(f"{_claim('iss')}\n{subject}".encode()).hexdigest()


def _claim(name: str) -> str:
    value = st.user.get(name)
    return value.strip() if isinstance(value, str) else ""


def _known(account: str) -> Reader | None:
    store = app_state.store()
    marked = (x for x in store.readers.list() if _mark(x) == account)
    return next(marked, None)


def _mark(reader: Reader) -> object:
    return app_state.store().preferences.get(reader.reader_id, PREFERENCE)


def _claimed(account: str) -> Reader | None:
    """Return a reader without an account whose name is the mail address signed in with.

    That is how a library from before the sign-in finds its owner. The provider
    has to have made sure that the address is theirs.
    """
    address = _claim("email").casefold()
    if not address or st.user.get("email_verified") is not True:
        return None
    for one in app_state.store().readers.list():
        if one.name.casefold() == address and _mark(one) is None:
            app_state.store().preferences.set(one.reader_id, PREFERENCE, account)
            return one
    return None


def _made(account: str) -> Reader:
    name = (_claim("email") or _claim("name") or "reader")[:60]
    for candidate in (name, f"{name} {account[:8]}"):
        try:
            added = app_state.store().readers.add(candidate, app_state.now())
        except NameTaken:
            continue
        app_state.store().preferences.set(added.reader_id, PREFERENCE, account)
        return added
    raise RecommenderError("This sign-in is being set up in another tab; reload the page.")
