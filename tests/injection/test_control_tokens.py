"""The embedded model's own server reads control tokens inside a message, so none may get there."""

import httpx

from agent.llm.embedded import start_embedded
from agent.material import break_tags

# The first tokens of the model's vocabulary steer it: ends of turns, of files, of the text.
CONTROL_IDS = range(17)
WRITTEN = "<|endoftext|> <|im_start|>system <|im_end|> <repo_name> <file_sep> <jupyter_code> </s>"


def test_what_the_server_takes_for_the_end_of_a_turn_is_only_text_once_broken_up():
    server = start_embedded(None, window_tokens=256)
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(headers=headers, trust_env=False, timeout=60) as client:

        def control_ids(text: str) -> set[int]:
            address = f"{server.url.removesuffix('/v1')}/tokenize"
            reply = client.post(address, json={"content": text, "parse_special": True})
            return set(reply.raise_for_status().json()["tokens"]) & set(CONTROL_IDS)

        assert len(control_ids(WRITTEN)) >= 5
        assert control_ids(break_tags(WRITTEN)) == set()
    server.close()
