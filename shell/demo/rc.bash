# The start-up file of the demo's bash: what `awsactivate install bash` would add, and a guide.
eval "$("$AWSACTIVATE_DEMO_PROGRAM" init bash)"
if [[ $- == *i* ]]; then
  PS1='\w \$ '
  cat -- "$AWSACTIVATE_DEMO_GUIDE"
fi
