# At a cold start one real refuses and one says nothing. The fallback waits a second for first checks,
# not for the silent one's timeout.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     fallback=127.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 0.9s tick
  nothing is due
at 1s tick
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
at 30s 10.0.0.2:80 down no answer within 30 s
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), no answer within 30 s
