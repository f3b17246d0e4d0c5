# Set _awsa_now to what the environment variable that _awsa_name names is: `u`, or x and its value.
printenv $_awsa_name >& /dev/null
if ($status) then
  set _awsa_now = u
else
  eval 'set _awsa_now = "x$'$_awsa_name':q"'
endif
