from __future__ import annotations

import json
import os
import random
import re

import pytest

from recommender.errors import SourceError, UnknownFormat
from recommender.sources import detect, load


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "@book{k, title = {T}}", "bibtex"),
        ("a.csv", "% mine\n\n @inproceedings(k,\n title={T})", "bibtex"),
        ("a.txt", '{"title": "T"}\n', "jsonl"),
        ("a.bib", '\n{"id": 1, "title": "T", "year": 1}\n{}', "jsonl"),
        ("a.txt", "Title\tYear\nT\t2020\n", "csv"),
        ("a.txt", '"article_title";"AUTHORS"\nT;A\n', "csv"),
        ("a.txt", "Subscribe\n\nbyAK and the research community\n\nMay 9\n", "daily-papers"),
        ("a.bib", "% nothing yet", "bibtex"),
        ("a.jsonl", "[1]", "jsonl"),
        ("A.CSV.GZ", "name,thing\n", "csv"),
    ],
)
def test_content_tells_before_the_name_does(name, content, expected, tmp_path):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert detect(path) == expected


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>", "declares entities"),
        (b"<!DOCTYPE html><html><body>404 @book{k, title={T}}", "web page"),
        (b"\n<html lang=en>", "web page"),
        (b"<?xml version='1.0'?><recipe/>", "XML"),
        (b"\x7fELF" + bytes(range(256)) * 20, "not a text file"),
        (b"%PDF-1.7\n1 0 obj", "not a text file"),
        (random.Random(1).randbytes(4_000), "not a text file"),
        (b"Dear diary, today I read nothing.", "no format"),
        (b'[{"title": "T"}]', "no format"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(content, says, tmp_path):
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(UnknownFormat, match=re.escape(says)) as caught:
        detect(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith(".")
    assert "\n" not in message


def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(SourceError, match="not a regular file"):
        detect(path)


def test_an_unknown_format_lists_the_known():
    with pytest.raises(UnknownFormat, match="bibtex"):
        load("papyrus")


def test_a_list_with_an_address_of_openalex_is_no_answer_of_it(tmp_path):
    file = tmp_path / "refs.json"
    item = {"id": "a", "type": "article-journal", "title": "T", "URL": "https://openalex.org/W1"}
    file.write_text(json.dumps([item]), encoding="utf-8")
    assert detect(file) == "csl-json"
    file.write_text(json.dumps([{"id": "https://openalex.org/W1", "title": "T"}]), encoding="utf-8")
    assert detect(file) == "openalex"
