# A shell that has no session needs nothing of what follows here: it is read when the first session is started, so
# that a shell opens in half the time. Part of what `install` writes, and of nothing that is evaluated.
#
# shellcheck shell=bash
# shellcheck disable=SC2154  # what stands above

# Read all of this file once more: by now another version may have written it, and its parts belong together. Not by
# `.`, which a restricted shell refuses.
function _awsactivate_wake {
  \builtin local _awsa_text=''
  [ ! -r "$_awsactivate_file" ] || _awsa_text=$(<"$_awsactivate_file")
  case $_awsa_text in
    (*_awsactivate_wake*) ;;
    (*)
      _awsactivate_say "error: $_awsactivate_file can't be read"
      _awsactivate_say 'hint: awsactivate install bash, then open a new shell'
      \builtin return 1 ;;
  esac
  \builtin unset -f _awsactivate_start _awsactivate_stop _awsactivate_run_before _awsactivate_set_ps1
  \builtin eval "$_awsa_text"
}

# Only where this file itself is read, by the path that was written into it: `return` is this file's.
if [ "${BASH_SOURCE-}" = "$_awsactivate_file" ] && [ "${FUNCNAME-}" != _awsactivate_wake ] &&
  [ -z "${AWSACTIVATE_PROFILE-}" ] && ! _awsactivate_is_on; then
  function _awsactivate_start { _awsactivate_wake && _awsactivate_start "$@"; }
  function _awsactivate_stop { _awsactivate_wake && _awsactivate_stop "$@"; }
  function _awsactivate_run_before { _awsactivate_wake && _awsactivate_run_before "$@"; }
  function _awsactivate_set_ps1 { _awsactivate_wake && _awsactivate_set_ps1 "$@"; }
  _awsactivate_load
  _awsactivate_flags_back
  \builtin unset -v _awsactivate_whole
  \builtin return 0
fi
