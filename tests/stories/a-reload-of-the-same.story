# A reload of the same file: nobody is told anything, of servers that are up and of one that is down.

config
| emailalert=admin@example.org
| quiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
|     fallback=10.0.0.9:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 down connection refused
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), connection refused
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  : Added fallback server: 10.0.0.9:80 (192.0.2.11:80) (Weight set to 1), no real server is up
  : Quiescent real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  -a -t 192.0.2.11:80 -r 10.0.0.9:80 -m -w 1
  -e -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 0
at 60s reload
| emailalert=admin@example.org
| quiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
|     fallback=10.0.0.9:80 masq
at 60s 10.0.0.1:80 down connection refused · 10.0.0.2:80 down connection refused
at 70s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 10.0.0.9:80 (192.0.2.11:80), a real server is up
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -e -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.11:80 -r 10.0.0.9:80
