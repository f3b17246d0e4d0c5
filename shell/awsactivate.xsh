"""awsactivate in xonsh: `activate`, `deactivate` and the prompt's "(prod 60m)".

The core (awsactivate) answers with the change of environment as JSON; what each variable was before waits in
this module's `_awsactivate_state`, never in the environment. In ~/.xonshrc: execx($(awsactivate init xonsh))
"""


class _Awsactivate:
    """The session of this shell, and what was before it."""

    # the keys and our own variables always go back, any other only as long as it is what we made it
    ours = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    always = (
        "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWSACTIVATE_PROFILE "
        "AWSACTIVATE_SCOPE AWSACTIVATE_ROLE_ARN AWSACTIVATE_ASSUMED_ROLE_ID AWSACTIVATE_SOURCE_PROFILE AWSACTIVATE_EXPIRATION "
        "AWSACTIVATE_VARS"
    ).split()

    def __init__(self, core, version, environment):
        self.core, self.version, self.environment = core, version, environment
        self.old, self.made, self.style = {}, {}, ""
        if environment.get("AWSACTIVATE_PROFILE"):
            self.adopt()

    def now(self, name):
        """What a child would see of a variable."""
        return self.environment.detype().get(name)

    def put(self, name, value):
        """Set a variable, as the text that it is; None takes it away."""
        if value is not None:
            self.environment[name] = value
        elif name in self.environment:
            del self.environment[name]

    def before(self):
        """The environment without the session that is on; the core knows by AWSACTIVATE_* what to renew."""
        environ = dict(self.environment.detype())
        for name, value in self.old.items():
            if name.startswith("AWSACTIVATE_") or not self.is_ours(name):
                continue
            environ.pop(name, None)
            if value is not None:
                environ[name] = value
        return {**environ, "_AWSACTIVATE_WRAPPER": self.version}

    def is_ours(self, name):
        """Whether nobody has changed `name` since."""
        return name in self.ours or name.startswith("AWSACTIVATE_") or self.now(name) == self.made.get(name)

    def run(self, words, stdin):
        """Run the core and return its status; what it prints is ours if `words` ask for a change."""
        import json
        import subprocess

        # not through xonsh, whose $XONSH_TRACE_SUBPROC and history would see the answer
        try:
            done = subprocess.run(
                [self.core, "_activate", "xonsh", *words], env=self.before(), stdin=stdin, stdout=subprocess.PIPE
            )
        except OSError:
            return self.is_gone(127)
        if done.returncode in (126, 127):
            return self.is_gone(done.returncode)
        if done.returncode:
            return done.returncode if done.returncode > 0 else 128 - done.returncode
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or answer.get("end") != "awsactivate-end":
            return self.refuse(f"error: the answer of {self.core} is not whole: nothing was changed")
        if "hold" in answer:
            self.start(answer)
        return 0

    def start(self, answer):
        """Make the change, and keep what was before the first one."""
        for name in [name for name in self.old if name not in answer["hold"]]:
            self.put_back(name)
        for name in answer["hold"]:
            self.old.setdefault(name, self.now(name))
        for name in answer["unset"]:
            self.put(name, None)
        for name, value in answer["set"].items():
            self.put(name, value)
        self.remember()
        self.style = answer["style"]
        if answer["message"]:
            self.say(answer["message"])

    def remember(self):
        """Keep what we made of the names held: no copy of the keys."""
        self.made = {
            name: self.now(name)
            for name in self.old
            if name not in self.ours and not name.startswith("AWSACTIVATE_")
        }

    def put_back(self, name):
        """Make a variable what it was, unless somebody has changed it meanwhile."""
        value = self.old.pop(name)
        if self.is_ours(name):
            self.put(name, value)
        self.made.pop(name, None)

    def adopt(self):
        """Take over an inherited session: what was before it is not known, so its names will be unset."""
        named = self.environment.get("AWSACTIVATE_VARS", "").split(" ")
        # the list is only a variable: no other name is taken from it than `awsactivate init` tells
        words = _awsactivate_adoptable.split()
        prefixes = tuple(word for word in words if word.endswith("_"))
        also = [name for name in named if name in words or name.startswith(prefixes)]
        self.old = dict.fromkeys([*self.always, *also])
        self.remember()

    def is_gone(self, status):
        """Tell what it means that the core's interpreter is not there."""
        self.refuse(f"error: {self.core} can't be started: the Python that it was installed with is gone")
        return self.refuse("hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate", status)

    def say(self, text):
        """Tell the person."""
        import sys

        print(text, file=sys.stderr)

    def refuse(self, text, status=1):
        """Tell what is wrong."""
        self.say(f"awsactivate: {text}")
        return status

    def activate(self, words, stdin=None):
        """Start a session in this shell."""
        return self.run(words, stdin)

    def deactivate(self, words, stdin=None):
        """End the session of this shell: every variable becomes what it was before."""
        if words in (["-h"], ["--help"]):
            print("usage: deactivate\n\nEnd the AWS session of this shell: every variable becomes what it was before.")
            return 0
        if words:
            return self.refuse(f"error: deactivate takes no argument {words[0]}", 2)
        if not self.old:
            return self.refuse("error: no session is active in this shell")
        for name in list(self.old):
            self.put_back(name)
        self.style = ""
        return 0

    def awsactivate(self, words, stdin=None):
        """Every other command of the core."""
        import subprocess

        if words[:1] == ["activate"]:
            return self.activate(words[1:], stdin)
        if words[:1] == ["deactivate"]:
            return self.deactivate(words[1:], stdin)
        own = words[:1] in (["exec"], ["each"], ["export"], ["show"], ["doctor"])
        scoped = any(word.partition("=")[0] == "--scope" for word in words[1:])
        if words[:1] == ["exec"] and words[1:2] and words[1].startswith("-") and scoped:
            own = False  # `exec --scope` is about this session
        environ = self.before() if own else self.environment.detype()
        return subprocess.run([self.core, *words], env=environ, stdin=stdin).returncode

    def prompt(self):
        """The prompt's segment, empty without a session."""
        import time

        profile = self.environment.get("AWSACTIVATE_PROFILE")
        if not profile or not self.old or self.environment.get("AWSACTIVATE_PROMPT") == "off":
            return ""
        label = "".join(character if character.isprintable() else "?" for character in str(profile))
        scope = str(self.environment.get("AWSACTIVATE_SCOPE") or "")
        if scope:
            label += ":ro" if scope.startswith("read-only") else ":plan" if scope.startswith("terraform-plan") else ":policy"
        colours = ("RED", "GREEN", "YELLOW", "BLUE", "MAGENTA", "CYAN", "WHITE")
        colour = self.style.upper() if self.style.upper() in colours else "GREEN"
        if self.style and self.style.upper() not in colours:
            label = f"{self.style} {label}"
        text, ends = "", str(self.now("AWSACTIVATE_EXPIRATION") or "")
        if ends.isascii() and ends.isdigit():
            left = int(ends) - time.time()
            text = f" {-int(-left // 60)}m" if left > 0 else " expired"
            colour = "RED" if left <= 0 else "YELLOW" if left <= 900 and colour == "GREEN" else colour
        # braces would be fields of xonsh's own
        label = label.replace("{", "{{").replace("}", "}}")
        return f"{{{colour}}}({label}{text}){{RESET}} "


if "_awsactivate_state" not in globals():
    _awsactivate_state = _Awsactivate(_awsactivate_core, _awsactivate_version, __xonsh__.env)


def _awsactivate_alias(name):
    from xonsh.tools import unthreadable

    @unthreadable
    def alias(words, stdin=None):
        return getattr(_awsactivate_state, name)(words, stdin)

    return alias


aliases["awsactivate"] = _awsactivate_alias("awsactivate")
if globals().get("_awsactivate_short_names") != "no":
    aliases["activate"] = _awsactivate_alias("activate")
    aliases["deactivate"] = aliases["awsdeactivate"] = _awsactivate_alias("deactivate")
if __xonsh__.env.get("XONSH_INTERACTIVE") and "{awsactivate}" not in str(__xonsh__.env.get("PROMPT")):
    __xonsh__.env["PROMPT_FIELDS"]["awsactivate"] = lambda: _awsactivate_state.prompt()
    if isinstance(__xonsh__.env["PROMPT"], str):
        __xonsh__.env["PROMPT"] = "{awsactivate}" + __xonsh__.env["PROMPT"]
