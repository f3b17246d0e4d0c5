
# --- completion, which is loaded at the first TAB: opening a shell should not take longer for it -----------------

# No reserved word, since any may be an alias.
# shellcheck disable=SC1091,SC2154  # the folder is named above, in what `init` prints
_awsactivate_complete() {
  # rbash neither reads a file by its path nor redirects
  \builtin test -n "${-##*r*}" &&
    \builtin . "$_awsactivate_folder/completion/complete.bash" 2>/dev/null && _awsactivate_complete "$@"
}

# A menu that bash sorts anew would be read twice; before 4.4 it cannot be told so, and rbash lets nobody silence
# what it says to that.
# shellcheck disable=SC2015  # where the first fails the second is right
\builtin test "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 44 &&
  \builtin complete -o nosort -F _awsactivate_complete awsactivate activate deactivate awsdeactivate ||
  \builtin complete -F _awsactivate_complete awsactivate activate deactivate awsdeactivate
