# awsactivate in elvish (0.18 and later): `activate`, `deactivate` and the prompt's "(prod until 14:05Z)".
#
# The core (awsactivate) answers with the change of environment as JSON. What each variable was before waits in
# $_awsactivate_old, never in the environment. In rc.elv: eval (awsactivate init elvish | slurp)

use re
use str

var _awsactivate_old = [&]
var _awsactivate_made = [&]
var _awsactivate_label = ''
# the keys and our own variables always go back, any other only as long as it is what we made it
var _awsactivate_keys = [AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN]
var _awsactivate_always = [
  $@_awsactivate_keys AWS_CREDENTIAL_EXPIRATION AWSACTIVATE_PROFILE AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN
  AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE AWSACTIVATE_EXPIRATION AWSACTIVATE_VARS
]

fn _awsactivate_now {|name| if (has-env $name) { put (get-env $name) } else { put $nil } }

fn _awsactivate_put {|name value|
  if (eq $value $nil) { unset-env $name } else { set-env $name $value }
}

fn _awsactivate_is_own {|name|
  or (has-value $_awsactivate_keys $name) (str:has-prefix $name AWSACTIVATE_)
}

fn _awsactivate_is_ours {|name|
  or (_awsactivate_is_own $name) (eq (_awsactivate_now $name) $_awsactivate_made[$name])
}

# Make a variable what it was, unless somebody has changed it meanwhile.
fn _awsactivate_put_back {|name|
  if (_awsactivate_is_ours $name) { _awsactivate_put $name $_awsactivate_old[$name] }
  set _awsactivate_old = (dissoc $_awsactivate_old $name)
  set _awsactivate_made = (dissoc $_awsactivate_made $name)
}

# Keep what we made of the names held: no copy of the keys.
fn _awsactivate_remember {
  keys $_awsactivate_old | each {|name|
    if (not (_awsactivate_is_own $name)) {
      set _awsactivate_made = (assoc $_awsactivate_made $name (_awsactivate_now $name))
    }
  }
}

fn _awsactivate_say {|text| echo $text >&2 }

# Run the core in the environment of before; it knows by AWSACTIVATE_* what there is to renew. `tmp` and not
# `try … finally`, in which Ctrl-C can strike a second time; no name but those we hold is part of the text.
fn _awsactivate_before {|@words|
  var hidden = []
  var lines = ''
  keys $_awsactivate_old | each {|name|
    if (and (not (str:has-prefix $name AWSACTIVATE_)) (_awsactivate_is_ours $name)) {
      if (eq $_awsactivate_old[$name] $nil) {
        set hidden = [$@hidden -u $name]
      } else {
        set lines = $lines'tmp E:'$name' = $old['$name"]\n"
      }
    }
  }
  eval &ns=(ns [&old=$_awsactivate_old &hidden=$hidden &version=$_awsactivate_version ^
      &core=$_awsactivate_core &words=$words]) '{
    tmp E:_AWSACTIVATE_WRAPPER = $version
    '$lines'
    e:env $@hidden $core $@words
  }'
}

fn _awsactivate_describe {|style|
  set _awsactivate_label = ''
  if (not (has-env AWSACTIVATE_PROFILE)) { return }
  var until = ''
  var ends = (_awsactivate_now AWS_CREDENTIAL_EXPIRATION)
  if (not-eq $ends $nil) { set until = ' until '$ends[11..16]'Z' }
  if (has-value ['' red green yellow blue magenta cyan white] $style) { set style = '' } else { set style = $style' ' }
  var scope = ''
  if (has-env AWSACTIVATE_SCOPE) {
    set scope = ':policy'
    if (str:has-prefix (get-env AWSACTIVATE_SCOPE) read-only) { set scope = ':ro' }
    if (str:has-prefix (get-env AWSACTIVATE_SCOPE) terraform-plan) { set scope = ':plan' }
  }
  set _awsactivate_label = '('$style(get-env AWSACTIVATE_PROFILE)$scope$until') '
}

fn _awsactivate_segment {
  if (not (and (has-env AWSACTIVATE_PROMPT) (==s $E:AWSACTIVATE_PROMPT off))) { put $_awsactivate_label }
}

fn activate {|@words|
  var text = ''
  try { set text = (_awsactivate_before _activate elvish $@words | slurp) } catch e {
    # the statuses of a program whose interpreter is not there
    var status = (to-string (try { put $e[reason][exit-status] } catch { put 0 }))
    if (has-value [126 127] $status) {
      var mends = 'pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate'
      var gone = ' can''t be started: the Python that it was installed with is gone; hint: '
      fail 'awsactivate: error: '$_awsactivate_core$gone$mends
    }
    fail $e
  }
  var answer = [&]
  try { set answer = (echo $text | from-json) } catch { nop }
  if (not (and (has-key $answer end) (==s $answer[end] awsactivate-end))) {
    fail 'awsactivate: the answer of '$_awsactivate_core' is not whole: nothing was changed'
  }
  if (not (has-key $answer hold)) { return }
  keys $_awsactivate_old | each {|name|
    if (not (has-value $answer[hold] $name)) { _awsactivate_put_back $name }
  }
  all $answer[hold] | each {|name|
    if (not (has-key $_awsactivate_old $name)) {
      set _awsactivate_old = (assoc $_awsactivate_old $name (_awsactivate_now $name))
    }
  }
  all $answer[unset] | each {|name| unset-env $name }
  keys $answer[set] | each {|name| set-env $name $answer[set][$name] }
  _awsactivate_remember
  _awsactivate_describe $answer[style]
  if (not-eq $answer[message] '') { _awsactivate_say $answer[message] }
}

fn deactivate {|@words|
  if (or (eq $words [-h]) (eq $words [--help])) {
    echo "usage: deactivate\n\nEnd the AWS session of this shell: every variable becomes what it was before."
    return
  }
  if (> (count $words) 0) { fail 'awsactivate: deactivate takes no argument '$words[0] }
  if (== (count $_awsactivate_old) 0) { fail 'awsactivate: no session is active in this shell' }
  keys $_awsactivate_old | each {|name| _awsactivate_put_back $name }
  set _awsactivate_label = ''
}

fn awsactivate {|@words|
  var verb = ''
  var rest = []
  if (> (count $words) 0) { set verb rest = $words[0] $words[1..] }
  if (==s $verb activate) {
    activate $@rest
  } elif (==s $verb deactivate) {
    deactivate $@rest
  } elif (re:match '^exec -(-scope|.* --scope)[= ]' (str:join ' ' $words)' ') {  # it is about this session
    (external $_awsactivate_core) $@words
  } elif (has-value [exec each export show doctor] $verb) {
    _awsactivate_before $@words
  } else {
    (external $_awsactivate_core) $@words
  }
}

# A session that this shell inherited: what was before it is not known, so its names will just be unset.
if (has-env AWSACTIVATE_PROFILE) {
  all $_awsactivate_always | each {|name| set _awsactivate_old = (assoc $_awsactivate_old $name $nil) }
  if (has-env AWSACTIVATE_VARS) {
    # the list is only a variable: no other name is taken from it than `awsactivate init` tells; of its words one
    # that ends in _ stands for every name that begins with it
    str:split ' ' (get-env AWSACTIVATE_VARS) | each {|name|
      str:split ' ' $_awsactivate_adoptable | each {|word|
        if (or (==s $name $word) (and (str:has-suffix $word _) (str:has-prefix $name $word))) {
          set _awsactivate_old = (assoc $_awsactivate_old $name $nil)
        }
      }
    }
  }
  _awsactivate_remember
  _awsactivate_describe ''
}

# On a terminal the names go where the person types, and the prompt gets its segment. Elsewhere there is no `edit:`,
# and to name it would be an error: hence a text of its own.
try {
  eval &ns=(ns [&short=(not-eq $_awsactivate_short_names no) &a=$activate~ &d=$deactivate~ &all=$awsactivate~ ^
      &segment=$_awsactivate_segment~]) '
    edit:add-var awsactivate~ $all
    if $short { edit:add-var activate~ $a; edit:add-var deactivate~ $d; edit:add-var awsdeactivate~ $d }
    var before = $edit:prompt
    set edit:prompt = { $segment; $before }
  '
} catch {
  nop
}
