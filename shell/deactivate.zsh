# The name `deactivate` in zsh, shared with virtual environments: last in, first out. Part of awsactivate.zsh, which
# loads it.

function _awsactivate_claim {
  [[ ${_awsactivate_short_names-} != no ]] || \builtin return 0
  if (( ${+functions[deactivate]} )); then
    [[ $functions[deactivate] != *_awsactivate_stop* ]] || \builtin return 0
    _awsactivate_under=$functions[deactivate]
  elif [[ -z ${VIRTUAL_ENV-} ]]; then
    _awsactivate_under=
  fi
  _awsactivate_define
}

# A virtual environment that comes later takes the name, and at its end away; there need be no prompt's hook to
# notice that, and a script has none. But its script ends by `hash -r`, and there its function is taught to return it.
function _awsactivate_define {
  function deactivate { _awsactivate_quietly _awsactivate_stop deactivate "$@"; }
  (( ! ${+functions[hash]} )) || \builtin return 0
  function hash { \builtin hash "$@" && _awsactivate_quietly _awsactivate_teach; }
  _awsactivate_hashes=yes
}

function _awsactivate_teach {
  (( $#_awsactivate_names )) || \builtin return 0
  case ${functions[deactivate]-} in
    (*_awsactivate_stop*|*_awsa_return_name*) ;;
    (*'unset -f deactivate'*) functions[deactivate]+=$'\n_awsa_return_name $?' ;;
  esac
}

# Not of our prefix, since a `deactivate` that calls it is not ours.
function _awsa_return_name {
  (( ! $#_awsactivate_names || ${+functions[deactivate]} )) || _awsactivate_quietly _awsactivate_claim
  \builtin return $1
}

function _awsactivate_unteach {
  [[ ${functions[deactivate]-} != *_awsa_return_name* ]] ||
    functions[deactivate]=${functions[deactivate]%_awsa_return_name*}
  [[ -z $_awsactivate_hashes ]] || \builtin unset -f hash
  _awsactivate_hashes=
}

# Give the name back, unless a virtual environment that came later has it.
function _awsactivate_release {
  if [[ ${functions[deactivate]-} == *_awsactivate_stop* ]]; then
    \builtin unfunction deactivate
    case $_awsactivate_under in
      ('') ;;
      (*VIRTUAL_ENV*) [[ -z ${VIRTUAL_ENV-}${_OLD_VIRTUAL_PATH-} ]] || functions[deactivate]=$_awsactivate_under ;;
      (*) functions[deactivate]=$_awsactivate_under ;;
    esac
  fi
  _awsactivate_under=
}

# A virtual environment's script is about to take the name, and asks the one before it to clean up. That is
# not us, but may be the one under us.
function _awsactivate_make_way {
  [[ $_awsactivate_under == *nondestructive* ]] || \builtin return 0
  functions[deactivate]=$_awsactivate_under
  deactivate nondestructive
  _awsactivate_under=
  _awsactivate_define
}
