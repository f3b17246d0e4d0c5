"""Take an access key out of the keyring; in AWS it stays as it is."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import ProfileError
from awsactivate.frozen import replace
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening import key_owner
from awsactivate.person import terminal
from awsactivate.profiles.model import near_hint
from awsactivate.profiles.read import read_profiles


def add_arguments(parser: Parser) -> None:
    """Take the profile's name."""
    parser.add_argument("name", metavar="PROFILE", help="whose key")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Ask, then remove the key; a TOTP seed beside it stays."""
    name = arguments.name
    index = keyring_index.read(context.environ)
    if name not in index:
        raise ProfileError(f"the keyring has nothing of {name!r}", near_hint(name, index))
    key_id = index[name].key_id or "the access key"
    question = f"{key_id} of {name!r} may be stored nowhere else; remove it from the keyring?"
    if not (arguments.yes or terminal.confirm(question)):
        terminal.say("nothing was changed")
        return 1
    with keyring_index.locked(context.environ):
        vault = Vault(context.environ)
        item = vault.find(name)
        if item is None:
            keyring_index.write_entry(name, None, context.environ)
        else:
            key_owner.keep(name, replace(item, key=None, rotation=None), context, vault)
    terminal.say(f"{key_id} of {name!r} is out of the keyring; in AWS it is what it was")
    _say_what_stays(name, context)
    return 0


def _say_what_stays(name: str, context: Context) -> None:
    left = keyring_index.read(context.environ).get(name)
    if left is not None and left.has_seed:
        terminal.say(f"the TOTP seed of {left.mfa_serial} stays: awsactivate mfa remove {name} takes it away")
    profile = read_profiles(context.environ).get(name)
    process = profile.credential_process if profile is not None else None
    if profile is not None and process is not None and process.startswith("awsactivate export "):
        terminal.say(f"the credential_process of {name!r} in {profile.path} has nothing to export now")
