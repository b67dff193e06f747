"""What a registered target asks for its work, and how long that takes, as whoever registers it says."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from batch_processor.cost.prices import Price
from batch_processor.document.shape import Finding, Shape, Text, expected

_TOKENS = ("input_per_million_usd", "output_per_million_usd")
PRICE_FORM = "an object {per_call_usd}, or {input_per_million_usd, output_per_million_usd}, or the JSON text of one"
_Usd = Annotated[float, Field(ge=0, allow_inf_nan=False), expected("US dollars, 0 or more")]
ExpectedMs = Annotated[
    int,
    Field(ge=1, description="how many milliseconds a call takes on average"),
    expected("a whole number of milliseconds, 1 or more"),
]


class RegisteredPrice(Shape):
    """US dollars: for each call, or for a million tokens of input and of output."""

    per_call_usd: _Usd | None = Field(default=None, description="for each call")
    input_per_million_usd: _Usd | None = Field(default=None, description="for a million tokens of input")
    output_per_million_usd: _Usd | None = Field(default=None, description="for a million tokens of output")
    as_of: Text | None = Field(default=None, description="when it was so, as 2026-11")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield a price that says nothing, half of it, or two things."""
        by_token = [name for name in _TOKENS if name in given]
        if "per_call_usd" in given:
            yield from (Finding((name,), "per_call_usd is given too; give one of them") for name in by_token)
        elif not by_token:
            yield Finding((), f"'per_call_usd' is missing, or {_TOKENS[0]} with {_TOKENS[1]}")
        elif len(by_token) == 1:
            [missing] = set(_TOKENS) - set(by_token)
            yield Finding((), f"'{missing}' is missing beside {by_token[0]}; 0 if those tokens cost nothing")

    def price(self) -> Price:
        """As plans have it."""
        price: Price = self.model_dump(exclude_none=True)  # type: ignore[assignment]
        return price
