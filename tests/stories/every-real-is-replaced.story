# A reload names other reals than those that serve. They serve on until one of the new has passed,
# or all of them have failed: a check takes its time, and clients do not wait.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     fallback=127.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 60s reload
| virtual=192.0.2.10:80
|     real=10.0.0.2:80 masq
|     real=10.0.0.3:80 masq
|     fallback=127.0.0.1:80 masq
at 61s tick
at 65s 10.0.0.2:80 down no answer within 5 s
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), no answer within 5 s
at 65.1s 10.0.0.3:80 up 200 OK
  : Added real server: 10.0.0.3:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Purged real server (start): 10.0.0.1:80 (192.0.2.10:80), it is not configured
  -a -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.1:80

# And when none of the new ones passes, the fallback comes in as the old one goes.
at 120s reload
| virtual=192.0.2.10:80
|     real=10.0.0.4:80 masq
|     fallback=127.0.0.1:80 masq
at 121s tick
at 125s 10.0.0.4:80 down no answer within 5 s
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Purged real server (start): 10.0.0.3:80 (192.0.2.10:80), it is not configured
  : Deleted real server: 10.0.0.4:80 (192.0.2.10:80), no answer within 5 s
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.3:80
