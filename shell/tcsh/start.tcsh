# Start a session with the words in _awsa_words.
source $_awsactivate_folder:q/tcsh/quiet.tcsh
set _awsa_text = `source $_awsactivate_folder:q/tcsh/step_back.tcsh; $_awsactivate_core:q _activate tcsh $_awsa_words:q`
set _awsactivate_status = $status
if ($_awsactivate_status == 1 || $_awsactivate_status == 126 || $_awsactivate_status == 127) then
  source $_awsactivate_folder:q/tcsh/gone.tcsh
endif
if ($_awsactivate_status >= 128) then  # killed, perhaps while it asked with the echo off
  (stty echo icanon < /dev/tty) >& /dev/null
else if ($_awsactivate_status != 0) then
  :
else if ($#_awsa_text == 1 && "$_awsa_text[$#_awsa_text]:q" == awsactivate-end) then
  :  # nothing to change: it printed its help
else if ($#_awsa_text != 3 || "$_awsa_text[$#_awsa_text]:q" != awsactivate-end) then
  set _awsactivate_status = 1
  set _awsa_say = "error: the answer of $_awsactivate_core:q is not whole: nothing was changed"
  source $_awsactivate_folder:q/tcsh/say.tcsh
else
  # a unit separator stands for each blank
  set _awsa_hold = "$_awsa_text[1]:q"
  set _awsa_hold = ($_awsa_hold:as// /)
  foreach _awsa_name ($_awsactivate_names)
    if (" $_awsa_hold " !~ "* $_awsa_name *") source $_awsactivate_folder:q/tcsh/put_back.tcsh
  end
  foreach _awsa_name ($_awsa_hold)
    eval 'set _awsa_is = $?_AWSACTIVATE_OLD_'$_awsa_name
    if (! $_awsa_is) then
      source $_awsactivate_folder:q/tcsh/look.tcsh
      eval 'set _AWSACTIVATE_OLD_'$_awsa_name' = "$_awsa_now:q"'
    endif
  end
  set _awsactivate_names = ($_awsa_hold)
  set _awsa_text = "$_awsa_text[2]:q"
  set _awsa_text = "$_awsa_text:as// /:q"
  eval $_awsa_text:q
  set _awsa_text = ''
  source $_awsactivate_folder:q/tcsh/remember.tcsh
  source $_awsactivate_folder:q/tcsh/show.tcsh
  if ($_awsactivate_short_names != no) then
    set _awsa_is = "`alias deactivate`"
    if ("$_awsa_is:q" == '') then  # else a virtual environment has the name, and keeps it
      alias deactivate 'set _awsa_words = (deactivate \!*); source $_awsactivate_folder:q/tcsh/stop.tcsh'
    endif
  endif
  if ("$_awsa_message:q" != '') sh -c 'printf "%s\n" "$1" >&2' sh "$_awsa_message:q"
endif
source $_awsactivate_folder:q/tcsh/loud.tcsh
