# The name `deactivate` in fish, shared with virtual environments: last in, first out. Part of awsactivate.fish,
# which loads it.

function _awsactivate_owns -a name
    builtin functions -q $name
    and string match -q '*_awsactivate_st*' -- (builtin functions $name | string collect)
end

function _awsactivate_claim
    test "$_awsactivate_short_names" = no; and return 0
    _awsactivate_owns deactivate; and return 0
    if builtin functions -q deactivate
        builtin functions -e _awsactivate_under
        builtin functions -c deactivate _awsactivate_under
    else if test -z "$VIRTUAL_ENV"
        builtin functions -e _awsactivate_under
    end
    _awsactivate_define
end

function _awsactivate_define
    function deactivate -d 'End the AWS session of this shell'
        _awsactivate_stop deactivate $argv
    end
end

# Give the name back, unless a virtual environment that came later has it.
function _awsactivate_release
    if _awsactivate_owns deactivate
        builtin functions -e deactivate
        if builtin functions -q _awsactivate_under
            if set -q VIRTUAL_ENV; or not builtin functions _awsactivate_under | string match -q '*VIRTUAL_ENV*'
                builtin functions -c _awsactivate_under deactivate
            end
        end
    end
    builtin functions -e _awsactivate_under
    return 0
end

# A virtual environment's script is about to take the name, and asks the one before it to clean up. That is
# not us, but may be the one under us.
function _awsactivate_make_way
    builtin functions -q _awsactivate_under
    and builtin functions _awsactivate_under | string match -q '*nondestructive*'
    and _awsactivate_under nondestructive
    and builtin functions -e _awsactivate_under
    builtin functions -q deactivate; or _awsactivate_define
end

# A virtual environment that comes later takes the name, and at its end away; there need be no prompt to notice
# that, and a script has none. But its script sets VIRTUAL_ENV, and there its function is taught to return the name.
function _awsactivate_teach --on-variable VIRTUAL_ENV
    set -q -g _awsactivate_names[1]; and builtin functions -q deactivate; or return 0
    set -l text (builtin functions deactivate | string collect)
    switch "$text"
        case '*_awsactivate_stop*' '*_awsa_return_name*'
        case '*functions -e deactivate*'
            set -g _awsactivate_taught yes
            eval (string replace -r '\n\s*end\s*\z' \n'_awsa_return_name $$status'\nend -- $text | string collect)
    end
    return 0
end

# Not of our prefix, since a `deactivate` that calls it is not ours.
function _awsa_return_name -a state
    set -q -g _awsactivate_names[1]; and not builtin functions -q deactivate; and _awsactivate_claim
    return $state
end

function _awsactivate_unteach
    set -q -g _awsactivate_taught; or return 0
    set -e -g _awsactivate_taught
    builtin functions -q deactivate; or return 0
    set -l text (builtin functions deactivate | string collect)
    string match -q '*_awsa_return_name*' -- $text
    and eval (string replace -r '\n\s*_awsa_return_name \$status\n' \n -- $text | string collect)
    return 0
end
