"""What a command says, and advises, when it ends with an error that is no fault of this code."""

from collections.abc import Iterator

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from batch_processor.errors import BatchProcessorError, BeforeAnyCall
from batchctl import exit_codes
from batchctl.answer import print_document
from batchctl.encodings import as_option
from batchctl.errors import Expected

_SIGN_IN = (
    "Sign in to AWS (`aws configure`, `aws sso login`) or name a profile in --profile or AWS_PROFILE; "
    "for the embedded AWS, whose keys are new with every start, type what `batchctl local` printed last."
)
_ADVICE: dict[type[Exception], str] = {
    exceptions.NoRegionError: (
        "Set AWS_DEFAULT_REGION to the Region of the stack, or AWS_PROFILE to a profile that has it; or give --region or "
        "--profile."
    ),
    exceptions.ProfileNotFound: "Set AWS_PROFILE, or --profile, to one of those that `aws configure list-profiles` prints.",
    exceptions.EndpointConnectionError: (
        "Check the network and AWS_DEFAULT_REGION; for the embedded AWS, that `batchctl local` runs."
    ),
    **dict.fromkeys(
        (
            exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError,
            exceptions.CredentialRetrievalError,
            exceptions.TokenRetrievalError,
            exceptions.SSOError,
        ),
        _SIGN_IN,
    ),
}
_NOT_SIGNED_IN = {
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
    "InvalidSignatureException", "SignatureDoesNotMatch",
}  # fmt: skip


# What errors of operations carry for programs.
_EVIDENCE = ("suggestion", "compatible_agents")


def is_expected(exc: BaseException) -> bool:
    """Whether an error is no fault of this code: one of this project's own, of AWS, of files or of the network."""
    return isinstance(exc, Expected | BatchProcessorError | BotoCoreError | ClientError | OSError)


def exit_code(exc: BaseException) -> int:
    """The exit status of a command that raises the error."""
    if isinstance(exc, Expected):
        return exc.exit_code
    return exit_codes.WRONG_USAGE if isinstance(exc, BeforeAnyCall) else exit_codes.FAILED


def print_error(exc: BaseException) -> None:
    """Prints the error as the JSON document that was asked for."""
    more = {name: getattr(exc, name) for name in _EVIDENCE if hasattr(exc, name)}
    print_document({"error": type(exc).__name__, "message": told(exc), **more})


def tell(exc: BaseException) -> None:
    """Prints the error's class, its message and what to do, on stderr."""
    console = Console(stderr=True)
    console.print(f"\n[bold red]{type(exc).__name__}[/bold red]")
    console.print(told(exc), markup=False, highlight=False, soft_wrap=True)


def told(exc: BaseException) -> str:
    """The error's message, and what to do about it where that depends on its cause."""
    if isinstance(exc, OSError) and exc.filename is not None:
        return f"{exc}\nCheck the path, and that you may read and write there."
    if option := as_option(str(exc)):
        return f"{exc}\n{option}"
    if suggestion := getattr(exc, "suggestion", ""):
        return f"{exc}\n{suggestion}"
    advice = next((advice for cause in _causes(exc) if (advice := _advice(cause))), "")
    return f"{exc}\n{advice}".rstrip()


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__


def _advice(exc: BaseException) -> str | None:
    if isinstance(exc, ClientError) and exc.response["Error"]["Code"] in _NOT_SIGNED_IN:
        return _SIGN_IN
    return next((advice for kind, advice in _ADVICE.items() if isinstance(exc, kind)), None)
