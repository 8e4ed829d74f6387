"""Is it working? What a reader made of the suggestions, and whether learning helped."""

from __future__ import annotations

from datetime import datetime
from math import isnan

import streamlit as st

from recommender.insights.compared_policies import count_missing_draws, summary
from recommender.insights.online_metrics import MIN_OF_EACH, verdict, wilson
from recommender.insights.performance_report import Health, Report, health, report_on
from recommender.insights.reliability import reliability_verdict
from recommender.insights.sequential_test import describe_trial
from recommender.recommend.trial import end_trial, trial_of
from recommender.training.fit import refit_in_background
from ui import app_state, components, paper_text, session
from ui.panels import charts

RECENT_WEEKS = 4
LITTLE_LEFT = 0.4


def page() -> None:
    """Show the report of the reader, and the health of what runs behind."""
    with components.header("Is it working?"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        report = _report(
            app_state.settings().url,
            session.reader().reader_id,
            session.log().last_event_id,
            session.log().revision,
            session.resets(),
            trial_of(app_state.store(), session.reader().reader_id),
        )
        if report is None or not report.judgements:
            components.empty(
                "Nothing to measure yet",
                "Like and skip a dozen of the papers you are shown; this page then says how "
                "often suggestions hit, and whether learning beats plain text search.",
                components.FOR_YOU_PAGE,
                "Go to the next papers",
            )
        else:
            learning(report)
            rates(report)
            chances(report)
            trial(report)
            drawn(report)
            suggestions(report)
        machinery(health(app_state.store(), app_state.settings(), session.reader().reader_id))


@st.cache_resource(show_spinner="Reading the log …", max_entries=16)
def _report(
    url: str,
    reader_id: str,
    last_event_id: int,
    revision: int,
    resets: tuple[int | None, ...],
    tried: float | None,
) -> Report | None:
    """Return the report as of an event; the arguments are what it depends on."""
    return report_on(app_state.store(), app_state.recommender(), app_state.settings(), reader_id)


def rates(report: Report) -> None:
    """Show how much of what was shown and judged was liked."""
    st.subheader("Do you like what it shows?", anchor=False)
    recent = report.rates[-RECENT_WEEKS:]
    liked, judged = sum(x.liked for x in recent), sum(x.judged for x in recent)
    low, high = wilson(liked, judged)
    weeks = "week" if len(recent) == 1 else f"{len(recent)} weeks"
    st.markdown(
        f"In the last {weeks} with any judgement you liked or saved **{liked} of {judged}** "
        f"papers you judged: **{liked / judged:.0%}**, and with 95 % confidence between "
        f"{low:.0%} and {high:.0%}. Papers you only saw, imported or searched for do not count."
    )
    st.altair_chart(
        charts.like_rate(report.rates),
        alt="Share of judged papers that were liked, by week, with 95 % intervals",
    )
    if report.changes:
        last = report.changes[-1]
        since = report.judgements[last.at].at
        st.markdown(
            f"The share you like changed around {since:%-d %B %Y}: from {last.before:.0%} to "
            f"{last.after:.0%}. If your interests moved, look under Taste."
        )
    if report.n_shown > LITTLE_LEFT * report.n_papers:
        st.caption(
            "Much of the library has been shown to you. As papers of your kind run out the rate "
            "falls by itself; bring more with an import or a fetch."
        )
    if report.truncated:
        st.caption("Only the newest suggestions are counted here; older ones are in the log.")


def learning(report: Report) -> None:
    """Say in one sentence and one picture whether learning helps, and how sure that is."""
    result = report.comparison
    st.subheader("Does learning help you?", anchor=False)
    st.markdown(verdict(result))
    if result.enough:
        points = f"{100 * result.low:+.0f} and {100 * result.high:+.0f}"
        st.altair_chart(
            charts.lead(result),
            alt=f"Learning is ahead of TF-IDF by {100 * (result.served - result.seed):+.0f} "
            f"points, between {points} (95 %)",
        )
        st.caption(
            f"The difference lies between {points} points (95 %). From "
            f"{components.count(result.n_pairs, 'pair')} of "
            f"{result.n_liked} liked and {result.n_other} other papers, each pair of one day."
        )
    else:
        n, of = min(result.n_liked, MIN_OF_EACH) + min(result.n_other, MIN_OF_EACH), 2 * MIN_OF_EACH
        if n < of:
            st.progress(n / of, text=f"{n} of the {of} answers it takes at least")
    with st.expander("What is compared"):
        st.markdown(
            "Both rankers are asked, of papers you were shown, whether those you liked come "
            "before those you did not; 50 % is chance. paperloop answers with the score it "
            "gave at the time. TF-IDF, which learns nothing, is given the same likes and skips "
            "up to the same moment.\n\n"
            "paperloop chose what was shown, so papers it ranked low are missing from the test: "
            "this makes the comparison hard on paperloop rather than easy. First papers, shown "
            "before you had liked anything, are left out."
        )


def chances(report: Report) -> None:
    """Say in one sentence and one picture whether the stated chances come true."""
    result = report.reliability
    st.subheader("Are the stated chances right?", anchor=False)
    st.markdown(reliability_verdict(result))
    if not result.enough:
        return
    st.altair_chart(
        charts.reliability(result.curve),
        width=360,
        alt="Share of likes among suggestions of about the same stated chance, with 95 % "
        "intervals; on the diagonal chances are right",
    )
    st.caption(
        f"Brier score {result.brier:.3f}, your own rate of likes {result.brier_of_rate:.3f} (less "
        f"is better; difference {result.minus_rate.value:+.3f}, {result.minus_rate.low:+.3f} to "
        f"{result.minus_rate.high:+.3f}). Each chance was stated before the answer."
    )


def trial(report: Report) -> None:
    """Say how the setting that is tried stands, and let the reader decide."""
    reader_id = session.reader().reader_id
    days = trial_of(app_state.store(), reader_id)
    if report.trial is None or days is None:  # it may have been ended in another tab
        return
    st.subheader("Which setting wins?", anchor=False)
    st.markdown(describe_trial(report.trial))
    st.caption(
        "Both rankers, with and without the setting, share your suggestions and digests: in each "
        "pair of places a coin decides which chooses first, and likes and skips are credited to "
        f"the ranker that chose the paper. You try answers that weigh half after {days:.0f} days. "
        "You may look after every answer: the test allows for that."
    )
    with st.container(horizontal=True):
        st.button("Use what I try", on_click=_end_trial, args=(reader_id, True))
        st.button("Keep what served before", on_click=_end_trial, args=(reader_id, False))


def _end_trial(reader_id: str, use: bool) -> None:
    with session.keep_problem():
        end_trial(app_state.store(), reader_id, use=use)


def drawn(report: Report) -> None:
    """Say what other rankers would have earned at the drawn places."""
    st.subheader("What would another ranker have earned?", anchor=False)
    draws = report.draws
    st.markdown(summary(draws.drawn, draws.n_draws, draws.policies))
    if count_missing_draws(draws.n_draws, draws.policies):
        return
    lines = [
        f"- {x.name}: **{x.value.dr.value:.0%}** liked of what was answered "
        f"({x.value.dr.low:.0%} to {x.value.dr.high:.0%})"
        for x in draws.policies
    ]
    st.markdown("\n".join(lines))
    st.caption(
        "Where Explore drew a paper at random, each ranker would have shown one of its best fifth "
        "of the papers that were drawn from. Doubly robust estimates with 95 % intervals; "
        "`paperloop evaluate --mine --off-policy` compares more rankers."
    )


def suggestions(report: Report) -> None:
    """Show coverage, diversity and age of what was suggested."""
    st.subheader("What is it showing?", anchor=False)
    share = report.n_shown / max(report.n_papers, 1)
    newest = report.weeks[-1]
    with st.container(horizontal=True):
        shown = f"{report.n_shown} of {report.n_papers}"
        st.metric("Catalogue shown to you", f"{share:.0%}", help=f"{shown} papers so far")
        relative = newest.spread / report.spread if report.spread else float("nan")
        st.metric(
            "Variety within a slate",
            "–" if isnan(relative) else f"{relative:.0%}",
            help="How unlike the papers of one slate are, this week; papers drawn at random "
            "from the catalogue would have 100 %",
        )
        st.metric("Typical age", _age(newest.age_days), help="Median over this week's papers")
    if len(report.weeks) > 1:
        left, right = st.columns(2)
        spreads = [x.spread / report.spread if report.spread else x.spread for x in report.weeks]
        with left:
            st.altair_chart(charts.by_week(report.weeks, spreads, "Variety", ".0%"))
        with right:
            ages = [x.age_days for x in report.weeks]
            st.altair_chart(charts.by_week(report.weeks, ages, "Age in days", ".0f"))


def _age(days: float) -> str:
    if isnan(days):
        return "–"
    if days < 60:
        return components.count(round(days), "day")
    return f"{days / 365.25:.1f} years" if days >= 730 else f"{round(days / 30.4)} months"


def machinery(health: Health) -> None:
    """Show what fit, fetch and digest did last."""
    st.subheader("Is everything running?", anchor=False)
    if health.model is None:
        st.warning(paper_text.message(health.problem))
    else:
        model = health.model
        st.markdown(
            f"**Model** fitted {_ago(datetime.fromisoformat(model.created_at))} on "
            f"{components.count(model.n_papers, 'paper')} and the likes of "
            f"{components.count(model.n_readers, 'reader')}, "
            f"in {model.seconds:.0f} s (version {paper_text.native(model.version)}, "
            f"{paper_text.native(model.package)}). Newer likes and papers "
            "are folded in as they come."
        )
    if health.running is not None:
        detail = f" {paper_text.native(health.running)}" if health.running else ""
        st.info(f"A fit is running; the old model serves until it ends.{detail}")
    elif health.due:
        st.caption(
            f"A refit is due: {paper_text.native(health.due)}. It runs by itself as you read."
        )
        st.button("Fit now", on_click=_fit, icon=":material/model_training:")
    _fetches(health)
    if health.digest_weeks:
        n = components.count(len(health.digest_weeks), "issue")
        st.markdown(
            f"**Digest** {n} so far, the newest of {paper_text.native(health.digest_weeks[-1])}."
        )
    else:
        st.markdown("**Digest** has not been issued yet.")
        st.page_link("views/digest.py", label="Look at this week's digest")


def _fetches(health: Health) -> None:
    if not health.fetches:
        st.markdown("**Fetch** has no source yet, so no new papers arrive by themselves.")
        st.page_link(components.SOURCES_PAGE, label="Add a source")
        return
    lines = ["**Fetch**"]
    for x in health.fetches:
        name = f"{paper_text.native(x.source)} {paper_text.native(x.query)}".strip()
        if x.error:
            lines.append(f"- :material/error: {name}: {paper_text.native(x.error)}")
        else:
            when = _ago(x.last_run_at) if x.last_run_at else "not yet"
            lines.append(
                f"- :material/check: {name}: {components.count(x.new, 'new paper')}, {when}"
            )
    st.markdown("\n".join(lines))


def _fit() -> None:
    started = refit_in_background(app_state.settings())
    st.toast("Fitting in the background." if started else "A fit is running already.")


def _ago(moment: datetime) -> str:
    days = (app_state.now() - moment).total_seconds() / 86_400
    if days < 1:
        return "today" if moment.date() == app_state.now().date() else "within a day"
    return f"{components.count(round(days), 'day')} ago"


page()
