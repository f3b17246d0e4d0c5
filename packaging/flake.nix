# A flake that installs the release, with what it needs as nixpkgs has it. scripts/release-check fills in what stands
# between the at signs; it has been built nowhere yet.
{
  description = "@description@";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      build = system:
        let
          pkgs = nixpkgs.legacyPackages.${system};
          python = pkgs.python3Packages;
        in
        {
          default = python.buildPythonApplication {
            pname = "awsactivate";
            version = "@version@";
            pyproject = true;
            src = pkgs.fetchurl {
              url = "@address@/releases/download/v@version@/@sdist@";
              hash = "@sri@";
            };
            build-system = [ python.hatchling ];
            dependencies = with python; [ @dependencies@ ];
            doCheck = false; # the tests want an embedded AWS and a dozen shells
            meta = {
              description = "@description@";
              homepage = "@address@";
              license = pkgs.lib.licenses.asl20;
              mainProgram = "awsactivate";
            };
          };
        };
    in
    {
      packages = nixpkgs.lib.genAttrs systems build;
    };
}
