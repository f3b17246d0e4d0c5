# Put aside what would show a secret, or read quotes in another way; loud.tcsh puts it back.
set _awsa_flags = ()
if ($?echo) set _awsa_flags = ($_awsa_flags echo)
if ($?verbose) set _awsa_flags = ($_awsa_flags verbose)
if ($?backslash_quote) set _awsa_flags = ($_awsa_flags backslash_quote)
unset echo verbose backslash_quote
