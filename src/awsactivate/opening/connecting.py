"""The connection to STS, begun as soon as a plan tells where that is."""

from __future__ import annotations

from awsactivate.aws.direct import reach
from awsactivate.sessions.plan import Plan


def begin(plan: Plan) -> None:
    """Connect to where `open_session` will make the plan's first call, while all that it needs is loaded."""
    profile = plan.steps[0].profile if plan.steps else plan.profile
    reach.begin("sts", profile=profile, region=plan.called_region)
