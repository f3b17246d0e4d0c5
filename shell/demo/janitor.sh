#!/bin/sh
# Cleans up after the demo however it ends. Its stdin is a pipe whose other end only the demo holds, so
# end of file means that the demo is gone, even by SIGKILL: then the shell goes too, and the folder $1.
read -r shell || shell=
read -r ended || ended=
if [ -n "$shell" ] && [ -z "$ended" ]; then
  kill -HUP "$shell" 2>/dev/null
fi
rm -rf -- "$1"
