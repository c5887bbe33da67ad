"""Run a cross-encoder (passage and claim read together) from its ONNX file, with onnxruntime."""

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

# Word pieces of passage and claim together; the passage is what is cut beyond it.
LENGTH = 256
CLAIM_LENGTH = 150
BATCH = 4


class CrossEncoder:
    """A tokenizer and weights, ready to read."""

    def __init__(self, tokenizer: bytes, weights: bytes, *, threads: int = 0) -> None:
        """Load the model.

        Args:
            tokenizer: A `tokenizers` file in JSON.
            weights: An ONNX model from `input_ids`, `attention_mask` and `token_type_ids` to one
                logit for each label.
            threads: How many threads read; 0 takes as many as there are cores.
        """
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        self._tokenizer.enable_truncation(LENGTH, strategy="only_first")
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # The arena keeps the largest batch for ever; without it the model stays within 250 MB.
        options.enable_cpu_mem_arena = False
        # Idle workers would otherwise spin and slow the embedded writer beside them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"]
        )

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        """Return the share of each label for each (passage, claim), in order; rows add up to 1."""
        encoded = [encode_pair(self._tokenizer, *pair) for pair in pairs]
        # Like lengths together: padding is wasted work.
        by_length = sorted(range(len(pairs)), key=lambda n: len(encoded[n].ids))
        found: dict[int, list[float]] = {}
        for start in range(0, len(by_length), BATCH):
            some = by_length[start : start + BATCH]
            found |= zip(some, self._run([encoded[n] for n in some]), strict=True)
        return [found[n] for n in range(len(pairs))]

    def _run(self, encoded: Sequence[Encoding]) -> list[list[float]]:
        width = max(len(e.ids) for e in encoded)
        ids, mask, types = (np.zeros((len(encoded), width), dtype=np.int64) for _ in range(3))
        for row, own in enumerate(encoded):
            ids[row, : len(own.ids)] = own.ids
            types[row, : len(own.ids)] = own.type_ids
            mask[row, : len(own.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        (logits,) = self._session.run(None, inputs)
        return _softmax(np.asarray(logits))


def encode_pair(tokenizer: Tokenizer, passage: str, claim: str) -> Encoding:
    """Return passage and claim as the model reads them; of a long claim the first 150 pieces.

    Only the passage is truncated to fit `LENGTH`, which a longer claim would leave no room for.
    """
    own = tokenizer.encode(claim, add_special_tokens=False)
    if len(own.ids) > CLAIM_LENGTH:
        claim = claim[: own.offsets[CLAIM_LENGTH - 1][1]]
    return tokenizer.encode(passage, claim)


def _softmax(logits: NDArray[np.float32]) -> list[list[float]]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    rows: list[list[float]] = (raised / raised.sum(axis=1, keepdims=True)).tolist()
    return rows
