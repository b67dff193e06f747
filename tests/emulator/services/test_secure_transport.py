"""Policies that ask for TLS."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item


@item("secure_transport", "none")
def loopback_counts_as_tls(aws: LocalAws) -> Any:
    """Ours, not AWS's: there the endpoints speak HTTPS."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    user = aws.user(
        [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": insecure},
        ]
    )
    return error_of(user.client("s3").list_buckets)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
