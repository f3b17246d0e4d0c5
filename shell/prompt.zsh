# The prompt of zsh with a session: "(prod 60m)". Part of awsactivate.zsh, which loads it.

# Take in what the prompt shows: what comes out of the environment is checked, since arithmetic runs code.
function _awsactivate_describe {
  _awsactivate_label=${AWSACTIVATE_PROFILE-} _awsactivate_colour= _awsactivate_expiration=
  [[ $_awsactivate_label != *[^A-Za-z0-9_.@:/=+,-]* ]] || _awsactivate_escape
  case ${AWSACTIVATE_SCOPE-} in
    ('') ;;
    (read-only*) _awsactivate_label+=:ro ;;
    (terraform-plan*) _awsactivate_label+=:plan ;;
    (*) _awsactivate_label+=:policy ;;
  esac
  [[ ${AWSACTIVATE_EXPIRATION-} == [1-9][0-9]# && $#AWSACTIVATE_EXPIRATION -le 12 ]] &&
    _awsactivate_expiration=$AWSACTIVATE_EXPIRATION
  case $1 in
    (''|*[[:cntrl:]]*) ;;
    (red|green|yellow|blue|magenta|cyan|white) _awsactivate_colour=$1 ;;
    (*) _awsactivate_label="$1 $_awsactivate_label" ;;
  esac
}

# Show what is no plain character byte by byte: (V) by itself lets pass what turns the direction of a text.
function _awsactivate_escape {
  \builtin local LC_ALL=C
  _awsactivate_label=${(V)${(q-)_awsactivate_label}}
}

# Set _awsa_segment and _awsa_colour, which the caller declares.
function _awsactivate_compose {
  \builtin local -i _awsa_left
  _awsa_segment="($_awsactivate_label" _awsa_colour=${_awsactivate_colour:-green}
  if [[ -n $_awsactivate_expiration ]]; then
    _awsa_left=$(( _awsactivate_expiration - ${(%):-%D{%s\}} ))
    if (( _awsa_left > 0 )); then
      _awsa_segment+=" $(( (_awsa_left + 59) / 60 ))m"
      (( _awsa_left > 900 )) || _awsa_colour=${_awsactivate_colour:-yellow}
    else
      _awsa_segment+=' expired' _awsa_colour=red
    fi
  fi
  _awsa_segment+=')'
}

# For people who place it themselves, as in PROMPT='$(awsactivate_prompt_info)%# ' with `setopt prompt_subst`,
# and AWSACTIVATE_PROMPT=off.
function awsactivate_prompt_info { _awsactivate_quietly _awsactivate_prompt_info; }

function _awsactivate_prompt_info {
  \builtin local _awsa_segment _awsa_colour
  (( $#_awsactivate_names )) || \builtin return 0
  _awsactivate_compose
  \builtin print -rn -- "$_awsa_segment "
}

# powerlevel10k's segment: add `awsactivate` to POWERLEVEL9K_LEFT_PROMPT_ELEMENTS.
function prompt_awsactivate { _awsactivate_quietly _awsactivate_p10k; }
function instant_prompt_awsactivate { :; }

function _awsactivate_p10k {
  \builtin local _awsa_segment _awsa_colour
  (( $#_awsactivate_names )) || \builtin return 0
  _awsactivate_compose
  p10k segment -f $_awsa_colour -t "${_awsa_segment//\%/%%}"
}

# powerlevel10k draws the whole prompt, and shows no session to people who have not added the segment: they are
# told, once a shell.
function _awsactivate_tell_of_p10k {
  \builtin local _awsa_elements=" ${(j: :)POWERLEVEL9K_LEFT_PROMPT_ELEMENTS} ${(j: :)POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS} "
  [[ -o interactive && ${AWSACTIVATE_PROMPT-} != off && -z ${_awsactivate_told-} ]] || \builtin return 0
  case $_awsa_elements in (*' awsactivate '*|*' awsactivate_joined '*) \builtin return 0 ;; esac
  \builtin typeset -g +x _awsactivate_told=yes
  _awsactivate_say 'note: powerlevel10k does not show the session yet'
  _awsactivate_say 'hint: add to the end of ~/.zshrc: POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(awsactivate $POWERLEVEL9K_LEFT_PROMPT_ELEMENTS)'
}

# PROMPT gets a constant that shows an element of psvar, whose text zsh never expands. Which element: pure, a
# popular prompt, uses those up to 20.
function _awsactivate_show {
  \builtin local _awsa_segment _awsa_colour _awsa_token
  # to try would end all that is going on
  [[ ${(t)PROMPT}${(t)psvar} != *readonly* ]] || \builtin return 1
  _awsactivate_compose
  _awsa_token="%(73V.%F{$_awsa_colour}%73v%f .)"
  [[ -z ${NO_COLOR-} && ${TERM-} != dumb ]] || _awsa_token='%(73V.%73v .)'
  (( $#psvar < 73 )) && : ${_awsactivate_psvar::=$#psvar}
  psvar[73]=$_awsa_segment
  if [[ $PROMPT == *"%(73V."* ]]; then
    _awsactivate_replace $_awsa_token
  else
    _awsactivate_insert $_awsa_token
  fi
  _awsactivate_teach_redraw
}

# spaceship makes PROMPT anew behind our hook too, when what it waited for comes in: what does that is taught to show
# the session, for as long as there is one.
function _awsactivate_teach_redraw {
  \builtin local _awsa_name=spaceship::populate
  (( ${+functions[spaceship]} )) || \builtin return 0  # other shells' rules take the name for a sum
  case ${functions[$_awsa_name]-} in
    (''|*_awsa_show_again*) ;;
    (*) functions[$_awsa_name]+=$'\n_awsa_show_again' ;;
  esac
}

function _awsactivate_unteach_redraw {
  \builtin local _awsa_name=spaceship::populate
  (( ${+functions[spaceship]} )) || \builtin return 0
  [[ ${functions[$_awsa_name]-} != *_awsa_show_again* ]] ||
    functions[$_awsa_name]=${functions[$_awsa_name]%$'\n'*_awsa_show_again*}
}

function _awsa_show_again { (( ! $#_awsactivate_names )) || _awsactivate_quietly _awsactivate_show; }

# Make TOKEN of ours in PROMPT, and in what is to become PROMPT again.
function _awsactivate_replace {
  \builtin local _awsa_name _awsa_token=$1
  for _awsa_name in PROMPT $_awsactivate_copies; do
    [[ ${(Pt)_awsa_name} != scalar* || ${(Pt)_awsa_name} == *readonly* || ${(P)_awsa_name} != *'%(73V.'* ]] ||
      : ${(P)_awsa_name::=${(P)_awsa_name//(%\(73V.[^ ]# .\))/$_awsa_token}}
  done
}

# Who makes the prompt anew while the line is edited, such as one that is short once the line is entered, has a copy of
# it. All variables are looked at, but once a session only.
function _awsactivate_find_copies {
  \builtin local _awsa_name
  [[ -z ${_awsactivate_copied-} ]] || \builtin return 0
  \builtin typeset -g +x _awsactivate_copied=yes
  for _awsa_name in ${(k)parameters[(R)scalar*~*(readonly|local|special)*]}; do
    [[ ${(P)_awsa_name} != "$1" || $_awsa_name == _awsa* ]] || _awsactivate_copies+=($_awsa_name)
  done
}

# Put TOKEN where PROMPT starts, behind the marks by which a terminal finds the place (their numbers have three digits).
# In a prompt of promptinit's several lines it is where the last one starts: pure makes the ones before anew, later.
function _awsactivate_insert {
  \builtin local _awsa_head= _awsa_rest=$PROMPT _awsa_name
  \builtin local -a _awsa_names
  if [[ -n ${prompt_newline-} && $PROMPT == *$prompt_newline* ]]; then
    _awsa_rest=${PROMPT##*$prompt_newline}
    _awsa_head=${PROMPT%$_awsa_rest}
  fi
  while [[ $_awsa_rest == '%{'$'\e]'[0-9][0-9][0-9]*'%}'* ]]; do
    _awsa_head+=${_awsa_rest%%'%}'*}'%}' _awsa_rest=${_awsa_rest#*'%}'}
  done
  _awsactivate_find_copies "$PROMPT"
  for _awsa_name in PROMPT ${(u)_awsactivate_copies}; do
    [[ $_awsa_name != PROMPT && ${(P)_awsa_name-} != "$PROMPT" ]] || _awsa_names+=($_awsa_name)
  done
  for _awsa_name in $_awsa_names; do : ${(P)_awsa_name::=$_awsa_head$1$_awsa_rest}; done
}

function _awsactivate_hide {
  _awsactivate_unteach_redraw
  _awsactivate_replace ''
  (( ! $#_awsactivate_copies )) || _awsactivate_copies=()
  [[ -z ${_awsactivate_copied-} ]] || _awsactivate_copied=
  [[ -n $_awsactivate_psvar && ${(t)psvar} != *readonly* ]] || \builtin return 0
  psvar[73]=
  # as long as it was, if nobody else has put something behind
  [[ -n ${(j::)psvar[_awsactivate_psvar + 1,-1]} ]] || psvar=("${(@)psvar[1,_awsactivate_psvar]}")
  _awsactivate_psvar=
}

# Renew a session that ends within ten minutes where nobody need be asked. What failed is tried again in a minute,
# unless it failed for want of a code.
function _awsactivate_renew_in_time {
  \builtin local -i _awsa_now=$(( ${(%):-%D{%s\}} ))
  [[ -n $_awsactivate_silent && -n $_awsactivate_expiration ]] || \builtin return 0
  (( _awsa_now >= _awsactivate_expiration - 600 && _awsa_now >= _awsactivate_tried + 60 )) || \builtin return 0
  _awsactivate_tried=$_awsa_now
  _awsactivate_start --renew --if-silent
  (( $? != 5 )) || _awsactivate_silent=
}

# starship, oh-my-posh and powerlevel10k draw the prompt themselves; without prompt_percent zsh would show the
# constant raw.
function _awsactivate_at_prompt {
  # Ctrl-C can fall between two statements of a change: then the change is finished here
  if (( ${+_awsactivate_pending} )); then
    \builtin eval $_awsactivate_pending
    \builtin unset -v _awsactivate_pending
  fi
  (( $#_awsactivate_names == 0 || ${+functions[deactivate]} )) || _awsactivate_claim
  if (( $#_awsactivate_names )) && [[ ${AWSACTIVATE_AUTO_RENEW-} == 1 ]]; then _awsactivate_renew_in_time; fi
  if (( $#_awsactivate_names == 0 || ${+functions[p10k]} )) || [[ $1 != on || ${AWSACTIVATE_PROMPT-} == off ||
    ${STARSHIP_SHELL-} == zsh || ${POSH_SHELL-} == zsh ]]; then
    _awsactivate_hide
    [[ $1 == on || -n ${_awsactivate_told-} ]] || _awsactivate_tell_of_prompt prompt_percent
  else
    _awsactivate_show
    _awsactivate_watch_prompt  # for a session that was there before the others' hooks
  fi
  # a virtual environment puts itself before us, and its own `activate` takes no profile
  [[ -z ${_awsactivate_bin-} || -z ${VIRTUAL_ENV-} || $PATH != $VIRTUAL_ENV/bin:* ]] || PATH=$_awsactivate_bin:$PATH
}

# Have zsh call the hook before each prompt, behind all others, where it sees what they have made of PROMPT; but for
# ghostty's, which puts its marks around PROMPT only where it comes last, and makes itself the last again and again.
function _awsactivate_watch_prompt {
  \builtin local -a _awsa_last
  [[ -o interactive ]] || \builtin return 0
  _awsa_last=(_awsactivate_precmd ${(M)precmd_functions[-1]:#_ghostty_precmd})
  [[ "${(@)precmd_functions[-$#_awsa_last,-1]}" != "$_awsa_last" ]] || \builtin return 0
  case ${(t)precmd_functions-} in (association*|*readonly*) \builtin return 1 ;; esac
  \builtin typeset -ga precmd_functions
  precmd_functions=(${precmd_functions:#(_awsactivate_precmd|$_awsa_last[-1])} $_awsa_last)
}

# Where the prompt is out of reach, say what keeps it there, or which OPTION is off, and how a person places the segment.
function _awsactivate_tell_of_prompt {
  \builtin local _awsa_name _awsa_why=${1:+$1 is off}
  \builtin local _awsa_hint='put $(awsactivate_prompt_info) into PROMPT, after: setopt prompt_subst'
  (( $#_awsactivate_names && ! ${+functions[p10k]} )) || \builtin return 0
  [[ -o interactive && ${AWSACTIVATE_PROMPT-} != off && ${STARSHIP_SHELL-} != zsh && ${POSH_SHELL-} != zsh ]] ||
    \builtin return 0
  [[ -n ${(M)precmd_functions:#_awsactivate_precmd} ]] ||
    _awsa_why='precmd_functions takes no hook (see typeset -p precmd_functions)'
  for _awsa_name in psvar PROMPT; do
    [[ ${(Pt)_awsa_name} != *readonly* ]] ||
      _awsa_why="$_awsa_name is readonly" _awsa_hint='awsactivate_prompt_info prints what it would show'
  done
  [[ -n $_awsa_why ]] || \builtin return 0
  \builtin typeset -g +x _awsactivate_told=yes
  _awsactivate_say "note: $_awsa_why, so the prompt may not show the session"
  _awsactivate_say "hint: $_awsa_hint"
}

function _awsactivate_precmd {
  # asked here, where the options are still the user's
  if [[ -o prompt_percent ]]; then
    _awsactivate_quietly _awsactivate_at_prompt on
  else
    _awsactivate_quietly _awsactivate_at_prompt off
  fi
}
