# At the end the services go, but those whose cleanstop is no: they serve on without a director.

config
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
|     cleanstop=no
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
at 60s stop
  : Purged real server (stop): 10.0.0.1:80 (192.0.2.10:80), the director stops
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
