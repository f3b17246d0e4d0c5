# `deactivate --revoke` and `activate --revoke-on-exit` in fish: what few shells ever need, and load when they do.

# End the session, then have the core revoke it. SPOKEN is the name that was called, then come its words. The
# session's values go into the environment of that one process, under names that no SDK reads.
function _awsactivate_revoke -a spoken
    set -l -x _AWSACTIVATE_REVOKE_AWS_ACCESS_KEY_ID $AWS_ACCESS_KEY_ID
    set -l -x _AWSACTIVATE_REVOKE_AWS_SECRET_ACCESS_KEY $AWS_SECRET_ACCESS_KEY
    set -l -x _AWSACTIVATE_REVOKE_AWS_SESSION_TOKEN $AWS_SESSION_TOKEN
    set -l -x _AWSACTIVATE_REVOKE_AWSACTIVATE_PROFILE $AWSACTIVATE_PROFILE
    set -l -x _AWSACTIVATE_REVOKE_AWSACTIVATE_ROLE_ARN $AWSACTIVATE_ROLE_ARN
    set -l -x _AWSACTIVATE_REVOKE_AWSACTIVATE_ASSUMED_ROLE_ID $AWSACTIVATE_ASSUMED_ROLE_ID
    set -l -x _AWSACTIVATE_REVOKE_AWSACTIVATE_SOURCE_PROFILE $AWSACTIVATE_SOURCE_PROFILE
    set -l -x _AWSACTIVATE_REVOKE_AWSACTIVATE_EXPIRATION $AWSACTIVATE_EXPIRATION
    set -l -x _AWSACTIVATE_REVOKE_TICKET $_AWSACTIVATE_TICKET
    set -l -x _AWSACTIVATE_MFA_SESSION $_AWSACTIVATE_MFA_SESSION
    set -g _awsactivate_pending _awsactivate_end
    _awsactivate_end
    _awsactivate_find_core; and command $_awsactivate_core _revoke $argv[2..-1]
end

function _awsactivate_at_exit --on-event fish_exit
    set -l fish_trace
    set -q -g _awsactivate_on_exit; and set -q -g _awsactivate_names[1]
    and _awsactivate_revoke awsdeactivate --no-wait
end
