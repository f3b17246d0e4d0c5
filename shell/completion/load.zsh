
# --- completion, which is loaded at the first TAB: opening a shell should not take longer for it -----------------

function _awsactivate {
  _awsactivate_quietly \builtin . $_awsactivate_folder/completion/complete.zsh && _awsactivate "$@"
}

# compinit may still come, further down in the start-up file: what was not there at the first prompt is not used.
function _awsactivate_register {
  [[ ${(t)precmd_functions-} == *readonly* ]] || \builtin typeset -ga precmd_functions
  if (( ${+functions[compdef]} )); then
    compdef _awsactivate awsactivate activate deactivate awsdeactivate
  elif (( ${precmd_functions[(Ie)_awsactivate_register]} )) || [[ ${(t)precmd_functions-} == *readonly* ]]; then
    \builtin compctl -K _awsactivate awsactivate activate deactivate awsdeactivate
  else
    precmd_functions+=(_awsactivate_register)
    \builtin return 0
  fi
  [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions=(${precmd_functions:#_awsactivate_register})
}

[[ ! -o interactive ]] || _awsactivate_quietly _awsactivate_register
