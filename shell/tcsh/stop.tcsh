# End the session: the first of _awsa_words is the name that was called, then come the person's own words.
source $_awsactivate_folder:q/tcsh/quiet.tcsh
set _awsa_spoken = "$_awsa_words[1]:q"
shift _awsa_words
set _awsactivate_status = 0
if ($#_awsa_words > 0) then
  if ("x$_awsa_words[1]:q" == xnondestructive) then
    :
  else if ("x$_awsa_words[1]:q" == x-h || "x$_awsa_words[1]:q" == x--help) then
    echo "usage: $_awsa_spoken:q"
    echo ''
    echo 'End the AWS session of this shell: every variable becomes what it was before.'
  else
    set _awsactivate_status = 2
    set _awsa_say = "error: $_awsa_spoken:q takes no argument $_awsa_words[1]:q"
    source $_awsactivate_folder:q/tcsh/say.tcsh
    set _awsa_say = "hint: $_awsa_spoken:q --help"
    source $_awsactivate_folder:q/tcsh/say.tcsh
  endif
else if ($#_awsactivate_names == 0) then
  set _awsactivate_status = 1
  set _awsa_say = 'error: no session is active in this shell'
  source $_awsactivate_folder:q/tcsh/say.tcsh
else
  foreach _awsa_name ($_awsactivate_names)
    source $_awsactivate_folder:q/tcsh/put_back.tcsh
  end
  set _awsactivate_names = ()
  source $_awsactivate_folder:q/tcsh/hide.tcsh
  set _awsa_is = "`alias deactivate`"
  if ("$_awsa_is:q" =~ *_awsa_words*) unalias deactivate
endif
source $_awsactivate_folder:q/tcsh/loud.tcsh
