"""What a batch costs on AWS beside its agent or tool: counted here, fitted to a line, priced from prices.json."""

import math
from typing import NamedTuple

from batch_processor import limits
from batch_processor.config.execution import ExecutionOptions
from batch_processor.cost import express
from batch_processor.cost.model import usage_of
from batch_processor.cost.prices import PriceList, price_list
from batch_processor.cost.tiers import CHILD_ROWS, in_express
from batch_processor.cost.work import Work
from benchmarks import paper_model
from benchmarks.cost_measurement import MODES, Meter, Mode, meter
from benchmarks.histories import Usage
from benchmarks.report import say, table

_SIZES = (1_000, 1_000_000)
_CALL_SECONDS = 1.0
_MILLION = 1_000_000
_CALLS_SECONDS, _FEW_CHILD_ROWS = (0.1, 1, 5, 30), 120
_KINDS = ("express_", "lambda_", "dynamodb_", "s3_")
_DAYS_STORED = 7  # the default of the configuration
_DAYS_A_MONTH = 30
_BYTES_A_GB = 2**30
_INVOCATIONS, _GB_SECONDS = "invocations of ", "GB-s of "
_COUNTED = {
    "state_transition": "state transitions",
    "express_request": "Express executions",
    "start_execution": "executions started by Tasks",
    "lambda_request": "Lambda invocations",
    "lambda_gb_second": "Lambda GB-s",
    "dynamodb_write_unit": "DynamoDB write units",
    "dynamodb_read_unit": "DynamoDB read units",
    "s3_put": "S3 PUT and the like",
    "s3_get": "S3 GET and the like",
}


class Fit(NamedTuple):
    """What a batch uses: so much for each row, for each row batch, and at any size."""

    row: Usage
    row_batch: Usage
    batch: Usage

    def usage(self, rows: int, row_batches: int) -> Usage:
        """What a batch of that size uses."""
        names = self.row.keys() | self.row_batch.keys() | self.batch.keys()
        parts = (rows, self.row), (row_batches, self.row_batch), (1, self.batch)
        return {name: sum(count * part.get(name, 0.0) for count, part in parts) for name in names}


def fitted(smaller: Usage, larger: Usage, other: Usage | None) -> Fit:
    """From two sizes, and a third batch whose rows are in another number of row batches (None: there are none).

    Durations are no counts: each function's invocations take as long as they did in the larger batch on average. But of an
    Express child's one invocation the rows decide how long it takes.
    """
    row, row_batch = _slopes(smaller, larger, other)
    scaled = Fit(row, row_batch, {}).usage(round(larger["target_call"]), round(larger.get("row_batch", 0)))
    batch = {name: count - scaled.get(name, 0.0) for name, count in larger.items()}
    for part in (row, row_batch, batch):
        if "express_request" in larger:
            _leave_out_gains(part)
        else:
            _time_invocations(part, larger)
    return Fit(row, row_batch, batch)


def _slopes(one: Usage, two: Usage, three: Usage | None) -> tuple[Usage, Usage]:
    """What a row and a row batch add, by the plane through three batches, or the line through two."""
    names = one.keys() | two.keys() | (three or {}).keys()
    if three is None:
        rows = two["target_call"] - one["target_call"]
        return {name: (two.get(name, 0.0) - one.get(name, 0.0)) / rows for name in names}, {}
    first, second = _difference(one, two), _difference(two, three)
    span = first["target_call"] * second["row_batch"] - second["target_call"] * first["row_batch"]
    row = {
        name: (first.get(name, 0.0) * second["row_batch"] - second.get(name, 0.0) * first["row_batch"]) / span
        for name in names
    }
    row_batch = {
        name: (second.get(name, 0.0) * first["target_call"] - first.get(name, 0.0) * second["target_call"]) / span
        for name in names
    }
    return row, row_batch


def _difference(one: Usage, other: Usage) -> Usage:
    return {name: other.get(name, 0.0) - one.get(name, 0.0) for name in one.keys() | other.keys()}


def _leave_out_gains(part: Usage) -> None:
    """Durations vary, and none is less than nothing."""
    names = [name for name in part if name.startswith(_GB_SECONDS)]
    part |= {name: max(part[name], 0.0) for name in names}
    part["lambda_gb_second"] = sum(part[name] for name in names)


def _time_invocations(part: Usage, measured: Usage) -> None:
    names = [name.removeprefix(_INVOCATIONS) for name in measured if name.startswith(_INVOCATIONS)]
    for name in names:
        mean = measured[_GB_SECONDS + name] / measured[_INVOCATIONS + name]
        part[_GB_SECONDS + name] = mean * part.get(_INVOCATIONS + name, 0.0)
    part["lambda_gb_second"] = sum(part[_GB_SECONDS + name] for name in names)


def measured(meter: Meter, mode: Mode) -> Fit:
    """One row at a time as far as the batch allows, so that no function waits for a CPU."""
    say(f"cost model: {mode.title}")
    meter.run(mode, 10, 1)  # starts the functions' processes
    smaller, larger = meter.run(mode, 40, 1), meter.run(mode, 160, 1)
    if mode.tier == "express":  # many rows a child, which one row at a time never makes
        return fitted(smaller, larger, meter.run(mode, 800, 40))
    return fitted(smaller, larger, meter.run(mode, 160, 3) if mode.is_distributed else None)


def most_rows(mode: Mode) -> int:
    """How many narrow rows a row batch or Express child takes, or an inline batch as a whole, with the default attempts."""
    if mode.tier == "express":
        return CHILD_ROWS
    most = limits.most_batch_rows if mode.is_distributed else limits.most_rows
    return most("tool" if mode.target == "tool" else "agent", ExecutionOptions.max_attempts)


def _scaled(mode: Mode, fit: Fit, rows: int) -> tuple[int, Usage]:
    """In how many row batches (or inline batches one after the other) so many rows run, and what they use."""
    pieces = math.ceil(rows / most_rows(mode))
    if mode.tier == "express":
        # Here one row ran at a time; there forty do, of a tool that takes its second.
        seconds = express.gb_seconds(express.children_ms(rows, CHILD_ROWS, express.ROWS_AT_ONCE, _CALL_SECONDS))
        return pieces, {**fit.usage(rows, pieces), "express_gb_second": seconds}
    if mode.is_distributed:
        return pieces, fit.usage(rows, pieces)
    return pieces, {name: count + (pieces - 1) * fit.batch.get(name, 0.0) for name, count in fit.usage(rows, 0).items()}


def _counts(fits: dict[Mode, Fit]) -> str:
    rows: list[list[object]] = []
    for name, title in _COUNTED.items():
        parts = [(fit.row, fit.row_batch, fit.batch) for fit in fits.values()]
        rows.append([title, *(" + ".join(_count(part.get(name, 0.0)) for part in three) for three in parts)])
    return table("Counted: per row + per row batch + per batch", ["", *(mode.title for mode in fits)], rows)


def _functions(fits: dict[Mode, Fit]) -> str:
    million = {mode: _scaled(mode, fit, 1_000_000)[1] for mode, fit in fits.items() if mode.is_distributed}
    names = sorted(
        {name.removeprefix(_GB_SECONDS) for usage in million.values() for name in usage if _GB_SECONDS in name}
    )
    rows: list[list[object]] = [
        [name, *(f"{usage[what + name]:,.0f}" for usage in million.values() for what in (_INVOCATIONS, _GB_SECONDS))]
        for name in names
    ]
    header = [
        "",
        *(f"{mode.target}, {mode.tier.title()}: {what}" for mode in million for what in ("invocations", "GB-s")),
    ]
    return table("Functions in 1,000,000 distributed rows", header, rows)


def _costs(fits: dict[Mode, Fit], prices: PriceList) -> str:
    rows: list[list[object]] = []
    for mode, fit in fits.items():
        for size in _SIZES:
            pieces, usage = _scaled(mode, fit, size)
            cut = _pieces(mode, pieces)
            rows.append([mode.title, f"{size:,}", cut, *_dollars(usage, prices)])
    header = ("batch", "rows", "in", "Step Functions", "Lambda", "DynamoDB", "S3", "SNS", "all")
    return table(f"US dollars without the agent or tool ({prices.as_of})", header, rows)


def _pieces(mode: Mode, count: int) -> str:
    if mode.tier == "express":
        return f"{count:,} Express child{'ren' if count > 1 else ''}"
    return f"{count:,} {'row ' if mode.is_distributed else ''}batch{'es' if count > 1 else ''}"


def _promises() -> str:
    """What a million rows cost by the model, by how long a call takes, and what of it is what."""
    rows: list[list[object]] = []
    work = Work(rows=_MILLION, called=_MILLION, calls=_MILLION, extractions=_MILLION)
    for seconds in _CALLS_SECONDS:
        for child_rows in (CHILD_ROWS, _FEW_CHILD_ROWS):
            usage = usage_of(in_express(work, seconds, _MILLION, child_rows))
            spent = price_list().dollars(usage)  # type: ignore[arg-type]
            parts = (sum(usd for name, usd in spent.items() if name.startswith(kind)) for kind in _KINDS)
            rows.append([f"{seconds:g}", child_rows, *(f"{usd:.3f}" for usd in parts), f"{sum(spent.values()):.2f}"])
    header = ("seconds a call", "rows a child", "Express", "Lambda", "DynamoDB", "S3", "all")
    return table("US dollars of 1,000,000 rows in the Express tier, by the cost model", header, rows)


def _dollars(usage: Usage, prices: PriceList) -> list[str]:
    gb_months = usage.get("dynamodb_byte", 0.0) / _BYTES_A_GB * _DAYS_STORED / _DAYS_A_MONTH
    stored = {"dynamodb_gb_month": gb_months, "dynamodb_pitr_gb_month": gb_months}
    spent = prices.dollars({**usage, **stored})
    services = [
        sum(dollars for name, dollars in spent.items() if name.startswith(prefix))
        for prefix in (("state_", "express_"), "lambda_", "dynamodb_", "s3_", "sns_")
    ]
    return [f"{dollars:,.4f}" for dollars in (*services, sum(spent.values()))]


def _count(value: float) -> str:
    return f"{round(value, 4) or 0:g}"  # not -0


def run() -> str:
    """The tables."""
    with meter() as running:
        fits = {mode: measured(running, mode) for mode in MODES}
    works = [
        paper_model.Work.of(mode.kind, mode.tier, fit.row, fit.row_batch, most_rows(mode))
        for mode, fit in fits.items()
        if mode.is_distributed
    ]
    return "\n".join(
        (_counts(fits), _functions(fits), _costs(fits, PriceList()), _promises(), paper_model.report(works))
    )
