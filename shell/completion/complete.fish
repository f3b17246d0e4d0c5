# What TAB offers after `activate` and `awsactivate` in fish (3.1 and later), by builtins alone: no process.
#
# Loaded at the first TAB (see load.fish). The profiles are read anew only when a file has another time, where
# fish can tell it (`path mtime` came with 3.6).

# Commands, options and arguments: `command TAB word TAB kind TAB what it is`; scripts/completion-words tells more.
set -g _awsactivate_words (string match -r '.+' <$_awsactivate_folder/completion/words)
set -g _awsactivate_seen ''
set -g _awsactivate_tells_time (_awsactivate_knows_path; and builtin echo yes)

function _awsactivate_candidates
    set -l fish_trace
    set -l words (commandline -o -p -c)
    set -l current (commandline -t -c)
    # the command, the kind of the last word, and where a command of the user's begins
    set -l found (_awsactivate_walk $current $words)
    set -l kind $found[2]
    set -l before ''
    if string match -q -- '--*=*' $current; and not builtin contains -- $kind option command rest
        set before (string replace -r '=.*' '=' -- $current)
        test "$kind" = profiles
        and set before (string replace -r '(=|,)[^,=]*$' '$1' -- $current)
    end
    set current (string unescape -- (string sub -s (builtin math 1 + (string length -- $before)) -- $current))
    switch $kind
        case rest
            __fish_complete_subcommand --fcs-skip=$found[3]
        case file
            _awsactivate_offer $before '' (__fish_complete_path $current)
        case profile profiles
            _awsactivate_offer_profiles $before $current
        case target
            if string match -q 'arn*' -- $current
                _awsactivate_read
                _awsactivate_offer $before $current (_awsactivate_arns)
            else
                _awsactivate_offer_profiles $before $current
            end
        case role
            _awsactivate_read
            _awsactivate_offer $before $current (_awsactivate_arns)
        case service
            _awsactivate_offer $before $current (_awsactivate_services)
        case command
            _awsactivate_offer $before $current (_awsactivate_entries $found[1] '[^\t]*' command)
        case option
            _awsactivate_offer $before $current (_awsactivate_entries $found[1] '-[^\t]*' '[^\t]*')
        case '*|*'
            _awsactivate_offer $before $current (string split '|' -- $kind)
    end
    return 0
end

# Print the candidates that begin with what is typed; all, where none does: fish also finds parts of words.
function _awsactivate_offer -a before current
    set -l candidates $argv[3..-1]
    set -l start (string escape --style=regex -- $current)
    set -l near (string match -e -r "^$start" -- $candidates)
    if set -q near[1]
        builtin printf '%s\n' $before$near
    else if set -q candidates[1]
        builtin printf '%s\n' $before$candidates
    end
end

# The same for profiles, of which there may be thousands: only those that are printed are taken apart.
function _awsactivate_offer_profiles -a before current
    set -l near
    test -n "$current"
    and set near (_awsactivate_beginning $current)
    set -q near[1]
    or begin
        _awsactivate_read
        set near $_awsactivate_known
    end
    # nobody reads thousands of notes
    set -l form '$1\t$3 in $2'
    test (builtin count $near) -gt 300
    and set form '$1'
    # a name stands by itself or in quotes; then come the account and the role's name, if it has one
    set near (string replace -r -f -- \
        '^(?:profile\s+)?(?|"([^"]*)"|\'([^\']*)\'|(.*?))\s*\](?:.*:(\d*):role/(?:\S*/)?(\S*))?.*' $before$form $near)
    test $form = '$1'
    or set near (string replace -r '\t in $' '' -- $near)
    set -q near[1]
    and builtin printf '%s\n' $near
end

# Go through the words before the last one to find what that is.
function _awsactivate_walk -a current
    set -l words $argv[2..-1]
    set -l key (string replace -r '^.*/' '' -- $words[1])
    test "$key" = awsdeactivate
    and set key deactivate
    set -l place 1 # of the argument that comes next
    set -l awaited ''
    set -l kind
    set -l index 1
    for word in $words[2..-1]
        set index (builtin math $index + 1)
        if test -n "$awaited"
            set awaited ''
            continue
        end
        set kind (_awsactivate_look_up $key $word)
        switch $word/$kind
            case --/rest
                builtin printf '%s\n' $key rest $index
                return
            case '-*/flag' '-*/profiles' '-*=*/*' '-*/'
            case '-*'
                set awaited $kind
            case '*/command'
                test $key = awsactivate
                and set key $word
                or set key "$key $word"
                set place 1
            case '*'
                set place (builtin math $place + 1)
        end
    end
    if test -n "$awaited"
        set kind $awaited
    else
        switch $current
            case '--*=*'
                set kind (_awsactivate_look_up $key (string replace -r '=.*' '' -- $current))
            case '-*'
                set kind option
            case '*'
                set kind (_awsactivate_look_up $key $place)
                test -n "$kind"
                or set kind (_awsactivate_look_up $key '*')
                test -n "$kind"
                or set kind command
        end
    end
    builtin printf '%s\n' $key "$kind"
end

# Print the kind of a word in a command, or nothing.
function _awsactivate_look_up -a key word
    set -l start (string escape --style=regex -- $key\t$word\t)
    string replace -r -f "^$start([^\t]*)\t.*" '$1' -- $_awsactivate_words
end

# Print the words of a command that match, with what they are.
function _awsactivate_entries -a key word kind
    set -l start (string escape --style=regex -- $key)
    string replace -r -f "^$start\t($word)\t$kind\t(.*)" '$1\t$2' -- $_awsactivate_words
end

# --- what AWS's files name ---------------------------------------------------------------------------------------

function _awsactivate_arns
    string match -r 'arn:\S+' -- $_awsactivate_known
end

# The names of services that were seen last, which the core writes down: names only.
function _awsactivate_services
    set -l folder $HOME/.local/state
    test -n "$XDG_STATE_HOME"
    and set folder $XDG_STATE_HOME
    test -r $folder/awsactivate/services
    and string match -r '.+' <$folder/awsactivate/services
end

# Print what is known of the profiles that begin so: of thousands the others need not be taken in.
function _awsactivate_beginning -a current
    set -l start '(?:profile[ \t]+[\'"]?)?'(string escape --style=regex -- $current)
    set -l files (_awsactivate_files)
    set -l text
    set -l sections
    set -l known
    test -r $files[1]
    and read -z text <$files[1]
    and set sections (string match -a -r '(?m)^\[(?=profile[ \t]|default\])'$start'.*\].*(?:\n(?!\[).*)*' -- $text)
    and set sections (string match -r '^(?:\[(?:profile\s.*|default)\]|role_arn\s*=\s*\Karn:\S*)' -- $sections)
    and set known (string split '[' -- "$sections")[2..-1]
    test -r $files[2]
    and for name in (string match -r '^\['$start'.*\]' <$files[2] | string replace -r '^\[(.*)\].*' '$1')
        string match -q -r '^(?:profile\s+[\'"]?)?'(string escape --style=regex -- $name)'[\'"]?\s*\]' -- $known
        or set -a known "profile $name]"
    end
    string match -r '.+' -- $known
end

function _awsactivate_files
    set -l config $HOME/.aws/config
    test -n "$AWS_CONFIG_FILE"
    and set config (string replace -r '^~/' $HOME/ -- $AWS_CONFIG_FILE)
    set -l credentials $HOME/.aws/credentials
    test -n "$AWS_SHARED_CREDENTIALS_FILE"
    and set credentials (string replace -r '^~/' $HOME/ -- $AWS_SHARED_CREDENTIALS_FILE)
    builtin printf '%s\n' $config $credentials
end

# Read both files, unless they are as they were. One that was changed in this second may change once more in it,
# and its time would not tell.
function _awsactivate_read
    set -l files (_awsactivate_files)
    set -l config $files[1]
    set -l credentials $files[2]
    set -l seen "$config $credentials"
    if test "$_awsactivate_tells_time" = yes
        set seen "$seen "(builtin path mtime -- $config $credentials | string join ' ')
        builtin contains -- 0 (builtin path mtime -R -- $config $credentials)
        and set seen '' # changed within this second
        test -n "$seen" -a "$seen" = "$_awsactivate_seen"
        and return
    else
        set seen ''
    end
    set -g _awsactivate_seen $seen
    set -g _awsactivate_known
    # the headers of profiles and their roles, in one line that is cut at the headers: `string join` would take
    # three times as long
    test -r $config
    and set -l lines (string match -r '^(?:\[(?:profile\s.*|default)\]|role_arn\s*=\s*\Karn:\S*)' <$config)
    and set -g _awsactivate_known (string split '[' -- "$lines")[2..-1]
    test -r $credentials
    and for name in (string replace -r -f '^\[(.*)\].*' '$1' <$credentials)
        string match -q -r '^(?:profile\s+[\'"]?)?'(string escape --style=regex -- $name)'[\'"]?\s*\]' -- $_awsactivate_known
        or set -g -a _awsactivate_known "profile $name]"
    end
    return 0
end
