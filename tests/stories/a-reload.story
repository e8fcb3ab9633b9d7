# A reload changes what differs and nothing else; what is known of a real stays known.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 1
|     real=10.0.0.2:80 masq 1
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
at 60s reload
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 5
|     real=10.0.0.3:80 masq 1
|     scheduler=wlc
| virtual=192.0.2.12:80
|     real=10.0.0.1:80 masq
  : Purged virtual server (start): 192.0.2.11:80, it is no longer configured
  : Changed virtual server: 192.0.2.10:80, the configuration
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 5), the configuration
  : Purged real server (start): 10.0.0.2:80 (192.0.2.10:80), it is not configured
  : Added virtual server: 192.0.2.12:80, the configuration
  -E -t 192.0.2.10:80 -s wlc
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 5
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
  -A -t 192.0.2.12:80 -s wrr
  -D -t 192.0.2.11:80
at 60s 10.0.0.3:80 up 200 OK · 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.3:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.12:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.3:80 -m -w 1
  -a -t 192.0.2.12:80 -r 10.0.0.1:80 -m -w 1

# The same file again: nothing.
at 70s reload
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 5
|     real=10.0.0.3:80 masq 1
|     scheduler=wlc
| virtual=192.0.2.12:80
|     real=10.0.0.1:80 masq

# A broken file changes nothing, and says what is wrong.
at 80s reload
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 5
|     shceduler=wlc
  : ldirectord.cf:3:5: error: unknown directive `shceduler`
  :   |
  : 3 |     shceduler=wlc
  :   |     ^^^^^^^^^
  :   |
  :   = hint: did you mean `scheduler`?
at 90s 10.0.0.3:80 down connection refused
  : Deleted real server: 10.0.0.3:80 (192.0.2.10:80), connection refused
  -d -t 192.0.2.10:80 -r 10.0.0.3:80
