"""Calls over loopback count as TLS, so that policies which deny anything else (aws:SecureTransport) can stay on.

AWS's endpoints speak HTTPS; ours is HTTP on 127.0.0.1, which nothing leaves.
"""

from ministack.core import iam_evaluator


def apply() -> None:
    """Replace the default of the evaluation context's transport."""
    initialise = iam_evaluator.EvalContext.__init__

    def initialise_as_secure(context: object, *arguments: object, **named: object) -> None:
        initialise(context, *arguments, **{"secure_transport": True, **named})

    iam_evaluator.EvalContext.__init__ = initialise_as_secure
