"""What the emulator and its clients agree on, and the environment variables MiniStack reads."""

import os
from pathlib import Path

from batchctl.local.emulator.access.root_key import RootKey
from batchctl.local.loopback import HOST

REGION = "us-east-1"
HEALTH_PATH = "/_ministack/health"
# Where MiniStack looks for the server that answers for Bedrock's models. The address has that server's secret in it, so it
# comes to the emulator in this variable, and in no argument, which everybody on the machine could see.
MODEL_URL = "MINISTACK_BEDROCK_PROXY_URL"

# Nothing else of the user's environment reaches the emulator or the functions that it runs.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "LOG_LEVEL", "SFN_WAIT_SCALE")


def client_environment(endpoint_url: str, key: RootKey) -> dict[str, str]:
    """The variables that point any AWS SDK or tool at the emulator, as the account's root user."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        **key.variables(),
        # There is none, and one that a shell has of an account would be sent along.
        "AWS_SESSION_TOKEN": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def environment(port: int, auth: bool, state_dir: Path, *, persist: bool = False) -> dict[str, str]:
    """The emulator's own environment; also makes the folders it names. KeyError names what the parent did not give."""
    folders = {"TMPDIR": "tmp", "STATE_DIR": "state", "S3_DATA_DIR": "s3"}
    for folder in folders.values():
        (state_dir / folder).mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **{name: str(state_dir / folder) for name, folder in folders.items()},
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "AUTH": str(auth).lower(),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        **RootKey.of(os.environ).variables(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PERSIST_STATE": str(int(persist)),
        "S3_PERSIST": str(int(persist)),
        "LAMBDA_EXECUTOR": "local",
        # Processes that a burst has left behind, all but the first of each function; those that came last are idle first.
        "LAMBDA_WARM_TTL_SECONDS": "20",
        # The models of Bedrock; without them MiniStack answers with canned text.
        MODEL_URL: os.environ.get(MODEL_URL, ""),
        # AWS's default for an account; MiniStack's own depends on the machine's memory.
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",
        # Listeners on fixed ports, which a second emulator would find taken.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
