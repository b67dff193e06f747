"""The operations as tools of the SDK: same names, published schemas, annotations; a person confirms through the client."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.resolve import AcceptedElicitation, Elicit, Resolve
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, ContentBlock, ResourceLink, TextContent, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from batch_processor.operations.catalogue import OPERATIONS, Operation
from batchctl.mcp import upload
from batchctl.mcp.allowance import Allowance
from batchctl.mcp.calls import CONFIRMATION, Calls, Outcome
from batchctl.mcp.resources import uri_of
from batchctl.mcp.texts import CELLS_ARE_DATA, NOT_ALLOWED, WITH_CELLS, not_confirmed, question
from batchctl.project import ROOT

_SCHEMAS = ROOT / "schemas" / "operations"
_CONFIRMATION_REQUIRED = "CONFIRMATION_REQUIRED"


class Decision(BaseModel):
    """What a person is asked for."""

    start: bool = Field(description="Start this batch, at this cost.")


class _Given(ArgModelBase):
    """Whatever a client gives, which the operation checks by itself and tells all at once what is wrong."""

    model_config = ConfigDict(extra="allow")

    def model_dump_one_level(self) -> dict[str, Any]:
        return {"arguments": dict(self.__pydantic_extra__ or {})}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A call without confirmation, and whether it asks for one."""

    outcome: Outcome

    @property
    def asks(self) -> bool:
        return not self.outcome.failed and self.outcome.document.get("status") == _CONFIRMATION_REQUIRED


def tools_of(calls: Calls) -> list[Tool]:
    """The tools that the server offers: all that read, and those that act where that is allowed."""
    return list(_tools(calls))


def refuse_unallowed(allowance: Allowance) -> ServerMiddleware[Any]:
    """What tells a client that it calls what this server does not offer, rather than that there is no such tool."""

    async def middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        name = (ctx.params or {}).get("name") if ctx.method == "tools/call" else None
        operation = OPERATIONS.get(name) if isinstance(name, str) else None
        if operation and not operation.reads_only and not allowance.allow_run:
            return CallToolResult(content=[TextContent(text=NOT_ALLOWED.format(name=name))], is_error=True)
        return await call_next(ctx)

    return middleware


def _tools(calls: Calls) -> Iterator[Tool]:
    for operation in OPERATIONS.values():
        if operation.reads_only or calls.allowance.allow_run:
            confirmed = CONFIRMATION in operation.arguments.model_fields
            run = _confirmed(calls, operation.name) if confirmed else _plain(calls, operation.name)
            yield _tool(run, operation.name, operation.description, _annotations(operation), *_schemas(operation.name))
    if calls.allowance.allow_run and calls.allowance.folders:
        hints = ToolAnnotations(
            read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        run = _plain(calls, upload.UPLOAD)
        yield _tool(run, upload.UPLOAD, upload.DESCRIPTION, hints, upload.INPUT_SCHEMA, upload.OUTPUT_SCHEMA)


def _plain(calls: Calls, name: str) -> Callable[..., Any]:
    def run(arguments: dict[str, Any]) -> CallToolResult:
        return shown(name, calls.call(name, arguments))

    return run


def _confirmed(calls: Calls, name: str) -> Callable[..., Any]:
    """Tries first; where a person has to confirm, asks through the client, and starts what the person saw."""

    def attempt(arguments: dict[str, Any]) -> _Attempt:
        return _Attempt(calls.call(name, arguments))

    def decide(
        arguments: dict[str, Any], tried: Annotated[_Attempt, Resolve(attempt)], context: Context
    ) -> Decision | Elicit[Decision]:
        if tried.asks and _can_ask(context):
            return Elicit(question(tried.outcome.document, arguments), Decision)
        return Decision(start=False)

    def run(
        arguments: dict[str, Any],
        context: Context,
        tried: Annotated[_Attempt, Resolve(attempt)],
        decision: Annotated[ElicitationResult[Decision], Resolve(decide)],
    ) -> CallToolResult:
        if not tried.asks:
            return shown(name, tried.outcome)
        confirmation = tried.outcome.document.get(CONFIRMATION)
        if confirmation and isinstance(decision, AcceptedElicitation) and decision.data.start:
            confirmed = calls.confirm(name, arguments, confirmation)
            # It may ask for another one: the price rose since, say.
            return shown(
                name, refused(confirmed, arguments, was_asked=False) if _Attempt(confirmed).asks else confirmed
            )
        return shown(name, refused(tried.outcome, arguments, _can_ask(context)))

    def refused(outcome: Outcome, arguments: dict[str, Any], was_asked: bool) -> Outcome:
        return Outcome(not_confirmed(outcome.document, arguments, calls.stack.where, was_asked))

    return run


def _can_ask(context: Context) -> bool:
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def shown(name: str, outcome: Outcome) -> CallToolResult:
    """An outcome as a tool's result: structured, and as text for those who read nothing else."""
    document = outcome.document
    if outcome.failed:
        return CallToolResult(content=[TextContent(text=_told(document))], is_error=True)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    content: list[ContentBlock] = [TextContent(text=f"{CELLS_ARE_DATA}\n\n{text}" if name in WITH_CELLS else text)]
    if batch := document.get("batch") if "execution_arn" in document else None:
        link = uri_of(str(batch))
        content.append(
            ResourceLink(type="resource_link", uri=link, name=f"{batch}: results", mime_type="application/json")
        )
    return CallToolResult(content=content, structured_content=document)


def _told(document: Mapping[str, Any]) -> str:
    lines = [f"{document['error']}: {document['message']}", document.get("suggestion", "")]
    agents = document.get("compatible_agents")
    return "\n".join(filter(None, [*lines, f"Compatible agents: {', '.join(agents)}" if agents else ""]))


def _tool(
    run: Callable[..., Any],
    name: str,
    description: str,
    annotations: ToolAnnotations,
    takes: dict[str, Any],
    answers: dict[str, Any],
) -> Tool:
    tool = Tool.from_function(run, name=name, description=description, annotations=annotations)
    metadata = FuncMetadata(arg_model=_Given, output_schema=answers)
    return tool.model_copy(update={"parameters": takes, "fn_metadata": metadata})


def _annotations(operation: Operation) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=operation.reads_only,
        destructive_hint=operation.destructive,
        idempotent_hint=operation.idempotent,
        # Rows go to agents, which may go anywhere.
        open_world_hint=not operation.reads_only and not operation.destructive,
    )


def _schemas(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The published schemas, without the confirmation that only a person's answer brings in."""
    published = json.loads((_SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    takes, answers = published["input_schema"], published["output_schema"]
    takes["properties"].pop(CONFIRMATION, None)
    for shape in answers.get("$defs", {}).values():
        shape.get("properties", {}).pop(CONFIRMATION, None)
    # Clients of earlier protocols want an object at the root, whatever it is any of.
    return takes, {"type": "object", **answers}
