# The start-up file of the demo's bash: what `awsactivate install bash` would add, and a guide.
[[ -n ${AWSACTIVATE_DEMO_PROGRAM-} ]] || return 0 # below a guard, which hides it
eval "$("$AWSACTIVATE_DEMO_PROGRAM" init bash)"
if [[ $- == *i* ]]; then
  PS1='\w \$ '
  cat -- "$AWSACTIVATE_DEMO_GUIDE"
fi
