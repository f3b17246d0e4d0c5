# A session that this shell inherited: what was before it is not known, so its names will just be unset.
set _awsactivate_names = (AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION \
  AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE \
  AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS)
if ($?AWSACTIVATE_VARS) then
  # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
  # that ends in _ stands for every name that begins with it
  foreach _awsa_name ($_awsactivate_adoptable:x)
    if (" $AWSACTIVATE_VARS:q " =~ "* $_awsa_name *") set _awsactivate_names = ($_awsactivate_names $_awsa_name)
  end
  if ("$AWSACTIVATE_VARS:q" !~ *[^A-Za-z0-9_\ ]*) then
    foreach _awsa_name ($AWSACTIVATE_VARS:x)
      foreach _awsa_word ($_awsactivate_adoptable:x)
        if ($_awsa_word =~ *_ && $_awsa_name =~ ${_awsa_word}?*) then
          set _awsactivate_names = ($_awsactivate_names $_awsa_name)
        endif
      end
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
unset _awsa_name _awsa_word _awsa_now _awsa_style _awsa_label _awsa_ends _awsa_colour
