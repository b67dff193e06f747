"""Ids of requests."""

import uuid

from batchctl.local.emulator.fidelity.executions.request_ids import new_request_id


def test_an_id_is_a_uuid_of_version_4() -> None:
    ids = {new_request_id() for _ in range(1000)}
    assert len(ids) == 1000
    for text in ids:
        read = uuid.UUID(text)
        assert (str(read), read.version, read.variant) == (text, 4, uuid.RFC_4122)
