# What TAB offers after `activate` and `awsactivate` in bash (3.2 and later), by builtins alone: no process.
#
# Loaded at the first TAB (see load.bash), and as awsactivate.bash must not mind what the person has set.
# COMP_WORDS is of no use: it is cut at `:`, `=` and `@`, which names have. So the line is read again here.
#
# shellcheck shell=bash
# shellcheck disable=SC2154  # what awsactivate.bash has set

\builtin shopt -q expand_aliases && _awsactivate_aliases=on
\builtin shopt -u expand_aliases
_awsactivate_flags=$-
\builtin set +xvTka

# Commands, options and arguments: `command TAB word TAB kind TAB …`; scripts/completion-words tells more.
_awsactivate_words=()
while \builtin read -r _awsactivate_line; do
  _awsactivate_words[${#_awsactivate_words[@]}]=$_awsactivate_line
done <"$_awsactivate_folder/completion/words"
\builtin unset -v _awsactivate_line

# readline gives the command's name, and what it will replace: the word, or what of it follows a `:`, `=` or `@`.
function _awsactivate_complete {
  COMPREPLY=()
  _awsactivate_quietly _awsactivate_complete_line "$1" "${2-}" 2>/dev/null
  \builtin return 0  # with `set -e` any other would end the shell
}

function _awsactivate_complete_line {
  \builtin local _awsa_words _awsa_raw _awsa_open _awsa_key="${1##*/}" _awsa_kind='' _awsa_cur _awsa_head=''
  \builtin local IFS=$' \t\n'
  [ "$_awsa_key" != awsdeactivate ] || _awsa_key=deactivate
  _awsactivate_split "${COMP_LINE:0:COMP_POINT}"
  _awsactivate_walk
  _awsactivate_offer
  _awsactivate_as_typed "${_awsa_raw%"$2"}"
}

# Read LINE, up to the cursor, as bash would: its words unquoted, the last one also as it is typed, and the
# quote that is open at its end.
function _awsactivate_split {
  \builtin local _awsa_rest="$1" _awsa_word='' _awsa_char _awsa_is_word=''
  _awsa_words=() _awsa_raw='' _awsa_open=''
  while [ -n "$_awsa_rest" ]; do
    _awsa_char=${_awsa_rest:0:1}
    _awsa_rest=${_awsa_rest:1}
    case $_awsa_open$_awsa_char in
      ([[:space:]])
        [ -z "$_awsa_is_word" ] || _awsa_words[${#_awsa_words[@]}]=$_awsa_word
        _awsa_word='' _awsa_raw='' _awsa_is_word=''
        \builtin continue ;;
      ("''" | '""') _awsa_open='' ;;
      (\' | \") _awsa_open=$_awsa_char ;;
      (\\ | \"\\)
        _awsa_raw=$_awsa_raw$_awsa_char
        _awsa_char=${_awsa_rest:0:1}
        _awsa_rest=${_awsa_rest:1}
        _awsa_word=$_awsa_word$_awsa_char ;;
      (*) _awsa_word=$_awsa_word$_awsa_char ;;
    esac
    _awsa_raw=$_awsa_raw$_awsa_char _awsa_is_word=yes
  done
  _awsa_words[${#_awsa_words[@]}]=$_awsa_word
}

# Go through the words before the last one to find what the last one is: its command in _awsa_key, its kind.
function _awsactivate_walk {
  \builtin local _awsa_place=0 _awsa_awaited='' _awsa_count=$((${#_awsa_words[@]} - 1)) _awsa_index=0 _awsa_word
  _awsa_cur=${_awsa_words[_awsa_count]}
  while [ "$((_awsa_index += 1))" -lt "$_awsa_count" ]; do
    _awsa_word=${_awsa_words[_awsa_index]}
    if [ -n "$_awsa_awaited" ]; then
      _awsa_awaited=''
      \builtin continue
    fi
    _awsactivate_look_up "$_awsa_word"
    case $_awsa_word/$_awsa_kind in
      (--/*) _awsa_kind=rest; \builtin return ;;
      (-*/flag | -*/profiles | -*=*/* | -*/) ;;
      (-*) _awsa_awaited=$_awsa_kind ;;
      (*/command)
        case $_awsa_key in (awsactivate) _awsa_key=$_awsa_word ;; (*) _awsa_key="$_awsa_key $_awsa_word" ;; esac
        _awsa_place=0 ;;
      (*) _awsa_place=$((_awsa_place + 1)) ;;
    esac
  done
  _awsa_kind=$_awsa_awaited
  [ -z "$_awsa_kind" ] || \builtin return
  case $_awsa_cur in
    (--*=*)
      _awsa_head=${_awsa_cur%%=*}=
      _awsa_cur=${_awsa_cur#*=}
      _awsactivate_look_up "${_awsa_head%=}"
      case $_awsa_kind/$_awsa_cur in
        (profiles/*,*) _awsa_head=$_awsa_head${_awsa_cur%,*}, _awsa_cur=${_awsa_cur##*,} ;;
      esac ;;
    (-*) _awsa_kind=option ;;
    (*)
      _awsactivate_look_up "$((_awsa_place + 1))"
      [ -n "$_awsa_kind" ] || _awsactivate_look_up '*'
      [ -n "$_awsa_kind" ] || _awsa_kind='command' ;;
  esac
}

# Set _awsa_kind to the kind of WORD in the command of now, or to nothing.
function _awsactivate_look_up {
  \builtin local _awsa_line
  _awsa_kind=''
  for _awsa_line in "${_awsactivate_words[@]}"; do
    case $_awsa_line in
      ("$_awsa_key"$'\t'"$1"$'\t'*)
        _awsa_line=${_awsa_line#"$_awsa_key"$'\t'"$1"$'\t'}
        _awsa_kind=${_awsa_line%%$'\t'*}
        \builtin return ;;
    esac
  done
}

# Put all that _awsa_kind may be, and that begins with _awsa_cur, into COMPREPLY.
function _awsactivate_offer {
  \builtin local _awsa_line _awsa_rest
  case $_awsa_kind in
    (profile | profiles) _awsactivate_profiles "$_awsa_cur" ;;
    (role) _awsactivate_roles "$_awsa_cur" ;;
    (target)
      _awsactivate_profiles "$_awsa_cur"
      case $_awsa_cur in (arn:*) _awsactivate_roles "$_awsa_cur" ;; esac ;;
    (service) _awsactivate_services "$_awsa_cur" ;;
    (command | option)
      for _awsa_line in "${_awsactivate_words[@]}"; do
        case $_awsa_line in ("$_awsa_key"$'\t'"$_awsa_cur"*) ;; (*) \builtin continue ;; esac
        _awsa_line=${_awsa_line#*$'\t'}
        case $_awsa_kind/$_awsa_line in
          (command/*$'\t'command$'\t'* | option/-*) COMPREPLY[${#COMPREPLY[@]}]=${_awsa_line%%$'\t'*} ;;
        esac
      done ;;
    (file | rest)
      # bash's own for what is not ours; before 4.1 it cannot be asked for that, so the files are listed here
      if [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 41 ]; then
        \builtin compopt -o bashdefault -o default 2>/dev/null
      else
        _awsa_rest=$(\builtin compgen -f -- "$_awsa_cur"; \builtin printf x)
        _awsa_rest=${_awsa_rest%x}
        while [ -n "$_awsa_rest" ]; do
          COMPREPLY[${#COMPREPLY[@]}]=${_awsa_rest%%$'\n'*}
          _awsa_rest=${_awsa_rest#*$'\n'}
        done
      fi ;;
    (*'|'*)
      _awsa_rest=$_awsa_kind'|'
      while [ -n "$_awsa_rest" ]; do
        case $_awsa_rest in ("$_awsa_cur"*) COMPREPLY[${#COMPREPLY[@]}]=${_awsa_rest%%'|'*} ;; esac
        _awsa_rest=${_awsa_rest#*'|'}
      done ;;
  esac
}

# Write COMPREPLY as it goes on the line, where TYPED stands already: readline wants the rest only.
function _awsactivate_as_typed {
  \builtin local _awsa_index _awsa_skip _awsa_text
  \builtin local IFS=''
  [ "${#COMPREPLY[@]}" -gt 0 ] || \builtin return 0
  case $1 in
    ('') _awsa_skip=0 ;;
    (*) _awsactivate_split "$1"; _awsa_skip=${#_awsa_words[0]} ;;
  esac
  # nearly always there is nothing to do, and five thousand names are seen through at once
  [ "$_awsa_head/$_awsa_skip" = /0 ] && ! [[ ${COMPREPLY[*]} =~ [^][A-Za-z0-9_./@%+,:=-] ]] && \builtin return
  for _awsa_index in "${!COMPREPLY[@]}"; do
    _awsa_text=$_awsa_head${COMPREPLY[_awsa_index]}
    _awsa_text=${_awsa_text:_awsa_skip}
    case $_awsa_open/$_awsa_text in
      (/*[!A-Za-z0-9_./@%+,:=-]*) \builtin printf -v _awsa_text %q "$_awsa_text" ;;
      (\'/*\'*) _awsa_text=${_awsa_text//\'/\'\\\'\'} ;;
      (\"/*) _awsa_text=${_awsa_text//\\/\\\\} _awsa_text=${_awsa_text//\"/\\\"} _awsa_text=${_awsa_text//\$/\\\$} ;;
    esac
    COMPREPLY[_awsa_index]=$_awsa_text
  done
}

# --- what AWS's files name ---------------------------------------------------------------------------------------

function _awsactivate_profiles {
  \builtin local _awsa_headers _awsa_header _awsa_odd
  \builtin local LC_ALL=C  # bytes are faster, and no text is a wrong one
  _awsactivate_read_headers "${AWS_CONFIG_FILE:-$HOME/.aws/config}"
  if [ -z "$_awsa_odd" ]; then
    _awsactivate_pick "$1"
  else
    for _awsa_header in ${_awsa_headers[@]+"${_awsa_headers[@]}"}; do
      case $_awsa_header in
        (profile*) _awsactivate_offer_profile "$1" "$_awsa_header" ;;
        (default) _awsactivate_offer_word "$1" default ;;
      esac
    done
  fi
  _awsactivate_read_headers "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"
  for _awsa_header in ${_awsa_headers[@]+"${_awsa_headers[@]}"}; do _awsactivate_offer_word "$1" "$_awsa_header"; done
}

function _awsactivate_offer_word { case $2 in ("$1"*) COMPREPLY[${#COMPREPLY[@]}]=$2 ;; esac; }

# Make those profiles of _awsa_headers that begin with PREFIX COMPREPLY: what a loop would do, in half the
# time. A mark, which no name has, tells which they are.
function _awsactivate_pick {
  \builtin local IFS=$'\n' _awsa_text _awsa_mark=$'\1'$1
  [ "${#_awsa_headers[@]}" -gt 0 ] || \builtin return 0  # empty, it is an error under `set -u` up to 4.3
  _awsa_text="${_awsa_headers[*]/#"profile $1"/"$_awsa_mark"}"
  # shellcheck disable=SC2206  # to be cut is what it is here for
  COMPREPLY=($_awsa_text)
  case $'\n'$_awsa_text$'\n' in (*$'\ndefault\n'*) _awsa_header=default ;; (*) _awsa_header='' ;; esac
  [ "${#COMPREPLY[@]}" -gt 0 ] || \builtin return 0
  _awsa_text="${COMPREPLY[*]/#[!$'\1']*/}"
  IFS=$'\1\n'
  # shellcheck disable=SC2206
  COMPREPLY=(${_awsa_text#*$'\1'})
  [ -z "$_awsa_header" ] || _awsactivate_offer_word "$1" default
}

# A HEADER with quotes and such is read as the line of a shell, as botocore does.
function _awsactivate_offer_profile {
  \builtin local _awsa_words _awsa_raw _awsa_open
  _awsactivate_split "$2"
  [ "${#_awsa_words[@]}" != 2 ] || _awsactivate_offer_word "$1" "${_awsa_words[1]}"
}

# Read what stands between brackets in FILE into _awsa_headers; _awsa_odd is `odd:` where some have quotes.
#
# From 4.4 on, bash cuts the file at each `[` and the rest at each `]`, without a loop: that takes a sixth of
# the time. It is right only if all brackets are those of headers, hence the count.
function _awsactivate_read_headers {
  \builtin local _awsa_parts _awsa_text
  _awsa_headers=() _awsa_odd=''
  # shellcheck disable=SC2088
  case $1 in ('~/'*) \builtin set -- "$HOME/${1#??}" ;; esac
  if { [ -f "$1" ] && [ -r "$1" ]; } && ! _awsactivate_cut "$1"; then
    _awsa_headers=() _awsa_odd=yes
    _awsactivate_each_line _awsactivate_keep_header '' "$1"
  fi
}

function _awsactivate_keep_header {
  case $2 in (\[*\]*) ;; (*) \builtin return 0 ;; esac
  \builtin set -- "${2%]*}"
  _awsa_headers[${#_awsa_headers[@]}]=${1#\[}
}

function _awsactivate_cut {
  \builtin mapfile -t -d '[' _awsa_parts <"$1" || \builtin return
  case ${_awsa_parts[0]-} in ('' | *$'\n') ;; (*) \builtin return 1 ;; esac
  \builtin local _awsa_last="$((${#_awsa_parts[@]} - 1))"
  [ "$_awsa_last" -ge 0 ] || \builtin return 0
  _awsa_parts[0]='' _awsa_parts[_awsa_last]=${_awsa_parts[_awsa_last]}$'\n'
  \builtin local IFS=$'\n' || \builtin return  # it may be readonly
  _awsa_text="${_awsa_parts[*]/]*$'\n'/]}"
  # what bash would take for a pattern of files' names, or for our mark
  case $_awsa_text in (*\** | *\?* | *\(* | *$'\1'*) \builtin return 1 ;; esac
  case $_awsa_text in (*\"* | *\'* | *\\* | *$'\t'* | *'  '*) _awsa_odd=yes ;; esac
  IFS=$']\n'
  # shellcheck disable=SC2206  # to be cut is what it is here for
  _awsa_headers=($_awsa_text)
  [ "${#_awsa_headers[@]}" = "$_awsa_last" ]
}

function _awsactivate_roles {
  \builtin local _awsa_line
  for _awsa_line in "${AWS_CONFIG_FILE:-$HOME/.aws/config}" "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"; do
    _awsactivate_each_line _awsactivate_offer_role "$1" "$_awsa_line"
  done
}

function _awsactivate_offer_role {
  case $2 in (role_arn*arn:*) ;; (*) \builtin return 0 ;; esac
  \builtin set -- "$1" "arn:${2#*arn:}"
  _awsactivate_offer_word "$1" "${2%%[[:space:]]*}"
}

# The names of services that were seen last, which the core writes down: names only.
function _awsactivate_services {
  _awsactivate_each_line _awsactivate_offer_word "$1" "${XDG_STATE_HOME:-$HOME/.local/state}/awsactivate/services"
}

# Call FUNCTION with PREFIX and each line of FILE.
function _awsactivate_each_line {
  \builtin local _awsa_file="$3" _awsa_line
  # shellcheck disable=SC2088  # botocore takes a tilde in these variables, so it may well be there
  case $_awsa_file in ('~/'*) _awsa_file=$HOME/${_awsa_file#??} ;; esac
  { [ -f "$_awsa_file" ] && [ -r "$_awsa_file" ]; } || \builtin return 0
  while \builtin read -r _awsa_line || [ -n "$_awsa_line" ]; do "$1" "$2" "$_awsa_line"; done <"$_awsa_file"
}

_awsactivate_flags_back
[ -z "${_awsactivate_aliases-}" ] || \builtin shopt -s expand_aliases
\builtin unset -v _awsactivate_aliases
