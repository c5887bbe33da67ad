"""Prompt versions: their texts, what identifies them, which are released, how two differ."""

from agent.prompts.loading import load_prompts
from agent.prompts.texts import Prompt, PromptSet
from agent.prompts.versions import own_folder

__all__ = ["Prompt", "PromptSet", "load_prompts", "own_folder"]
