"""The base of every shape: frozen, and no field that was not declared."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A value: it cannot be changed after it was made, and unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
