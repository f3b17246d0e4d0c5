# A session that this shell inherited: what was before it is not known, so its names will just be unset.
set _awsactivate_names = (AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION \
  AWSACTIVATE_PROFILE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE \
  AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS)
if ($?AWSACTIVATE_VARS) then
  # the list is only a variable: no other name than these is taken from it
  foreach _awsa_name (AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN \
    AWS_SESSION_EXPIRATION AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE \
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_ENDPOINT_URL AWS_CA_BUNDLE \
    AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT)
    if (" $AWSACTIVATE_VARS:q " =~ "* $_awsa_name *") set _awsactivate_names = ($_awsactivate_names $_awsa_name)
  end
  if ("$AWSACTIVATE_VARS:q" !~ *[^A-Za-z0-9_\ ]*) then
    foreach _awsa_name ($AWSACTIVATE_VARS:x)
      if ($_awsa_name =~ TF_VAR_* || $_awsa_name =~ AWS_ENDPOINT_URL_*) then
        set _awsactivate_names = ($_awsactivate_names $_awsa_name)
      endif
    end
  endif
endif
foreach _awsa_name ($_awsactivate_names)
  set _AWSACTIVATE_OLD_$_awsa_name = u
end
source $_awsactivate_folder:q/tcsh/remember.tcsh
set _awsa_style = ''
source $_awsactivate_folder:q/tcsh/show.tcsh
if ($_awsactivate_short_names != no) then
  alias deactivate 'set _awsa_words = (deactivate \!*); source $_awsactivate_folder:q/tcsh/stop.tcsh'
endif
unset _awsa_name _awsa_now _awsa_style _awsa_label _awsa_ends _awsa_colour
