# The start-up file of the demo's fish: what `awsactivate install fish` would add, and a guide.
set -g fish_greeting
$AWSACTIVATE_DEMO_PROGRAM init fish | source
if status is-interactive
    cat -- "$AWSACTIVATE_DEMO_GUIDE"
end
