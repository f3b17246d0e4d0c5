# A session of bash: how it is started, held and ended. Part of awsactivate.bash, which loads it.
#
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317  # what awsactivate.bash sets and reads, and what is called by name

# --- the state before --------------------------------------------------------------------------------------

# Keep what NAMES are now, unless that is kept already; put back what the session before this one held and
# this one does not.
function _awsactivate_hold {
  \builtin local _awsa_name _awsa_kept _awsa_exported _awsa_all=' ' _awsa_other
  # starship reads the profile's name here, and no SDK does
  [ -z "${STARSHIP_SHELL-}" ] || \builtin set -- "$@" AWSUME_PROFILE
  _awsactivate_are_plain "$@" || \builtin return
  for _awsa_name in "$@"; do _awsa_all="$_awsa_all$_awsa_name "; done
  for _awsa_name in "${_awsactivate_names[@]}"; do
    case $_awsa_all in (*" $_awsa_name "*) ;; (*) _awsactivate_put_back "$_awsa_name" || \builtin return ;; esac
  done
  _awsa_exported=$'\n'$(\builtin compgen -e)$'\n'
  for _awsa_name in "$@"; do
    _awsa_kept=_AWSACTIVATE_OLD_$_awsa_name
    [ -z "${!_awsa_kept+x}" ] || \builtin continue
    if [ -z "${!_awsa_name+x}" ]; then
      \builtin export -n "$_awsa_kept=-"
    else
      case $_awsa_exported in
        (*$'\n'"$_awsa_name"$'\n'*) \builtin export -n "$_awsa_kept=x${!_awsa_name}" ;;
        (*) \builtin export -n "$_awsa_kept=n${!_awsa_name}" ;;
      esac
    fi || \builtin return
  done
  _awsactivate_names=('' "$@")
}

# Whether NAMES, those that are there, are plain text; else set _awsa_other, if the caller declares it, to the others. An
# array reaches no command, and an integer, or one in upper case, makes something else of a text.
function _awsactivate_are_plain {
  \builtin local _awsa_line _awsa_rest _awsa_found=''
  _awsa_rest=$(\builtin declare -p "$@" 2>&1)$'\n'
  while [ -n "$_awsa_rest" ]; do
    _awsa_line=${_awsa_rest%%$'\n'*}
    _awsa_rest=${_awsa_rest#*$'\n'}
    case $_awsa_line in
      ('declare -'*)
        _awsa_line=${_awsa_line#declare -}
        case ${_awsa_line%% *} in
          (*[aAcilnu]*) _awsa_line=${_awsa_line#* }; _awsa_found="$_awsa_found ${_awsa_line%%=*}" ;;
        esac ;;
    esac
  done
  _awsa_other=$_awsa_found
  [ -z "$_awsa_found" ]
}

# Put NAME back as it was, unless somebody changed it meanwhile.
function _awsactivate_put_back {
  \builtin local _awsa_kept="_AWSACTIVATE_OLD_$1" _awsa_ours="_AWSACTIVATE_OUR_$1" _awsa_status=0
  [ -n "${!_awsa_kept+x}" ] || \builtin return 0
  # most names are of this kind: not set before, nor by us, nor since
  case ${!_awsa_kept}${!1+x}${!_awsa_ours+x} in (-) \builtin unset -v "$_awsa_kept"; \builtin return ;; esac
  if _awsactivate_is_ours "$1"; then
    case ${!_awsa_kept} in
      (x*) \builtin export "$1=${!_awsa_kept#x}" || _awsa_status=1 ;;
      (n*) \builtin export -n "$1=${!_awsa_kept#n}" || _awsa_status=1 ;;
      (*) \builtin unset -v "$1" || _awsa_status=1 ;;
    esac
  fi
  \builtin unset -v "$_awsa_kept" "_AWSACTIVATE_OUR_$1"
  \builtin return "$_awsa_status"
}

# The keys and our own variables always are; any other only as long as it is what we made it.
function _awsactivate_is_ours {
  \builtin local _awsa_name="$1" _awsa_ours="_AWSACTIVATE_OUR_$1"
  case $1 in (AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWSACTIVATE_*) \builtin return 0 ;; esac
  if [ -n "${!_awsa_ours+x}" ]; then
    [ -n "${!_awsa_name+x}" ] && [ "${!_awsa_name}" = "${!_awsa_ours}" ]
  else
    [ -z "${!_awsa_name+x}" ]
  fi
}

# Remember what we made of the names held: no copy of the keys, which go back in any case.
function _awsactivate_remember {
  \builtin local _awsa_name
  for _awsa_name in "${_awsactivate_names[@]}"; do
    case $_awsa_name in
      ('' | AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWSACTIVATE_*) \builtin continue ;;
    esac
    if [ -n "${!_awsa_name+x}" ]; then
      \builtin export -n "_AWSACTIVATE_OUR_$_awsa_name=${!_awsa_name}"
    else
      \builtin unset -v "_AWSACTIVATE_OUR_$_awsa_name"
    fi || \builtin return
  done
}

# In a subshell that is about to become the core: the environment without the session that is on. The names
# AWSACTIVATE_* stay, by which the core knows what there is to renew.
function _awsactivate_step_back {
  \builtin local _awsa_name
  for _awsa_name in "${_awsactivate_names[@]}"; do
    case $_awsa_name in
      (AWSACTIVATE_*) ;;
      (*) _awsactivate_hush _awsactivate_put_back "$_awsa_name" ;;  # a readonly name is told of when it matters
    esac
  done
  \builtin export _AWSACTIVATE_WRAPPER="$_awsactivate_version"
  \builtin export _AWSACTIVATE_AGAIN="${_AWSACTIVATE_AGAIN-}"
}

# Before that, for `exec`, which may be about the session that is on: give the core what is exported of that too.
# AWSACTIVATE_* stays anyway; and so do those of terraform that were not there before, since a second copy of them
# might be more than the system lets a program have.
function _awsactivate_hand_over {
  \builtin local _awsa_name _awsa_kept _awsa_exported
  _awsa_exported=$'\n'$(\builtin compgen -e)$'\n'
  for _awsa_name in "${_awsactivate_names[@]}"; do
    case $_awsa_exported in (*$'\n'"${_awsa_name:- }"$'\n'*) ;; (*) \builtin continue ;; esac
    _awsa_kept=_AWSACTIVATE_OLD_$_awsa_name
    case $_awsa_name:${!_awsa_kept-} in
      (AWSACTIVATE_*) \builtin continue ;;
      (TF_VAR_*:x*) ;;
      (TF_VAR_*) ! _awsactivate_is_ours "$_awsa_name" || { \builtin unset -v "$_awsa_kept"; \builtin continue; } ;;
    esac
    \builtin export "_AWSACTIVATE_NOW_$_awsa_name=${!_awsa_name}"
  done
  \builtin export _AWSACTIVATE_IN_PLACE=TF_VAR_
}

function _awsactivate_give_mfa {
  [ -z "${_AWSACTIVATE_MFA_SESSION-}" ] || \builtin export _AWSACTIVATE_MFA_SESSION
}

# --- start and stop ----------------------------------------------------------------------------------------

function _awsactivate_echo_again { \builtin command stty echo icanon </dev/tty; }

function _awsactivate_start {
  \builtin local _awsa_text='' _awsa_said='' _awsa_status=0 _awsa_trap=''
  _awsactivate_find_core || \builtin return
  # at Ctrl-C 4.4 would not wait until the core has put the terminal back, but for a trap
  case $BASH_SUBSHELL${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}$- in
    (044*i* | 050*i*)
      _awsa_trap="x$(\builtin trap -p INT)"
      case $_awsa_trap in (*" '' "*) _awsa_trap='' ;; (*) \builtin trap : INT ;; esac ;;
  esac
  # no exec: it would undo that bash ignores Ctrl-Z in here, where nobody could continue what it stops
  _awsa_text=$(_awsactivate_step_back; _awsactivate_give_mfa; \builtin command "$_awsactivate_core" _activate bash "$@") ||
    _awsa_status=$?
  if [ -n "$_awsa_trap" ]; then
    \builtin trap - INT
    \builtin eval "${_awsa_trap#x}"
    [ "$_awsa_status" != 130 ] || \builtin kill -INT "$$"
  fi
  if [ "$_awsa_status" -ge 128 ]; then  # killed, perhaps while it asked with the echo off
    _awsactivate_hush _awsactivate_echo_again
  fi
  [ "$_awsa_status" = 0 ] || _awsactivate_tell_gone "$_awsa_status" || \builtin return
  case $_awsa_text in
    ('\builtin : awsactivate-end') \builtin return 0 ;;  # nothing to change: it printed its help
    ('_awsactivate_hold '*' && \builtin : awsactivate-end') ;;
    (*)
      _awsactivate_say "error: the answer of $_awsactivate_core is not whole: nothing was changed"
      \builtin return 1 ;;
  esac
  if ! _awsa_said=$(\builtin eval "$_awsa_text" 2>&1); then
    _awsactivate_refused "$_awsa_text"
    \builtin return 1
  fi
  \builtin export -n _awsactivate_pending="$_awsa_text"
  if ! \builtin eval "$_awsa_text"; then
    _awsactivate_remember
    _awsactivate_end awsdeactivate
    _awsactivate_say 'error: not every variable could be set: the session was ended'
    \builtin return 1
  fi
  \builtin unset -v _awsactivate_pending
  [ -z "$_awsactivate_on_exit" ] || { _awsactivate_load_revoke && _awsactivate_watch_exit; } || \builtin return
  [ "$BASH_SUBSHELL" = 0 ] || _awsactivate_say 'note: this is a subshell, and the session ends with it'
  # before the others' hooks run, so that they take what is shown for a part of the prompt
  case $- in (*i*) _awsactivate_show_or_tell ;; esac
}

# Say which of the names in the text TEXT cannot be changed.
function _awsactivate_refused {
  \builtin local _awsa_rest="${1#_awsactivate_hold }" _awsa_name _awsa_fixed='' _awsa_other=''
  \builtin set --
  _awsa_rest="${_awsa_rest%% &&*} "
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *}
    _awsa_rest=${_awsa_rest#* }
    \builtin set -- "$@" "$_awsa_name"
    (_awsactivate_hush builtin unset -v "$_awsa_name") || _awsa_fixed="$_awsa_fixed $_awsa_name"
  done
  if ! _awsactivate_are_plain "$@"; then
    _awsactivate_say "error: no plain text in this shell (see declare -p), so nothing was changed:$_awsa_other"
    _awsactivate_say "hint: unset -v$_awsa_other"
    \builtin return
  fi
  _awsactivate_say "error: readonly in this shell, so nothing was changed:${_awsa_fixed:- a variable of the session}"
  _awsactivate_say 'hint: open a new shell'
}

# The core's text ends by this: what the prompt shows (STYLE: a colour, or a label), the line to say, whether the
# end of the shell is to revoke the session, what a renewal says, whether it needs nobody, and the ticket, a
# secret that can revoke this session and nothing else.
function _awsactivate_begun {
  _awsactivate_on_exit=${3-} _awsactivate_silent=${5-} _awsactivate_depth=$BASH_SUBSHELL
  \builtin export -n _AWSACTIVATE_AGAIN="${4-}" _AWSACTIVATE_TICKET="${6-}" || \builtin return
  if [ -n "${STARSHIP_SHELL-}" ]; then \builtin export AWSUME_PROFILE="$AWSACTIVATE_PROFILE" || \builtin return; fi
  _awsactivate_remember && _awsactivate_describe "$1" && _awsactivate_claim || \builtin return
  [ -z "$2" ] || \builtin printf '%s\n' "$2" >&2 || \builtin return 0  # nobody hears, and that is no failure
}

# Keep what roles can be assumed from without a code, a secret, and what of it may be shown.
function _awsactivate_keep_mfa {
  \builtin export -n _AWSACTIVATE_MFA_SESSION="$1" _AWSACTIVATE_MFA_SHOWN="$2"
}

# SPOKEN is the name that was called, then come the person's own words.
function _awsactivate_stop {
  \builtin local _awsa_spoken="$1" _awsa_revoke='' _awsa_wait='' _awsa_code='' _awsa_all=''
  \builtin shift
  if [ "${1-}" = nondestructive ]; then _awsactivate_make_way; \builtin return 0; fi
  while [ "$#" -gt 0 ]; do
    case $1 in
      (-h | --help)
        \builtin printf '%s\n' "usage: $_awsa_spoken [--all] [--revoke [--no-wait] [--mfa-code CODE]]" '' \
          'End the AWS session of this shell: every variable becomes what it was before.' \
          'With --revoke AWS refuses every copy of it too; --no-wait does not wait for the proof.' \
          'With --all this shell also forgets its MFA session, and asks for a code again.'
        \builtin return 0 ;;
      (--all) _awsa_all=yes ;;
      (--revoke) _awsa_revoke=yes ;;
      (--no-wait) _awsa_wait=--no-wait ;;
      (--mfa-code=*) _awsa_code=$1 ;;
      (--mfa-code) _awsa_code=--mfa-code=${2-}; [ "$#" = 1 ] || \builtin shift ;;
      (*)
        _awsactivate_say "error: $_awsa_spoken takes no argument $1"
        _awsactivate_say "hint: $_awsa_spoken --help"
        \builtin return 2 ;;
    esac
    \builtin shift
  done
  if [ -z "$_awsa_revoke" ] && [ -n "$_awsa_wait$_awsa_code" ]; then
    _awsactivate_say "error: ${_awsa_wait:---mfa-code} goes with --revoke"
    \builtin return 2
  fi
  if [ -n "${_AWSACTIVATE_MFA_SESSION-}" ]; then
    if [ -n "$_awsa_all" ]; then
      \builtin unset -v _AWSACTIVATE_MFA_SESSION _AWSACTIVATE_MFA_SHOWN
      _awsactivate_is_on || \builtin return 0
    elif _awsactivate_is_on; then
      _awsactivate_say 'note: the MFA session stays; awsdeactivate --all ends it'
    fi
  fi
  if ! _awsactivate_is_on; then
    _awsactivate_say 'error: no session is active in this shell'
    [ "$_awsa_spoken" != deactivate ] || _awsactivate_release deactivate
    \builtin return 1
  fi
  [ "$BASH_SUBSHELL" -le "${_awsactivate_depth:-0}" ] ||
    _awsactivate_say 'note: this is a subshell, and the session goes on outside of it'
  if [ -n "$_awsa_revoke" ] && _awsactivate_load_revoke; then
    _awsactivate_revoke "$_awsa_spoken" "${_awsa_wait:---wait}" ${_awsa_code:+"$_awsa_code"}
    \builtin return
  fi
  \builtin export -n _awsactivate_pending="_awsactivate_end $_awsa_spoken"
  _awsactivate_end "$_awsa_spoken" && [ -z "$_awsa_revoke" ]
}

# What few shells need is read when it is wanted.
function _awsactivate_load_revoke {
  _awsactivate_hush builtin . "$_awsactivate_folder/revoke.bash" || {
    _awsactivate_say "error: $_awsactivate_folder/revoke.bash can't be read: the session will not be revoked"
    _awsactivate_say 'hint: install awsactivate again; awsactivate revoke --help'
    \builtin return 1
  }
}

function _awsactivate_end {
  \builtin local _awsa_name _awsa_status=0
  for _awsa_name in "${_awsactivate_names[@]}"; do
    _awsactivate_put_back "$_awsa_name" || _awsa_status=1
  done
  _awsactivate_label='' _awsactivate_expiration='' _awsactivate_colour=''
  _awsactivate_names=('') _awsactivate_on_exit='' _awsactivate_silent='' _awsactivate_tried='' _awsactivate_depth=''
  \builtin unset -v _awsactivate_pending _AWSACTIVATE_AGAIN _AWSACTIVATE_TICKET
  [ -z "${_awsactivate_exit_trap-}" ] || _awsactivate_unwatch_exit
  _awsactivate_hide
  _awsactivate_release "$1"
  _awsactivate_unteach
  \builtin return "$_awsa_status"
}

# These start from what was before the session, as `activate` does, but for those that may be about this one;
# exec, lest a shell lingers behind the core.
function _awsactivate_run_before {
  _awsactivate_find_core && (
    case $1 in (exec) _awsactivate_hand_over ;; esac
    case $1 in (console | revoke) ;; (*) _awsactivate_step_back ;; esac
    case $1 in (doctor) _awsactivate_tell_of_hook ;; (show) ;; (*) _awsactivate_give_mfa ;; esac
    [ "$1" != revoke ] || \builtin export "_AWSACTIVATE_REVOKE_TICKET=${_AWSACTIVATE_TICKET-}"
    case $- in (*r*) \builtin command "$_awsactivate_core" "$@" ;; (*) \builtin exec "$_awsactivate_core" "$@" ;; esac
  )
}

# A session that this shell inherited: what was before it is not known, so its names will just be unset.
function _awsactivate_adopt {
  # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
  # that ends in _ stands for every name that begins with it
  \builtin local _awsa_rest="${AWSACTIVATE_VARS-} " _awsa_name _awsa_words="$_awsactivate_adoptable" \
    _awsa_word _awsa_prefixes=''
  while case $_awsa_words in (*' '*_) ;; (*) \builtin false ;; esac do  # these are the last ones
    _awsa_prefixes="$_awsa_prefixes${_awsa_words##* } "
    _awsa_words=${_awsa_words% *}
  done
  \builtin set -- AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION \
    AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE \
    AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *}
    _awsa_rest=${_awsa_rest#* }
    case $_awsa_name in ('' | *[!A-Za-z0-9_]*) \builtin continue ;; esac
    case " $_awsactivate_adoptable " in
      (*" $_awsa_name "*) \builtin set -- "$@" "$_awsa_name"; \builtin continue ;;
    esac
    _awsa_words=$_awsa_prefixes
    while [ -n "$_awsa_words" ]; do
      _awsa_word=${_awsa_words%% *}
      _awsa_words=${_awsa_words#* }
      case $_awsa_name in ("$_awsa_word"?*) \builtin set -- "$@" "$_awsa_name" ;; esac
    done
  done
  [ "${AWSUME_PROFILE-}" != "$AWSACTIVATE_PROFILE" ] || \builtin set -- "$@" AWSUME_PROFILE
  for _awsa_name in "$@"; do \builtin export -n "_AWSACTIVATE_OLD_$_awsa_name=-"; done
  _awsactivate_names=('' "$@")
  _awsactivate_remember
  _awsactivate_describe ''
  _awsactivate_claim
}

