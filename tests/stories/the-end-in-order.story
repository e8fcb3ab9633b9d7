# Services go in the order of the file, at a reload and at the end, and so do their reals.

config
| virtual=192.0.2.12:80
|     real=10.0.0.2:80 masq
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.2:80 masq
| virtual=192.0.2.14:80
| virtual=192.0.2.13:80
  : Added virtual server: 192.0.2.12:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  : Added virtual server: 192.0.2.14:80, the configuration
  : Added virtual server: 192.0.2.13:80, the configuration
  -A -t 192.0.2.11:80 -s wrr
  -A -t 192.0.2.12:80 -s wrr
  -A -t 192.0.2.13:80 -s wrr
  -A -t 192.0.2.14:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK · 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.12:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.12:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.11:80 -r 10.0.0.2:80 -m -w 1
  -a -t 192.0.2.12:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.12:80 -r 10.0.0.2:80 -m -w 1
at 10s reload
| virtual=192.0.2.12:80
|     real=10.0.0.2:80 masq
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.2:80 masq
  : Purged virtual server (start): 192.0.2.14:80, it is no longer configured
  : Purged virtual server (start): 192.0.2.13:80, it is no longer configured
  -D -t 192.0.2.13:80
  -D -t 192.0.2.14:80
at 20s stop
  : Purged real server (stop): 10.0.0.2:80 (192.0.2.12:80), the director stops
  : Purged real server (stop): 10.0.0.1:80 (192.0.2.12:80), the director stops
  : Purged virtual server (stop): 192.0.2.12:80, the director stops
  : Purged real server (stop): 10.0.0.2:80 (192.0.2.11:80), the director stops
  : Purged virtual server (stop): 192.0.2.11:80, the director stops
  -D -t 192.0.2.11:80
  -D -t 192.0.2.12:80
