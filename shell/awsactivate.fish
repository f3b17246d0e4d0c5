# awsactivate in fish (3.1 and later): `activate`, `deactivate` and the prompt's "(prod 60m)".
#
# A program cannot change its parent's environment, so a function runs the core (awsactivate), which answers
# with statements for this shell, joined by `and`, that end in a sentinel. What each variable was before
# waits, unexported, in _AWSACTIVATE_OLD_<NAME>: first x (exported), n (not exported) or - (unset), then the
# value.
#
# Every `set` here has a scope: without one, `set -e` deletes a universal variable for good. An empty local
# fish_trace keeps secrets out of the trace of a function and of all that it calls.
#
# In start-up files:  awsactivate init fish | source

function _awsactivate_say
    builtin echo "awsactivate: $argv" >&2
end

# --- the state before --------------------------------------------------------------------------------------

# Keep what the names are now, unless that is kept already; put back what the session before this one held
# and this one does not.
function _awsactivate_hold
    set -l names $argv
    # starship reads the profile's name here, and no SDK does
    set -q STARSHIP_SHELL; and set -l names $names AWSUME_PROFILE
    for name in $_awsactivate_names
        builtin contains -- $name $names; or _awsactivate_put_back $name
    end
    for name in $names
        set -l kept _AWSACTIVATE_OLD_$name
        if set -q -g $kept
            continue
        else if set -q -g -x $name
            set -g $kept x $$name
        else if set -q -g $name
            set -g $kept n $$name
        else
            set -g $kept -
        end
    end
    set -g _awsactivate_names $names
    return 0 # `set` leaves the status as it was
end

# Put names back as they were, but for those that somebody changed meanwhile (see _awsactivate_is_ours).
function _awsactivate_put_back
    for name in $argv
        set -l kept _AWSACTIVATE_OLD_$name
        set -q -g $kept; or continue
        set -l ours _AWSACTIVATE_OUR_$name
        set -l before $$kept
        if set -q -g $ours
            set -q -g $name; and test "$$name" = "$$ours"; or set before
            set -e -g $ours
        else if set -q -g $name
            switch $name
                case AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN 'AWSACTIVATE_*'
                case '*'
                    set before
            end
        end
        switch "$before[1]"
            case x
                set -g -x $name $before[2..-1]
            case n
                set -g -u $name $before[2..-1]
            case -
                set -e -g $name
        end
        set -e -g $kept
    end
    return 0
end

# The keys and our own variables always are; any other only as long as it is what we made it.
function _awsactivate_is_ours -a name
    switch $name
        case AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN 'AWSACTIVATE_*'
            return 0
    end
    set -l ours _AWSACTIVATE_OUR_$name
    if set -q -g $ours
        set -q -g $name; and test "$$name" = "$$ours"
    else
        not set -q -g $name
    end
end

# Remember what we made of the names held: no copy of the keys, which go back in any case.
function _awsactivate_remember
    for name in $_awsactivate_names
        switch $name
            case AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN 'AWSACTIVATE_*'
                continue
        end
        if set -q -g $name
            set -g _AWSACTIVATE_OUR_$name $$name
        else
            set -e -g _AWSACTIVATE_OUR_$name
        end
    end
    return 0
end

# Run the core without the session that is on: locals hide the globals, for children too. The names
# AWSACTIVATE_* stay, by which the core knows what there is to renew. The statements hold names, no values.
# `exec` may be about the session that is on, and gets what is exported of that too: those of terraform that were not
# there before stay in their place, since a second copy of them might be more than the system lets a program have.
function _awsactivate_core_before
    set -l statements
    set -l stay
    if test "$argv[1]" = exec
        for name in $_awsactivate_names
            set -l kept _AWSACTIVATE_OLD_$name
            set -l value $$kept
            set -q -g -x $name; and not string match -q 'AWSACTIVATE_*' -- $name; or continue
            if string match -q 'TF_VAR_*' -- $name; and test "$value[1]" != x; and _awsactivate_is_ours $name
                set stay $stay $name
            else
                set statements $statements "set -l -x _AWSACTIVATE_NOW_$name \$$name;"
            end
        end
        set statements $statements 'set -l -x _AWSACTIVATE_IN_PLACE TF_VAR_;'
    end
    for name in $_awsactivate_names
        set -l kept _AWSACTIVATE_OLD_$name
        set -l value $$kept
        if string match -q 'AWSACTIVATE_*' -- $name; or builtin contains -- $name $stay; or not _awsactivate_is_ours $name
            continue
        else if test "$value[1]" = x
            set statements $statements "set -l -x $name \$$kept; set -e $name""[1];"
        else
            set statements $statements "set -l $name;"
        end
    end
    set -l -x _AWSACTIVATE_WRAPPER $_awsactivate_version
    set -l -x _AWSACTIVATE_AGAIN $_AWSACTIVATE_AGAIN
    builtin contains -- $argv[1] _activate exec each export
    and set -l -x _AWSACTIVATE_MFA_SESSION $_AWSACTIVATE_MFA_SESSION
    if test "$argv[1]" = _activate
        # In a pipe Ctrl-Z would stop it, where nobody could continue it; and if it died of Ctrl-C, fish would go on
        # behind this function as if nothing had happened.
        set -l careful 'trap "" TSTP; trap : INT; "$@"; exit $?'
        eval "$statements" 'command /bin/sh -c $careful sh $_awsactivate_core $argv'
    else
        eval "$statements" 'command $_awsactivate_core $argv'
    end
end

# --- start and stop ----------------------------------------------------------------------------------------

function _awsactivate_find_core
    command -s $_awsactivate_core >/dev/null; and return 0
    if command -s awsactivate >/dev/null
        set -g _awsactivate_core awsactivate
        return 0
    end
    _awsactivate_say "error: there is no program $_awsactivate_core any more"
    _awsactivate_say 'hint: install awsactivate again, then open a new shell'
    return 1
end

# Say what the status means that a program has whose interpreter is gone; STATUS and the words that it was given.
function _awsactivate_tell_gone
    builtin contains -- $argv[1] 126 127; or return $argv[1]
    builtin contains -- "$argv[2..3]" 'secrets exec'; and return $argv[1]
    builtin contains -- "$argv[2]" exec each demo; and return $argv[1] # a command's own status
    _awsactivate_say "error: $_awsactivate_core can't be started: the Python that it was installed with is gone"
    _awsactivate_say 'hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate'
    return $argv[1]
end

function _awsactivate_start
    set -l fish_trace
    _awsactivate_find_core; or return
    set -l text
    # no command substitution, which would not see where the person has sent what this function reads and writes
    _awsactivate_core_before _activate fish $argv | read -z text
    set -l state $pipestatus[1]
    if test $state -ge 128 # killed, perhaps while it asked with the echo off
        command stty echo icanon </dev/tty 2>/dev/null
    end
    test $state -ne 130; or command kill -INT $fish_pid # what stands behind it on the line is not to be done either
    test $state -eq 0; or begin
        _awsactivate_tell_gone $state
        return $state
    end
    if string match -q -r '^true awsactivate-end\n*\z' -- "$text" # nothing to change: it printed its help
        return 0
    else if not string match -q -r '^_awsactivate_hold (?s:.*)\nand true awsactivate-end\n*\z' -- "$text"
        _awsactivate_say "error: the answer of $_awsactivate_core is not whole: nothing was changed"
        return 1
    end
    set -g _awsactivate_pending $text
    if not _awsactivate_make $text
        _awsactivate_remember
        _awsactivate_end
        _awsactivate_say 'error: not every variable could be set: the session was ended'
        return 1
    end
    set -e -g _awsactivate_pending
    set -q -g _awsactivate_on_exit; or return 0
    _awsactivate_load_revoke # which has the handler of the shell's end
end

# The core's text ends by this: what the prompt shows (a colour, or a label), the line to say, whether the end of
# the shell is to revoke the session, what a renewal says, whether it needs nobody, and the ticket, a secret that
# can revoke this session and nothing else.
function _awsactivate_begun -a style message on_exit again silent ticket
    set -g _AWSACTIVATE_AGAIN $again
    set -g _AWSACTIVATE_TICKET $ticket
    set -g _awsactivate_silent $silent
    test -n "$on_exit"; and set -g _awsactivate_on_exit yes; or set -e -g _awsactivate_on_exit
    set -q STARSHIP_SHELL; and set -g -x AWSUME_PROFILE $AWSACTIVATE_PROFILE
    _awsactivate_remember
    _awsactivate_describe $style
    _awsactivate_claim
    test -z "$message"; or builtin printf '%s\n' $message >&2
    for name in $_awsactivate_names
        # what the session sets stands before it, and what is not exported reaches no command
        set -q -U -x $name; and not set -q -g -x $name
        and _awsactivate_say "note: $name is a universal variable, which no session hides: set -e -U $name"
    end
    return 0
end

# First the name that was called, then the person's own words.
function _awsactivate_stop -a spoken
    set -l fish_trace
    set -e argv[1]
    if test "$argv[1]" = nondestructive
        _awsactivate_make_way
        return 0
    end
    set -l revoke
    set -l wait
    set -l code
    set -l all
    while set -q argv[1]
        switch $argv[1]
            case -h --help
                builtin printf '%s\n' "usage: $spoken [--all] [--revoke [--no-wait] [--mfa-code CODE]]" '' \
                    'End the AWS session of this shell: every variable becomes what it was before.' \
                    'With --revoke AWS refuses every copy of it too; --no-wait does not wait for the proof.' \
                    'With --all this shell also forgets its MFA session, and asks for a code again.'
                return 0
            case --all
                set all yes
            case --revoke
                set revoke yes
            case --no-wait
                set wait --no-wait
            case '--mfa-code=*'
                set code $argv[1]
            case --mfa-code
                set code --mfa-code="$argv[2]"
                set -q argv[2]; and set -e argv[1]
            case '*'
                _awsactivate_say "error: $spoken takes no argument $argv[1]"
                _awsactivate_say "hint: $spoken --help"
                return 2
        end
        set -e argv[1]
    end
    if test -z "$revoke" -a -n "$wait$code"
        set -q wait[1]; or set wait --mfa-code
        _awsactivate_say "error: $wait goes with --revoke"
        return 2
    end
    if set -q -g _AWSACTIVATE_MFA_SESSION
        if test -n "$all"
            set -e -g _AWSACTIVATE_MFA_SESSION
            set -e -g _AWSACTIVATE_MFA_SHOWN
            set -q -g _awsactivate_names[1]; or return 0
        else if set -q -g _awsactivate_names[1]
            _awsactivate_say 'note: the MFA session stays; awsdeactivate --all ends it'
        end
    end
    if not set -q -g _awsactivate_names[1]
        _awsactivate_say 'error: no session is active in this shell'
        _awsactivate_release
        return 1
    end
    if test -n "$revoke"; and _awsactivate_load_revoke
        _awsactivate_revoke $spoken $wait $code
        return
    end
    set -g _awsactivate_pending _awsactivate_end
    _awsactivate_end
    test -z "$revoke"
end

# What few shells need is read when it is wanted.
function _awsactivate_load_revoke
    builtin source $_awsactivate_folder/revoke.fish 2>/dev/null; and return
    _awsactivate_say "error: $_awsactivate_folder/revoke.fish can't be read: the session will not be revoked"
    _awsactivate_say 'hint: install awsactivate again; awsactivate revoke --help'
    return 1
end

function _awsactivate_end
    _awsactivate_put_back $_awsactivate_names
    set -g _awsactivate_names
    set -g _awsactivate_label ''
    set -g _awsactivate_expiration ''
    set -g _awsactivate_colour ''
    set -e -g _awsactivate_since
    set -e -g _awsactivate_until
    set -e -g _awsactivate_plain
    set -e -g _awsactivate_painted
    set -e -g _awsactivate_pending
    set -e -g _awsactivate_on_exit
    set -e -g _awsactivate_silent
    set -e -g _awsactivate_tried
    set -e -g _AWSACTIVATE_AGAIN
    set -e -g _AWSACTIVATE_TICKET
    _awsactivate_release
    _awsactivate_unteach
    return 0
end

# --- the names, and what this shell has already ----------------------------------------------------------------

function awsactivate
    set -l fish_trace
    switch "$argv[1]"
        case activate
            _awsactivate_start $argv[2..-1]
        case deactivate
            _awsactivate_stop 'awsactivate deactivate' $argv[2..-1]
        case exec each export show doctor
            _awsactivate_find_core; and _awsactivate_core_before $argv
        case console revoke # which may be about this session
            set -l -x _AWSACTIVATE_MFA_SESSION $_AWSACTIVATE_MFA_SESSION
            test "$argv[1]" = revoke; and set -l -x _AWSACTIVATE_REVOKE_TICKET $_AWSACTIVATE_TICKET
            _awsactivate_find_core; and command $_awsactivate_core $argv
        case status
            set -l -x _AWSACTIVATE_MFA_SHOWN $_AWSACTIVATE_MFA_SHOWN
            _awsactivate_find_core; and command $_awsactivate_core $argv
        case '*'
            _awsactivate_find_core; or return
            command $_awsactivate_core $argv; or _awsactivate_tell_gone $status $argv
    end
end

# A session that this shell inherited: what was before it is not known, so its names will just be unset.
function _awsactivate_adopt
    set -g _awsactivate_names AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION \
        AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE \
        AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS
    # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
    # that ends in _ stands for every name that begins with it
    set -l words (string split ' ' -- "$_awsactivate_adoptable")
    set -l prefixes (string join '|' -- (string match -- '*_' $words))
    for name in (string split ' ' -- "$AWSACTIVATE_VARS")
        string match -q -r '[^A-Za-z0-9_]' -- $name; and continue
        if builtin contains -- "$name" $words
            set -g -a _awsactivate_names $name
        else if test -n "$prefixes"; and string match -q -r -- "^($prefixes)." $name
            set -g -a _awsactivate_names $name
        end
    end
    test "$AWSUME_PROFILE" = "$AWSACTIVATE_PROFILE"; and set -g -a _awsactivate_names AWSUME_PROFILE
    for name in $_awsactivate_names
        set -g _AWSACTIVATE_OLD_$name -
    end
    _awsactivate_remember
    _awsactivate_describe ''
    _awsactivate_claim
end

function _awsactivate_load
    set -l IFS \n # whatever it is
    set -l fish_trace
    # what came through the environment is not this shell's
    for name in (set -g -x -n)
        string match -q -r '^_(awsactivate|AWSACTIVATE)_' -- $name; and set -e -g $name
    end
    test -n "$_awsactivate_core"; or set -g _awsactivate_core awsactivate
    set -q -g _awsactivate_folder; or set -g _awsactivate_folder (status dirname)
    if not set -q -g _awsactivate_clock
        set -g _awsactivate_clock date
        _awsactivate_knows_path; and set -g _awsactivate_clock path
        test -r /proc/uptime; and set -g _awsactivate_clock uptime
    end
    if not set -q -g _awsactivate_names
        set -g _awsactivate_names
        set -g _awsactivate_label ''
        set -g _awsactivate_expiration ''
        set -g _awsactivate_colour ''
        test -z "$AWSACTIVATE_PROFILE"; or _awsactivate_adopt
    end
    test "$_awsactivate_short_names" = no; and return
    function awsdeactivate -d 'End the AWS session of this shell'
        _awsactivate_stop awsdeactivate $argv
    end
    if not builtin functions -q activate; or _awsactivate_owns activate
        function activate -d 'Start an AWS session in this shell'
            _awsactivate_start $argv
        end
    else if status is-interactive
        _awsactivate_say "note: your function 'activate' stays; a session starts by 'awsactivate activate'"
    end
end

# `init` and `install` put the prompt's file before this text; a checkout has it beside this one.
builtin functions -q awsactivate_prompt_info; or builtin source (status dirname)/prompt.fish
builtin functions -q _awsactivate_make; or builtin source (status dirname)/statements.fish
builtin functions -q _awsactivate_claim; or builtin source (status dirname)/deactivate.fish
_awsactivate_load
