# The prompt of bash with a session: "(prod 60m)". Part of awsactivate.bash, which loads it.
#
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # what awsactivate.bash sets, and what PS1 reads

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
  \builtin shopt -q promptvars || { _awsactivate_hide; \builtin return 2; }
  _awsactivate_colours=(31 "${_awsactivate_colour:-33}" "${_awsactivate_colour:-32}")
  [ -n "$_awsactivate_expiration" ] || _awsactivate_colours[0]=${_awsactivate_colour:-32}
  [ -z "${NO_COLOR-}" ] && [ "${TERM-}" != dumb ] || _awsactivate_colours=()
  case ${PS1-$_awsactivate_ps1} in (*"$_awsactivate_ps1"*) \builtin return 0 ;; esac
  \builtin local _awsa_marks
  _awsactivate_find_marks "${PS1-}"
  _awsactivate_set_ps1 "$_awsa_marks$_awsactivate_ps1${PS1#"$_awsa_marks"}"
}

# Set _awsa_marks, which the caller declares, to what TEXT begins with before anything is seen: the marks by which a
# terminal finds where a prompt starts (their numbers have three digits, a title's has one), and moves of the cursor,
# as to the start of the line. What we show belongs behind them.
function _awsactivate_find_marks {
  \builtin set -- "${1-}"
  _awsa_marks=''
  while \builtin :; do
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
  if _awsactivate_runs_arrays; then  # and tells what PS1 is
    case ${PS1@a} in (*[cilu]*) \builtin return 1 ;; esac  # an integer, or one in upper case
  fi
  _awsactivate_hush builtin printf -v PS1 %s "$1" && [ "$PS1" = "$1" ] || \builtin return
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

# Show the session; where the prompt is out of reach, say what keeps it there and how a person places the segment.
function _awsactivate_show_or_tell {
  \builtin local _awsa_kind _awsa_why='' _awsa_hint="put \$(awsactivate_prompt_info) into PS1"
  if ! _awsactivate_watch_prompt; then
    _awsactivate_read_kind
    case $_awsa_kind in
      (*r*) _awsa_why='PROMPT_COMMAND is readonly' ;;
      (*) _awsa_why='PROMPT_COMMAND can hold no hook (see declare -p PROMPT_COMMAND)' ;;
    esac
  fi
  _awsactivate_show
  case $? in
    (0) ;;
    (2) _awsa_why='promptvars is off' _awsa_hint='shopt -s promptvars; awsactivate_prompt_info prints what it would show' ;;
    (*) _awsa_why="PS1 can't be changed (see declare -p PS1)" _awsa_hint='awsactivate_prompt_info prints what it would show' ;;
  esac
  [ -n "$_awsa_why" ] && [ "${AWSACTIVATE_PROMPT-}" != off ] || \builtin return 0
  _awsactivate_say "note: $_awsa_why, so the prompt may not show the session"
  _awsactivate_say "hint: $_awsa_hint"
}

# In a subshell that is about to become doctor: what keeps the hook from being run before each prompt.
function _awsactivate_tell_of_hook {
  \builtin local _awsa_text="${PROMPT_COMMAND-}" _awsa_kind
  case $- in (*i*) ;; (*) \builtin return 0 ;; esac
  if _awsactivate_runs_arrays; then
    _awsa_text=${PROMPT_COMMAND[*]-}
  fi
  case $_awsa_text in (*_awsactivate_hook*) \builtin return 0 ;; esac
  _awsactivate_read_kind
  case $_awsa_kind in
    (*r*) \builtin export _AWSACTIVATE_HOOK=readonly; \builtin return 0 ;;
    (*[Acilu]*) \builtin export _AWSACTIVATE_HOOK=unfit; \builtin return 0 ;;
  esac
  if _awsactivate_is_on; then
    \builtin export _AWSACTIVATE_HOOK=PROMPT_COMMAND
  fi
}

