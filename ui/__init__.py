"""The Streamlit interface: pages, the triage deck, and a few HTTP routes.

No SQL and no ranking live here. Pages ask `recommender` for records and show
them; what a reader does goes back through the store as events.
"""
