"""What the shell offers for a word: the names of batches and of agents, of the stack that is at hand.

Asked with each press of a key, it answers soon or not at all, and never says anything else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batch_processor.operations.deployment import Deployment

_SECONDS = 1.5
_MOST = 50


def batch_names(incomplete: str) -> list[str]:
    """The newest batches whose names begin so, and @last."""
    return _beginning(incomplete, ["@last", *_soon(_batches)])


def agent_names(incomplete: str) -> list[str]:
    """The agents and tools that batches can use, whose names begin so."""
    return _beginning(incomplete, _soon(_agents))


def _batches(deployment: "Deployment") -> list[str]:
    from batch_processor.operations.running.listing import list_batches

    return [record["name"] for record in list_batches(deployment, limit=_MOST)["batches"]]


def _agents(deployment: "Deployment") -> list[str]:
    from batch_processor.operations.agents.compatibility import list_compatible_agents

    return [agent["agent_name"] for agent in list_compatible_agents(deployment)["agents"]]


def _beginning(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _soon(names: "Callable[[Deployment], list[str]]") -> list[str]:
    """The names, if the stack that is at hand tells them in time; whatever keeps it from that is no matter here."""
    from threading import Thread

    found: list[str] = []
    asking = Thread(target=_ask, args=(names, found), daemon=True)
    asking.start()
    asking.join(_SECONDS)
    return [*found]


def _ask(names: "Callable[[Deployment], list[str]]", found: list[str]) -> None:
    import logging

    from batchctl.account import deployed
    from batchctl.advice import is_expected
    from batchctl.where import HERE

    try:
        with deployed(HERE) as deployment:
            found += names(deployment)
    except Exception as exc:
        if not is_expected(exc):
            raise
        logging.getLogger(__name__).debug("Nothing is offered: %s", exc)
