"""`batchctl registry put|list|show|check`: the registries of a stack, in an account or on the embedded AWS."""

import argparse
import base64
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
from boto3.dynamodb.types import Binary
from pydantic import TypeAdapter, ValidationError

from batch_processor.aws.registries import DynamoDbRegistries
from batch_processor.config.json_document import escaped
from batch_processor.errors import BatchProcessorError
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import KINDS, Document, EntryName, Kind, entry_id
from batch_processor.registry.versions import Listed, latest, precedence
from batchctl.account import AwsAccount
from batchctl.batch_run import Account
from batchctl.errors import Expected
from batchctl.registry.files import EntryFile, UnusableFiles, entry_files, read_all
from batchctl.registry.misspelt_keys import misspelt_keys

_NAME: TypeAdapter[str] = TypeAdapter(EntryName)


class RegistryFailed(Expected):
    """The command could not do what it was asked; the message says why."""


class EnvironmentAccount:
    """The stack whose outputs are variables of this shell, as `make local` prints them."""

    def __init__(self) -> None:
        self.outputs = dict(os.environ)

    def client(self, service: str) -> Any:
        """A boto3 client of the shell's environment."""
        return boto3.client(service)


def add_to(commands: Any) -> None:
    """Adds the command to the command line."""
    parser = commands.add_parser("registry", help="see and fill the registries of agents, tools, templates and schemas")
    actions = parser.add_subparsers(dest="action", required=True)
    put = actions.add_parser("put", help="register the entries of files or folders")
    check = actions.add_parser("check", help="say what is wrong with the entries of files, without any stack")
    listing = actions.add_parser("list", help="list what is registered")
    show = actions.add_parser("show", help="print what is registered under a name, as JSON")
    for files in (put, check):
        files.add_argument("files", nargs="+", metavar="FILE")
    listing.add_argument("kind", nargs="?", choices=KINDS)
    show.add_argument("name", metavar="NAME[@VERSION]")
    for with_stack in (put, listing, show):
        with_stack.add_argument(
            "--stack",
            action="append",
            default=[],
            metavar="NAME",
            help="a deployed stack, the batch processor's first; else the variables that `make local` prints",
        )


def run(arguments: argparse.Namespace) -> Iterator[str]:
    """Carries a command out; yields the lines to print. RegistryFailed or UnusableFiles say why it cannot."""
    if arguments.action == "check":
        return _check(read_all(entry_files(arguments.files), None))
    account = AwsAccount(*arguments.stack) if arguments.stack else EnvironmentAccount()
    registries = registries_of(account)
    if arguments.action == "put":
        return _put(arguments.files, account, registries)
    if arguments.action == "list":
        return _list([arguments.kind] if arguments.kind else list(KINDS), registries)
    return _show(arguments.name, registries)


def registries_of(account: Account) -> DynamoDbRegistries:
    """The registries of a stack, by its outputs."""
    tables: dict[Kind, str] = {}
    for kind in KINDS:
        output = f"{kind.title()}RegistryName"
        if output not in account.outputs:
            raise RegistryFailed(
                f"There is no output {output}. Name the batch processor's stack with --stack, or export what `make local` prints."
            )
        tables[kind] = account.outputs[output]
    return DynamoDbRegistries(tables, account.client("dynamodb"))


def _check(files: list[EntryFile]) -> Iterator[str]:
    for file in files:
        for pointer, entry in zip(file.pointers, file.entries, strict=True):
            yield entry.id
            yield from (f"  note: {file.path} {note}" for note in misspelt_keys(entry, pointer))


def _put(paths: list[str], account: Account, registries: DynamoDbRegistries) -> Iterator[str]:
    files = read_all(entry_files(paths), account.outputs)
    if missing := [file for file in files if file.missing]:
        raise UnusableFiles([f"{_missing(file)}; name its stack with --stack too" for file in missing])
    yield from register(files, registries)


def register(files: list[EntryFile], registries: DynamoDbRegistries) -> Iterator[str]:
    """Puts all entries; yields the id of each. RegistryFailed names the file of the one that is not taken."""
    for place, entry in (placed for file in files for placed in file.placed()):
        try:
            registries.put(entry)
        except BatchProcessorError as exc:
            raise RegistryFailed(
                f"{place}: {exc}\nThe entries before it are registered; mend it and put all again, which does them no harm."
            ) from exc
        yield entry.id


def _missing(file: EntryFile) -> str:
    return f"{file.path}: no stack has an output for {', '.join(file.missing)}"


def _list(kinds: list[Kind], registries: DynamoDbRegistries) -> Iterator[str]:
    broken: list[str] = []
    for kind in kinds:
        name_key, *version_key = ENTRY_TYPES[kind].key
        found: dict[str, list[Listed]] = {}
        for document in registries.overview(kind, most_pages=None):
            name, version = document[name_key], str(document[version_key[0]]) if version_key else ""
            listed = _listed(document, version)
            found.setdefault(name, []).append(listed)
            broken += [entry_id(kind, name, version)] if _is_broken(document) else []
        for name in sorted(found):
            yield from _lines(kind, name, found[name])
    if broken:
        raise RegistryFailed(
            f"Broken: {', '.join(broken)}. A /status is text, as active or deprecated; register them again, or remove them."
        )


def _listed(document: Document, version: str) -> Listed:
    if _is_broken(document):
        return Listed(version, f"broken: its status is of the type {type(document['status']).__name__}")
    return Listed.of(document, version)


def _is_broken(document: Document) -> bool:
    """What other programs wrote may be of any type; NULL goes without saying."""
    return not isinstance(document.get("status"), str | None)


def _lines(kind: Kind, name: str, versions: list[Listed]) -> Iterator[str]:
    newest = latest(versions)
    for listed in sorted(versions, key=precedence):
        mark = "  latest" if newest and listed.version == newest.version else ""
        yield f"{entry_id(kind, name, listed.version)}  {listed.status}{mark}"


def _show(wanted: str, registries: DynamoDbRegistries) -> Iterator[str]:
    name, _, version = wanted.partition("@")
    _refuse_impossible(name)
    found = {}
    for kind in KINDS:
        listed = registries.versions(kind, name) if kind != "tool" else [Listed("")] if not version else []
        for each in listed:
            document = registries.entry(kind, name, each.version or None)
            if document and version in ("", each.version):
                found[entry_id(kind, name, each.version)] = document
    if not found:
        raise RegistryFailed(f"Nothing is registered as {wanted}. `registry list` has all names.")
    yield json.dumps(found, indent=2, ensure_ascii=False, default=_as_dynamodb)
    if binary := [f"{id_} {at}" for id_, document in found.items() for at in _binary(document, "")]:
        raise RegistryFailed(f"Binary, which no entry may have: {', '.join(binary)}. Register it again, as text.")


def _refuse_impossible(name: str) -> None:
    """DynamoDB takes no such key, not even to say that it has none."""
    try:
        _NAME.validate_python(name)
    except ValidationError as exc:
        raise RegistryFailed(f"NAME[@VERSION]: {exc.errors()[0]['msg']}. `registry list` has all names.") from exc


def _as_dynamodb(value: Any) -> dict[str, str]:
    """As DynamoDB's own JSON has it."""
    if isinstance(value, Binary):
        return {"B": base64.b64encode(value.value).decode()}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _binary(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, Binary):
        yield at
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _binary(inner, f"{at}/{escaped(step)}")
