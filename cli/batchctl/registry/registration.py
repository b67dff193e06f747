"""Fills the registries of a stack, in an account or on the embedded AWS."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from batch_processor.errors import BatchProcessorError
from batch_processor.registry.entry import KINDS, Entry, Kind
from batch_processor.registry.notes import entry_notes
from batch_processor.registry.tables import DynamoDbRegistries
from batchctl.account import Account
from batchctl.errors import Expected
from batchctl.registry.files import EntryFile, UnusableFiles, entry_files, read_all
from batchctl.registry.misspelt_keys import misspelt_keys
from batchctl.registry.uncallable_targets import warnings_of


class RegistryFailed(Expected):
    """The command could not do what it was asked; the message says why."""


def registries_of(account: Account) -> DynamoDbRegistries:
    """The registries of a stack, by its outputs."""
    tables: dict[Kind, str] = {}
    for kind in KINDS:
        output = _output(kind)
        if output not in account.outputs:
            raise RegistryFailed(
                f"There is no output {output}. "
                "Name the batch processor's stack with --stack, or type what `batchctl local` prints."
            )
        tables[kind] = account.outputs[output]
    return DynamoDbRegistries(tables, account.client("dynamodb"))


def _output(kind: Kind) -> str:
    return f"{kind.title()}RegistryName"


def check(paths: Iterable[Path], account: Account | None = None) -> Iterator[str]:
    """Yields the id of each entry, and notes on it; UnusableFiles says what is wrong with any.

    With an account come warnings of targets that no batch of its stack can call.
    """
    files = _with_outputs(paths, account) if account else read_all(entry_files(paths), None)
    for file in files:
        for pointer, entry in zip(file.pointers, file.entries, strict=True):
            yield entry.id
            yield from (f"  note: {file.path} {note}" for note in misspelt_keys(entry, pointer))
            yield from _notes(f"{file.path} ", entry, pointer)
    if account:
        yield from _warnings(files, account)


def put(paths: Iterable[Path], account: Account, registries: DynamoDbRegistries) -> Iterator[str]:
    """Registers the entries of files and folders; yields the id of each. If any is unusable, none is registered.

    At the end come warnings of targets that no batch can call.
    """
    files = _with_outputs(paths, account)
    yield from register(files, registries)
    yield from _warnings(files, account)


def _with_outputs(paths: Iterable[Path], account: Account) -> list[EntryFile]:
    files = read_all(entry_files(paths), account.outputs)
    if missing := [file for file in files if file.missing]:
        raise UnusableFiles([f"{_missing(file)}; name its stack with --stack too" for file in missing])
    return files


def _warnings(files: list[EntryFile], account: Account) -> Iterator[str]:
    return (f"warning: {warning}" for warning in warnings_of(files, account))


def register(files: list[EntryFile], registries: DynamoDbRegistries) -> Iterator[str]:
    """Puts all entries; yields the id of each, and notes on it.

    RegistryFailed names the file of an entry that a registry refuses.
    """
    for place, entry in (placed for file in files for placed in file.placed()):
        try:
            registries.put(entry)
        except BatchProcessorError as exc:
            raise RegistryFailed(
                f"{place}: {exc}\nThe entries before it are registered; mend it and put all again, which does them no harm."
            ) from exc
        yield entry.id
        yield from _notes("", entry)


def _notes(place: str, entry: Entry, at: str = "") -> Iterator[str]:
    return (f"  note: {place}{note}" for note in entry_notes(entry, at))


def _missing(file: EntryFile) -> str:
    return f"{file.path}: no stack has an output for {', '.join(file.missing)}"
