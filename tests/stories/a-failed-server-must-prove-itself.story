# lvs.cf: who has never failed is let in by the first success. Who failed, if only in its very first
# check, needs reentry / timeout of them in a row, here three, and one failure takes it out again.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     timeout = 5
|     reentry = 19
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 1
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 5s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 10s 10.0.0.1:80 up HTTP
at 15s 10.0.0.1:80 up HTTP
at 20s 10.0.0.1:80 down timed out
at 25s 10.0.0.1:80 up HTTP
at 30s 10.0.0.1:80 up HTTP
at 35s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 40s 10.0.0.1:80 up HTTP

# A server that is new is judged by itself, and what is counted of others is kept.
at 41s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 42s 10.0.0.1:80 up HTTP
at 43s reload
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     timeout = 5
|     reentry = 19
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 1
|     }
| }
at 43s 10.0.0.2:80 down connection refused
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), connection refused
at 47s 10.0.0.1:80 up HTTP
at 48s 10.0.0.2:80 up HTTP
at 52s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 53s 10.0.0.2:80 up HTTP
at 58s 10.0.0.2:80 up HTTP
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
