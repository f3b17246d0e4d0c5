# In a subshell that is about to become the core: the environment without the session that is on. The names
# AWSACTIVATE_* stay, by which the core knows what there is to renew.
foreach _awsa_name ($_awsactivate_names)
  if ($_awsa_name !~ AWSACTIVATE_*) source $_awsactivate_folder:q/tcsh/put_back.tcsh
end
setenv _AWSACTIVATE_WRAPPER "$_awsactivate_version:q"
