"""Texts to vectors by an ONNX model; the child process of `encoder_process`.

``python -m recommender.training.onnx_encoder MODEL`` reads lines from stdin, each a
JSON list of texts, and answers each with two little-endian 32-bit counts (texts,
dimensions) and the vectors as 32-bit floats. onnxruntime and tokenizers are loaded
here and nowhere else. Reads the model's files; no network.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.errors import ArtifactError
from recommender.training.encoder_models import EncoderModel, read_encoder

NO_EXTRA = 3
"""Exit code where onnxruntime or tokenizers is not installed."""
MAX_TEXT_CHARACTERS = 50_000
"""Characters of a text that the tokenizer is given."""
_INPUTS = {"input_ids", "attention_mask", "token_type_ids", "position_ids"}
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class OnnxEncoder:
    """A loaded model.

    Every text is run alone, on one thread: on a CPU that is as fast as padded batches, and a
    vector does not depend on which texts were in its batch, so a broken run can go on anywhere.

    Raises
    ------
    ArtifactError
        The files are no such model.
    ImportError
        The extra is not installed.
    """

    def __init__(self, model: EncoderModel, n_workers: int = 1) -> None:
        import onnxruntime  # noqa: PLC0415 - an extra
        from tokenizers import Tokenizer  # noqa: PLC0415 - an extra

        onnxruntime.set_default_logger_severity(3)
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._tokenizer = Tokenizer.from_file(str(model.tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(model.weights), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # Both raise bare Exceptions of their own.
            raise ArtifactError(_in_one_line(error)) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model.token_limit)
        self._types = {x.name: _INTEGERS.get(x.type) for x in self._session.get_inputs()}
        for name, dtype in self._types.items():
            if name not in _INPUTS or dtype is None:
                raise ArtifactError(f"the model asks for an input {name[:40]!r}, which is unknown.")
        self._output = self._choose_output()
        self._pooling = model.pooling
        self._workers = ThreadPoolExecutor(n_workers)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(n_texts, n_dims) float32`` rows of length 1, in the order of `texts`.

        Raises
        ------
        ArtifactError
            The model cannot be run on a text, or gives numbers that are not finite.
        """
        try:
            rows = np.array(list(self._workers.map(self._vector, texts)), dtype=np.float32)
        except Exception as error:  # onnxruntime raises bare Exceptions of its own.
            raise ArtifactError(_in_one_line(error)) from error
        if not np.isfinite(rows).all():
            raise ArtifactError("the model gives numbers that are not finite.")
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        # A lone surrogate is no character to the tokenizer.
        readable = text[:MAX_TEXT_CHARACTERS].encode(errors="replace").decode()
        ids = self._tokenizer.encode(readable).ids or [0]
        given = {
            "input_ids": ids,
            "attention_mask": np.ones(len(ids)),
            "token_type_ids": np.zeros(len(ids)),
            "position_ids": np.arange(len(ids)),
        }
        feeds = {x: np.asarray([given[x]], dtype=dtype) for x, dtype in self._types.items()}
        states = self._session.run([self._output], feeds)[0][0]
        pooled = pool(np.asarray(states, dtype=np.float32), self._pooling)
        return pooled / max(float(np.linalg.norm(pooled)), 1e-12)

    def _choose_output(self) -> str:
        """Return the output with the sentence's vector, else the one with those of its tokens."""
        dims = {x.name: len(x.shape) for x in self._session.get_outputs()}
        for name in ("sentence_embedding", "last_hidden_state", "token_embeddings"):
            if dims.get(name) in (2, 3):
                return name
        for name, n_dims in dims.items():
            if n_dims == 3:
                return str(name)
        raise ArtifactError("the model has no output with the vectors of a text's tokens.")


def pool(tokens: NDArray[np.float32], pooling: str) -> NDArray[np.float32]:
    """Return one vector for ``(n_tokens, n_dims)``; what is one vector already stays as it is."""
    if tokens.ndim == 1:
        return tokens
    return np.asarray(tokens[0] if pooling == "cls" else tokens.mean(axis=0), dtype=np.float32)


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def n_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main() -> None:
    """Answer the lists that stand on stdin, one after the other."""
    # What a library prints goes to stderr; stdout is for vectors.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        encoder: Any = OnnxEncoder(read_encoder(Path(sys.argv[1])), n_processors())
        for line in sys.stdin.buffer:
            rows = encoder.encode(json.loads(line))
            answers.write(struct.pack("<2I", *rows.shape) + rows.astype("<f4").tobytes())
            answers.flush()
    except ImportError:
        sys.exit(NO_EXTRA)
    except ArtifactError as error:
        sys.exit(str(error))
    except BrokenPipeError:
        os._exit(1)


if __name__ == "__main__":
    main()
