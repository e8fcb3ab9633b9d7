# A machine under three services: each counts its failures for itself, so that one failed check of
# each is one failure of three, and takes it out only where one failure is enough.

config
| failurecount=3
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     real=10.0.0.1:80 masq
| virtual=192.0.2.12:80
|     failurecount=1
|     real=10.0.0.1:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  : Added virtual server: 192.0.2.12:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
  -A -t 192.0.2.12:80 -s wrr
at 0s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.12:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.11:80 -r 10.0.0.1:80 -m -w 1
  -a -t 192.0.2.12:80 -r 10.0.0.1:80 -m -w 1
at 10s 10.0.0.1:80 down connection refused
  : Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.10:80) failure 1/3, connection refused
  : Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.11:80) failure 1/3, connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.12:80), connection refused
  -d -t 192.0.2.12:80 -r 10.0.0.1:80
at 20s 10.0.0.1:80 up 200 OK
  : Resetting soft failure count: 10.0.0.1:80 (tcp:192.0.2.10:80), 200 OK
  : Resetting soft failure count: 10.0.0.1:80 (tcp:192.0.2.11:80), 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.12:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.12:80 -r 10.0.0.1:80 -m -w 1
