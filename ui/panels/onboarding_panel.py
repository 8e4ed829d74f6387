"""What a new reader reads, told in any of four ways; then the first papers."""

from __future__ import annotations

import streamlit as st

from ui import app_state, components, paper_text, session
from ui.about import NAME, SUMMARY
from ui.panels import field_sources, import_panel, onboarding, onboarding_picks

FILE, PASTE, WORDS, PICK = "Upload a file", "Paste titles or ids", "Describe it", "Pick papers"
PREVIEWED = 5
MAX_PASTED = 60_000
MAX_ABOUT = 2_000


def show(*, first: bool = False) -> None:
    """Show the ways to begin, what has been understood, and the way on.

    `first` is for a new reader, who sees this on *For you* in the place of the first papers.
    """
    with components.header("What do you read?" if first else "Start"):
        if first:
            st.button(
                "Skip this",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=onboarding.finish,
                help="Begin with recent papers spread over topics; likes and skips do the rest",
            )
    with st.container(width=components.WIDE):
        st.markdown(
            f"{NAME} is {SUMMARY[0].lower()}{SUMMARY[1:]}\n\n"
            "Say what you read in any of these ways; one is enough, and more make the first "
            "papers better. You can return to this at any time: *Start* in the menu."
        )
        components.show_problem()
        upload, paste, words, pick = st.tabs([FILE, PASTE, WORDS, PICK])
        with upload:
            by_file()
        with paste:
            by_lines()
        with words:
            by_words()
        with pick:
            onboarding_picks.show()
        field_sources.show()
        understood(first)


def by_file() -> None:
    """Take a library of references as papers that are liked."""
    import_panel.show(
        "Your references: BibTeX, RIS, Zotero, EndNote, CSV or any other list of papers",
        "Use these papers",
        role="liked",
        note="Every paper in it counts as one you like. It stays on this machine.",
    )


def by_lines() -> None:
    """Take titles and identifiers, one a line."""
    with st.form("start_lines", border=False):
        st.text_area(
            "Papers you like, one a line: title, arXiv id, DOI or web address",
            key="start_pasted",
            height=160,
            max_chars=MAX_PASTED,
            placeholder="Decoupling Representation and Classifier for Long-Tailed Recognition\n"
            "1708.02002\n10.1109/cvpr.2016.580",
        )
        st.form_submit_button("Find them", type="primary", on_click=onboarding.take_lines)
    held = onboarding.pasted()
    if held is None:
        return
    titles = {x.paper_id: x.title for x in components.papers([i for _, i in held.found])}
    if held.found:
        st.success(f"Found and liked {components.count(len(held.found), 'paper')}.")
        with st.expander("What was found"):
            st.markdown(
                "\n".join(f"- {paper_text.native(titles.get(i, i))}" for _, i in held.found)
            )
    if held.unknown:
        n = components.count(len(held.unknown), "line")
        st.warning(f"{n} not found in the library of {app_state.store().catalogue.count()} papers.")
        st.markdown("\n".join(f"- {paper_text.native(x[:200])}" for x in held.unknown[:20]))
    titles_unknown = onboarding.titles_unknown()
    if titles_unknown:
        st.button(
            f"Add {components.count(len(titles_unknown), 'title')} as papers I like",
            key="start_add_unknown",
            on_click=onboarding.add_unknown,
            help="A title alone is enough to learn from",
        )


def by_words() -> None:
    """Take a sentence or two about the reader's work."""
    told = onboarding.interest()
    with st.form("start_words", border=False):
        st.text_area(
            "What do you work on? A sentence or a few key words",
            value=told.about,
            key=f"start_about_{told.interest_id}",
            height=110,
            max_chars=MAX_ABOUT,
            placeholder="Image classifiers that stay fair to rare classes when training data is "
            "long-tailed or labels are noisy",
        )
        st.form_submit_button("Use this", type="primary", on_click=onboarding.describe)
    if told.about:
        st.caption("Counts as a first profile until your likes outweigh it.")


def understood(first: bool) -> None:
    """Show what has been told and the first papers it leads to."""
    n_liked = sum(x.liked for x in session.log().states.values())
    about = onboarding.described()
    if not n_liked and not about:
        return
    told = [components.count(n_liked, "paper") + " you like"] if n_liked else []
    told += [f"“{paper_text.native(about[0].about[:140])}”"] if about else []
    with st.container(border=True, key="understood"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.markdown(f"**So far:** {' and '.join(told)}", width="content")
            if first:
                st.button(
                    "Show me my papers",
                    type="primary",
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    on_click=onboarding.finish,
                )
            else:
                st.page_link(
                    components.FOR_YOU_PAGE,
                    label="Go to the next papers",
                    icon=":material/arrow_forward:",
                )
        preview()


def preview() -> None:
    """Show the first titles that the slate would hold now, with their reasons."""
    first = app_state.recommender().recommend(
        session.reader().reader_id, n=PREVIEWED, now=app_state.now(), record=False
    )
    if not first.items:
        st.caption("Nothing is left to suggest: import more papers in the Library.")
    for item in first.items:
        why = item.reasons[0].text if item.reasons else ""
        st.markdown(f"{paper_text.native(item.title)}  \n:small[:gray[{paper_text.native(why)}]]")
