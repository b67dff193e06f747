"""A conversation with batch-orchestrator-agent: what it did for an answer is shown, what it wants to start is asked for."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from batch_processor.errors import AgentExecutionFailed
from batch_processor.operations.talking import AskedConfirmation, SpokenTurn, say
from batchctl import exit_codes
from batchctl.account import account_of, using
from batchctl.answer import Answer, note
from batchctl.asking import Asking
from batchctl.errors import WrongUsage
from batchctl.harmless import harmless
from batchctl.where import Where

_OUTPUT = "OrchestratorAgentArn"
_CALL_CHARACTERS = 100
_CONFIRMED = "Yes, start it."


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; without a message a person at the terminal says what they like."""

    message: str | None
    conversation: str | None
    asking: Asking
    as_json: str | None


def converse(wish: Wish, where: Where) -> int:
    """The exit code: 2 if the agent waits for a confirmation that nobody gave."""
    answer = Answer.of(wish.as_json, SpokenTurn)
    if wish.message is None and not wish.asking.is_possible:
        raise WrongUsage('There is no terminal to talk at; say what you want, as `batchctl chat "Which batches ran?"`.')
    account = account_of(where)
    if _OUTPUT not in account.outputs:
        raise WrongUsage(
            f"The stack has no output {_OUTPUT}: it was deployed without OrchestratorModelId, or names another stack. Give "
            "the model's id at its deployment; the local stack has one."
        )
    talk = _Talk(account.outputs[_OUTPUT], wish.asking, wish.conversation)
    with using(account):
        if wish.message is not None:
            return talk.once(wish.message, answer, where)
        return talk.at_the_terminal(where)


class _Talk:
    """The conversation so far, by its id."""

    def __init__(self, agent_arn: str, asking: Asking, conversation: str | None) -> None:
        self._agent, self._asking, self._id = agent_arn, asking, conversation

    def once(self, message: str, answer: Answer, where: Where) -> int:
        """Says one thing, and confirms at most one."""
        turn = self._say(message)
        asked = turn.get("confirmation")
        if asked and self._is_confirmed(asked):
            self._show_calls(turn)
            turn, asked = self._say(_CONFIRMED, asked["token"]), None
        # The token is for this person's next turn alone, and stands in no document that could be read by a model.
        answer.give({key: value for key, value in turn.items() if key != "confirmation"}, lambda _: self._show(turn))
        if not answer.as_json:
            yes = [_CONFIRMED] if asked else []
            words = (*yes, "--conversation", turn["conversation_id"], *(["--yes"] if asked else []))
            note(f"\n{'To start it' if asked else 'Go on'}:\n  {where.typed('chat', *words)}")
        return exit_codes.WRONG_USAGE if asked else exit_codes.DONE

    def at_the_terminal(self, where: Where) -> int:
        """Says what the person types, until they have had enough."""
        note("Say what you want done, or ask. Ctrl-D ends the conversation; batches go on.")
        for message in _typed():
            try:
                self._turn(message)
            except AgentExecutionFailed as exc:
                note(harmless(str(exc)))
        if self._id:
            note(f"\nGo on another time:\n  {where.typed('chat', '--conversation', self._id)}")
        return exit_codes.DONE

    def _turn(self, message: str) -> None:
        turn = self._say(message)
        self._show(turn)
        while (asked := turn.get("confirmation")) and self._is_confirmed(asked):
            turn = self._say(_CONFIRMED, asked["token"])
            self._show(turn)

    def _say(self, message: str, confirmation: str | None = None) -> SpokenTurn:
        turn = say(message, self._agent, self._id, confirmation)
        self._id = turn["conversation_id"]
        return turn

    def _is_confirmed(self, asked: AskedConfirmation) -> bool:
        note(f"\nThe agent wants to start what needs a yes of yours: {harmless(asked.get('message', ''))}")
        return self._asking.is_confirmed("Start it?")

    def _show(self, turn: SpokenTurn) -> None:
        self._show_calls(turn)
        print("\n".join(map(harmless, turn["reply"].splitlines())))

    def _show_calls(self, turn: SpokenTurn) -> None:
        for call in turn["tool_calls"]:
            given = harmless(json.dumps(call["input"], ensure_ascii=False), _CALL_CHARACTERS)
            note(f"  · {harmless(call['name'])} {given} → {harmless(call['outcome'])}")


def _typed() -> Iterator[str]:
    while True:
        print("\n> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()
