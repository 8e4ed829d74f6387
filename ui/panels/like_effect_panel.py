"""What one like does, in words: the interest it joined, and the papers that it raised."""

from __future__ import annotations

import streamlit as st

from recommender.insights.like_effect import LikeEffect, like_effect
from ui import app_state, components, paper_text, session

_ASKED = "explained_like"


def button(paper_id: str, key: str, label: str = "What it does") -> None:
    """Show the button that asks what a like does, and takes the answer away again."""
    st.button(label, key=f"explain-{key}", type="tertiary", on_click=_ask, args=(paper_id, key))


def answer(paper_id: str, key: str) -> None:
    """Show what a like does, if it was asked for here."""
    if st.session_state.get(_ASKED) != (paper_id, key):
        return
    with st.container(border=True, key=f"effect-{key}"):
        effect = like_effect(
            app_state.store(),
            app_state.recommender(),
            app_state.settings(),
            session.reader().reader_id,
            paper_id,
            app_state.now(),
        )
        for said in _told(effect):
            st.markdown(said)
        if effect is not None and effect.risen:
            titles = _titles([x.paper_id for x in effect.risen])
            st.markdown(
                "\n".join(
                    f"- {titles[x.paper_id]}: place {x.place_without:,} without it, "
                    f"**{x.place:,}** with it"
                    for x in effect.risen
                    if x.paper_id in titles
                )
            )


def _told(effect: LikeEffect | None) -> list[str]:
    if effect is None:
        return ["This paper is not among those you like now, so it raises nothing."]
    name = f"**{paper_text.native(effect.interest.name)}**"
    if not effect.counts:
        return [f"It is of {name}, which was reset later, so it does not count now."]
    words = paper_text.native(", ".join(effect.words))
    about = f" It stands for {words}." if words else ""
    if not effect.n_others:
        return [
            f"It is the only like of {name}: all suggestions of this interest come from it.{about}"
        ]
    others = components.count(effect.n_others, "other like")
    nearest = _titles([effect.nearest or ""]).get(effect.nearest or "", "")
    closest = f", of which “{nearest}” is closest" if nearest else ""
    said = [f"It joined {name}, with {others}{closest}.{about}"]
    if effect.interest.paused:
        said.append("This interest is paused; once resumed, this is what the like does.")
    risen = "These papers rose most for it:" if effect.risen else "No paper stands higher for it."
    return [*said, risen]


def _titles(ids: list[str]) -> dict[str, str]:
    return {x.paper_id: paper_text.native(x.title) for x in components.papers(ids)}


def _ask(paper_id: str, key: str) -> None:
    same = st.session_state.get(_ASKED) == (paper_id, key)
    st.session_state[_ASKED] = None if same else (paper_id, key)
