# awsactivate in bash (3.2 and later): `activate`, `deactivate` and the prompt's "(prod 60m)".
#
# A program cannot change its parent's environment, so a shell function runs the core (awsactivate), which
# answers with statements for this shell: one && list that ends in a sentinel. They are tried in a subshell,
# then run here. What each variable was before waits, unexported, in _AWSACTIVATE_OLD_<NAME>.
#
# Ctrl-C, a readonly variable, `set -eukxvaT`, posix mode, an odd IFS and aliases must all be survived:
# hence the backslashes, the prefix _awsa_ of every local, and the word "builtin" where it seems idle.
#
# shellcheck shell=bash
# shellcheck disable=SC2317  # what is called by name
# In start-up files:  eval "$(awsactivate init bash)"

# No reserved word before this: an alias could be called `if`.
\builtin shopt -q expand_aliases && _awsactivate_aliases=on
\builtin shopt -u expand_aliases
[ "${FUNCNAME-}" = _awsactivate_wake ] || _awsactivate_flags=$-  # there they wait already
\builtin set +xvTka

# Run "$@" untraced: no -x, -v or DEBUG trap (-T) may see a secret, -a export one, -k eat `local a=b`.
# The flags wait in a global because Ctrl-C ends functions without a word: the prompt's hook puts them back.
function _awsactivate_quietly {
  _awsactivate_flags=$-
  \builtin set +xvTka
  \builtin export -n _awsactivate_flags
  # `declare -ft`: these two have secrets among their commands
  \builtin declare -f +t _awsactivate_start _awsactivate_at_prompt || \builtin :
  if "$@"; then \builtin set -- 0; else \builtin set -- "$?"; fi
  _awsactivate_flags_back
  \builtin return "$1"
}

function _awsactivate_flags_back {
  \builtin set -- "$_awsactivate_flags"
  _awsactivate_flags=
  case $1 in
    (*[akTvx]*)  # few people have any, and this goes with each prompt
      case $1 in (*a*) \builtin set -a ;; esac
      case $1 in (*k*) \builtin set -k ;; esac
      case $1 in (*T*) \builtin set -T ;; esac
      case $1 in (*v*) \builtin set -v ;; esac
      case $1 in (*x*) \builtin set -x ;; esac ;;
  esac
  [ -z "${_awsactivate_aliases-}" ] || { \builtin unset -v _awsactivate_aliases; \builtin shopt -s expand_aliases; }
}

function _awsactivate_say { \builtin printf 'awsactivate: %s\n' "$1" >&2; }

# rbash redirects nothing to a file, /dev/null included: there, what could be silenced is heard or captured.
function _awsactivate_hush {
  case $- in (*r*) "$@" ;; (*) "$@" 2>/dev/null ;; esac
}

# Is there a function NAME?
function _awsactivate_has {
  case $- in (*r*) [ -n "$(\builtin declare -F "$1")" ] ;; (*) \builtin declare -F "$1" >/dev/null ;; esac
}

# The first element is a dummy: an empty array is an error under `set -u` up to bash 4.3, and a second one
# cannot come out of the environment, so it proves that the session was started, or adopted, by this shell.
# All go through the dummy too, as the name of nothing: `"${array[@]:1}"` is one word in 3.2 where IFS has no space.
function _awsactivate_is_on { [ -n "${_awsactivate_names[1]-}" ]; }

function _awsactivate_find_core {
  case $- in (*r*) _awsactivate_core=${_awsactivate_core##*/} ;; esac  # rbash runs nothing by its path
  [ -z "$(\builtin type -P "$_awsactivate_core")" ] || \builtin return 0
  if [ -n "$(\builtin type -P awsactivate)" ]; then _awsactivate_core=awsactivate; \builtin return 0; fi
  _awsactivate_say "error: there is no program $_awsactivate_core any more"
  _awsactivate_say 'hint: install awsactivate again, then open a new shell'
  \builtin return 1
}

# Say what the status means that a program has whose interpreter is gone; STATUS and the words that it was given.
function _awsactivate_tell_gone {
  case $1:${2-}:${3-} in
    (12[67]:exec:* | 12[67]:secrets:exec | 12[67]:each:* | 12[67]:demo:*) ;;  # a command's own status
    (12[67]:*)
      _awsactivate_say "error: $_awsactivate_core can't be started: the Python that it was installed with is gone"
      _awsactivate_say 'hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate' ;;
  esac
  \builtin return "$1"
}

# --- the names, and what this shell has already ----------------------------------------------------------------

function awsactivate {
  case ${1-} in
    (activate) \builtin shift; _awsactivate_quietly _awsactivate_start "$@" ;;
    (deactivate) \builtin shift; _awsactivate_quietly _awsactivate_stop 'awsactivate deactivate' "$@" ;;
    (exec | each | export | show | doctor | console | revoke) _awsactivate_quietly _awsactivate_run_before "$@" ;;
    (status)
      _awsactivate_find_core &&
        _AWSACTIVATE_MFA_SHOWN="${_AWSACTIVATE_MFA_SHOWN-}" \builtin command "$_awsactivate_core" "$@" ;;
    (*) _awsactivate_find_core && { \builtin command "$_awsactivate_core" "$@" || _awsactivate_tell_gone "$?" "$@"; } ;;
  esac
}

function _awsactivate_load {
  \builtin local _awsa_shadowed=''
  \builtin export -n _awsactivate_core _awsactivate_version _awsactivate_folder _awsactivate_short_names \
    _awsactivate_bin _awsactivate_flags _awsactivate_adoptable
  _awsactivate_core=${_awsactivate_core:-awsactivate} _awsactivate_adoptable=${_awsactivate_adoptable-}
  _awsactivate_version=${_awsactivate_version-} _awsactivate_folder=${_awsactivate_folder-}
  if ! _awsactivate_is_on; then
    # whatever of this came through the environment is not this shell's
    \builtin unset -v "${!_AWSACTIVATE_@}" _awsactivate_names _awsactivate_colours _awsactivate_pending
    \builtin export -n _awsactivate_label='' _awsactivate_expiration='' _awsactivate_colour='' \
      _awsactivate_under='' _awsactivate_venv='' _awsactivate_on_exit='' _awsactivate_exit_trap='' \
      _awsactivate_silent='' _awsactivate_tried='' _awsactivate_hashes='' _awsactivate_watched='' _awsactivate_depth=''
    _awsactivate_names=('') _awsactivate_colours=()
    [ -z "${AWSACTIVATE_PROFILE-}" ] || _awsactivate_adopt
  fi
  if [ "${_awsactivate_short_names-}" != no ]; then
    function awsdeactivate { _awsactivate_quietly _awsactivate_stop awsdeactivate "$@"; }
    if _awsactivate_has activate; then
      case $(\builtin declare -f activate) in (*_awsactivate_start*) ;; (*) _awsa_shadowed='function' ;; esac
    fi
    [ -n "$_awsa_shadowed" ] || function activate { _awsactivate_quietly _awsactivate_start "$@"; }
    case $- in
      (*r*) ;;
      (*) ! \builtin alias activate >/dev/null 2>&1 || _awsa_shadowed='alias' ;;
    esac
  fi
  case $- in (*r*) _awsactivate_bin= ;; esac  # PATH is readonly there
  if [ -n "${_awsactivate_bin-}" ]; then
    case :$PATH: in (*:"$_awsactivate_bin":*) ;; (*) PATH=$_awsactivate_bin:$PATH ;; esac
  fi
  case $- in (*i*) ;; (*) \builtin return 0 ;; esac
  [ -z "$_awsa_shadowed" ] ||
    _awsactivate_say "note: your $_awsa_shadowed 'activate' stays; a session starts by 'awsactivate activate'"
  _awsactivate_watch_prompt || \builtin :  # said when it matters
}

# In what `init` and `install` write, the other parts follow. Beside a checkout's file they are files.
case ${_awsactivate_whole-} in
  ('')
    _awsactivate_here=${BASH_SOURCE[0]%"${BASH_SOURCE[0]##*/}"}
    # shellcheck source=/dev/null
    \builtin . "${_awsactivate_here:-./}hook.bash"
    # shellcheck source=/dev/null
    \builtin . "${_awsactivate_here:-./}session.bash"
    # shellcheck source=/dev/null
    \builtin . "${_awsactivate_here:-./}deactivate.bash"
    # shellcheck source=/dev/null
    \builtin . "${_awsactivate_here:-./}prompt.bash"
    # shellcheck source=/dev/null
    \builtin . "${_awsactivate_here:-./}start.bash"
    \builtin unset -v _awsactivate_here ;;
esac
