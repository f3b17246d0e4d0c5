# `deactivate --revoke` and `activate --revoke-on-exit` in zsh: what few shells ever need, and load when they do.

# End the session, then have the core revoke it. SPOKEN is the name that was called, then come its words. The
# session's values go into the environment of that one process, under names that no SDK reads.
function _awsactivate_revoke {
  \builtin local _awsa_spoken=$1 _awsa_name
  \builtin local -a _awsa_held
  \builtin local -i _awsa_status=0
  \builtin shift
  for _awsa_name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWSACTIVATE_PROFILE \
    AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE AWSACTIVATE_EXPIRATION; do
    _awsa_held+=("_AWSACTIVATE_REVOKE_$_awsa_name=${(P)_awsa_name-}")
  done
  _awsa_held+=("_AWSACTIVATE_REVOKE_TICKET=${_AWSACTIVATE_TICKET-}")
  \builtin typeset -g _awsactivate_pending=_awsactivate_end
  _awsactivate_end || _awsa_status=1
  _awsactivate_find_core || \builtin return
  (_awsactivate_give_mfa; \builtin export "${_awsa_held[@]}"; \builtin exec $_awsactivate_core _revoke "$@") || \builtin return
  \builtin return _awsa_status
}

# Have the end of this shell revoke its session; what else is to be done then stays.
function _awsactivate_watch_exit {
  \builtin typeset -ga zshexit_functions
  (( ${zshexit_functions[(Ie)_awsactivate_at_exit]} )) || zshexit_functions+=(_awsactivate_at_exit)
}

function _awsactivate_unwatch_exit { zshexit_functions=(${zshexit_functions:#_awsactivate_at_exit}); }

function _awsactivate_at_exit {
  \builtin emulate -L zsh
  # zsh does this at the end of a subshell too
  (( ZSH_SUBSHELL == 0 )) || \builtin return 0
  [[ -z ${_awsactivate_on_exit-} ]] || (( ! $#_awsactivate_names )) ||
    _awsactivate_quietly _awsactivate_revoke awsdeactivate --no-wait
}
