"""Whether an emulator answers, and is the one whose key one has."""

import urllib.error
import urllib.request
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from batchctl.local.emulator.access.root_key import RootKey
from batchctl.local.emulator.settings import HEALTH_PATH, REGION

_SECONDS = 2


def is_up(environment: Mapping[str, str]) -> bool:
    """Whether the emulator that these variables point at answers, and takes their key."""
    key = RootKey.of(environment)
    request = AWSRequest("GET", f"{environment['AWS_ENDPOINT_URL']}{HEALTH_PATH}")
    SigV4Auth(Credentials(key.access_key_id, key.secret_access_key), "health", REGION).add_auth(request)
    # Without proxies: this is loopback, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(request.url, headers=dict(request.headers)), timeout=_SECONDS):  # noqa: S310
            return True
    except (urllib.error.URLError, OSError):
        return False
