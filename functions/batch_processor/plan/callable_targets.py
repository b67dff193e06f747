"""Which agents and tools the stack's parameters let batches call."""

import re
from dataclasses import dataclass
from typing import Literal

from batch_processor.plan.name_patterns import alternatives, matches, names, with_name

# How CloudFormation makes up a function's name: of stack, logical id, and what it draws. Of one that would have more than 64
# characters it cuts the logical id to 24, then the stack's name; the embedded AWS cuts what stands before what it draws.
_MADE_UP = re.compile(r"(?P<stack>.+?)-(?P<id>[A-Za-z]+?)(?P<hyphen>-?)[A-Za-z0-9]{12,13}")
_CUT_LENGTHS, _CUT_ID_LENGTH = (63, 64), 24


@dataclass(frozen=True, slots=True)
class CallableTargets:
    """Patterns of names of the stack's own account and Region, which are those of the batch machine.

    The fields have the names of the variables that the template gives functions.
    """

    agent_name_pattern: str
    tool_name_pattern: str
    batch_machine_arn: str
    row_batch_machine_arn: str
    stack_name: str

    def refusal(self, arn: str, pattern: Literal["agent", "tool"]) -> str | None:
        """Why no batch may call the machine or function, by the pattern it falls under, with what to type; None if it may."""
        parameter, home, patterns = (
            ("AgentNamePattern", self.home("states", "stateMachine:"), self.agent_name_pattern)
            if pattern == "agent"
            else ("ToolNamePattern", self.home("lambda", "function:"), self.tool_name_pattern)
        )
        if self.is_own_machine(arn) or self._is_own_function(arn):
            return (
                f"{arn} is a part of the batch processor, which no batch calls, whatever {parameter} allows: a batch "
                "would run itself, or do by it what its author may not; name another target"
            )
        if self._may_call(arn, home, patterns):
            return None
        allowed = alternatives(home + name for name in names(patterns))
        told = f"the stack may not use {arn}; {parameter} allows {allowed}"
        if not arn.startswith(home):
            return f"{told}: nothing of another account or Region"
        wanted = with_name(patterns, _unqualified(arn).removeprefix(home))
        return f"{told}; deploy it with {parameter}={wanted} (the local one: `batchctl local --{pattern}s '{wanted}'`)"

    def is_at_home(self, arn: str) -> bool:
        """Whether the ARN is one of the stack's own account and Region."""
        return arn.startswith((self.home("states", ""), self.home("lambda", "")))

    def is_own_machine(self, arn: str) -> bool:
        """Whether the ARN, of a version or alias maybe, is that of one of the stack's own state machines.

        Or of any stack's row batch machine, which takes plans: another environment's is nobody's agent either.
        """
        any_environment = self.row_batch_machine_arn.rpartition("-")[0] + "-"
        return _unqualified(arn) == self.batch_machine_arn or arn.startswith(any_environment)

    def may_run(self, machine_arn: str) -> bool:
        """Whether the machine, or a version or alias of it, may be run as an agent."""
        home = self.home("states", "stateMachine:")
        return self._may_call(machine_arn, home, self.agent_name_pattern) and not self.is_own_machine(machine_arn)

    def home(self, service: str, kind: str) -> str:
        """What the ARNs of a service's resources of the stack's own account and Region begin with."""
        arn, partition, _, region, account, *_ = self.batch_machine_arn.split(":")
        return f"{arn}:{partition}:{service}:{region}:{account}:{kind}"

    def _may_call(self, arn: str, home: str, patterns: str) -> bool:
        return arn.startswith(home) and matches(_unqualified(arn).removeprefix(home), patterns)

    def _is_own_function(self, arn: str) -> bool:
        """Whether the function has a name that CloudFormation made up in this stack; IAM denies those by their exact ARNs."""
        name = _unqualified(arn).removeprefix(self.home("lambda", "function:"))
        made_up = _MADE_UP.fullmatch(name)
        if made_up is None:
            return False
        is_cut = len(name) in _CUT_LENGTHS
        if made_up["stack"] == self.stack_name:
            return bool(made_up["hyphen"]) or is_cut
        return is_cut and len(made_up["id"]) <= _CUT_ID_LENGTH and self.stack_name.startswith(made_up["stack"])


def _unqualified(arn: str) -> str:
    """The ARN of a state machine or function without a version or alias."""
    return ":".join(arn.split(":")[:7])
