"""One file a page of the app.

Not called ``pages``: until `st.navigation` has run once in a process, Streamlit serves a
folder of that name next to the app by its file names, and answers /taste with "Page not found".
"""
