# Say so where the core can't be started, as when its Python is gone: tcsh's own status of that is 1, as of errors.
set _awsa_status = $_awsactivate_status
sh -c '"$1" --version >/dev/null 2>&1' sh $_awsactivate_core:q
if ($status == 126 || $status == 127) then
  set _awsa_say = "error: $_awsactivate_core:q can't be started: the Python that it was installed with is gone"
  source $_awsactivate_folder:q/tcsh/say.tcsh
  set _awsa_say = 'hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate'
  source $_awsactivate_folder:q/tcsh/say.tcsh
  set _awsa_status = 127
endif
set _awsactivate_status = $_awsa_status
unset _awsa_status
