"""What `--dry-run` prints: the call that would be made, with its document."""

from __future__ import annotations

import json
from collections.abc import Mapping

from awsactivate.account import policies
from awsactivate.opening.signer import Signer
from awsactivate.sessions import arns


def show_tag_role(signer: Signer, role: arns.RoleArn, key: str, value: str) -> str:
    """Show the call that writes a list."""
    return _shown("iam:TagRole", signer, {"RoleName": role.name, "Tags": [{"Key": key, "Value": value}]})


def show_put_role_policy(signer: Signer, role: arns.RoleArn, name: str, document: policies.Document) -> str:
    """Show the call that denies by an inline policy, whose document is shown as such."""
    parameters = {"RoleName": role.name, "PolicyName": name, "PolicyDocument": document}
    return _shown("iam:PutRolePolicy", signer, parameters)


def show_delete_role_policy(signer: Signer, role: arns.RoleArn, name: str) -> str:
    """Show the call that takes an inline policy away."""
    return _shown("iam:DeleteRolePolicy", signer, {"RoleName": role.name, "PolicyName": name})


def _shown(operation: str, signer: Signer, parameters: Mapping[str, object]) -> str:
    text = json.dumps(parameters, indent=2, ensure_ascii=False)
    return f"{operation} as {signer.identity.arn}\n{text}\n"
