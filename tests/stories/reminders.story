# emailalertfreq: a dead real is brought to mind again and again, until it is back.

config
| emailalert=admin@example.org
| emailalertfreq=3600
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 3600s tick
  nothing is due
at 3610s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 7211s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 7300s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 99999s tick
  nothing is due
