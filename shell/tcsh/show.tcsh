# Put the session before the prompt: its name, and when it ends, since csh knows no time without a process.
source $_awsactivate_folder:q/tcsh/hide.tcsh
if ($?prompt) then
  set _awsa_label = "$AWSACTIVATE_PROFILE:q"
  # what comes out of the environment is checked, since the prompt reads % and !
  if ("$_awsa_label:q" =~ *[^A-Za-z0-9_.@:/=+,-]*) set _awsa_label = 'a session'
  if ($?AWSACTIVATE_SCOPE) then
    if ("$AWSACTIVATE_SCOPE:q" =~ read-only*) then
      set _awsa_label = "${_awsa_label}:ro"
    else if ("$AWSACTIVATE_SCOPE:q" =~ terraform-plan*) then
      set _awsa_label = "${_awsa_label}:plan"
    else if ("$AWSACTIVATE_SCOPE:q" != '') then
      set _awsa_label = "${_awsa_label}:policy"
    endif
  endif
  set _awsa_colour = 32
  switch ("$_awsa_style:q")
  case red:
    set _awsa_colour = 31
    breaksw
  case green:
  case '':
    breaksw
  case yellow:
    set _awsa_colour = 33
    breaksw
  case blue:
    set _awsa_colour = 34
    breaksw
  case magenta:
    set _awsa_colour = 35
    breaksw
  case cyan:
    set _awsa_colour = 36
    breaksw
  case white:
    set _awsa_colour = 37
    breaksw
  default:
    if ("$_awsa_style:q" !~ *[^A-Za-z0-9_.@:/=+,\ -]*) set _awsa_label = "$_awsa_style $_awsa_label"
    breaksw
  endsw
  if ($?AWS_CREDENTIAL_EXPIRATION) then
    if ("$AWS_CREDENTIAL_EXPIRATION:q" =~ [1-9]*T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z && \
      "$AWS_CREDENTIAL_EXPIRATION:q" !~ *[^0-9TZ:-]*) then
      set _awsa_ends = ($AWS_CREDENTIAL_EXPIRATION:as/T/ /:as/:/ /)
      set _awsa_label = "$_awsa_label until ${_awsa_ends[2]}:${_awsa_ends[3]}Z"
    endif
  endif
  if ($?AWSACTIVATE_PROMPT) then
    if ("$AWSACTIVATE_PROMPT:q" == off) set _awsa_label = ''
  endif
  if ("$_awsa_label" != '') then
    set _awsactivate_prompt_before = "$prompt:q"
    if ($?NO_COLOR || "$TERM:q" == dumb) then
      set prompt = "($_awsa_label) $prompt:q"
    else
      set prompt = "%{\033[${_awsa_colour}m%}($_awsa_label)%{\033[0m%} $prompt:q"
    endif
    set _awsactivate_prompt = "$prompt:q"
  endif
endif
