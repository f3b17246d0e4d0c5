# How fish makes what the core answers. Part of awsactivate.fish, which loads it.

# Make the statements of the core's text, a line each, as far as all go well. `fish --profile` and `fish -d` write the
# source of what is run into a file: so a value, which may be secret, comes out of a pipe and is no word of it.
function _awsactivate_make -a text
    set -l IFS \n # by which a command substitution is split, or not at all
    for line in (string split \n -- $text)
        set -l parts (string match -r '^and set (-gx?) ([A-Za-z_][A-Za-z0-9_]*) (.*)$' -- $line)
        if set -q parts[4]
            set -l value (string unescape -- $parts[4] | string collect)
            # that takes away the line breaks at its end, each of which is written as \n between two texts
            set -l ends (string match -r "(?:\\\\n'')+\$" -- $parts[4])
            for end in (string match -a -r "\\\\n''" -- "$ends")
                set value "$value"\n
            end
            builtin true # a `set` that goes well leaves the status as it was
            set $parts[2] $parts[3] "$value"
            or return 1
        else
            # the mark of the end is no command, which a person might have made another of
            set line (string replace -r '^and ' '' -- $line | string collect)
            test "$line" = 'true awsactivate-end'; or eval $line; or return 1
        end
    end
    return 0
end
