# awsactivate in PowerShell (7 and later): `activate`, `deactivate` and the prompt's "(prod 60m)".
#
# The core (awsactivate) answers with the change of environment as JSON. What each variable was before waits in
# a variable of PowerShell's, never in the environment. In $PROFILE:
#   awsactivate init pwsh | Out-String | Invoke-Expression

# The keys and our own variables always go back, any other only as long as it is what we made it.
function global:_awsactivate_IsOwn([string] $name) {
    $name -cin 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN' -or $name -clike 'AWSACTIVATE_*'
}

function global:_awsactivate_Now([string] $name) { [Environment]::GetEnvironmentVariable($name) }

function global:_awsactivate_Put([string] $name, $value) {
    # a plain assignment of $null to a parameter of type string would be an empty text
    if ($null -eq $value) { Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore }
    else { Set-Item -LiteralPath "Env:$name" -Value $value }
}

function global:_awsactivate_IsOurs([string] $name) {
    (_awsactivate_IsOwn $name) -or (_awsactivate_Now $name) -ceq $_awsactivate_state.made[$name]
}

function global:_awsactivate_PutBack([string[]] $names) {
    foreach ($name in $names) {
        if (_awsactivate_IsOurs $name) { _awsactivate_Put $name $_awsactivate_state.old[$name] }
        $_awsactivate_state.old.Remove($name)
        $_awsactivate_state.made.Remove($name)
    }
}

function global:_awsactivate_Remember {
    foreach ($name in $_awsactivate_state.old.Keys) {
        if (-not (_awsactivate_IsOwn $name)) { $_awsactivate_state.made[$name] = _awsactivate_Now $name }
    }
}

# Run the core in the environment of before; it knows by AWSACTIVATE_* what there is to renew.
function global:_awsactivate_Before([string[]] $words) {
    $session = @{}
    foreach ($name in @($_awsactivate_state.old.Keys)) {
        if ($name -cnotlike 'AWSACTIVATE_*' -and (_awsactivate_IsOurs $name)) {
            $session[$name] = _awsactivate_Now $name
        }
    }
    try {
        foreach ($name in $session.Keys) { _awsactivate_Put $name $_awsactivate_state.old[$name] }
        $env:_AWSACTIVATE_WRAPPER = $_awsactivate_version
        & $_awsactivate_core @words
    }
    finally {
        # runs after Ctrl-C too
        Remove-Item -LiteralPath Env:_AWSACTIVATE_WRAPPER -ErrorAction Ignore
        foreach ($name in $session.Keys) { _awsactivate_Put $name $session[$name] }
    }
}

function global:_awsactivate_Say([string] $text) { [Console]::Error.WriteLine($text) }

function global:_awsactivate_Start([string[]] $words) {
    try { $text = (_awsactivate_Before (@('_activate', 'pwsh') + $words)) -join "`n" }
    catch { $global:LASTEXITCODE = 127 }  # its interpreter is missing: it was not even started
    if ($LASTEXITCODE -in 126, 127) {
        _awsactivate_Say ("awsactivate: error: $_awsactivate_core can't be started: " +
            'the Python that it was installed with is gone')
        _awsactivate_Say 'awsactivate: hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate'
    }
    if ($LASTEXITCODE -ne 0) { return }
    $answer = try { $text | ConvertFrom-Json -AsHashtable } catch { @{} }
    if ($answer.end -cne 'awsactivate-end') {
        $global:LASTEXITCODE = 1
        return _awsactivate_Say "awsactivate: error: the answer of $_awsactivate_core is not whole: nothing was changed"
    }
    if (-not $answer.ContainsKey('hold')) { return }
    _awsactivate_PutBack @($_awsactivate_state.old.Keys | Where-Object { $_ -cnotin $answer.hold })
    foreach ($name in $answer.hold) {
        if (-not $_awsactivate_state.old.ContainsKey($name)) { $_awsactivate_state.old[$name] = _awsactivate_Now $name }
    }
    foreach ($name in $answer.unset) { _awsactivate_Put $name $null }
    foreach ($name in $answer.set.Keys) { _awsactivate_Put $name $answer.set[$name] }
    _awsactivate_Remember
    $_awsactivate_state.style = $answer.style
    if ($answer.message) { _awsactivate_Say $answer.message }
}

function global:_awsactivate_Stop([string[]] $words) {
    $global:LASTEXITCODE = 0
    if ($words.Count -eq 1 -and $words[0] -cin '-h', '--help') {
        return "usage: deactivate`n`nEnd the AWS session of this shell: every variable becomes what it was before."
    }
    if ($words.Count) {
        $global:LASTEXITCODE = 2
        return _awsactivate_Say "awsactivate: error: deactivate takes no argument $($words[0])"
    }
    if (-not $_awsactivate_state.old.Count) {
        $global:LASTEXITCODE = 1
        return _awsactivate_Say 'awsactivate: error: no session is active in this shell'
    }
    _awsactivate_PutBack @($_awsactivate_state.old.Keys)
    $_awsactivate_state.style = ''
}

# The prompt's segment, empty without a session.
function global:awsactivate_prompt_info {
    if (-not $_awsactivate_state.old.Count -or $env:AWSACTIVATE_PROMPT -ceq 'off') { return '' }
    $colours = @{ red = 31; green = 32; yellow = 33; blue = 34; magenta = 35; cyan = 36; white = 37 }
    $style, $label, $time, $left = $_awsactivate_state.style, $env:AWSACTIVATE_PROFILE, '', 901
    if ($env:AWSACTIVATE_EXPIRATION -match '\A[1-9][0-9]{0,11}\z') {
        $left = [long] $env:AWSACTIVATE_EXPIRATION - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        $time = if ($left -gt 0) { " $([math]::Ceiling($left / 60))m" } else { ' expired' }
    }
    $label += switch -Wildcard -CaseSensitive ("$env:AWSACTIVATE_SCOPE") {
        '' { ''; break }
        'read-only*' { ':ro'; break }
        'terraform-plan*' { ':plan'; break }
        default { ':policy' }
    }
    $code = if ($left -le 0) { 31 } elseif ($left -le 900) { 33 } else { 32 }
    if ($style -and $colours.ContainsKey($style)) { if ($left -gt 0) { $code = $colours[$style] } }
    elseif ($style) { $label = "$style $label" }
    "`e[${code}m($label$time)`e[0m "
}

# Every command of the core; `awsactivate activate` and `awsactivate deactivate` change this shell.
function global:awsactivate {
    $words = [string[]] $args
    $verb = $words[0]
    if ("$words " -cmatch '^exec -(-scope|.* --scope)[= ]') { $verb = '' }  # it is about this session
    switch -CaseSensitive ($verb) {
        'activate' { _awsactivate_Start @($words | Select-Object -Skip 1) }
        'deactivate' { _awsactivate_Stop @($words | Select-Object -Skip 1) }
        { $_ -cin 'exec', 'each', 'export', 'show', 'doctor' } { _awsactivate_Before $words }
        default { & $_awsactivate_core @words }
    }
}

if ($_awsactivate_short_names -cne 'no') {
    function global:activate { _awsactivate_Start ([string[]] $args) }
    function global:deactivate { _awsactivate_Stop ([string[]] $args) }
    function global:awsdeactivate { _awsactivate_Stop ([string[]] $args) }
}

if ($null -eq $global:_awsactivate_state) {
    $global:_awsactivate_state = @{ old = @{}; made = @{}; style = '' }
    # A session that this shell inherited: what was before it is not known, so its names will just be unset, and
    # its list is only a variable, from which no other name is taken than `awsactivate init` tells.
    if ($env:AWSACTIVATE_PROFILE) {
        $names = @(
            'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION',
            'AWSACTIVATE_PROFILE', 'AWSACTIVATE_SCOPE', 'AWSACTIVATE_ROLE_ARN', 'AWSACTIVATE_ASSUMED_ROLE_ID',
            'AWSACTIVATE_SOURCE_PROFILE', 'AWSACTIVATE_EXPIRATION', 'AWSACTIVATE_VARS'
        )
        # of the words, one that ends in _ stands for every name that begins with it
        $words = $global:_awsactivate_adoptable -split ' '
        $prefixes = $words | Where-Object { $_.EndsWith('_') } | ForEach-Object { "$_*" }
        foreach ($name in "$env:AWSACTIVATE_VARS" -split ' ') {
            if ($words -ccontains $name -or ($prefixes | Where-Object { $name -clike $_ })) { $names += $name }
        }
        foreach ($name in $names) { $global:_awsactivate_state.old[$name] = $null }
        _awsactivate_Remember
    }
    $global:_awsactivate_prompt = $function:prompt
    function global:prompt { "$(awsactivate_prompt_info)$(& $global:_awsactivate_prompt)" }
}
