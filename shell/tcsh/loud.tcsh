# The end of every file that quiet.tcsh began: forget what was needed, and leave the status.
unset _awsa_words _awsa_text _awsa_hold _awsa_name _awsa_old _awsa_now _awsa_our _awsa_is _awsa_spoken _awsa_label
unset _awsa_style _awsa_message _awsa_ends _awsa_colour
foreach _awsa_flag ($_awsa_flags)
  set $_awsa_flag
end
unset _awsa_flags _awsa_flag
set status = $_awsactivate_status
