"""What the emulator and its clients agree on, and the environment variables MiniStack reads."""

import os
from pathlib import Path

REGION = "us-east-1"
# MiniStack's root user: with IAM on it may do everything, but its signature is checked.
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"  # noqa: S105

# Nothing else of the user's environment reaches the emulator or the functions that it runs.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "LOG_LEVEL", "SFN_WAIT_SCALE")


def client_environment(endpoint_url: str) -> dict[str, str]:
    """The variables that point any AWS SDK or tool at the emulator."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def environment(
    host: str, port: int, auth: bool, state_dir: Path, *, persist: bool = False, model_url: str = ""
) -> dict[str, str]:
    """The emulator's own environment; also makes the folders it names."""
    folders = {"TMPDIR": "tmp", "STATE_DIR": "state", "S3_DATA_DIR": "s3"}
    for folder in folders.values():
        (state_dir / folder).mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **{name: str(state_dir / folder) for name, folder in folders.items()},
        "GATEWAY_PORT": str(port),
        "BIND_HOST": host,
        "AUTH": str(auth).lower(),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PERSIST_STATE": str(int(persist)),
        "S3_PERSIST": str(int(persist)),
        "LAMBDA_EXECUTOR": "local",
        # The models of Bedrock; without them MiniStack answers with canned text.
        "MINISTACK_BEDROCK_PROXY_URL": model_url,
        # AWS's default for an account; MiniStack's own depends on the machine's memory.
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",
        # Listeners on fixed ports, which a second emulator would find taken.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }
