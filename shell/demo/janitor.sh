#!/bin/sh
# Cleans up after the demo however it ends. Its stdin is a pipe whose other end only the demo holds, so
# end of file means that the demo is gone, even by SIGKILL: then the shell goes too, and the folder $1.
read -r shell || shell=
read -r ended || ended=
if [ -n "$shell" ] && [ -z "$ended" ]; then
  # until it is gone: it may not hear the first, and at its end it writes its history into the folder
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -HUP "$shell" 2>/dev/null || break
    sleep 0.2
  done
fi
rm -rf -- "$1"
