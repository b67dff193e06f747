import pytest

from tests.cli.operations import Operations


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> Operations:
    return Operations(monkeypatch)
