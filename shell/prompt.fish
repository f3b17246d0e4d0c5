# The prompt of fish with a session: "(prod 60m)". Part of awsactivate.fish, which loads it.

# Take in what the prompt shows; what comes out of the environment is checked.
function _awsactivate_describe -a style
    set -g _awsactivate_label "$AWSACTIVATE_PROFILE"
    string match -q -r '^[A-Za-z0-9_.@:/=+,-]*\z' -- "$AWSACTIVATE_PROFILE"
    or set -g _awsactivate_label (string escape -- "$AWSACTIVATE_PROFILE")
    # what turns the direction of a text, and C1 controls, `string escape` leaves as they are
    string match -q -r '[^ -~]' -- "$_awsactivate_label"
    and set -g _awsactivate_label (string escape --style=url -- "$AWSACTIVATE_PROFILE")
    switch "$AWSACTIVATE_SCOPE"
        case ''
        case 'read-only*'
            set -g _awsactivate_label "$_awsactivate_label:ro"
        case 'terraform-plan*'
            set -g _awsactivate_label "$_awsactivate_label:plan"
        case '*'
            set -g _awsactivate_label "$_awsactivate_label:policy"
    end
    set -g _awsactivate_expiration ''
    set -g _awsactivate_until 0 # until when the segment is as it was made
    string match -q -r '^[1-9][0-9]{0,11}\z' -- "$AWSACTIVATE_EXPIRATION"
    and set -g _awsactivate_expiration $AWSACTIVATE_EXPIRATION
    set -g _awsactivate_colour ''
    if builtin contains -- "$style" red green yellow blue magenta cyan white
        set -g _awsactivate_colour $style
    else if test -n "$style"; and not string match -q -r '[[:cntrl:]]' -- "$style"
        set -g _awsactivate_label "$style $_awsactivate_label"
    end
    return 0
end

# For people who place it themselves in their fish_prompt, with AWSACTIVATE_PROMPT=off. With --colour in colour.
# It is made anew only when the minute has passed: a command substitution lasts longer than all the rest.
function awsactivate_prompt_info
    set -q _awsactivate_names[1]; or return 0
    set -l tick 0
    set -l rest
    switch $_awsactivate_clock
        case uptime
            read -d " " tick rest </proc/uptime # whatever IFS is
        case path
            builtin path mtime -R / | read tick
        case '*'
            command date +%s | read tick
    end
    test "$tick" -lt "$_awsactivate_until"; and test "$tick" -ge "$_awsactivate_since"; or _awsactivate_compose $tick
    if test "$argv[1]" = --colour -a -z "$NO_COLOR"
        builtin echo -n -s $_awsactivate_painted
    else
        builtin echo -n -s $_awsactivate_plain
    end
end

# Make the segment as it is from `tick` on, a time of the clock that the prompt reads, and say until when.
function _awsactivate_compose -a tick
    set -g _awsactivate_since $tick
    set -g _awsactivate_until 999999999999
    set -l colour green
    set -l minutes
    if test -n "$_awsactivate_expiration"
        set -l left (builtin math "$_awsactivate_expiration - "(_awsactivate_now))
        set minutes (builtin math "floor(($left + 59) / 60)")
        test $left -gt 900; or set colour yellow
        if test $left -gt 0
            set -g _awsactivate_until (builtin math "$tick + $left - 60 * ($minutes - 1)")
            set minutes " $minutes"m
        else
            set minutes ' expired'
        end
    end
    test -z "$_awsactivate_colour"; or set colour $_awsactivate_colour
    test "$minutes" != ' expired'; or set colour red
    set -g _awsactivate_plain "($_awsactivate_label$minutes) "
    set -g _awsactivate_painted (builtin set_color $colour) "($_awsactivate_label$minutes)" (builtin set_color normal) ' '
end

# `path mtime` came with fish 3.6. A builtin that is not there would be an error that nothing silences.
function _awsactivate_knows_path
    builtin --names | string match -q path; and builtin path mtime / >/dev/null 2>&1
end

# The time since the epoch without a process, from two times of one file.
function _awsactivate_now
    if _awsactivate_knows_path
        builtin math (builtin path mtime /) + (builtin path mtime -R /)
    else
        command date +%s
    end
end

# Renew a session that ends within ten minutes where nobody need be asked. What failed is tried again in a minute,
# unless it failed for want of a code.
function _awsactivate_renew_in_time
    test -n "$_awsactivate_silent" -a -n "$_awsactivate_expiration"; or return
    set -l now (_awsactivate_now)
    test "$now" -ge (builtin math $_awsactivate_expiration - 600); or return
    set -q -g _awsactivate_tried; and test "$now" -lt (builtin math $_awsactivate_tried + 60); and return
    set -g _awsactivate_tried $now
    _awsactivate_start --renew --if-silent
    test $status -ne 5; or set -g _awsactivate_silent
end

function _awsactivate_return
    return $argv[1]
end

# Make the segment part of fish_prompt. A virtual environment wraps fish_prompt too, and puts its copy back.
function _awsactivate_wrap_prompt
    for name in fish_prompt _old_fish_prompt
        builtin functions -q $name; and builtin functions $name | string match -q '*_awsactivate_user_prompt*'; or continue
        # what `fish_config prompt save` has kept of a shell with ours is no prompt by itself
        builtin functions -q _awsactivate_user_prompt; or function _awsactivate_user_prompt
            builtin echo -n -s (prompt_pwd) '> '
        end
        return
    end
    builtin functions -q fish_prompt; or return
    builtin functions -e _awsactivate_user_prompt
    builtin functions -c fish_prompt _awsactivate_user_prompt
    function fish_prompt
        set -l pipe $pipestatus
        set -g _awsactivate_drawn yes
        set -q AWSACTIVATE_PROMPT; and test "$AWSACTIVATE_PROMPT" = off; or not builtin functions -q awsactivate_prompt_info
        or awsactivate_prompt_info --colour
        builtin functions -q _awsactivate_user_prompt; or begin
            builtin echo -n -s (prompt_pwd) "> " # saved by `fish_config prompt save`, in a shell without ours
            return
        end
        if set -q pipe[2]
            # in one eval, so that the prompt sees the status of each command of the pipe
            eval (string join ' | ' -- '_awsactivate_return '$pipe)'; _awsactivate_user_prompt'
        else
            _awsactivate_return $pipe
            _awsactivate_user_prompt
        end
    end
end

function _awsactivate_hook --on-event fish_prompt
    # Ctrl-C can fall between two statements of a change: then the change is finished here
    if set -q -g _awsactivate_pending
        set -l fish_trace
        _awsactivate_make $_awsactivate_pending
        set -e -g _awsactivate_pending
    end
    if set -q -g _awsactivate_names[1]
        builtin functions -q deactivate; or _awsactivate_claim
        test "$AWSACTIVATE_AUTO_RENEW" = 1; and _awsactivate_renew_in_time
    end
    test "$STARSHIP_SHELL" = fish; or test "$POSH_SHELL" = fish; and return
    # not drawn since the last prompt: the person's, or a theme's, fish_prompt came after ours
    set -q -g _awsactivate_drawn; or _awsactivate_wrap_prompt
    set -e -g _awsactivate_drawn
end
