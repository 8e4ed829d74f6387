"""The name of the program and what it is, in one line, wherever a reader first meets it."""

NAME = "paperloop"
SUMMARY = "A reading list for research papers that learns from what you like and skip."
