# When the last real dies the fallback is in before that real is out, and the other way round
# when one comes back: at no instant is there nobody.

config
| quiescent=yes
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     fallback=127.0.0.1:80 gate
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 10s 10.0.0.2:80 down connection refused
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Quiescent real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -g -w 1
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 0
at 20s 10.0.0.1:80 up 200 OK
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
