# The end of awsactivate.bash: all is defined, and this shell takes it up.
#
# shellcheck shell=bash

_awsactivate_load
_awsactivate_flags_back
[ -z "${_awsactivate_aliases-}" ] || \builtin shopt -s expand_aliases
\builtin unset -v _awsactivate_aliases
\builtin unset -v _awsactivate_whole
