# The command `awsactivate`, its words in _awsa_words.
set _awsa_spoken = x
if ($#_awsa_words > 0) then
  set _awsa_spoken = "x$_awsa_words[1]:q"
endif
switch ("$_awsa_spoken:q")
case xactivate:
  shift _awsa_words
  source $_awsactivate_folder:q/tcsh/start.tcsh
  breaksw
case xdeactivate:
  shift _awsa_words
  set _awsa_words = ('awsactivate deactivate' $_awsa_words:q)
  source $_awsactivate_folder:q/tcsh/stop.tcsh
  breaksw
case xexec:
case xeach:
case xexport:
case xshow:
case xdoctor:
  # these start from what was before the session, as `activate` does
  source $_awsactivate_folder:q/tcsh/quiet.tcsh
  set _awsa_spoken = "$_awsa_words:q "
  if ("$_awsa_spoken:q" =~ "exec --scope[= ]*" || "$_awsa_spoken:q" =~ "exec -* --scope[= ]*") then
    # it is about this session
    (exec $_awsactivate_core:q $_awsa_words:q)
    set _awsactivate_status = $status
  else
    (source $_awsactivate_folder:q/tcsh/step_back.tcsh; exec $_awsactivate_core:q $_awsa_words:q)
    set _awsactivate_status = $status
  endif
  source $_awsactivate_folder:q/tcsh/loud.tcsh
  breaksw
default:
  unset _awsa_spoken
  $_awsactivate_core:q $_awsa_words:q
  set _awsactivate_status = $status
  unset _awsa_words
  breaksw
endsw
set status = $_awsactivate_status
