# The short names of awsactivate.nu, a file of their own because nushell defines nothing under a condition.

# Start an AWS session in this shell.
def --env --wrapped activate [...words] {
    let change = _awsactivate_started ...$words
    load-env $change.set
    for name in $change.hide { while $name in $env { hide-env $name } }
}

# End the AWS session of this shell.
def --env --wrapped deactivate [...words] {
    let change = _awsactivate_stopped ...$words
    load-env $change.set
    for name in $change.hide { while $name in $env { hide-env $name } }
}

alias awsdeactivate = deactivate
