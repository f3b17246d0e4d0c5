# awsactivate in the other POSIX shells (dash, busybox ash, ksh93, mksh): `activate`, `deactivate`, the prompt.
#
# A program cannot change its parent's environment, so a shell function runs the core (awsactivate), which
# answers with statements for this shell: one && list that ends in a sentinel. They are tried in a subshell,
# then run here. What each variable was before waits, unexported, in _AWSACTIVATE_OLD_<NAME>.
#
# POSIX knows neither local variables nor arrays: the names _awsa_* belong to one function at a time, and a list
# stands between spaces. Nor does it know a hook before the prompt, so that Ctrl-C leaves `set -x` off here.
#
# shellcheck shell=sh
# shellcheck disable=SC2119,SC2120,SC2154,SC2317  # it sees neither through `eval` nor through what is called by name
# In the start-up file (dash and ksh read the one that ENV names):  eval "$(awsactivate init sh)"

_awsactivate_say() { \command printf 'awsactivate: %s\n' "$1" >&2; }

# Run "$@" untraced: neither -x nor -v may show a secret, nor -a export one.
_awsactivate_quietly() {
  _awsactivate_flags=$-
  { \command set +xva; } 2>/dev/null
  # made anew, since -a has exported it
  _awsa_flags=$_awsactivate_flags
  \command unset -v _awsactivate_flags
  _awsactivate_flags=$_awsa_flags
  \command unset -v _awsa_flags
  _awsactivate_status=0
  "$@" || _awsactivate_status=$?
  \command unset -v _awsa_all _awsa_rest _awsa_exported _awsa_name _awsa_kept _awsa_set _awsa_failed _awsa_ended \
    _awsa_held _awsa_old _awsa_is _awsa_our _awsa_left _awsa_text _awsa_words _awsa_word _awsa_prefixes
  case $_awsactivate_flags in (*a*) \command set -a ;; esac
  case $_awsactivate_flags in (*v*) \command set -v ;; esac
  case $_awsactivate_flags in (*x*) \command set -x ;; esac
  \command return "$_awsactivate_status"
}

# --- the state before --------------------------------------------------------------------------------------

# Keep what NAMES are now, unless that is kept already; put back what the session before this one held and
# this one does not.
_awsactivate_hold() {
  _awsa_all=" $* "
  _awsa_rest=${_awsactivate_names# }
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *} _awsa_rest=${_awsa_rest#* }
    case $_awsa_all in (*" $_awsa_name "*) ;; (*) _awsactivate_put_back "$_awsa_name" || \command return ;; esac
  done
  # not the list of `export -p`, where a value of several lines could look like another name
  # shellcheck disable=SC2016  # awk's own dollars
  _awsa_exported=" $(\command awk 'BEGIN { for (i = 1; i < ARGC; i++) if (ARGV[i] in ENVIRON) printf "%s ", ARGV[i] }' "$@")"
  for _awsa_name in "$@"; do
    \command eval "_awsa_kept=\${_AWSACTIVATE_OLD_$_awsa_name+x} _awsa_set=\${$_awsa_name+x}"
    [ -z "$_awsa_kept" ] || \command continue
    if [ -z "$_awsa_set" ]; then
      \command eval "_AWSACTIVATE_OLD_$_awsa_name=-"
    else
      case $_awsa_exported in
        (*" $_awsa_name "*) \command eval "_AWSACTIVATE_OLD_$_awsa_name=x\$$_awsa_name" ;;
        (*) \command eval "_AWSACTIVATE_OLD_$_awsa_name=n\$$_awsa_name" ;;
      esac
    fi || \command return
  done
  _awsactivate_names=$_awsa_all
}

# Put NAME back as it was, unless somebody changed it meanwhile.
_awsactivate_put_back() {
  \command eval "_awsa_old=\${_AWSACTIVATE_OLD_$1-} _awsa_is=\${$1+x}\${$1-} _awsa_our=\${_AWSACTIVATE_OUR_$1-}"
  [ -n "$_awsa_old" ] || \command return 0
  _awsa_failed=0
  # the keys and our own variables always are ours, any other only as long as it is what we made it
  case $1 in (AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWSACTIVATE_*) _awsa_our=$_awsa_is ;; esac
  if [ "$_awsa_is" = "$_awsa_our" ]; then
    \command unset -v "$1" || _awsa_failed=1
    case $_awsa_failed$_awsa_old in
      (0x*) \command export "$1=${_awsa_old#x}" ;;
      (0n*) \command eval "$1=\${_awsa_old#n}" ;;
    esac
  fi
  \command unset -v "_AWSACTIVATE_OLD_$1" "_AWSACTIVATE_OUR_$1" _awsa_old _awsa_is _awsa_our
  \command return "$_awsa_failed"
}

# Remember what we made of the names held: no copy of the keys, which go back in any case.
_awsactivate_remember() {
  _awsa_rest=${_awsactivate_names# }
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *} _awsa_rest=${_awsa_rest#* }
    case $_awsa_name in
      (AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWSACTIVATE_*) ;;
      (*) \command eval "_AWSACTIVATE_OUR_$_awsa_name=\${$_awsa_name+x}\${$_awsa_name-}" ;;
    esac
  done
}

# In a subshell that is about to become the core: the environment without the session that is on. The names
# AWSACTIVATE_* stay, by which the core knows what there is to renew.
_awsactivate_step_back() {
  _awsa_rest=${_awsactivate_names# }
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *} _awsa_rest=${_awsa_rest#* }
    case $_awsa_name in (AWSACTIVATE_*) ;; (*) _awsactivate_put_back "$_awsa_name" 2>/dev/null ;; esac
  done
  \command export _AWSACTIVATE_WRAPPER="$_awsactivate_version"
}

# --- start and stop ----------------------------------------------------------------------------------------

_awsactivate_find_core() {
  ! \command -v "$_awsactivate_core" >/dev/null || \command return 0
  _awsactivate_say "error: there is no program $_awsactivate_core any more"
  _awsactivate_say 'hint: install awsactivate again, then open a new shell'
  \command return 1
}

# Say what the status means that a program has whose interpreter is gone; STATUS and the words that it was given.
_awsactivate_tell_gone() {
  case $1:${2-}:${3-} in
    (12[67]:exec:* | 12[67]:secrets:exec | 12[67]:each:* | 12[67]:demo:*) ;;  # a command's own status
    (12[67]:*)
      _awsactivate_say "error: $_awsactivate_core can't be started: the Python that it was installed with is gone"
      _awsactivate_say 'hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate' ;;
  esac
  \command return "$1"
}

_awsactivate_start() {
  _awsactivate_find_core || \command return
  _awsa_failed=0
  _awsa_text=$(_awsactivate_step_back; \command "$_awsactivate_core" _activate sh "$@") || _awsa_failed=$?
  if [ "$_awsa_failed" -ge 128 ]; then  # killed, perhaps while it asked with the echo off
    { \command stty echo icanon </dev/tty; } 2>/dev/null
  fi
  [ "$_awsa_failed" = 0 ] || _awsactivate_tell_gone "$_awsa_failed" || \command return
  case $_awsa_text in
    ('\command : awsactivate-end') \command return 0 ;;  # nothing to change: it printed its help
    ('_awsactivate_hold '*' && \command : awsactivate-end') ;;
    (*)
      _awsactivate_say "error: the answer of $_awsactivate_core is not whole: nothing was changed"
      \command return 1 ;;
  esac
  if ! (\command eval "$_awsa_text") >/dev/null 2>&1; then
    _awsactivate_say 'error: a variable of the session is readonly in this shell: nothing was changed'
    _awsactivate_say 'hint: open a new shell'
    \command return 1
  fi
  \command eval "$_awsa_text" || _awsa_failed=$?
  [ "$_awsa_failed" != 0 ] || \command return 0
  _awsactivate_remember
  _awsactivate_end
  _awsactivate_say 'error: not every variable could be set: the session was ended'
  \command return 1
}

# The core's text ends by this: what the prompt shows (STYLE: a colour, or a label), and the line to say.
_awsactivate_begun() {
  _awsactivate_remember && _awsactivate_describe "$1" || \command return
  # `deactivate` may be a virtual environment's, and POSIX has no way to keep a function for later
  case $(\command -v deactivate) in (deactivate) ;; (*) _awsactivate_claim ;; esac
  [ -z "$2" ] || \command printf '%s\n' "$2" >&2
}

_awsactivate_claim() {
  [ "${_awsactivate_short_names-}" != no ] || \command return 0
  deactivate() { _awsactivate_quietly _awsactivate_stop deactivate "$@"; }
  _awsactivate_claimed=yes
}

# SPOKEN is the name that was called, then come the person's own words.
_awsactivate_stop() {
  if [ "${2-}" = nondestructive ]; then _awsactivate_claimed=; \command return 0; fi
  case ${2-} in
    ('') ;;
    (-h | --help)
      \command printf '%s\n' "usage: $1" '' \
        'End the AWS session of this shell: every variable becomes what it was before.'
      \command return 0 ;;
    (*)
      _awsactivate_say "error: $1 takes no argument $2"
      _awsactivate_say "hint: $1 --help"
      \command return 2 ;;
  esac
  if [ "$_awsactivate_names" = ' ' ]; then
    _awsactivate_say 'error: no session is active in this shell'
    \command return 1
  fi
  _awsactivate_end "$1"
}

_awsactivate_end() {
  _awsa_ended=0
  _awsa_held=${_awsactivate_names# }
  while [ -n "$_awsa_held" ]; do
    _awsactivate_put_back "${_awsa_held%% *}" || _awsa_ended=1
    _awsa_held=${_awsa_held#* }
  done
  _awsactivate_names=' ' _awsactivate_label='' _awsactivate_expiration=''
  # a virtual environment that came later has the name, and takes it away itself
  if [ "${1-}" = deactivate ] || [ -n "$_awsactivate_claimed" ]; then \command unset -f deactivate; fi
  _awsactivate_claimed=
  \command return "$_awsa_ended"
}

# --- the prompt ----------------------------------------------------------------------------------------------

# mksh and ksh93 know the time without a process, and count the minutes down; the others show when it ends (UTC).
# Expanded at each prompt.
# shellcheck disable=SC2016
case ${KSH_VERSION-} in
  (*MIRBSD*) _awsactivate_clock='${EPOCHREALTIME%.*}' ;;
  (*93u+m*) _awsactivate_clock='$(printf "%(%s)T")' ;;
  (*) _awsactivate_clock= ;;
esac

# Take in what the prompt shows: what comes out of the environment is checked, since arithmetic runs code.
_awsactivate_describe() {
  _awsactivate_label=${AWSACTIVATE_PROFILE-} _awsactivate_expiration='' _awsactivate_until=''
  case $_awsactivate_label in (*[!A-Za-z0-9_.@:/=+,-]*) _awsactivate_label='awsactivate' ;; esac
  case ${AWSACTIVATE_SCOPE-} in
    ('') ;;
    (read-only*) _awsactivate_label=$_awsactivate_label:ro ;;
    (terraform-plan*) _awsactivate_label=$_awsactivate_label:plan ;;
    (*) _awsactivate_label=$_awsactivate_label:policy ;;
  esac
  case ${AWSACTIVATE_EXPIRATION-} in
    ('' | 0* | *[!0-9]* | ?????????????*) ;;
    (*) _awsactivate_expiration=$AWSACTIVATE_EXPIRATION ;;
  esac
  case ${AWS_CREDENTIAL_EXPIRATION-} in
    ([0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z)
      _awsactivate_until=${AWS_CREDENTIAL_EXPIRATION#*T}
      _awsactivate_until=" until ${_awsactivate_until%:*}Z" ;;
  esac
  case $1 in
    ('' | red | green | yellow | blue | magenta | cyan | white | *[!A-Za-z0-9_.@:/=+,\ -]*) ;;
    (*) _awsactivate_label="$1 $_awsactivate_label" ;;
  esac
  if [ "${AWSACTIVATE_PROMPT-}" = off ]; then _awsactivate_label=''; fi
}

_awsactivate_show() {
  case ${PS1-} in (*_awsactivate_label*) \command return 0 ;; esac
  if [ -z "$_awsactivate_clock" ]; then
    # shellcheck disable=SC2016
    PS1='${_awsactivate_label:+($_awsactivate_label$_awsactivate_until) }'${PS1-}
  else
    _awsa_left="(_awsactivate_expiration - $_awsactivate_clock + 59) / 60"
    PS1='${_awsactivate_label:+($_awsactivate_label${_awsactivate_expiration:+ $(( '$_awsa_left' ))m}) }'${PS1-}
  fi
}

# --- the names, and what this shell has already ----------------------------------------------------------------

awsactivate() {
  case ${1-} in
    (activate) \command shift; _awsactivate_quietly _awsactivate_start "$@" ;;
    (deactivate) \command shift; _awsactivate_quietly _awsactivate_stop 'awsactivate deactivate' "$@" ;;
    (exec | each | export | show | doctor) _awsactivate_quietly _awsactivate_run_before "$@" ;;
    (*) _awsactivate_find_core && { \command "$_awsactivate_core" "$@" || _awsactivate_tell_gone "$?" "$@"; } ;;
  esac
}

# These start from what was before the session, as `activate` does, but for `exec --scope`, which is about
# this one; exec, lest a shell lingers behind the core.
_awsactivate_run_before() {
  _awsactivate_find_core && (
    case $(\command printf '%s ' "$@") in
      (exec\ -*\ --scope[=\ ]* | exec\ --scope[=\ ]*) ;;
      (*) _awsactivate_step_back ;;
    esac
    \command exec "$_awsactivate_core" "$@"
  )
}

# A session that this shell inherited: what was before it is not known, so its names will just be unset.
_awsactivate_adopt() {
  # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
  # that ends in _ stands for every name that begins with it
  _awsa_words="${_awsactivate_adoptable-} " _awsa_prefixes=''
  while [ -n "$_awsa_words" ]; do
    _awsa_word=${_awsa_words%% *} _awsa_words=${_awsa_words#* }
    case $_awsa_word in (*_) _awsa_prefixes="$_awsa_prefixes$_awsa_word " ;; esac
  done
  _awsa_rest="${AWSACTIVATE_VARS-} "
  \command set -- AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION \
    AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE \
    AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%% *} _awsa_rest=${_awsa_rest#* }
    case $_awsa_name in
      ('' | *[!A-Za-z0-9_]*) _awsa_words='' ;;
      (*)
        _awsa_words=$_awsa_prefixes
        case " ${_awsactivate_adoptable-} " in (*" $_awsa_name "*) \command set -- "$@" "$_awsa_name" ;; esac ;;
    esac
    while [ -n "$_awsa_words" ]; do
      _awsa_word=${_awsa_words%% *} _awsa_words=${_awsa_words#* }
      case $_awsa_name in ("$_awsa_word"?*) \command set -- "$@" "$_awsa_name" ;; esac
    done
  done
  for _awsa_name in "$@"; do \command eval "_AWSACTIVATE_OLD_$_awsa_name=-"; done
  _awsactivate_names=" $* "
  _awsactivate_remember
  _awsactivate_describe ''
  case $(\command -v deactivate) in (deactivate) ;; (*) _awsactivate_claim ;; esac
}

_awsactivate_load() {
  _awsactivate_core=${_awsactivate_core:-awsactivate}
  _awsactivate_version=${_awsactivate_version-}
  # this shell's process id tells its own list from one that came through the environment
  if [ "${_awsactivate_pid-}" != $$ ]; then
    _awsactivate_pid=$$
    _awsactivate_names=' ' _awsactivate_label='' _awsactivate_expiration='' _awsactivate_claimed=''
    [ -z "${AWSACTIVATE_PROFILE-}" ] || _awsactivate_adopt
  fi
  if [ "${_awsactivate_short_names-}" != no ]; then
    activate() { _awsactivate_quietly _awsactivate_start "$@"; }
    awsdeactivate() { _awsactivate_quietly _awsactivate_stop awsdeactivate "$@"; }
  fi
  case $- in (*i*) _awsactivate_show ;; esac
}

_awsactivate_quietly _awsactivate_load
