# What bash runs before each prompt, with a session and without. Part of awsactivate.bash, which loads it.
#
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what awsactivate.bash sets, and what PS1 reads

# bash makes \D{%s} the time before it expands the rest, so that the clock needs no process in any version.
# shellcheck disable=SC2016  # PS1 expands it, at each prompt
{
  _awsactivate_ps1='${_awsactivate_label:+${_awsactivate_colours:+\[\e[${_awsactivate_colours['
  _awsactivate_ps1+='$(( (_awsactivate_expiration > \D{%s}) + (_awsactivate_expiration > \D{%s} + 900) ))]}m\]}'
  _awsactivate_ps1+='($_awsactivate_label${_awsactivate_expiration:+ '
  _awsactivate_ps1+='${_awsactivate_expired[$(( _awsactivate_expiration > \D{%s} ))]-'
  _awsactivate_ps1+='$(( (_awsactivate_expiration - \D{%s} + 59) / 60 ))m}})${_awsactivate_colours:+\[\e[0m\]} }'
}
_awsactivate_expired=(expired)
# shellcheck disable=SC2016  # PROMPT_COMMAND expands it: to nothing, in a shell that has not loaded this
_awsactivate_inherited='${_awsactivate_names+"_awsactivate_hook"}'

# For people who place it themselves, as in PS1='$(awsactivate_prompt_info)\$ ', with AWSACTIVATE_PROMPT=off.
function awsactivate_prompt_info {
  _awsactivate_is_on || \builtin return 0
  \builtin set -- ''
  if [ -n "$_awsactivate_expiration" ]; then
    \builtin local _awsa_now
    _awsactivate_read_clock
    \builtin set -- " $(((_awsactivate_expiration - _awsa_now + 59) / 60))m"
    [ "$_awsactivate_expiration" -gt "$_awsa_now" ] || \builtin set -- ' expired'
  fi
  \builtin printf '(%s%s) ' "$_awsactivate_label" "$1"
}

# Set _awsa_now, which the caller declares, to the time since the epoch.
function _awsactivate_read_clock {
  if [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 42 ]; then \builtin printf -v _awsa_now '%(%s)T' -1
  else _awsa_now=$(\builtin command date +%s); fi
}

function _awsactivate_hide {
  _awsactivate_colours=()
  case ${PS1-} in
    (*"$_awsactivate_ps1"*) _awsactivate_set_ps1 "${PS1%%"$_awsactivate_ps1"*}${PS1#*"$_awsactivate_ps1"}" ;;
  esac
}

# Have bash call the hook before each prompt, behind all others: there it disturbs nobody's PIPESTATUS, and sees
# what they have made of PS1. A text stays a text, and an array an array, since others read it as what it was;
# before 5.1 bash runs the first element only.
function _awsactivate_watch_prompt {
  case $- in (*i*) ;; (*) \builtin return 0 ;; esac
  \builtin local _awsa_kind=''
  ! _awsactivate_runs_arrays || _awsactivate_read_kind  # the versions before need a process for it
  [ "x$_awsa_kind ${PROMPT_COMMAND[*]-}" != "${_awsactivate_watched-}" ] || \builtin return 0  # as it was left
  _awsactivate_place_hook || \builtin return
  ! _awsactivate_runs_arrays || _awsactivate_read_kind
  _awsactivate_watched="x$_awsa_kind ${PROMPT_COMMAND[*]-}"
}

function _awsactivate_place_hook {
  \builtin local _awsa_text _awsa_last='' _awsa_kind='' _awsa_is_array=''
  _awsactivate_read_kind
  case $_awsa_kind in (*A*) \builtin return 1 ;; esac  # bash runs nothing of it
  if _awsactivate_runs_arrays; then
    case $_awsa_kind in (*a*) _awsa_is_array=yes ;; esac
  fi
  if [ -z "$_awsa_is_array" ]; then
    _awsactivate_join_hook "${PROMPT_COMMAND-}"
    [ "$_awsa_text" != "${PROMPT_COMMAND-}" ] || \builtin return 0
    _awsactivate_takes_text || \builtin return
    # by printf, to which a readonly name is no error; 3.2 does not even tell
    _awsactivate_hush builtin printf -v PROMPT_COMMAND %s "$_awsa_text"
    [ "$_awsa_text" = "${PROMPT_COMMAND-}" ]
    \builtin return
  fi
  \builtin set --
  for _awsa_text in "${PROMPT_COMMAND[@]}"; do
    _awsactivate_drop_hook "$_awsa_text"
    case $_awsa_text in
      ('') ;;
      (__bp_interactive_mode) _awsa_last=$_awsa_text ;;
      (*__bp_interactive_mode | *__bp_install)
        _awsactivate_join_hook "$_awsa_text"
        _awsa_is_array=joined
        \builtin set -- "$@" "$_awsa_text" ;;
      (*) \builtin set -- "$@" "$_awsa_text" ;;
    esac
  done
  [ "$_awsa_is_array" = joined ] || \builtin set -- "$@" _awsactivate_hook
  [ -z "$_awsa_last" ] || \builtin set -- "$@" "$_awsa_last"
  [ "$*" != "${PROMPT_COMMAND[*]}" ] || \builtin return 0
  case $_awsa_kind in (*[cilru]*) \builtin return 1 ;; esac
  _awsactivate_hush builtin printf -v PROMPT_COMMAND %s "$1" && PROMPT_COMMAND=("$@")
}

function _awsactivate_runs_arrays {
  [ "${BASH_VERSINFO[0]}" -gt 5 ] || [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 51 ]
}

# Whether PROMPT_COMMAND takes the text _awsa_text as it is. An integer, or one that is all in upper case, would make
# something else of it, or end all that is going on: so a copy tries.
function _awsactivate_takes_text {
  if _awsactivate_runs_arrays; then
    case $_awsa_kind in (*[cilru]*) ;; (*) \builtin return 0 ;; esac
  fi
  [ "$(_awsactivate_hush builtin printf -v PROMPT_COMMAND %s "$_awsa_text"
    \builtin printf %s "${PROMPT_COMMAND-}")" = "$_awsa_text" ]
}

# Set _awsa_kind, which the caller declares, to the letters by which `declare` tells of what kind PROMPT_COMMAND is.
function _awsactivate_read_kind {
  if _awsactivate_runs_arrays; then
    \builtin set -- "${PROMPT_COMMAND[@]@a}"  # IFS may be one of these letters
    _awsa_kind=${1-}
  else
    _awsa_kind=$(\builtin declare -p PROMPT_COMMAND 2>&1)
    case $_awsa_kind in
      ('declare -'*) _awsa_kind=${_awsa_kind#declare -}; _awsa_kind=${_awsa_kind%%[ =]*} ;;
      (*) _awsa_kind='' ;;
    esac
  fi
}

# Set _awsa_text, which the caller declares, to the text TEXT of PROMPT_COMMAND with the hook at its end. What comes
# behind bash-preexec's last word, or behind the one by which it installs itself, it would take for a person's command.
function _awsactivate_join_hook {
  _awsactivate_drop_hook "$1"
  \builtin set -- ''
  case $_awsa_text in
    (__bp_interactive_mode | *$'\n'__bp_interactive_mode) \builtin set -- $'\n'__bp_interactive_mode ;;
    (*"${__bp_install_string:-__bp_install}") \builtin set -- $'\n'"${__bp_install_string:-__bp_install}" ;;
  esac
  _awsa_text=${_awsa_text%"${1#?}"}
  _awsa_text=${_awsa_text%[;$'\n']}
  # where it is exported, shells inherit it that know no hook of ours
  case ${_awsa_kind-} in
    (*x*) \builtin set -- "$_awsactivate_inherited$1" ;;
    (*) \builtin set -- "_awsactivate_hook$1" ;;
  esac
  _awsa_text=${_awsa_text:+$_awsa_text$'\n'}$1
}

# Set _awsa_text, which the caller declares, to the text TEXT of PROMPT_COMMAND without the hook.
function _awsactivate_drop_hook {
  _awsa_text=$1
  while \builtin :; do
    case $_awsa_text in
      (*"$_awsactivate_inherited"*) \builtin set -- "$_awsactivate_inherited" ;;
      (*_awsactivate_hook*) \builtin set -- _awsactivate_hook ;;
      (*) \builtin return 0 ;;
    esac
    \builtin set -- "${_awsa_text%%"$1"*}" "${_awsa_text#*"$1"}"
    case $1 in
      ('') _awsa_text=${2#[;$'\n']} ;;
      (*) _awsa_text=${1%[;$'\n']}$2 ;;
    esac
  done
}

function _awsactivate_at_prompt {
  # Ctrl-C can fall between two statements of a change: then the change is finished here
  [ -z "${_awsactivate_pending+x}" ] || { \builtin eval "$_awsactivate_pending"; \builtin unset -v _awsactivate_pending; }
  if _awsactivate_is_on; then
    _awsactivate_has deactivate || _awsactivate_claim
    [ "${AWSACTIVATE_AUTO_RENEW-}" != 1 ] || _awsactivate_renew_in_time
    _awsactivate_show
    _awsactivate_watch_prompt || \builtin :  # for a session that was there before the others' hooks
  else
    _awsactivate_hide  # a virtual environment may have put an old PS1 back
  fi
  # a virtual environment puts itself before us, and its own `activate` takes no profile
  if [ -n "${VIRTUAL_ENV-}" ] && [ -n "${_awsactivate_bin-}" ]; then
    case $PATH in ("$VIRTUAL_ENV/bin:"*) PATH=$_awsactivate_bin:$PATH ;; esac
  fi
}

function _awsactivate_hook {
  \builtin set -- "$?"
  [ -z "$_awsactivate_flags" ] || _awsactivate_flags_back
  _awsactivate_quietly _awsactivate_at_prompt
  \builtin eval '\builtin :'  # 4.0 shows an old PS1 behind anybody's $( ) in PROMPT_COMMAND, but for this
  case $- in (*e*) \builtin return 0 ;; esac  # with `set -e` a status would end the shell
  \builtin return "$1"
}
