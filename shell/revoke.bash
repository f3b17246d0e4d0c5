# `deactivate --revoke` and `activate --revoke-on-exit` in bash: what few shells ever need, and load when they do.
#
# As awsactivate.bash, which loads it, it must not mind what the person has set.
#
# shellcheck shell=bash
# shellcheck disable=SC2154  # what awsactivate.bash has set

\builtin shopt -q expand_aliases && _awsactivate_aliases=on
\builtin shopt -u expand_aliases

# End the session, then have the core revoke it. SPOKEN is the name that was called, then come its words. The
# session's values go into the environment of that one process, under names that no SDK reads.
function _awsactivate_revoke {
  \builtin local _awsa_spoken="$1" _awsa_name _awsa_status=0
  \builtin local -a _awsa_held
  \builtin shift
  for _awsa_name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWSACTIVATE_PROFILE \
    AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE AWSACTIVATE_EXPIRATION; do
    _awsa_held[${#_awsa_held[@]}]=_AWSACTIVATE_REVOKE_$_awsa_name=${!_awsa_name-}
  done
  _awsa_held[${#_awsa_held[@]}]=_AWSACTIVATE_REVOKE_TICKET=${_AWSACTIVATE_TICKET-}
  \builtin export -n _awsactivate_pending="_awsactivate_end $_awsa_spoken"
  _awsactivate_end "$_awsa_spoken" || _awsa_status=1
  _awsactivate_find_core || \builtin return
  (_awsactivate_give_mfa; \builtin export "${_awsa_held[@]}"; \builtin exec "$_awsactivate_core" _revoke "$@") || \builtin return
  \builtin return "$_awsa_status"
}

# Have the end of this shell revoke its session, after what the person has for the end. It is no part of what is
# tried in a subshell, whose end would be an end too.
function _awsactivate_watch_exit {
  \builtin local _awsa_trap
  [ -z "${_awsactivate_exit_trap-}" ] || \builtin return 0
  _awsa_trap=$(\builtin trap -p EXIT)
  \builtin export -n _awsactivate_exit_trap="x$_awsa_trap"
  \builtin trap _awsactivate_at_exit EXIT
}

# Put the person's own trap back, unless another one came meanwhile.
function _awsactivate_unwatch_exit {
  case $(\builtin trap -p EXIT) in
    (*_awsactivate_at_exit*)
      \builtin trap - EXIT
      \builtin eval "${_awsactivate_exit_trap#x}" ;;
  esac
  \builtin unset -v _awsactivate_exit_trap
}

function _awsactivate_at_exit {
  \builtin local _awsa_status="$?" _awsa_trap="${_awsactivate_exit_trap#x}"
  if [ -n "$_awsa_trap" ]; then
    \builtin eval "\\builtin set ${_awsa_trap#trap}"  # trap -- 'the command' EXIT
    _awsactivate_with_status "$_awsa_status"
    \builtin eval "$1"
  fi
  [ -z "${_awsactivate_on_exit-}" ] || ! _awsactivate_is_on || _awsactivate_quietly _awsactivate_revoke awsdeactivate --no-wait
  \builtin return "$_awsa_status"
}

function _awsactivate_with_status { \builtin return "$1"; }

[ -z "${_awsactivate_aliases-}" ] || \builtin shopt -s expand_aliases
\builtin unset -v _awsactivate_aliases
