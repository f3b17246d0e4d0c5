# awsactivate in zsh (5.0 and later): `activate`, `deactivate` and the prompt's "(prod 60m)".
#
# A program cannot change its parent's environment, so a shell function runs the core (awsactivate), which
# answers with statements for this shell: one && list that ends in a sentinel. They are tried in a subshell,
# then run here. What each variable was before waits, unexported, in _AWSACTIVATE_OLD_<NAME>.
#
# The person's options, aliases and emulation must neither break this nor be changed by it: hence the
# backslashes, the prefix _awsa_ of every local, and `_awsactivate_quietly` around all that is called.
#
# In start-up files:  eval "$(awsactivate init zsh)"

# Run "$@" with zsh's own options, untraced: no xtrace, verbose or DEBUG trap may see a secret.
function _awsactivate_quietly {
  \builtin emulate -L zsh
  \builtin setopt no_xtrace no_verbose no_aliases no_err_exit no_err_return extended_glob typeset_silent
  \builtin trap - DEBUG
  \builtin functions +tT -m '_awsactivate_*'  # each by itself could be marked for a trace
  "$@"
}

function _awsactivate_say { \builtin print -ru2 -- "awsactivate: $1"; }

# --- the state before --------------------------------------------------------------------------------------

# Keep what NAMES are now, unless that is kept already; put back what the session before this one held and
# this one does not.
function _awsactivate_hold {
  \builtin local _awsa_name _awsa_kept
  # starship and powerlevel10k read the profile's name here, and no SDK does
  if _awsactivate_tells_awsume; then \builtin set -- "$@" AWSUME_PROFILE; fi
  for _awsa_name in $_awsactivate_names; do
    (( ${@[(Ie)$_awsa_name]} )) || _awsactivate_put_back $_awsa_name || \builtin return
  done
  for _awsa_name in "$@"; do
    _awsactivate_is_plain $_awsa_name || \builtin return
    _awsa_kept=_AWSACTIVATE_OLD_$_awsa_name
    (( ${(P)+_awsa_kept} )) && \builtin continue
    if (( ! ${(P)+_awsa_name} )); then
      \builtin typeset -g "$_awsa_kept=-"
    elif [[ ${(Pt)_awsa_name} == *export* ]]; then
      \builtin typeset -g "$_awsa_kept=x${(P)_awsa_name}"
    else
      \builtin typeset -g "$_awsa_kept=n${(P)_awsa_name}"
    fi || \builtin return
  done
  _awsactivate_names=("$@")
}

# Whether NAME, if it is there, is plain text: an array reaches no command, and others make something else of a text.
function _awsactivate_is_plain {
  case ${(Pt)1} in
    (*-left*|*-right*|*-lower*|*-upper*|*-tied*|*-special*|*-unique*) \builtin return 1 ;;
    (''|scalar*) ;;
    (*) \builtin return 1 ;;
  esac
}

# Put NAME back as it was, unless somebody changed it meanwhile.
function _awsactivate_put_back {
  \builtin local _awsa_kept=_AWSACTIVATE_OLD_$1
  \builtin local -i _awsa_status=0
  (( ${(P)+_awsa_kept} )) || \builtin return 0
  if [[ ${(Pt)1} == *readonly* ]]; then  # to try would end all that is going on
    _awsactivate_say "error: $1 is readonly and stays as it is"
    _awsa_status=1
  elif _awsactivate_is_ours $1; then
    case ${(P)_awsa_kept} in
      (x*) \builtin export "$1=${${(P)_awsa_kept}#x}" ;;
      (n*) \builtin typeset -g +x "$1=${${(P)_awsa_kept}#n}" ;;
      (*) \builtin unset -v $1 ;;
    esac || _awsa_status=1
  fi
  \builtin unset -v $_awsa_kept _AWSACTIVATE_OUR_$1
  \builtin return _awsa_status
}

# The keys and our own variables always are; any other only as long as it is what we made it.
function _awsactivate_is_ours {
  \builtin local _awsa_name=$1 _awsa_ours=_AWSACTIVATE_OUR_$1
  case $1 in (AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWSACTIVATE_*) \builtin return 0 ;; esac
  if (( ${(P)+_awsa_ours} )); then
    (( ${(P)+_awsa_name} )) && [[ ${(P)_awsa_name} == "${(P)_awsa_ours}" ]]
  else
    (( ! ${(P)+_awsa_name} ))
  fi
}

# Remember what we made of the names held: no copy of the keys, which go back in any case.
function _awsactivate_remember {
  \builtin local _awsa_name
  for _awsa_name in $_awsactivate_names; do
    case $_awsa_name in
      (AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWSACTIVATE_*) \builtin continue ;;
    esac
    if (( ${(P)+_awsa_name} )); then
      \builtin typeset -g "_AWSACTIVATE_OUR_$_awsa_name=${(P)_awsa_name}"
    else
      \builtin unset -v _AWSACTIVATE_OUR_$_awsa_name
    fi || \builtin return
  done
}

# In a subshell that is about to become the core: the environment without the session that is on. The names
# AWSACTIVATE_* stay, by which the core knows what there is to renew.
function _awsactivate_step_back {
  \builtin local _awsa_name
  for _awsa_name in $_awsactivate_names; do
    [[ $_awsa_name == AWSACTIVATE_* ]] || _awsactivate_put_back $_awsa_name 2>/dev/null  # said when it matters
  done
  \builtin export _AWSACTIVATE_WRAPPER=$_awsactivate_version _AWSACTIVATE_AGAIN=${_AWSACTIVATE_AGAIN-}
}

# Before that, for `exec`, which may be about the session that is on: give the core what is exported of that too.
# AWSACTIVATE_* stays anyway; and so do those of terraform that were not there before, since a second copy of them
# might be more than the system lets a program have.
function _awsactivate_hand_over {
  \builtin local _awsa_name _awsa_kept
  for _awsa_name in $_awsactivate_names; do
    [[ ${(Pt)_awsa_name} == *export* ]] || \builtin continue
    _awsa_kept=_AWSACTIVATE_OLD_$_awsa_name
    case $_awsa_name:${(P)_awsa_kept-} in
      (AWSACTIVATE_*) \builtin continue ;;
      (TF_VAR_*:x*) ;;
      (TF_VAR_*) ! _awsactivate_is_ours $_awsa_name || { \builtin unset -v $_awsa_kept; \builtin continue; } ;;
    esac
    \builtin export "_AWSACTIVATE_NOW_$_awsa_name=${(P)_awsa_name}"
  done
  \builtin export _AWSACTIVATE_IN_PLACE=TF_VAR_
}

function _awsactivate_give_mfa {
  [[ -z ${_AWSACTIVATE_MFA_SESSION-} ]] || \builtin export _AWSACTIVATE_MFA_SESSION
}

# --- start and stop ----------------------------------------------------------------------------------------

function _awsactivate_find_core {
  \builtin whence -p $_awsactivate_core >/dev/null && \builtin return 0
  if \builtin whence -p awsactivate >/dev/null; then _awsactivate_core=awsactivate; \builtin return 0; fi
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

function _awsactivate_start {
  \builtin local _awsa_text= _awsa_fixed= _awsa_other= _awsa_name
  \builtin local -i _awsa_status=0
  _awsactivate_find_core || \builtin return
  # In there zsh would do what a person has for the end of a shell, and print into the answer.
  # A shell stays behind the core, lest Ctrl-Z stop it in here, where nobody else could continue it.
  _awsa_text=$(
    \builtin unset -v zshexit_functions
    (( ! ${+functions[zshexit]} )) || \builtin unset -f zshexit
    _awsactivate_step_back
    _awsactivate_give_mfa
    \builtin command $_awsactivate_core _activate zsh "$@"
    \builtin exit $?
  ) || _awsa_status=$?
  if (( _awsa_status >= 128 )); then  # killed, perhaps while it asked with the echo off
    { \builtin command stty echo icanon </dev/tty; } 2>/dev/null
  fi
  (( _awsa_status == 0 )) || _awsactivate_tell_gone $_awsa_status || \builtin return
  case $_awsa_text in
    ('\builtin : awsactivate-end') \builtin return 0 ;;  # nothing to change: it printed its help
    ('_awsactivate_hold '*' && \builtin : awsactivate-end') ;;
    (*)
      _awsactivate_say "error: the answer of $_awsactivate_core is not whole: nothing was changed"
      \builtin return 1 ;;
  esac
  if ! (\builtin eval $_awsa_text) >/dev/null 2>&1; then
    for _awsa_name in ${(s: :)${_awsa_text%% &&*}#_awsactivate_hold }; do
      [[ ${(Pt)_awsa_name} == *readonly* ]] && _awsa_fixed+=" $_awsa_name"
      _awsactivate_is_plain $_awsa_name || _awsa_other+=" $_awsa_name"
    done
    if [[ -n $_awsa_other ]]; then
      _awsactivate_say "error: no plain text in this shell (see typeset -p), so nothing was changed:$_awsa_other"
      _awsactivate_say "hint: unset$_awsa_other"
      \builtin return 1
    fi
    [[ -n $_awsa_fixed ]] || _awsa_fixed=' a variable of the session'
    _awsactivate_say "error: readonly in this shell, so nothing was changed:$_awsa_fixed"
    _awsactivate_say 'hint: open a new shell'
    \builtin return 1
  fi
  \builtin typeset -g _awsactivate_pending=$_awsa_text
  if ! \builtin eval $_awsa_text; then
    _awsactivate_remember
    _awsactivate_end
    _awsactivate_say 'error: not every variable could be set: the session was ended'
    \builtin return 1
  fi
  \builtin unset -v _awsactivate_pending
  [[ -z $_awsactivate_on_exit ]] || { _awsactivate_load_revoke && _awsactivate_watch_exit; } || \builtin return
  (( ZSH_SUBSHELL == 0 )) || _awsactivate_say 'note: this is a subshell, and the session ends with it'
  _awsactivate_watch_prompt || \builtin :
  if (( ${+functions[p10k]} )); then _awsactivate_tell_of_p10k; else _awsactivate_tell_of_prompt; fi
}

# The core's text ends by this: what the prompt shows (STYLE: a colour, or a label), the line to say, whether the
# end of the shell is to revoke the session, what a renewal says, whether it needs nobody, and the ticket, a
# secret that can revoke this session and nothing else.
function _awsactivate_begun {
  _awsactivate_on_exit=${3-} _awsactivate_silent=${5-} _awsactivate_depth=$ZSH_SUBSHELL
  \builtin typeset -g +x _AWSACTIVATE_AGAIN=${4-} _AWSACTIVATE_TICKET=${6-} || \builtin return
  if _awsactivate_tells_awsume; then \builtin export AWSUME_PROFILE=$AWSACTIVATE_PROFILE || \builtin return; fi
  _awsactivate_remember && _awsactivate_describe "$1" && _awsactivate_claim || \builtin return
  # nobody may hear, and that is no failure: but zsh would end a script for it, so a subshell says it
  [[ -z $2 ]] || (\builtin print -ru2 -- "$2") || \builtin return 0
}

function _awsactivate_tells_awsume { [[ -n ${STARSHIP_SHELL-} ]] || (( ${+functions[p10k]} )); }

# Keep what roles can be assumed from without a code, a secret, and what of it may be shown.
function _awsactivate_keep_mfa {
  \builtin typeset -g +x _AWSACTIVATE_MFA_SESSION=$1 _AWSACTIVATE_MFA_SHOWN=$2
}

# SPOKEN is the name that was called, then come the person's own words.
function _awsactivate_stop {
  \builtin local _awsa_spoken=$1 _awsa_revoke= _awsa_wait= _awsa_code= _awsa_all=
  \builtin shift
  if [[ ${1-} == nondestructive ]]; then _awsactivate_make_way; \builtin return 0; fi
  while (( $# )); do
    case $1 in
      (-h|--help)
        \builtin print -rl -- "usage: $_awsa_spoken [--all] [--revoke [--no-wait] [--mfa-code CODE]]" '' \
          'End the AWS session of this shell: every variable becomes what it was before.' \
          'With --revoke AWS refuses every copy of it too; --no-wait does not wait for the proof.' \
          'With --all this shell also forgets its MFA session, and asks for a code again.'
        \builtin return 0 ;;
      (--all) _awsa_all=yes ;;
      (--revoke) _awsa_revoke=yes ;;
      (--no-wait) _awsa_wait=--no-wait ;;
      (--mfa-code=*) _awsa_code=$1 ;;
      (--mfa-code) _awsa_code=--mfa-code=${2-}; (( $# == 1 )) || \builtin shift ;;
      (*)
        _awsactivate_say "error: $_awsa_spoken takes no argument $1"
        _awsactivate_say "hint: $_awsa_spoken --help"
        \builtin return 2 ;;
    esac
    \builtin shift
  done
  if [[ -z $_awsa_revoke && -n $_awsa_wait$_awsa_code ]]; then
    _awsactivate_say "error: ${_awsa_wait:---mfa-code} goes with --revoke"
    \builtin return 2
  fi
  if [[ -n ${_AWSACTIVATE_MFA_SESSION-} ]]; then
    if [[ -n $_awsa_all ]]; then
      \builtin unset -v _AWSACTIVATE_MFA_SESSION _AWSACTIVATE_MFA_SHOWN
      (( $#_awsactivate_names )) || \builtin return 0
    elif (( $#_awsactivate_names )); then
      _awsactivate_say 'note: the MFA session stays; awsdeactivate --all ends it'
    fi
  fi
  if (( ! $#_awsactivate_names )); then
    _awsactivate_say 'error: no session is active in this shell'
    _awsactivate_release
    \builtin return 1
  fi
  (( ZSH_SUBSHELL <= ${_awsactivate_depth:-0} )) ||
    _awsactivate_say 'note: this is a subshell, and the session goes on outside of it'
  if [[ -n $_awsa_revoke ]] && _awsactivate_load_revoke; then
    _awsactivate_revoke $_awsa_spoken ${_awsa_wait:---wait} $_awsa_code
    \builtin return
  fi
  \builtin typeset -g _awsactivate_pending=_awsactivate_end
  _awsactivate_end && [[ -z $_awsa_revoke ]]
}

# What few shells need is read when it is wanted.
function _awsactivate_load_revoke {
  \builtin . $_awsactivate_folder/revoke.zsh 2>/dev/null && \builtin return 0
  _awsactivate_say "error: $_awsactivate_folder/revoke.zsh can't be read: the session will not be revoked"
  _awsactivate_say 'hint: install awsactivate again; awsactivate revoke --help'
  \builtin return 1
}

function _awsactivate_end {
  \builtin local _awsa_name
  \builtin local -i _awsa_status=0
  for _awsa_name in $_awsactivate_names; do _awsactivate_put_back $_awsa_name || _awsa_status=1; done
  _awsactivate_names=() _awsactivate_label= _awsactivate_expiration= _awsactivate_colour= _awsactivate_on_exit=
  _awsactivate_silent= _awsactivate_tried= _awsactivate_depth=
  \builtin unset -v _awsactivate_pending _AWSACTIVATE_AGAIN _AWSACTIVATE_TICKET
  (( ! ${+functions[_awsactivate_unwatch_exit]} )) || _awsactivate_unwatch_exit
  _awsactivate_hide
  _awsactivate_release
  _awsactivate_unteach
  \builtin return _awsa_status
}

# --- the names, and what this shell has already ----------------------------------------------------------------

function awsactivate {
  case ${1-} in
    (activate) \builtin shift; _awsactivate_quietly _awsactivate_start "$@" ;;
    (deactivate) \builtin shift; _awsactivate_quietly _awsactivate_stop 'awsactivate deactivate' "$@" ;;
    (exec|each|export|show|doctor|console|revoke) _awsactivate_quietly _awsactivate_run_before "$@" ;;
    (status)
      _awsactivate_quietly _awsactivate_find_core &&
        _AWSACTIVATE_MFA_SHOWN=${_AWSACTIVATE_MFA_SHOWN-} \builtin command "$_awsactivate_core" "$@" ;;
    (*)
      _awsactivate_quietly _awsactivate_find_core &&
        { \builtin command "$_awsactivate_core" "$@" || _awsactivate_quietly _awsactivate_tell_gone $? "$@"; } ;;
  esac
}

# These start from what was before the session, as `activate` does, but for those that may be about this one;
# exec, lest a shell lingers behind the core.
function _awsactivate_run_before {
  _awsactivate_find_core && (
    case $1 in (exec) _awsactivate_hand_over ;; esac
    case $1 in (console|revoke) ;; (*) _awsactivate_step_back ;; esac
    case $1 in
      (exec|each|export|console|revoke) _awsactivate_give_mfa ;;
      (doctor)
        [[ ! -o interactive || $#_awsactivate_names == 0 || -n ${(M)precmd_functions:#_awsactivate_precmd} ]] ||
          \builtin export "_AWSACTIVATE_HOOK=${${(M)${(t)precmd_functions-}:#*readonly*}:+readonly }precmd_functions" ;;
    esac
    [[ $1 != revoke ]] || \builtin export "_AWSACTIVATE_REVOKE_TICKET=${_AWSACTIVATE_TICKET-}"
    \builtin exec $_awsactivate_core "$@"
  )
}

# A session that this shell inherited: what was before it is not known, so its names will just be unset.
function _awsactivate_adopt {
  # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
  # that ends in _ stands for every name that begins with it
  \builtin local _awsa_name _awsa_word
  \builtin local -a _awsa_words
  _awsa_words=(${(s: :)_awsactivate_adoptable-})
  _awsactivate_names=(
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION
    AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE
    AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS
  )
  for _awsa_name in ${(s: :)AWSACTIVATE_VARS-}; do
    [[ $_awsa_name != *[^A-Za-z0-9_]* ]] || \builtin continue
    (( ! $_awsa_words[(Ie)$_awsa_name] )) || _awsactivate_names+=($_awsa_name)
    for _awsa_word in ${(M)_awsa_words:#*_}; do
      [[ $_awsa_name != ${_awsa_word}?* ]] || _awsactivate_names+=($_awsa_name)
    done
  done
  [[ ${AWSUME_PROFILE-} != $AWSACTIVATE_PROFILE ]] || _awsactivate_names+=(AWSUME_PROFILE)
  for _awsa_name in $_awsactivate_names; do \builtin typeset -g _AWSACTIVATE_OLD_$_awsa_name=-; done
  _awsactivate_remember
  _awsactivate_describe ''
  _awsactivate_claim
}

function _awsactivate_load {
  \builtin local _awsa_shadowed=
  \builtin typeset -g +x _awsactivate_core=${_awsactivate_core:-awsactivate} \
    _awsactivate_version=${_awsactivate_version-} _awsactivate_folder=${_awsactivate_folder-} _awsactivate_bin=${_awsactivate_bin-} \
    _awsactivate_short_names=${_awsactivate_short_names-} _awsactivate_adoptable=${_awsactivate_adoptable-}
  # an array cannot come out of the environment, so it proves that the session is this shell's
  if [[ ${(t)_awsactivate_names-} != array* ]]; then
    \builtin unset -v -m '_AWSACTIVATE_*'
    \builtin unset -v _awsactivate_names _awsactivate_pending _awsactivate_copies
    \builtin typeset -ga _awsactivate_names
    \builtin typeset -g +x _awsactivate_label= _awsactivate_expiration= _awsactivate_colour= \
      _awsactivate_under= _awsactivate_psvar= _awsactivate_on_exit= _awsactivate_silent= _awsactivate_tried= _awsactivate_hashes= _awsactivate_depth= _awsactivate_copied=
    \builtin typeset -ga _awsactivate_copies
    [[ -z ${AWSACTIVATE_PROFILE-} ]] || _awsactivate_adopt
  fi
  if [[ $_awsactivate_short_names != no ]]; then
    function awsdeactivate { _awsactivate_quietly _awsactivate_stop awsdeactivate "$@"; }
    if [[ ${functions[activate]-_awsactivate_start} == *_awsactivate_start* ]]; then
      function activate { _awsactivate_quietly _awsactivate_start "$@"; }
    else
      _awsa_shadowed=function
    fi
    (( ! ${+aliases[activate]} )) || _awsa_shadowed=alias
  fi
  [[ -z $_awsactivate_bin || :$PATH: == *:$_awsactivate_bin:* ]] || PATH=$_awsactivate_bin:$PATH
  [[ -o interactive ]] || \builtin return 0
  [[ -z $_awsa_shadowed ]] ||
    _awsactivate_say "note: your $_awsa_shadowed 'activate' stays; a session starts by 'awsactivate activate'"
  _awsactivate_watch_prompt || \builtin :  # said when it matters
}

# `init` and `install` put these files before this text; a checkout has them beside this one.
(( ${+functions[awsactivate_prompt_info]} )) || \builtin . ${${(%):-%x}:h}/prompt.zsh
(( ${+functions[_awsactivate_claim]} )) || \builtin . ${${(%):-%x}:h}/deactivate.zsh
_awsactivate_quietly _awsactivate_load
