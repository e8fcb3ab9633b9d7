# emailalertfreq brings a real in maintenance to mind, too: a file is soon forgotten.

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
at 10s maintenance: 10.0.0.1:80
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 3610s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
at 4000s maintenance over
  : No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
at 7210s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
at 7300s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 99999s tick
  nothing is due
