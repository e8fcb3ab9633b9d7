# The fallback goes on serving over a restart: the reals are not back before they are checked.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 127.0.0.1:80 -g -w 1
config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     fallback=127.0.0.1:80 gate
at 0s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 10s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
