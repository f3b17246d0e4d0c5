# The start-up file of the demo's zsh: what `awsactivate install zsh` would add, and a guide.
eval "$("$AWSACTIVATE_DEMO_PROGRAM" init zsh)"
if [[ -o interactive ]]; then
  PROMPT='%~ %# '
  cat -- "$AWSACTIVATE_DEMO_GUIDE"
fi
