"""The DynamoDB table that holds terraform's locks.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html and its neighbours
"""

from __future__ import annotations

from typing import Any

from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.resources.access import Access, is_ours, tag_list, unless_missing

_EACH_SECOND = {"Delay": 1, "MaxAttempts": 120}


def read(access: Access, resource: Resource) -> Found | None:
    """Read the table's properties."""
    dynamodb, name = access.client("dynamodb"), resource.name
    answer = unless_missing(dynamodb.describe_table, "ResourceNotFoundException", TableName=name)
    if answer is None or answer["Table"]["TableStatus"] == "DELETING":
        return None
    table = answer["Table"]
    if table["KeySchema"] != resource.want("KeySchema"):
        attributes = ", ".join(key["AttributeName"] for key in table["KeySchema"])
        return Found({}, conflict=f"has the key {attributes}, and terraform needs LockID: --prefix OTHER")
    backups = unless_missing(dynamodb.describe_continuous_backups, "TableNotFoundException", TableName=name)
    tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    return Found(
        {
            "KeySchema": table["KeySchema"],
            "BillingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "SSESpecification": table.get("SSEDescription", {}).get("Status") in ("ENABLED", "ENABLING"),
            "PointInTimeRecoveryEnabled": _has_recovery(backups),
            "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        },
        ours=is_ours({tag["Key"]: tag["Value"] for tag in tags}),
    )


def create(access: Access, resource: Resource) -> None:
    """Make the table, and wait for it."""
    dynamodb = access.client("dynamodb")
    schema = resource.want("KeySchema")
    access.call_until_settled(
        dynamodb.create_table,
        TableName=resource.name,
        KeySchema=schema,
        AttributeDefinitions=[
            {"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in schema
        ],
        BillingMode=resource.want("BillingMode"),
        SSESpecification={"Enabled": resource.want("SSESpecification")},
        DeletionProtectionEnabled=resource.want("DeletionProtectionEnabled"),
        Tags=tag_list(),
    )
    _wait(access, resource)


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change one property, which DynamoDB takes one at a time."""
    dynamodb, name = access.client("dynamodb"), resource.name
    _wait(access, resource)
    if change.property == "PointInTimeRecoveryEnabled":
        access.call_until_settled(
            dynamodb.update_continuous_backups,
            TableName=name,
            PointInTimeRecoverySpecification={change.property: change.after},
        )
        return
    value = {"Enabled": change.after} if change.property == "SSESpecification" else change.after
    access.call_until_settled(dynamodb.update_table, TableName=name, **{change.property: value})
    _wait(access, resource)


def delete(access: Access, resource: Resource) -> None:
    """Take the protection off, then delete the table."""
    dynamodb, name = access.client("dynamodb"), resource.name
    _wait(access, resource)
    access.call_until_settled(dynamodb.update_table, TableName=name, DeletionProtectionEnabled=False)
    _wait(access, resource)
    access.call_until_settled(dynamodb.delete_table, TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=_EACH_SECOND)


def _wait(access: Access, resource: Resource) -> None:
    waiter = access.client("dynamodb").get_waiter("table_exists")
    waiter.wait(TableName=resource.name, WaiterConfig=_EACH_SECOND)


def _has_recovery(backups: dict[str, Any] | None) -> bool:
    if backups is None:
        return False
    description = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return bool(description.get("PointInTimeRecoveryStatus") == "ENABLED")
