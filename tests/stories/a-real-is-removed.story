# quiescent=no, the default: a dead real leaves the table, connections and all.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 10s 10.0.0.2:80 down connection refused
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), connection refused
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 20s 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
