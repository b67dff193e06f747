"""Reads parts of rules as they are written, and collects what is wrong with them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from batch_processor.contract.rules import MethodName, Path
from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown, suggestion
from batch_processor.extraction.pipelines import read_expression, read_pipeline

T = TypeVar("T")
OF_TOOLS = ("structured_output", "tool_result")


class Reading:
    """Reads rules and collects their problems; once there is one, what was read is not to be used."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def tell(self, at: str, message: str) -> None:
        """Adds a problem."""
        self.problems.append(Problem(at, message))

    def check_keys(self, given: Mapping[str, Any], known: Iterable[str], at: str) -> None:
        """Adds a problem for every key that is not known."""
        for key in given:
            if key not in known:
                self.tell(f"{at}/{escaped(str(key))}", f"{shown(key)} is not a key here; {suggestion(key, known)}")

    def text(self, given: Any, at: str, read: Callable[[str], T]) -> T | None:
        """`read(text)`; None, and a problem is added, if it is no text or cannot be read."""
        if not isinstance(given, str) or not given:
            self.tell(at, f"expected a string that is not empty, got {shown(given)}")
            return None
        try:
            return read(given)
        except ValueError as exc:
            self.tell(at, str(exc))
            return None

    def list(self, given: Any, at: str, read: Callable[[Mapping[str, Any], str], T], form: str) -> list[T]:
        """`read(object, pointer)` of each object in the list; `form` describes the objects in problems."""
        if not isinstance(given, list) or not given:
            self.tell(at, f"expected a list of objects {form} with at least one entry, got {shown(given)}")
            return []
        results = []
        for index, item in enumerate(given):
            if isinstance(item, Mapping):
                results.append(read(item, f"{at}/{index}"))
            else:
                self.tell(f"{at}/{index}", f"expected an object {form}, got {shown(item)}")
        return results

    def choice(self, given: Mapping[str, Any], key: str, known: Iterable[str], at: str) -> str | None:
        """The key's value; None, and a problem is added, if it is not one of `known`."""
        name, known = given.get(key), list(known)
        if isinstance(name, str) and name in known:
            return name
        if name is None:
            self.tell(at, f"'{key}' is missing: one of {', '.join(known)}")
        else:
            self.tell(f"{at}/{key}", f"{shown(name)} is no {key}; {suggestion(name, known)}")
        return None

    def tool_name(self, given: Mapping[str, Any], key: str, method: MethodName, at: str) -> str | None:
        """The name of the tool, if one is given."""
        if given.get(key) is None:
            return None
        if method not in OF_TOOLS:
            self.tell(f"{at}/{key}", f"{method} is about no tool; take it out")
        return self.text(given[key], f"{at}/{key}", str)

    def path(self, given: Any, at: str, method: MethodName) -> Path:
        """The path of a method's field."""
        within = "content" if method == "tool_result" else None
        read = read_expression if method == "jmespath" else lambda text: read_pipeline(text, within=within)
        return self.text(given, at, read) or Path()
