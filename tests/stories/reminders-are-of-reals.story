# Nobody is reminded of a fallback that comes and goes: it is not dead, it is not needed.

config
| emailalert=admin@example.org
| emailalertfreq=60
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     fallback=10.0.0.9:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 down connection refused
  : Added fallback server: 10.0.0.9:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
  -a -t 192.0.2.10:80 -r 10.0.0.9:80 -m -w 1
at 10s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 10.0.0.9:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.9:80
at 70s tick
  nothing is due
at 80s 10.0.0.1:80 down connection refused
  : Added fallback server: 10.0.0.9:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
  -a -t 192.0.2.10:80 -r 10.0.0.9:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 140s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 150s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 10.0.0.9:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.9:80
at 210s tick
  nothing is due
