# Remember what we made of the names held: no copy of the keys, which go back in any case.
foreach _awsa_name ($_awsactivate_names)
  switch ($_awsa_name)
  case AWS_ACCESS_KEY_ID:
  case AWS_SECRET_ACCESS_KEY:
  case AWS_SESSION_TOKEN:
  case AWSACTIVATE_*:
    breaksw
  default:
    source $_awsactivate_folder:q/tcsh/look.tcsh
    eval 'set _AWSACTIVATE_OUR_'$_awsa_name' = "$_awsa_now:q"'
    breaksw
  endsw
end
