# The end of awsactivate.bash: all is defined, and this shell takes it up; one that was woken has done so.
#
# shellcheck shell=bash

[ "${FUNCNAME-}" = _awsactivate_wake ] || { _awsactivate_load; _awsactivate_flags_back; }
\builtin unset -v _awsactivate_whole
