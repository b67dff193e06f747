"""The scan for advisories, against a stand-in for the database of advisories that answers as OSV does."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from requirements import lock
from requirements.audit import CLEAN, FOUND, NOT_CHECKED, ROOT

PYTHON = ROOT / ".venv-audit" / "bin" / "python"
ADVISORY = {
    "id": "GHSA-stand-in",
    "aliases": ["CVE-2026-0001"],
    "summary": "An answer of the stand-in.",
    "affected": [
        {
            "package": {"name": "pystache", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9.9"}]}],
        }
    ],
}


class StandIn(ThreadingHTTPServer):
    """Stands in for the database: knows what `advisories` has by package, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.advisories: dict[str, list[object]] = {}
        self.status = 200
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/query"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = query["package"]["name"]
        self.server.asked.append((name, query["version"]))
        found = self.server.advisories.get(name)
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def osv() -> Iterator[StandIn]:
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, ROOT / "requirements" / "audit.py", url], capture_output=True, text=True, check=False
    )


def test_every_version_of_every_lock_is_asked_about(osv: StandIn) -> None:
    ended = audit(osv.url)
    pins = {pin for source in lock.sources() for pin in lock.pins(lock.lock_of(source))}
    assert set(osv.asked) == pins
    assert (ended.returncode, ended.stdout) == (CLEAN, f"{len(pins)} versions were checked; 0 advisories.\n")


def test_finding_is_told_with_version_advisory_fix_and_place(osv: StandIn) -> None:
    osv.advisories["pystache"] = [ADVISORY]
    ended = audit(osv.url)
    assert ended.returncode == FOUND
    [version] = {version for name, version in osv.asked if name == "pystache"}
    told = f"pystache {version}: CVE-2026-0001, GHSA-stand-in; fixed in 9.9.9; in functions/requirements.txt, "
    assert told in ended.stdout
    assert "1 advisories" in ended.stdout


def test_service_that_fails_has_checked_nothing(osv: StandIn) -> None:
    osv.status = 503
    ended = audit(osv.url)
    assert (ended.returncode, ended.stdout) == (NOT_CHECKED, "")
    assert f"NOTHING WAS CHECKED: {osv.url}" in ended.stderr


def test_service_that_cannot_be_reached_has_checked_nothing(osv: StandIn) -> None:
    osv.server_close()
    ended = audit(osv.url)
    assert (ended.returncode, ended.stdout) == (NOT_CHECKED, "")
    assert "NOTHING WAS CHECKED" in ended.stderr
    assert "refused" in ended.stderr
