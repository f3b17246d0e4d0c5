# The start-up file of the demo's fish: what `awsactivate install fish` would add, and a guide.
set -q AWSACTIVATE_DEMO_PROGRAM; or return 0 # below a guard, which hides it
set -g fish_greeting
$AWSACTIVATE_DEMO_PROGRAM init fish | source
if status is-interactive
    cat -- "$AWSACTIVATE_DEMO_GUIDE"
end
