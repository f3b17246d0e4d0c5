# awsactivate in tcsh (6.20 and later): `activate`, `deactivate` and the prompt's "(prod until 14:05Z)".
#
# csh has no functions: an alias puts its words into a variable, and sources a file of shell/tcsh, which runs the
# core (awsactivate). The core answers in words without blanks (see dialects.py). What each variable was before
# waits, unexported, in _AWSACTIVATE_OLD_<NAME>: `u` for not set, or x and the value.
#
# In ~/.tcshrc:  eval "`awsactivate init tcsh`"

if (! $?_awsactivate_core) set _awsactivate_core = awsactivate
if (! $?_awsactivate_version) set _awsactivate_version = ''
if (! $?_awsactivate_short_names) set _awsactivate_short_names = yes
if (! $?_awsactivate_adoptable) set _awsactivate_adoptable = ''
set _awsactivate_status = 0

# What no word of the answer can hold, since csh would split or glob it.
set _awsactivate_newline = '\
'
set _awsactivate_tab = '	'
set _awsactivate_unit = ''
set _awsactivate_star = '*'
set _awsactivate_question = '?'
set _awsactivate_bracket = '['
set _awsactivate_bracketed = ']'
set _awsactivate_brace = '{'
set _awsactivate_braced = '}'
set _awsactivate_tilde = '~'

if (! $?_awsactivate_names) then
  set _awsactivate_names = ()
  if ($?AWSACTIVATE_PROFILE) source $_awsactivate_folder:q/tcsh/adopt.tcsh
endif

alias awsactivate 'set _awsa_words = (\!*); source $_awsactivate_folder:q/tcsh/command.tcsh'
if ($_awsactivate_short_names != no) then
  alias awsdeactivate 'set _awsa_words = (awsdeactivate \!*); source $_awsactivate_folder:q/tcsh/stop.tcsh'
  # a person's own alias stays
  set _awsa_alias = "`alias activate`"
  if ("$_awsa_alias:q" == '' || "$_awsa_alias:q" =~ *_awsa_words*) then
    alias activate 'set _awsa_words = (\!*); source $_awsactivate_folder:q/tcsh/start.tcsh'
  else if ($?prompt) then
    set _awsa_say = "note: your alias 'activate' stays; a session starts by 'awsactivate activate'"
    source $_awsactivate_folder:q/tcsh/say.tcsh
  endif
  unset _awsa_alias
endif
