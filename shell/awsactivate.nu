# awsactivate in nushell (0.100 and later): `activate`, `deactivate` and the prompt's "(prod 60m)".
#
# The core (awsactivate) answers with the change of environment as JSON. What each variable was before waits in
# $env._AWSACTIVATE_STATE: a record, which nushell gives to no child. In config.nu, after
#   awsactivate init nu | save -f ($nu.default-config-dir | path join awsactivate.nu)
# which is to be run again after each upgrade:  source ($nu.default-config-dir | path join awsactivate.nu)

# the keys and our own variables always go back, any other only as long as it is what we made it
const _awsactivate_always = [
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWSACTIVATE_PROFILE
    AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE AWSACTIVATE_EXPIRATION
    AWSACTIVATE_VARS
]

def _awsactivate_now [name: string] { $env | get --optional $name }

def _awsactivate_is_own [name: string] {
    $name in [AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN] or ($name | str starts-with AWSACTIVATE_)
}

def _awsactivate_is_ours [name: string] {
    (_awsactivate_is_own $name) or (_awsactivate_now $name) == ($env._AWSACTIVATE_STATE.made | get --optional $name)
}

# What puts NAMES of STATE back, unless somebody has changed them meanwhile: {set: …, hide: …}.
def _awsactivate_back [state: record, names: list<string>] {
    let ours = $names | where {|name| _awsactivate_is_ours $name }
    let set = $ours | where {|name| ($state.old | get $name) != null }
    {
        set: ($set | reduce --fold {} {|name, all| $all | insert $name ($state.old | get $name) })
        hide: ($ours | where $it not-in $set)
    }
}

# STATE with what NAMES are now as the old values of those that it does not hold yet.
def _awsactivate_held [state: record, names: list<string>] {
    let new = $names | where $it not-in ($state.old | columns)
    let gone = $state.old | columns | where $it not-in $names
    $new | reduce --fold ($state.old | reject --optional ...$gone) {|name, all| $all | insert $name (_awsactivate_now $name) }
}

# Run the core in the environment of before; it knows by AWSACTIVATE_* what there is to renew.
def --wrapped _awsactivate_before [...words] {
    for name in ($env._AWSACTIVATE_STATE.old | columns | where {|name| not ($name | str starts-with AWSACTIVATE_) }) {
        if (_awsactivate_is_ours $name) {
            let value = $env._AWSACTIVATE_STATE.old | get $name
            if $value == null { hide-env --ignore-errors $name } else { load-env {$name: $value} }
        }
    }
    $env._AWSACTIVATE_WRAPPER = $_awsactivate_version
    ^$_awsactivate_core ...$words
}

# Fail as running the core did; where it can't be started any more, say first what mends it.
def _awsactivate_fail [error: record] {
    if ($error.exit_code? | default 127) in [126 127] { # an interpreter that is missing gives no exit code at all
        print --stderr $"awsactivate: error: ($_awsactivate_core) can't be started: the Python that it was installed with is gone"
        print --stderr 'awsactivate: hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate'
    }
    $error.raw
}

# The change that starts a session. No command below another one changes the environment: to nushell 0.108 a
# variable hidden there is hidden only once, and comes back.
def --wrapped _awsactivate_started [...words] {
    let text = try { _awsactivate_before _activate nu ...$words } catch {|error| _awsactivate_fail $error }
    let answer = try { $text | from json } catch { {} }
    if ($answer | get --optional end) != awsactivate-end {
        error make --unspanned {msg: $"the answer of ($_awsactivate_core) is not whole: nothing was changed"}
    }
    if 'hold' not-in ($answer | columns) { return {set: {}, hide: []} }
    let state = $env._AWSACTIVATE_STATE
    let back = _awsactivate_back $state ($state.old | columns | where $it not-in $answer.hold)
    let made = $answer.hold | where {|name| not (_awsactivate_is_own $name) } | reduce --fold {} {|name, all|
        $all | insert $name ($answer.set | get --optional $name)
    }
    let new = {old: (_awsactivate_held $state $answer.hold), made: $made, style: $answer.style}
    if $answer.message != '' { print --stderr $answer.message }
    {set: ($back.set | merge $answer.set | merge {_AWSACTIVATE_STATE: $new}), hide: [...$back.hide ...$answer.unset]}
}

# The change that ends the session.
def --wrapped _awsactivate_stopped [...words] {
    if $words in [[-h] [--help]] {
        print "usage: deactivate\n\nEnd the AWS session of this shell: every variable becomes what it was before."
        return {set: {}, hide: []}
    }
    if ($words | is-not-empty) {
        error make --unspanned {msg: $"deactivate takes no argument ($words.0)"}
    }
    let state = $env._AWSACTIVATE_STATE
    if ($state.old | is-empty) {
        error make --unspanned {msg: 'no session is active in this shell'}
    }
    let back = _awsactivate_back $state ($state.old | columns)
    {set: ($back.set | merge {_AWSACTIVATE_STATE: {old: {}, made: {}, style: ''}}), hide: $back.hide}
}

# The prompt's segment, empty without a session.
def awsactivate_prompt_info [] {
    if 'AWSACTIVATE_PROFILE' not-in $env or ($env.AWSACTIVATE_PROMPT? == off) { return '' }
    let colours = [red green yellow blue magenta cyan white]
    let style = $env._AWSACTIVATE_STATE.style
    let label = if $style in $colours or $style == '' { '' } else { $'($style) ' }
    let ends = try { $env.AWSACTIVATE_EXPIRATION | into int } catch { null }
    let left = if $ends == null { 901 } else { $ends - ((date now | into int) // 1_000_000_000) }
    let time = if $ends == null { '' } else if $left > 0 { $' (($left + 59) // 60)m' } else { ' expired' }
    let own = if $style in $colours { $style } else if $left > 900 { 'green' } else { 'yellow' }
    let colour = if $left <= 0 { 'red' } else { $own }
    let held = $env.AWSACTIVATE_SCOPE? | default ''
    let scope = if $held == '' { '' } else if ($held starts-with read-only) { ':ro' } else if ($held starts-with terraform-plan) { ':plan' } else { ':policy' }
    $'(ansi $colour)(char lparen)($label)($env.AWSACTIVATE_PROFILE)($scope)($time)(char rparen)(ansi reset) '
}

# Every command of the core; `awsactivate activate` and `awsactivate deactivate` change this shell.
def --env --wrapped awsactivate [...words] {
    let verb = $words | get --optional 0
    if $verb in [activate deactivate] {
        let rest = $words | skip 1
        let change = if $verb == activate { _awsactivate_started ...$rest } else { _awsactivate_stopped ...$rest }
        load-env $change.set
        for name in $change.hide { while $name in $env { hide-env $name } }
    } else if ($'($words | str join " ") ' =~ '^exec -(-scope|.* --scope)[= ]') {
        ^$_awsactivate_core ...$words  # it is about this session
    } else if $verb in [exec each export show doctor] {
        _awsactivate_before ...$words
    } else {
        ^$_awsactivate_core ...$words
    }
}

if '_AWSACTIVATE_STATE' not-in $env {
    $env._AWSACTIVATE_STATE = {old: {}, made: {}, style: ''}
    # a session that this shell inherited: what was before it is not known, so its names will just be unset
    if 'AWSACTIVATE_PROFILE' in $env {
        let named = $env.AWSACTIVATE_VARS? | default '' | split row ' '
        # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words
        # one that ends in _ stands for every name that begins with it
        let words = $_awsactivate_adoptable | split row ' '
        let prefixes = $words | where {|word| $word | str ends-with '_' }
        let also = $named | uniq | where {|name|
            $name in $words or ($prefixes | any {|prefix| $name | str starts-with $prefix })
        }
        let names = [...$_awsactivate_always ...$also] | uniq
        let old = $names | reduce --fold {} {|name, all| $all | insert $name null }
        let made = $names | where {|name| not (_awsactivate_is_own $name) } | reduce --fold {} {|name, all|
            $all | insert $name (_awsactivate_now $name)
        }
        $env._AWSACTIVATE_STATE = {old: $old, made: $made, style: ''}
    }
    if $nu.is-interactive {
        let before = $env.PROMPT_COMMAND? | default ''
        $env.PROMPT_COMMAND = {||
            let prompt = if ($before | describe) == closure { do $before } else { $before }
            $'(awsactivate_prompt_info)($prompt)'
        }
    }
}
