# The start-up file of the demo's zsh: what `awsactivate install zsh` would add, and a guide.
[[ -n ${AWSACTIVATE_DEMO_PROGRAM-} ]] || return 0 # below a guard, which hides it
eval "$("$AWSACTIVATE_DEMO_PROGRAM" init zsh)"
if [[ -o interactive ]]; then
  PROMPT='%~ %# '
  cat -- "$AWSACTIVATE_DEMO_GUIDE"
fi
