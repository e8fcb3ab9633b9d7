# Nothing is added before its first check: a real that is dead at the start never gets a client.
# The fallback waits until every real is known to be out.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     fallback=127.0.0.1:8080 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 0.1s 10.0.0.2:80 down connection refused
  : Added fallback server: 127.0.0.1:8080 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), connection refused
  -a -t 192.0.2.10:80 -r 127.0.0.1:8080 -m -w 1
at 10s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:8080 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 127.0.0.1:8080
