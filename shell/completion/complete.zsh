# What TAB offers after `activate` and `awsactivate` in zsh (5.0 and later), by builtins alone: no process.
#
# Loaded at the first TAB (see load.zsh). With compinit the words come with descriptions; without it they are
# what `compctl -K` can tell. The profiles are read anew only when a file has another time or size.

# Commands, options and arguments: `command TAB word TAB kind TAB what it is`; scripts/completion-words tells more.
\builtin typeset -ga _awsactivate_words _awsactivate_profiles _awsactivate_entries
\builtin typeset -g _awsactivate_seen= _awsactivate_read_for=

function _awsactivate {
  (( $#_awsactivate_words )) || _awsactivate_words=("${(@f)$(<$_awsactivate_folder/completion/words)}")
  if [[ -n ${compstate-} ]]; then
    _awsactivate_quietly _awsactivate_complete
  else
    _awsactivate_quietly _awsactivate_reply
  fi
}

# Go through the words before the last one, CURRENT, to find what that is: its command in _awsa_key, its kind in
# _awsa_kind, and whether that kind is of what follows its `=`.
function _awsactivate_walk {
  \builtin local _awsa_word _awsa_awaited= _awsa_current=$1
  \builtin local -i _awsa_place=0 _awsa_index=1
  _awsa_key=${${words[1]:t}/#awsde/de} _awsa_kind=
  for _awsa_word in "${(@Q)words[2,CURRENT - 1]}"; do
    (( ++_awsa_index ))
    if [[ -n $_awsa_awaited ]]; then
      _awsa_awaited=
      \builtin continue
    fi
    _awsactivate_look_up "$_awsa_word"
    case $_awsa_word/$_awsa_kind in
      (--/*) _awsa_kind=rest _awsa_rest=$_awsa_index; \builtin return ;;
      (-*/flag|-*/profiles|-*=*/*|-*/) ;;
      (-*) _awsa_awaited=$_awsa_kind ;;
      (*/command)
        if [[ $_awsa_key == awsactivate ]]; then _awsa_key=$_awsa_word; else _awsa_key+=" $_awsa_word"; fi
        _awsa_place=0 ;;
      (*) (( ++_awsa_place )) ;;
    esac
  done
  _awsa_kind=$_awsa_awaited
  [[ -z $_awsa_kind ]] || \builtin return
  case $_awsa_current in
    (--*=*) _awsactivate_look_up "${_awsa_current%%=*}" ;;
    (-*) _awsa_kind=option ;;
    (*)
      _awsactivate_look_up $(( _awsa_place + 1 ))
      [[ -n $_awsa_kind ]] || _awsactivate_look_up '*'
      [[ -n $_awsa_kind ]] || _awsa_kind=command ;;
  esac
}

# Set _awsa_kind to the kind of WORD in the command of now, or to nothing.
function _awsactivate_look_up {
  _awsa_kind=${${(M)_awsactivate_words:#"$_awsa_key"$'\t'"$1"$'\t'*}[1]-}
  _awsa_kind=${${_awsa_kind#*$'\t'*$'\t'}%%$'\t'*}
}

# --- with compinit -----------------------------------------------------------------------------------------------

function _awsactivate_complete {
  \builtin local _awsa_key _awsa_kind expl
  \builtin local -i _awsa_rest
  _awsactivate_walk "${(Q)PREFIX}"
  [[ $_awsa_kind == (option|command|rest) || $PREFIX != --*=* ]] || compset -P 1 '--*='
  case $_awsa_kind in
    (profile) _awsactivate_offer_profiles ;;
    (profiles) compset -P '*,'; _awsactivate_offer_profiles ;;
    (target) if [[ $PREFIX == arn* ]]; then _awsactivate_offer_roles; else _awsactivate_offer_profiles; fi ;;
    (role) _awsactivate_offer_roles ;;
    (service)
      \builtin local -a reply
      _awsactivate_read_services
      _wanted services expl service compadd -a - reply ;;
    (option|command) _awsactivate_offer_words ;;
    (file) _files ;;
    (rest)
      \builtin shift _awsa_rest words
      (( CURRENT -= _awsa_rest ))
      _normal ;;
    (*'|'*) _wanted values expl value compadd - ${(s:|:)_awsa_kind} ;;
    (*) _message 'no completion' ;;
  esac
}

function _awsactivate_offer_words {
  \builtin local _awsa_line
  \builtin local -a _awsa_found
  for _awsa_line in "${(@M)_awsactivate_words:#"$_awsa_key"$'\t'*}"; do
    _awsa_line=${_awsa_line#*$'\t'}
    case $_awsa_kind/$_awsa_line in
      (command/*$'\t'command$'\t'*|option/-*) _awsa_found+=("${_awsa_line%%$'\t'*}:${_awsa_line##*$'\t'}") ;;
    esac
  done
  if [[ $_awsa_kind == option ]]; then
    _describe -o -t options option _awsa_found
  else
    _describe -t commands command _awsa_found
  fi
}

function _awsactivate_offer_profiles {
  _awsactivate_read names
  _wanted profiles expl 'AWS profile' _awsactivate_add_profiles
}

# _describe would take a second for thousands, and nobody reads so many notes.
function _awsactivate_add_profiles {
  \builtin local -a _awsa_names _awsa_entries _awsa_shown match mbegin mend
  \builtin local -i _awsa_index _awsa_width=0
  compadd "$@" -O _awsa_names -a - _awsactivate_profiles
  if (( $#_awsa_names > 300 || $#_awsa_names < 2 )); then
    compadd "$@" -a - _awsa_names
    \builtin return
  fi
  _awsactivate_read entries
  _awsa_entries=("${_awsactivate_entries[@]}")
  compadd "$@" -O _awsa_names -D _awsa_entries -a - _awsactivate_profiles
  for (( _awsa_index = 1; _awsa_index <= $#_awsa_names; _awsa_index++ )); do
    (( $#_awsa_names[_awsa_index] <= _awsa_width )) || _awsa_width=$#_awsa_names[_awsa_index]
  done
  for (( _awsa_index = 1; _awsa_index <= $#_awsa_names; _awsa_index++ )); do
    _awsa_shown+=("${(V)_awsa_names[_awsa_index]}")
    [[ $_awsa_entries[_awsa_index] != (#b)*arn:*:([0-9]##):role/([^[:space:]]##)* ]] ||
      _awsa_shown[-1]="${(r:_awsa_width:)_awsa_shown[-1]}  -- ${match[2]:t} in $match[1]"
  done
  compadd "$@" -l -d _awsa_shown -a - _awsa_names
}

function _awsactivate_offer_roles {
  \builtin local -a reply
  _awsactivate_read_roles
  _wanted roles expl 'role ARN' compadd -a - reply
}

# --- without it: compctl takes `reply`, and matches it itself ------------------------------------------------------

function _awsactivate_reply {
  \builtin local _awsa_key _awsa_kind CURRENT
  \builtin local -a words
  \builtin local -i _awsa_rest
  \builtin read -Ac words
  \builtin read -cn CURRENT
  reply=()
  _awsactivate_walk "${(Q)words[CURRENT]}"
  case $_awsa_kind in
    (profile|target) _awsactivate_read names; reply=("${_awsactivate_profiles[@]}") ;;
    (role) _awsactivate_read_roles ;;
    (service) _awsactivate_read_services ;;
    (option|command)
      reply=("${(@M)_awsactivate_words:#"$_awsa_key"$'\t'*}")
      reply=("${(@)reply#*$'\t'}")
      if [[ $_awsa_kind == option ]]; then
        reply=(${${(M)reply:#-*}%%$'\t'*})
      else
        reply=(${${(M)reply:#*$'\t'command$'\t'*}%%$'\t'*})
      fi ;;
    (file|rest) reply=(${PREFIX-}*(N)) ;;
    (*'|'*) reply=(${(s:|:)_awsa_kind}) ;;
  esac
}

# --- what AWS's files name ---------------------------------------------------------------------------------------

# Read of both files the profiles' `names`, or their `entries` too, which takes twice as long, unless they are as they
# were. One that was changed in this second may change once more in it, and its time would not tell.
function _awsactivate_read {
  \builtin local _awsa_config=${AWS_CONFIG_FILE:-$HOME/.aws/config} _awsa_file _awsa_seen=
  \builtin local _awsa_credentials=${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}
  \builtin local -a _awsa_stat
  _awsa_config=${_awsa_config/#\~\//$HOME/} _awsa_credentials=${_awsa_credentials/#\~\//$HOME/}
  \builtin zmodload -F zsh/stat b:zstat 2>/dev/null
  for _awsa_file in $_awsa_config $_awsa_credentials; do
    _awsa_stat=()
    \builtin zstat -A _awsa_stat -- $_awsa_file 2>/dev/null
    # inode, size, times of content and entry
    _awsa_seen+="$_awsa_file ${_awsa_stat[2]-} ${_awsa_stat[8]-} ${_awsa_stat[10]-} ${_awsa_stat[11]-}"$'\n'
    (( ${_awsa_stat[11]-0} < ${(%):-%D{%s\}} )) || _awsa_seen+="changing $RANDOM"
  done
  [[ $_awsa_seen != $_awsactivate_seen || $1$_awsactivate_read_for == entriesnames ]] || \builtin return 0
  _awsactivate_profiles=() _awsactivate_entries=()
  if [[ ! -f $_awsa_config || ! -r $_awsa_config ]]; then
    :
  elif [[ $1 == names ]]; then
    _awsactivate_read_names $_awsa_config
  else
    _awsactivate_read_config $_awsa_config
  fi
  _awsactivate_read_credentials $_awsa_credentials
  _awsactivate_seen=$_awsa_seen _awsactivate_read_for=$1
}

# Cut the config at its headers, without a look at the lines between: in one expansion, since to keep the pieces
# would copy the whole file twice more.
function _awsactivate_read_names {
  \builtin setopt local_options no_multibyte  # bytes are faster, and no text is a wrong one
  \builtin local _awsa_text=$'\n' _awsa_piece _awsa_default='default]'
  \builtin local -i _awsa_index
  if \builtin zmodload -F zsh/system b:sysread 2>/dev/null; then
    # in half the time of what follows
    while \builtin sysread -s 65536 _awsa_piece; do _awsa_text+=$_awsa_piece; done <$1
  else
    _awsa_text+=$(<$1)
  fi
  _awsactivate_profiles=(${(M)${(ps:\n[:)_awsa_text}##(profile[[:blank:]][^\]]#|default\])})
  while (( _awsa_index = ${_awsactivate_profiles[(Ie)$_awsa_default]} )); do
    _awsactivate_profiles[_awsa_index]=default
  done
  _awsactivate_unquote
}

# Keep of the config the headers and the lines that may be of roles, joined and cut at the headers; changes of
# whole arrays, since a loop over thousands of lines would take ten times as long.
function _awsactivate_read_config {
  \builtin setopt local_options no_multibyte  # bytes are faster, and no text is a wrong one
  \builtin local -a _awsa_lines
  _awsa_lines=("${(@f)$(<$1)}")
  _awsa_lines=(${(M)_awsa_lines:#(\[|role_arn)*})
  _awsactivate_entries=("${(@s:[:)${(j: :)_awsa_lines}}")
  _awsactivate_entries=("${(@M)_awsactivate_entries:#(profile[[:blank:]]*|default)\]*}")
  _awsactivate_profiles=("${(@)_awsactivate_entries%%\]*}")
  _awsactivate_unquote
}

# Make names of the headers in _awsactivate_profiles: one with quotes and such is read as the word of a shell, as
# botocore does; one that goes on behind its line is none.
function _awsactivate_unquote {
  \builtin local -i _awsa_index
  \builtin local -a _awsa_words
  _awsactivate_profiles=("${(@)_awsactivate_profiles/#profile[[:blank:]]##}")
  # of all in one text: a look at each of thousands would take longer
  [[ ${(j:/:)_awsactivate_profiles} == *[\"\'\\[:blank:]$'\n']* ]] || \builtin return 0
  for (( _awsa_index = $#_awsactivate_profiles; _awsa_index > 0; _awsa_index-- )); do
    [[ $_awsactivate_profiles[_awsa_index] == *[\"\'\\[:blank:]$'\n']* ]] || \builtin continue
    _awsa_words=("${(@Q)${(@z)_awsactivate_profiles[_awsa_index]}}")
    if (( $#_awsa_words == 1 )) && [[ $_awsactivate_profiles[_awsa_index] != *$'\n'* ]]; then
      _awsactivate_profiles[_awsa_index]=$_awsa_words
    else
      _awsactivate_profiles[_awsa_index]=()
      (( ! $#_awsactivate_entries )) || _awsactivate_entries[_awsa_index]=()
    fi
  done
}

function _awsactivate_read_credentials {
  \builtin local _awsa_line
  [[ -f $1 && -r $1 ]] || \builtin return 0
  for _awsa_line in "${(@M)${(@f)$(<$1)}:#\[*\]*}"; do
    _awsa_line=${${_awsa_line#\[}%\]*}
    (( ${_awsactivate_profiles[(Ie)$_awsa_line]} )) || {
      _awsactivate_profiles+=("$_awsa_line")
      _awsactivate_entries+=('')
    }
  done
}

function _awsactivate_read_roles {
  _awsactivate_read entries
  reply=(${(M)_awsactivate_entries:#*arn:*})
  reply=(${${reply#*\][^\[]#arn:}%%[[:space:]]*})
  reply=(arn:$^reply)
}

# The names of services that were seen last, which the core writes down: names only.
function _awsactivate_read_services {
  \builtin local _awsa_file=${XDG_STATE_HOME:-$HOME/.local/state}/awsactivate/services
  reply=()
  [[ ! -r $_awsa_file ]] || reply=("${(@f)$(<$_awsa_file)}")
}
