"""Print the account's description for CloudFormation or terraform.

CloudFormation's needs no credentials, and fits any account. Terraform's takes over what `apply` has made in
the caller's account, by its import blocks. Neither has been deployed in a real account.
"""

from __future__ import annotations

import argparse

from awsactivate.account import cloudformation, sharding, terraform
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import flags
from awsactivate.errors import AwsError
from awsactivate.frozen import replace
from awsactivate.opening import caller


def add_arguments(parser: Parser) -> None:
    """Take the language, and what describes the account."""
    parser.add_argument("--format", required=True, choices=("cloudformation", "terraform"))
    flags.add_all(parser)
    caller.add_arguments(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the template."""
    if arguments.format == "cloudformation":
        chosen = flags.settings(arguments, "0" * 12, "aws", flags.DEFAULTS.region)
        any_account = sharding.from_scratch(chosen)
        context.write(cloudformation.template(any_account))
        return 0
    from awsactivate.account import desired
    from awsactivate.aws import secure_account
    from awsactivate.aws.resources import keys
    from awsactivate.aws.resources.failures import explain_failures

    access, _, _ = flags.open_account(arguments, context)
    settings = secure_account.add_what_stays(access)
    with explain_failures(desired.key(settings), settings.region):
        key = keys.find(replace(access, settings=settings), settings.secrets_alias).key
    if key is None:
        raise AwsError(
            f"there is no key {settings.secrets_alias} in {settings.region} to take over",
            "awsactivate bootstrap apply",
        )
    opened = replace(access, settings=settings)
    described = ((resource, secure_account.read(opened, resource)) for resource in desired.desired(settings))
    theirs = {str(resource) for resource, found in described if found is not None and not found.ours}
    context.write(terraform.configuration(settings, key["KeyId"], theirs))
    return 0
