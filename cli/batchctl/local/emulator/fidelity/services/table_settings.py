"""What a template says of a table beyond its keys (time to live, point-in-time recovery, encryption), and names that are taken.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html. MiniStack's
CloudFormation leaves them out, so that a misspelt one would be found on AWS only; and it puts an empty table in the place of
one that has the name already, which AWS refuses.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]


def _apply_settings(name: str, properties: Properties) -> None:
    time_to_live = properties.get("TimeToLiveSpecification")
    if time_to_live:
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": time_to_live})
    elif name in dynamodb._ttl_settings:
        dynamodb._ttl_settings.pop(name)
    recovery = properties.get("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})
    dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})
    encryption = properties.get("SSESpecification", {})
    specified = {"Enabled": encryption.get("SSEEnabled", False), **encryption}
    dynamodb._tables[name]["SSEDescription"] = dynamodb._sse_description_from_spec(specified) if encryption else None


def apply() -> None:
    """Wrap the creation and the update of a table."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create: Callable[..., Provisioned] = handlers["create"]
    update: Callable[..., Provisioned] = handlers["update"]

    def create_with_settings(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        if (name := properties.get("TableName")) in dynamodb._tables:
            raise ValueError(f"Resource of type 'AWS::DynamoDB::Table' with identifier '{name}' already exists.")
        created = create(logical_id, properties, stack_name)
        _apply_settings(created[0], properties)
        return created

    def update_with_settings(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Provisioned:
        # UpdateTable spells the specification differently.
        same_encryption = {**old, "SSESpecification": new.get("SSESpecification")}
        updated = update(physical_id, same_encryption, new, stack_name, logical_id)
        _apply_settings(updated[0], new)
        return updated

    handlers |= {"create": create_with_settings, "update": update_with_settings}
