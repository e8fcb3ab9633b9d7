# lvs.cf: with a reentry shorter than timeout one success is enough, even of a server that failed.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     timeout = 10
|     reentry = 5
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 1
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 10s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 20s 10.0.0.1:80 down connection refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 30s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
