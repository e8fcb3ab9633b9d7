# A real of weight 0 that goes and comes back changes nothing in the table: nobody is told, as with
# ldirectord, nor reminded of it.

config
| emailalert=root
| emailalertfreq=60
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq 0
|     real=10.0.0.2:80 masq
|     quiescent=yes
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
at 70s tick
  nothing is due
at 80s 10.0.0.1:80 up 200 OK
at 130s tick
  nothing is due
