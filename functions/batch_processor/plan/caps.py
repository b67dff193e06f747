"""What the operator of the stack allows one batch at most, by the template's parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from batch_processor.config import BatchConfig
from batch_processor.document.problem import Problem

_DAY_SECONDS = 24 * 3600
_SECTIONS = ("execution_config", "processing_config")
_CONCURRENCY = tuple((section, "max_concurrency") for section in (*_SECTIONS, "defaults"))
_ATTEMPTS = tuple(
    (section, policy, "max_attempts") for section in _SECTIONS for policy in ("retry_policy", "retry_strategy")
)
_TIMEOUT = tuple((section, "timeout_seconds") for section in _SECTIONS)
_MAX_ROWS = (("max_rows",),)
_LOG_LEVEL = tuple((section, key) for key in ("log_level", "debug") for section in _SECTIONS)
_TTL = (("ttl_days",), ("defaults", "ttl_days"))


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps, named as the template's parameters; rows are counted where they are loaded, by what the plan has of them."""

    most_concurrency: int
    most_attempts: int
    most_rows: int
    most_days: int
    most_nested_batches: int
    work_folder_days: int
    allow_debug_logs: str  # "true" or "false"

    def kept_to(self, config: BatchConfig, document: Any) -> BatchConfig:
        """The configuration with defaults that exceed no cap; what the document says itself is left as it is."""
        execution = config.execution
        if _place(document, _CONCURRENCY) is None:
            execution = replace(execution, max_concurrency=min(execution.max_concurrency, self.most_concurrency))
        if _place(document, _ATTEMPTS) is None:
            execution = replace(execution, max_attempts=min(execution.max_attempts, self.most_attempts))
        return replace(config, execution=execution)

    def problems(self, config: BatchConfig, document: Any) -> Iterator[Problem]:
        """What the configuration asks for and is more than a cap, each with the parameter."""
        execution, most_seconds = config.execution, self.most_days * _DAY_SECONDS
        wanted = (
            (_CONCURRENCY, execution.max_concurrency, self.most_concurrency, "rows at a time", "MostConcurrency"),
            (_ATTEMPTS, execution.max_attempts, self.most_attempts, "attempts", "MostAttempts"),
            (_TIMEOUT, execution.timeout_seconds, most_seconds, "seconds", "MostDays"),
            (_MAX_ROWS, config.max_rows or 0, self.most_rows, "rows", "MostRows"),
            # A row that outlives the folder of its batch can be resumed by nobody.
            (_TTL, config.storage.ttl_days, self.work_folder_days, "days", "WorkFolderDays"),
        )
        for places, given, most, what, parameter in wanted:
            if given > most:
                yield Problem(
                    "/" + "/".join(_place(document, places) or places[0]),
                    f"{given:,} is more than this stack allows: {most:,} {what} (parameter {parameter}); lower it, or ask "
                    f"whoever deploys the stack to raise {parameter}",
                )
        yield from self._logs(config, document)

    def _logs(self, config: BatchConfig, document: Any) -> Iterator[Problem]:
        if config.execution.log_level == "DEBUG" and self.allow_debug_logs != "true":
            yield Problem(
                "/" + "/".join(_place(document, _LOG_LEVEL) or _LOG_LEVEL[0]),
                "at DEBUG the contents of rows are logged, which this stack does not allow (parameter AllowDebugLogs); take it "
                "out, or ask whoever deploys the stack for AllowDebugLogs=true",
            )


def _place(document: Any, places: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    """The first of the places at which the document says something."""
    return next((place for place in places if _at(document, place) is not None), None)


def _at(document: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document
