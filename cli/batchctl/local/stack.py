"""The whole product on this machine: the embedded AWS with its stacks built and deployed by the real SAM CLI."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from batchctl.local import sam, sam_cli
from batchctl.local.emulator.process import Emulator
from batchctl.placeholders import filled
from batchctl.project import ROOT

_ARTIFACTS = "sam-artifacts"
_ALLOWED = ("AgentNamePattern", "ToolNamePattern", "InputBucketPattern", "OutputBucketPattern")
EXAMPLES_PATTERN = "batch-example-*"
# One of the examples is an agent that runs batches.
# What batchctl/local/model/orchestrator.py answers as.
ORCHESTRATOR_MODEL = "local.orchestrator"
_PARAMETERS = {
    **dict.fromkeys(_ALLOWED, EXAMPLES_PATTERN),
    "MostNestedBatches": "1",
    "AllowDebugLogs": "true",
    "OrchestratorModelId": ORCHESTRATOR_MODEL,
}
MAIN = sam.Stack(ROOT, "batch-processor-local", _PARAMETERS)
EXAMPLES = sam.Stack(ROOT / "examples", "batch-examples-local", {})
AGENTS = sam.Stack(ROOT / "examples" / "agents", "batch-agents-local", {})


class LocalStack:
    """A context manager; inside it the stacks stand, and `outputs` has what they export.

    At `model_url` is what answers for Bedrock's models; `build` leaves each stack built where SAM deploys it from.
    """

    def __init__(
        self,
        *,
        auth: bool = True,
        stacks: tuple[sam.Stack, ...] = (MAIN, EXAMPLES),
        say: Callable[[str], None] = lambda _: None,
        log_path: Path | None = None,
        emulator: Emulator | None = None,
        model_url: str = "",
        build: Callable[[sam.Stack], None] = sam.build,
    ) -> None:
        self._stacks = stacks
        self._build = build
        self._say = say
        self.emulator = emulator or Emulator(auth=auth, log_path=log_path, model_url=model_url)
        self.outputs: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point any AWS tool at this stack."""
        return self.emulator.environment()

    @property
    def log_path(self) -> Path:
        """Where the embedded AWS logs to."""
        return self.emulator.log_path

    def client(self, service: str) -> Any:
        """A boto3 client of the embedded AWS."""
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=self.environment["AWS_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )

    def start(self) -> None:
        """Builds while the embedded AWS starts, then deploys; the stacks do not depend on each other."""
        sam_cli.set_up(self._say)
        self._say("Building with SAM, starting the embedded AWS")
        self._build_all(self._stacks, self.emulator.start)
        self._say("Deploying with SAM")
        self.client("s3").create_bucket(Bucket=_ARTIFACTS)
        self._deploy_all(self._stacks)

    def add(self, *stacks: sam.Stack) -> None:
        """Builds and deploys more stacks, which may need what those that stand export."""
        self._build_all(stacks)
        self._deploy_all(stacks)

    def stop(self) -> None:
        """Ends all that was started."""
        self.emulator.stop()

    def substituted(self, config: str) -> str:
        """A config with `${BUCKET}` and the outputs of the stacks, as `${CONTACT_TOOL_ARN}`, filled in."""
        return filled(config, self.outputs)

    def _build_all(self, stacks: tuple[sam.Stack, ...], *meanwhile: Callable[[], None]) -> None:
        with ThreadPoolExecutor(len(stacks) + len(meanwhile)) as pool:
            for step in [*map(pool.submit, meanwhile), *(pool.submit(self._build, stack) for stack in stacks)]:
                step.result()

    def _deploy_all(self, stacks: tuple[sam.Stack, ...]) -> None:
        with ThreadPoolExecutor(len(stacks)) as pool:
            for step in [pool.submit(sam.deploy, stack, _ARTIFACTS, self.environment) for stack in stacks]:
                step.result()
        for stack in stacks:
            self.outputs |= self._outputs_of(stack)

    def _outputs_of(self, stack: sam.Stack) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
