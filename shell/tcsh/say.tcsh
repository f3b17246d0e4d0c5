# Say _awsa_say on stderr, which csh alone can't.
sh -c 'printf "awsactivate: %s\n" "$1" >&2' sh "$_awsa_say:q"
unset _awsa_say
