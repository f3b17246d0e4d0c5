# Put the variable that _awsa_name names back as it was, unless somebody changed it meanwhile.
eval 'set _awsa_is = $?_AWSACTIVATE_OLD_'$_awsa_name
if ($_awsa_is) then
  eval 'set _awsa_old = "$_AWSACTIVATE_OLD_'$_awsa_name':q"'
  source $_awsactivate_folder:q/tcsh/look.tcsh
  # the keys and our own variables always are ours, any other only as long as it is what we made it
  switch ($_awsa_name)
  case AWS_ACCESS_KEY_ID:
  case AWS_SECRET_ACCESS_KEY:
  case AWS_SESSION_TOKEN:
  case AWSACTIVATE_*:
    set _awsa_our = "$_awsa_now:q"
    breaksw
  default:
    eval 'set _awsa_our = "$_AWSACTIVATE_OUR_'$_awsa_name':q"'
    breaksw
  endsw
  if ("$_awsa_now:q" == "$_awsa_our:q") then
    if ("$_awsa_old:q" == u) then
      unsetenv $_awsa_name
    else
      setenv $_awsa_name "$_awsa_old:s/x//:q"
    endif
  endif
  unset _AWSACTIVATE_OLD_$_awsa_name _AWSACTIVATE_OUR_$_awsa_name
endif
