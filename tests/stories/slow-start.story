# lvs.cf: a server that comes in gets a 32nd of its weight, in the same moment twice as much, and twice
# as much again every 20 seconds. One with weight 1 has all of it at once.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 100
|     }
| }
  : Added virtual server: 192.0.2.10:80, the configuration
  -A -t 192.0.2.10:80 -s wlc
at 0s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 0s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 6
at 0s 10.0.0.2:80 up HTTP
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 19s tick
  nothing is due
at 20s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 12), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 12
at 40s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 24), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 24
at 60s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 48), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 48
at 80s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 96), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 96
at 100s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 100), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 100
at 120s tick
  nothing is due

# It fails in the midst of it, and begins again.
at 130s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 140s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 140s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 6
at 150s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 160s tick
  nothing is due
at 170s 10.0.0.1:80 up HTTP
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), HTTP
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 170s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 6

# A reload goes on where it was; another weight is another end of it.
at 171s reload
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 10
|     }
| }
  : Purged real server (start): 10.0.0.2:80 (192.0.2.10:80), it is not configured
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 190s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 10), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 10
at 191s reload
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     slow_start = 0
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 40
|     }
| }
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 40), the configuration
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 40
