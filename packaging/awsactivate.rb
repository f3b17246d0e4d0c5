# A formula for a tap of one's own. scripts/release-check fills in what stands between the at signs, with the hash of
# every file that may be installed; it has been built nowhere yet.
class Awsactivate < Formula
  desc "@description@"
  homepage "@address@"
  url "@address@/releases/download/v@version@/@sdist@"
  sha256 "@sha256@"
  license "Apache-2.0"

  depends_on "python@3.13"

  def install
    python = Formula["python@3.13"].opt_bin/"python3.13"
    system python, "-m", "venv", libexec
    (buildpath/"lock.txt").write DATA.read
    pip = [libexec/"bin/python", "-m", "pip", "install", "--no-cache-dir"]
    system(*pip, "--require-hashes", "-r", "lock.txt")
    system(*pip, "--no-deps", "--no-build-isolation", ".")
    bin.install_symlink libexec/"bin/awsactivate"
    man1.install_symlink Dir[libexec/"share/man/man1/*.1"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/awsactivate --version")
    assert_match "deactivate", shell_output("#{bin}/awsactivate init bash")
  end
end

__END__
@lock@
