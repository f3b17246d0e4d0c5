# The name `deactivate` in bash, shared with virtual environments: last in, first out. Part of awsactivate.bash,
# which loads it.
#
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2317  # what awsactivate.bash sets, and what is called by name

function _awsactivate_claim {
  \builtin local _awsa_definition
  [ "${_awsactivate_short_names-}" != no ] || \builtin return 0
  if _awsactivate_has deactivate; then
    _awsa_definition=$(\builtin declare -f deactivate)
    case $_awsa_definition in (*_awsactivate_stop*) \builtin return 0 ;; esac
    _awsactivate_under=$_awsa_definition
  elif [ -z "${VIRTUAL_ENV-}" ]; then
    _awsactivate_under=
  fi
  _awsactivate_venv=${VIRTUAL_ENV-}
  _awsactivate_define
}

# A virtual environment that comes later takes the name, and at its end away; there need be no prompt's hook to
# notice that, and a script has none. But its script ends by `hash -r`, and there its function is taught to return it.
function _awsactivate_define {
  function deactivate { _awsactivate_quietly _awsactivate_stop deactivate "$@"; }
  _awsactivate_has hash || {
    function hash { \builtin hash "$@" && _awsactivate_teach; }
    _awsactivate_hashes=yes
  }
}

function _awsactivate_teach {
  \builtin local _awsa_text
  _awsactivate_is_on && _awsactivate_has deactivate || \builtin return 0
  _awsa_text=$(\builtin declare -f deactivate)
  case $_awsa_text in
    (*_awsactivate_stop* | *_awsa_return_name*) ;;
    (*'unset -f deactivate'*)
      _awsactivate_hashes=taught
      \builtin eval "${_awsa_text%\}*}_awsa_return_name \"\$?\""$'\n}' ;;
  esac
}

# Not of our prefix, since a `deactivate` that calls it is not ours.
function _awsa_return_name {
  ! _awsactivate_is_on || _awsactivate_has deactivate || _awsactivate_quietly _awsactivate_claim
  \builtin return "$1"
}

function _awsactivate_unteach {
  \builtin local _awsa_text=''
  if [ "$_awsactivate_hashes" = taught ] && _awsactivate_has deactivate; then _awsa_text=$(\builtin declare -f deactivate); fi
  case $_awsa_text in
    (*_awsa_return_name*) \builtin eval "${_awsa_text%%_awsa_return_name*}"$'\n}' ;;
  esac
  [ -z "$_awsactivate_hashes" ] || \builtin unset -f hash
  _awsactivate_hashes=
}

# Give the name back. Called as `deactivate` it is ours; else a virtual environment that came later has it.
function _awsactivate_release {
  [ "${_awsactivate_short_names-}" != no ] || \builtin return 0
  if [ "$1" = deactivate ] || [ "${VIRTUAL_ENV-}" = "$_awsactivate_venv" ] || [ -z "${_OLD_VIRTUAL_PATH-}" ]; then
    ! _awsactivate_has deactivate || \builtin unset -f deactivate
    case $_awsactivate_under in
      ('') ;;
      (*VIRTUAL_ENV*) [ -z "${VIRTUAL_ENV-}${_OLD_VIRTUAL_PATH-}" ] || \builtin eval "$_awsactivate_under" ;;
      (*) \builtin eval "$_awsactivate_under" ;;
    esac
  fi
  _awsactivate_under='' _awsactivate_venv=''
}

# A virtual environment's script is about to take the name, and asks the one before it to clean up. That is
# not us, but may be the one under us.
function _awsactivate_make_way {
  case $_awsactivate_under in
    (*nondestructive*)
      \builtin eval "$_awsactivate_under"
      deactivate nondestructive
      _awsactivate_under='' _awsactivate_venv=''
      _awsactivate_define ;;
  esac
}
