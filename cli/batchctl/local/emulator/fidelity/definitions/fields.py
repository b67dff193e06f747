"""Which fields the kinds of states have, in which query language.

https://states-language.net/spec.html and https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

MACHINE = frozenset(("Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"))
# An ItemProcessor or the branch of a Parallel state.
PROCESSOR = frozenset(("Comment", "ProcessorConfig", "QueryLanguage", "StartAt", "States"))
BRANCH = frozenset(("Comment", "QueryLanguage", "StartAt", "States"))
CHOICE_RULE = frozenset(("Assign", "Comment", "Condition", "Next", "Output"))

_PATHS = ("InputPath", "OutputPath")
_RESULT = ("Parameters", "ResultPath", "ResultSelector")
_HANDLERS = ("Retry", "Catch")

# In both languages.
_SHARED: dict[str, tuple[str, ...]] = {
    "Task": ("Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials", "Assign", *_HANDLERS),
    "Wait": ("Seconds", "Timestamp", "Assign"),
    "Pass": ("Assign",),
    "Succeed": (),
    "Fail": ("Error", "Cause"),
    "Choice": ("Choices", "Default", "Assign"),
    "Parallel": ("Branches", "Assign", *_HANDLERS),
    "Map": ("ItemProcessor", "Iterator", "MaxConcurrency", "ItemReader", "ItemSelector", "ItemBatcher", "ResultWriter",
            "Label", "ToleratedFailurePercentage", "ToleratedFailureCount", "Assign", *_HANDLERS),
}  # fmt: skip
_JSONPATH: dict[str, tuple[str, ...]] = {
    "Task": (*_PATHS, *_RESULT, "TimeoutSecondsPath", "HeartbeatSecondsPath"),
    "Wait": (*_PATHS, "SecondsPath", "TimestampPath"),
    "Pass": (*_PATHS, "Parameters", "ResultPath", "Result"),
    "Succeed": _PATHS,
    "Fail": ("ErrorPath", "CausePath"),
    "Choice": _PATHS,
    "Parallel": (*_PATHS, *_RESULT),
    "Map": (*_PATHS, *_RESULT, "ItemsPath", "MaxConcurrencyPath", "ToleratedFailurePercentagePath",
            "ToleratedFailureCountPath"),
}  # fmt: skip
_JSONATA: dict[str, tuple[str, ...]] = {
    "Task": ("Arguments", "Output"),
    "Wait": ("Output",),
    "Pass": ("Output",),
    "Succeed": ("Output",),
    "Fail": (),
    "Choice": ("Output",),
    "Parallel": ("Arguments", "Output"),
    "Map": ("Items", "Output"),
}
_OTHER = {"JSONPath": _JSONATA, "JSONata": _JSONPATH}

KINDS = tuple(_SHARED)
# What must be there, whatever the language.
REQUIRED = {"Task": ("Resource",), "Choice": ("Choices",), "Parallel": ("Branches",)}
# Kinds that neither go on nor end by a field.
WITHOUT_NEXT = frozenset(("Choice", "Succeed", "Fail"))


def of_state(kind: str, language: str) -> frozenset[str]:
    """The fields that a state of this kind may have."""
    own = (_JSONATA if language == "JSONata" else _JSONPATH)[kind]
    following = () if kind in WITHOUT_NEXT else ("Next", "End")
    return frozenset(("Type", "Comment", "QueryLanguage", *following, *_SHARED[kind], *own))


def is_of_other_language(field: str, kind: str, language: str) -> bool:
    """Whether a state of this kind has the field in the other language."""
    return field in _OTHER[language][kind]
