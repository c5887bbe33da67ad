"""Turn a trained checkpoint into the int8 ONNX file that ships.

`python -m evals.training.export CHECKPOINT TARGET.onnx`
"""

import sys
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertForSequenceClassification


def export(checkpoint: Path, target: Path) -> None:
    """Write the checkpoint to `target` with int8 weights; activations are scaled as they come."""
    model = BertForSequenceClassification.from_pretrained(checkpoint, attn_implementation="eager")
    model.config.return_dict = False
    whole = target.with_suffix(".fp32.onnx")
    torch.onnx.export(
        model.eval(),
        tuple(torch.ones((2, 16), dtype=torch.int64) for _ in range(3)),
        str(whole),
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["logits"],
        dynamic_axes={
            name: {0: "pairs", 1: "pieces"}
            for name in ("input_ids", "attention_mask", "token_type_ids")
        }
        | {"logits": {0: "pairs"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
