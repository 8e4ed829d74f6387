"""A manifest as HTML, text, Markdown, Atom and mail."""
