# lvs.cf: with quiesce_server a server that fails keeps its connections, with weight 0, and comes back
# with the first weight of slow start.

config
| primary = 192.0.2.1
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     quiesce_server = 1
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
at 10s 10.0.0.1:80 down timed out
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), timed out
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
at 20s tick
  nothing is due
at 30s 10.0.0.1:80 up HTTP
  : Restored real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 3), HTTP
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 3
at 30s tick
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 6
at 40s stop
  : Purged real server (stop): 10.0.0.1:80 (192.0.2.10:80), the director stops
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
