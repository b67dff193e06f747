"""What ends a row for good: nothing here gets better by trying again."""


class AgentNotRegistered(Exception):
    """The AgentRegistry has no such agent, or no version of it that is in use."""


class UnusableRegistration(Exception):
    """The entry lacks what a language model needs; the message names every place."""


class EmptyQuestion(Exception):
    """There is nothing to ask the model."""
