"""What other people's programs want in a start-up file, as their own pages say it.

`@` in a text is the folder of the checkout, copied into the home folder of the test, so that a program that
writes beside its files writes there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from shell.documentation import blocks

# As these terminals start a shell: by its environment, without a word in a start-up file.
KITTY = {"KITTY_WINDOW_ID": "1", "KITTY_SHELL_INTEGRATION": "enabled"}
GHOSTTY = {"GHOSTTY_RESOURCES_DIR": "@/src", "GHOSTTY_SHELL_FEATURES": "cursor,sudo,title"}
OH_MY_ZSH = "export ZSH=@\nZSH_THEME={}\nDISABLE_AUTO_UPDATE=true\nplugins=({})\nsource @/oh-my-zsh.sh\n"
P10K = (
    'if [[ -r "${XDG_CACHE_HOME:-$HOME/.cache}/p10k-instant-prompt-${(%):-%n}.zsh" ]]; then\n'
    '  source "${XDG_CACHE_HOME:-$HOME/.cache}/p10k-instant-prompt-${(%):-%n}.zsh"\nfi\n'
    "POWERLEVEL9K_DISABLE_GITSTATUS=true\nsource @/powerlevel10k.zsh-theme\nsource @/config/p10k-lean.zsh\n"
)
# It fetches its parts at its first start; here they come from folders, as its own page says how.
Z4H_PARTS = (
    "powerlevel10k",
    "terminfo",
    "zsh-autosuggestions",
    "zsh-completions",
    "zsh-history-substring-search",
    "zsh-syntax-highlighting",
)
Z4H = (
    "zstyle ':z4h:' auto-update no\nzstyle ':z4h:' start-tmux no\n"
    "zstyle ':z4h:*' channel command 'cp -r @/../$Z4H_PACKAGE_NAME $Z4H_PACKAGE_DIR'\n"
    "zstyle ':z4h:fzf' channel none\nzstyle ':z4h:systemd' channel none\nGITSTATUS_AUTO_INSTALL=0\n"
    "POWERLEVEL9K_DISABLE_GITSTATUS=true\nz4h init || return\n"
)
GIT = "git init -q ~/repo && cd ~/repo\n"


@dataclass(frozen=True)
class Framework:
    """One program in one shell."""

    folder: str  # under $AWSACTIVATE_TEST_OTHERS
    shell: str
    start: str  # what stands in the start-up file
    variant: str = ""
    end: str = ""  # what its page wants at the very end of the start-up file
    setup: str = ""  # run once before, by that shell
    environ: dict[str, str] = field(default_factory=dict)
    argv: tuple[str, ...] = ()  # how a terminal starts the shell
    is_drawn_by_itself: bool = False  # it builds the prompt alone: ours stays away, and says so
    others: tuple[str, ...] = ()  # further checkouts that it needs; `@NAME@` is the folder of one

    def __str__(self) -> str:
        return "-".join(part for part in (self.folder, self.variant, self.shell) if part)


def _oh_my_posh(shell: str, start: str) -> Framework:
    """Draw a prompt of the path and of the segment that docs/prompt.md tells people to add."""
    path = {"type": "path", "style": "plain", "template": "{{ .Path }}> "}
    segments = [json.loads(blocks("oh-my-posh")["json"]), path]
    config = {
        "version": 3,
        "blocks": [{"type": "prompt", "alignment": "left", "segments": segments}],
    }
    setup = f"printf '%s' '{json.dumps(config)}' >~/posh.json\n"
    return Framework("oh-my-posh", shell, start, setup=setup)


def _terminal(folder: str, shell: str, file: str, **environ: str) -> Framework:
    return Framework(folder, shell, f"source @/{file}\n", environ=environ)


BASH = (
    Framework("bash-it", "bash", "export BASH_IT=@ BASH_IT_THEME=bobby\nsource @/bash_it.sh\n"),
    Framework(
        "bash-it", "bash", "export BASH_IT=@ BASH_IT_THEME=powerline\nsource @/bash_it.sh\n", "powerline"
    ),
    Framework("oh-my-bash", "bash", "export OSH=@\nOSH_THEME=font\nsource @/oh-my-bash.sh\n"),
    Framework("oh-my-bash", "bash", "export OSH=@\nOSH_THEME=agnoster\nsource @/oh-my-bash.sh\n", "agnoster"),
    Framework("liquidprompt", "bash", "LP_ENABLE_LOAD=0\nsource @/liquidprompt\n"),
    Framework("bash-git-prompt", "bash", f"{GIT}GIT_PROMPT_FETCH_REMOTE_STATUS=0\nsource @/gitprompt.sh\n"),
    Framework("bash-preexec-0.5.0", "bash", "", end="source @/bash-preexec.sh\n"),
    Framework("bash-preexec-0.6.0", "bash", "", end="source @/bash-preexec.sh\n"),
    Framework(
        "ble.sh", "bash", "source @/out/ble.sh --noattach\n", end="[[ ! ${BLE_VERSION-} ]] || ble-attach\n"
    ),
    Framework(
        "git-prompt",
        "bash",
        f'{GIT}source @/contrib/completion/git-prompt.sh\nPROMPT_COMMAND=\'__git_ps1 "\\w" "\\\\\\$ "\'\n',
    ),
    Framework("sexy-bash-prompt", "bash", f"{GIT}source @/.bash_prompt\n"),
    Framework("bash-powerline", "bash", f"{GIT}source @/bash-powerline.sh\n"),
    Framework("oh-my-git", "bash", f"{GIT}source @/prompt.sh\n"),
    Framework("kube-ps1", "bash", "source @/kube-ps1.sh\nPS1='[\\W $(kube_ps1)]\\$ '\n"),
    Framework("z", "bash", "source @/z.sh\n"),
    _oh_my_posh("bash", 'eval "$(@/oh-my-posh init bash --config ~/posh.json)"\n'),
    Framework("bash-completion", "bash", "source @/bash_completion\n"),
    _terminal("iTerm2-shell-integration", "bash", "shell_integration/bash", TERM_PROGRAM="iTerm.app"),
    Framework(
        "kitty",
        "bash",
        "",
        argv=("--posix",),
        environ={**KITTY, "ENV": "@/shell-integration/bash/kitty.bash", "KITTY_BASH_INJECT": "1"},
    ),
    Framework(
        "ghostty",
        "bash",
        "",
        argv=("--posix",),
        environ={**GHOSTTY, "ENV": "@/src/shell-integration/bash/ghostty.bash", "GHOSTTY_BASH_INJECT": "1"},
    ),
    Framework("wezterm", "bash", "source @/assets/shell-integration/wezterm.sh\n"),
    Framework(
        "vscode",
        "bash",
        "",
        environ={"TERM_PROGRAM": "vscode", "VSCODE_INJECTION": "1"},
        argv=("--init-file", "@/shellIntegration-bash.sh", "-i"),
    ),
    Framework(
        "vscode", "bash", "source @/shellIntegration-bash.sh\n", "by-hand", environ={"TERM_PROGRAM": "vscode"}
    ),
    Framework("asdf-0.15.0", "bash", "source @/asdf.sh\nsource @/completions/asdf.bash\n"),
    Framework(
        "pyenv-virtualenv",
        "bash",
        'export PYENV_ROOT=@pyenv@\nPATH=@pyenv@/bin:@/bin:$PATH\neval "$(pyenv init - bash)"\n'
        'eval "$(pyenv virtualenv-init -)"\n',
        others=("pyenv",),
    ),
    Framework("mise", "bash", 'eval "$(@/bin/mise activate bash)"\n'),
    Framework("nvm", "bash", "export NVM_DIR=@\nsource @/nvm.sh\nsource @/bash_completion\n"),
    Framework("rvm", "bash", "export rvm_path=@\nsource @/scripts/rvm\n"),
    Framework(
        "sdkman-cli",
        "bash",
        "export SDKMAN_DIR=~/.sdkman\nsource ~/.sdkman/bin/sdkman-init.sh\n",
        setup="mkdir -p ~/.sdkman/{bin,src,etc,var,candidates,ext,tmp}; cd ~/.sdkman\n"
        "cp @/src/main/bash/* src; mv src/sdkman-init.sh bin\n"
        "touch etc/config var/candidates; echo linuxx64 >var/platform\n",
    ),
)

ZSH = (
    Framework(
        "ohmyzsh",
        "zsh",
        OH_MY_ZSH.format("robbyrussell", "git"),
    ),
    Framework(
        "ohmyzsh",
        "zsh",
        OH_MY_ZSH.format("agnoster", "git aws"),
        "agnoster",
    ),
    _oh_my_posh("zsh", 'eval "$(@/oh-my-posh init zsh --config ~/posh.json)"\n'),
    Framework("powerlevel10k", "zsh", P10K, is_drawn_by_itself=True),
    Framework(
        "zsh4humans",
        "zsh",
        Z4H,
        setup="print -r -- 'Z4H_BOOTSTRAP_COMMAND='\\''cp -r @ $Z4H_PACKAGE_DIR'\\' >~/.zshenv\n"
        "cat @/.zshenv >>~/.zshenv; cp @powerlevel10k@/config/p10k-lean.zsh ~/.p10k.zsh\n"
        "mkdir -p ~/.cache/zsh4humans/v5; cp @/z4h.zsh ~/.cache/zsh4humans/v5\n",
        is_drawn_by_itself=True,
        others=Z4H_PARTS,
    ),
    # as docs/prompt.md tells people
    Framework(
        "powerlevel10k",
        "zsh",
        f"{P10K}POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(awsactivate $POWERLEVEL9K_LEFT_PROMPT_ELEMENTS)\n",
        "segment",
    ),
    Framework("pure", "zsh", f"{GIT}fpath+=(@)\nautoload -U promptinit; promptinit\nprompt pure\n"),
    Framework("pure-1.23.0", "zsh", f"{GIT}fpath+=(@)\nautoload -U promptinit; promptinit\nprompt pure\n"),
    Framework("spaceship-prompt", "zsh", f"{GIT}source @/spaceship.zsh\n"),
    Framework(
        "prezto",
        "zsh",
        "source ~/.zprezto/init.zsh\n",
        setup="ln -s @ ~/.zprezto && cp @/runcoms/zpreztorc ~/.zpreztorc\n",
    ),
    Framework(
        "zinit",
        "zsh",
        "declare -A ZINIT=(HOME_DIR ~/zi BIN_DIR @)\nsource @/zinit.zsh\n"
        "zinit snippet @zsh-autosuggestions@/zsh-autosuggestions.zsh\nPROMPT='%~ %# '\n",
        others=("zsh-autosuggestions",),
    ),
    Framework("zsh-autocomplete", "zsh", "source @/zsh-autocomplete.plugin.zsh\n"),
    Framework("zsh-autosuggestions", "zsh", "source @/zsh-autosuggestions.zsh\n"),
    Framework("zsh-syntax-highlighting", "zsh", "", end="source @/zsh-syntax-highlighting.zsh\n"),
    Framework("zsh-vi-mode", "zsh", "source @/zsh-vi-mode.plugin.zsh\n"),
    Framework("fzf-tab", "zsh", "autoload -U compinit; compinit\nsource @/fzf-tab.plugin.zsh\n"),
    Framework(
        "antidote",
        "zsh",
        "source @/antidote.zsh\nprint -r -- @zsh-autosuggestions@ >~/.zsh_plugins.txt\n"
        "antidote load ~/.zsh_plugins.txt\n",
        others=("zsh-autosuggestions",),
    ),
    Framework(
        "zimfw",
        "zsh",
        "ZIM_HOME=~/.zim\nsource @/zimfw.zsh init -q\nsource ~/.zim/init.zsh\n",
        setup="mkdir ~/.zim\nprint -r -- 'zmodule @pure@ --source async.zsh --source pure.zsh' >~/.zimrc\n"
        "print -r -- 'zmodule @zsh-autosuggestions@' >>~/.zimrc\n",
        others=("pure", "zsh-autosuggestions"),
    ),
    Framework(
        "antigen",
        "zsh",
        "ADOTDIR=~/.antigen\nsource @/bin/antigen.zsh\n"
        "antigen bundle @zsh-autosuggestions@ --no-local-clone\nantigen apply\n",
        others=("zsh-autosuggestions",),
    ),
    Framework("agkozak-zsh-prompt", "zsh", f"{GIT}source @/agkozak-zsh-prompt.plugin.zsh\n"),
    Framework("geometry", "zsh", f"{GIT}source @/geometry.zsh\n"),
    Framework("git-prompt.zsh", "zsh", f"{GIT}source @/git-prompt.zsh\n"),
    Framework("zsh-transient-prompt", "zsh", "source @/transient-prompt.zsh-theme\n"),
    Framework("liquidprompt", "zsh", "LP_ENABLE_LOAD=0\nsource @/liquidprompt\n"),
    Framework(
        "git-prompt",
        "zsh",
        f"{GIT}source @/contrib/completion/git-prompt.sh\nprecmd () {{ __git_ps1 '%n' ':%~$ ' '|%s' }}\n",
    ),
    Framework("kube-ps1", "zsh", "source @/kube-ps1.sh\nPROMPT='$(kube_ps1)'$PROMPT\n"),
    _terminal("iTerm2-shell-integration", "zsh", "shell_integration/zsh", TERM_PROGRAM="iTerm.app"),
    Framework("kitty", "zsh", "", environ={**KITTY, "ZDOTDIR": "@/shell-integration/zsh"}),
    Framework("ghostty", "zsh", "", environ={**GHOSTTY, "ZDOTDIR": "@/src/shell-integration/zsh"}),
    Framework("wezterm", "zsh", "source @/assets/shell-integration/wezterm.sh\n"),
    Framework(
        "vscode",
        "zsh",
        "",
        setup="mkdir @/z; for name (rc env login profile) cp @/shellIntegration-$name.zsh @/z/.zsh$name\n"
        "mv @/z/.zshlogin @/z/.zlogin; mv @/z/.zshprofile @/z/.zprofile\n",
        environ={"TERM_PROGRAM": "vscode", "VSCODE_INJECTION": "1", "ZDOTDIR": "@/z", "USER_ZDOTDIR": "~"},
    ),
    Framework(
        "vscode", "zsh", "source @/shellIntegration-rc.zsh\n", "by-hand", environ={"TERM_PROGRAM": "vscode"}
    ),
    Framework("asdf-0.15.0", "zsh", "source @/asdf.sh\n"),
    Framework("mise", "zsh", 'eval "$(@/bin/mise activate zsh)"\n'),
    Framework("nvm", "zsh", "export NVM_DIR=@\nsource @/nvm.sh\n"),
    Framework("rvm", "zsh", "export rvm_path=@\nsource @/scripts/rvm\n"),
    Framework(
        "pyenv-virtualenv",
        "zsh",
        'export PYENV_ROOT=@pyenv@\nPATH=@pyenv@/bin:@/bin:$PATH\neval "$(pyenv init - zsh)"\n'
        'eval "$(pyenv virtualenv-init -)"\n',
        others=("pyenv",),
    ),
)

FISHER = "source @fisher@/functions/fisher.fish\nfisher install @\n"
FISH = (
    *(
        Framework(folder, "fish", "", setup=FISHER, others=("fisher",))
        for folder in (
            "tide",
            "hydro",
            "nvm.fish",
            "bass",
            "theme-bobthefish",
            "pure-fish",
            "spacefish",
            "fish-async-prompt",
        )
    ),
    _oh_my_posh("fish", "@/oh-my-posh init fish --config ~/posh.json | source\n"),
    Framework("oh-my-fish", "fish", "", setup="fish @/bin/install --noninteractive --offline=@\n"),
    _terminal("iTerm2-shell-integration", "fish", "shell_integration/fish", TERM_PROGRAM="iTerm.app"),
    Framework(
        "kitty",
        "fish",
        "",
        environ={
            **KITTY,
            "XDG_DATA_DIRS": "@/shell-integration:/usr/share",
            "KITTY_FISH_XDG_DATA_DIR": "@/shell-integration",
        },
    ),
    Framework(
        "ghostty",
        "fish",
        "",
        environ={
            **GHOSTTY,
            "XDG_DATA_DIRS": "@/src/shell-integration:/usr/share",
            "GHOSTTY_SHELL_INTEGRATION_XDG_DIR": "@/src/shell-integration",
        },
    ),
    Framework("vscode", "fish", "source @/shellIntegration.fish\n", environ={"TERM_PROGRAM": "vscode"}),
    Framework("asdf-0.15.0", "fish", "source @/asdf.fish\n"),
    Framework("mise", "fish", "@/bin/mise activate fish | source\n"),
)

ALL = (*BASH, *ZSH, *FISH)
