# The prompt of bash with a session: "(prod 60m)". Part of awsactivate.bash, which loads it.
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

# Take in what the prompt shows: what comes out of the environment is checked, since arithmetic runs code.
function _awsactivate_describe {
  \builtin local _awsa_name="${AWSACTIVATE_PROFILE-}" _awsa_word _awsa_code=31
  # in the locale C, where no byte beyond ASCII is a letter: what turns the direction of a text is escaped too
  case $_awsa_name in
    (*[!A-Za-z0-9_.@:/=+,-]*) _awsa_name=$(LC_ALL=C; \builtin printf %q "$_awsa_name") ;;
  esac
  case ${AWSACTIVATE_SCOPE-} in
    ('') ;;
    (read-only*) _awsa_name=$_awsa_name:ro ;;
    (terraform-plan*) _awsa_name=$_awsa_name:plan ;;
    (*) _awsa_name=$_awsa_name:policy ;;
  esac
  case ${AWSACTIVATE_EXPIRATION-} in
    ('' | 0* | *[!0-9]* | ?????????????*) _awsactivate_expiration='' ;;
    (*) _awsactivate_expiration=$AWSACTIVATE_EXPIRATION ;;
  esac
  _awsactivate_colour='' _awsactivate_label=$_awsa_name
  for _awsa_word in red green yellow blue magenta cyan white; do
    [ "$1" != "$_awsa_word" ] || _awsactivate_colour=$_awsa_code
    _awsa_code=$((_awsa_code + 1))
  done
  [ -n "$_awsactivate_colour" ] || case $1 in
    ('' | *[[:cntrl:]]*) ;;
    (*) _awsactivate_label="$1 $_awsa_name" ;;
  esac
}

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

# Renew a session that ends within ten minutes where nobody need be asked. What failed is tried again in a minute,
# unless it failed for want of a code.
function _awsactivate_renew_in_time {
  \builtin local _awsa_now _awsa_status=0
  [ -n "$_awsactivate_silent" ] && [ -n "$_awsactivate_expiration" ] || \builtin return 0
  _awsactivate_read_clock
  [ "$_awsa_now" -ge "$((_awsactivate_expiration - 600))" ] || \builtin return 0
  [ "$_awsa_now" -ge "$((${_awsactivate_tried:-0} + 60))" ] || \builtin return 0
  _awsactivate_tried=$_awsa_now
  _awsactivate_start --renew --if-silent || _awsa_status=$?
  [ "$_awsa_status" != 5 ] || _awsactivate_silent=
}

function _awsactivate_show {
  # starship and oh-my-posh draw the prompt themselves; without promptvars bash would show the text below raw
  case ${AWSACTIVATE_PROMPT-}/${STARSHIP_SHELL-}/${POSH_SHELL-} in
    (off/* | */bash/* | */bash) _awsactivate_hide; \builtin return 0 ;;
  esac
  \builtin shopt -q promptvars || { _awsactivate_hide; \builtin return 0; }
  _awsactivate_colours=(31 "${_awsactivate_colour:-33}" "${_awsactivate_colour:-32}")
  [ -n "$_awsactivate_expiration" ] || _awsactivate_colours[0]=${_awsactivate_colour:-32}
  [ -z "${NO_COLOR-}" ] && [ "${TERM-}" != dumb ] || _awsactivate_colours=()
  case ${PS1-} in (*"$_awsactivate_ps1"*) \builtin return 0 ;; esac
  \builtin local _awsa_marks
  _awsactivate_find_marks "${PS1-}"
  _awsactivate_set_ps1 "$_awsa_marks$_awsactivate_ps1${PS1#"$_awsa_marks"}"
}

function _awsactivate_hide {
  _awsactivate_colours=()
  case ${PS1-} in
    (*"$_awsactivate_ps1"*) _awsactivate_set_ps1 "${PS1%%"$_awsactivate_ps1"*}${PS1#*"$_awsactivate_ps1"}" ;;
  esac
}

# Set _awsa_marks, which the caller declares, to what TEXT begins with before anything is seen: the marks by which a
# terminal finds where a prompt starts (their numbers have three digits, a title's has one), and moves of the cursor,
# as to the start of the line. What we show belongs behind them.
function _awsactivate_find_marks {
  \builtin set -- "${1-}"
  _awsa_marks=''
  while :; do
    case ${1%%'\]'*} in
      ("$1") \builtin return 0 ;;
      ('\['$'\e]'[0-9][0-9][0-9]* | '\[\e]'[0-9][0-9][0-9]* | '\[\033]'[0-9][0-9][0-9]*) ;;
      ('\['$'\e['*[A-HJKf] | '\[\e['*[A-HJKf] | '\[\033['*[A-HJKf]) ;;
      (*) \builtin return 0 ;;
    esac
    _awsa_marks="$_awsa_marks${1%%'\]'*}\\]"
    \builtin set -- "${1#*'\]'}"
  done
}

# Make PS1 TEXT. Who puts marks around it remembers what came of that, and puts them there again when PS1 is another:
# it remembers TEXT from now on, lest the marks grow by a pair at each change of ours.
function _awsactivate_set_ps1 {
  \builtin local _awsa_marks _awsa_name _awsa_before="${PS1-}" _awsa_rest
  _awsactivate_hush builtin printf -v PS1 %s "$1" || \builtin return 0
  _awsactivate_find_marks "$_awsa_before"
  [ -n "$_awsa_marks" ] || \builtin return 0
  _awsa_rest=$(\builtin compgen -v)$'\n'
  while [ -n "$_awsa_rest" ]; do
    _awsa_name=${_awsa_rest%%$'\n'*}
    _awsa_rest=${_awsa_rest#*$'\n'}
    case $_awsa_name in (PS1 | _ | _awsa_*) \builtin continue ;; esac
    [ "${!_awsa_name-}" != "$_awsa_before" ] || _awsactivate_hush builtin printf -v "$_awsa_name" %s "$1"
  done
}

# Have bash call the hook before each prompt, behind all others: there it disturbs nobody's PIPESTATUS, and sees
# what they have made of PS1. A text stays a text, and an array an array, since others read it as what it was;
# before 5.1 bash runs the first element only.
function _awsactivate_watch_prompt {
  case $- in (*i*) ;; (*) \builtin return 0 ;; esac
  [ "x${PROMPT_COMMAND[*]-}" != "${_awsactivate_watched-}" ] || \builtin return 0  # as it was left
  _awsactivate_place_hook || \builtin return
  _awsactivate_watched=x${PROMPT_COMMAND[*]-}
}

function _awsactivate_place_hook {
  \builtin local _awsa_text _awsa_last='' _awsa_is_array=''
  if [ "${BASH_VERSINFO[0]}" -gt 5 ] || [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 51 ]; then
    case ${PROMPT_COMMAND[*]@a} in (*a*) _awsa_is_array=yes ;; esac
  fi
  if [ -z "$_awsa_is_array" ]; then
    _awsactivate_join_hook "${PROMPT_COMMAND-}"
    # by printf, to which a readonly name is no error; 3.2 does not even tell
    [ "$_awsa_text" = "${PROMPT_COMMAND-}" ] || _awsactivate_hush builtin printf -v PROMPT_COMMAND %s "$_awsa_text"
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
  _awsactivate_hush builtin printf -v PROMPT_COMMAND %s "$1" && PROMPT_COMMAND=("$@")
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
  _awsa_text=${_awsa_text:+$_awsa_text$'\n'}_awsactivate_hook$1
}

# Set _awsa_text, which the caller declares, to the text TEXT of PROMPT_COMMAND without the hook.
function _awsactivate_drop_hook {
  _awsa_text=$1
  while \builtin :; do
    case $_awsa_text in (*_awsactivate_hook*) ;; (*) \builtin return 0 ;; esac
    \builtin set -- "${_awsa_text%%_awsactivate_hook*}" "${_awsa_text#*_awsactivate_hook}"
    case $1 in
      ('') _awsa_text=${2#[;$'\n']} ;;
      (*) _awsa_text=${1%[;$'\n']}$2 ;;
    esac
  done
}

# Where the prompt is out of reach, say how a person places the segment.
function _awsactivate_watch_or_tell {
  _awsactivate_watch_prompt && \builtin return 0
  _awsactivate_say 'note: PROMPT_COMMAND is readonly, so the prompt may not show the session'
  _awsactivate_say "hint: put \$(awsactivate_prompt_info) into PS1"
}

# In a subshell that is about to become doctor: what keeps the hook from being run before each prompt.
function _awsactivate_tell_of_hook {
  \builtin local _awsa_text="${PROMPT_COMMAND-}"
  case $- in (*i*) ;; (*) \builtin return 0 ;; esac
  if [ "${BASH_VERSINFO[0]}" -gt 5 ] || [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 51 ]; then
    _awsa_text=${PROMPT_COMMAND[*]-}
  fi
  case $_awsa_text in (*_awsactivate_hook*) \builtin return 0 ;; esac
  if ! (_awsactivate_hush builtin unset -v PROMPT_COMMAND); then
    \builtin export _AWSACTIVATE_HOOK=readonly
  elif _awsactivate_is_on; then
    \builtin export _AWSACTIVATE_HOOK=PROMPT_COMMAND
  fi
}

function _awsactivate_at_prompt {
  # Ctrl-C can fall between two statements of a change: then the change is finished here
  [ -z "${_awsactivate_pending+x}" ] || \builtin eval "$_awsactivate_pending"
  \builtin unset -v _awsactivate_pending
  if _awsactivate_is_on; then
    _awsactivate_has deactivate || _awsactivate_claim
    [ "${AWSACTIVATE_AUTO_RENEW-}" != 1 ] || _awsactivate_renew_in_time
    _awsactivate_show
    _awsactivate_watch_prompt || \builtin :  # for a session that was there before the others' hooks
  else
    _awsactivate_hide  # a virtual environment may have put an old PS1 back
  fi
  # a virtual environment puts itself before us, and its own `activate` takes no profile
  if [ -n "${_awsactivate_bin-}" ] && [ -n "${VIRTUAL_ENV-}" ]; then
    case $PATH in ("$VIRTUAL_ENV/bin:"*) PATH=$_awsactivate_bin:$PATH ;; esac
  fi
}

function _awsactivate_hook {
  \builtin set -- "$?"
  [ -z "$_awsactivate_flags" ] || _awsactivate_flags_back
  _awsactivate_quietly _awsactivate_at_prompt
  \builtin eval :  # 4.0 shows an old PS1 behind anybody's $( ) in PROMPT_COMMAND, but for this
  case $- in (*e*) \builtin return 0 ;; esac  # with `set -e` a status would end the shell
  \builtin return "$1"
}
