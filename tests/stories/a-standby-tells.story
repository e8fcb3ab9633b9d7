# What a standby finds out is told as what it would do; weights that move on it are no news. Nobody
# begins slowly at takeover, and the load counts from what it made of the weight by then.

config as standby
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| service = lvs
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 15
|     timeout = 5
|     failurecount = 2
|     load_monitor = /usr/bin/rup
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 100
|     }
| }
at 0s 10.0.0.1:80 up HTTP
  : Standby would add real server: 10.0.0.1:80 (192.0.2.10:80) (weight 100), HTTP
at 0s tick
  nothing is due
at 20s 10.0.0.1:80 load 0.00
at 40s 10.0.0.1:80 load ? failed to read remote load: timed out after 5 s
  : Standby: No load of real server: 10.0.0.1:80 (192.0.2.10:80), failed to read remote load: timed out after 5 s
at 45s 10.0.0.1:80 down timed out
  : Standby: Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.10:80) failure 1/2, timed out
at 46s 10.0.0.1:80 up HTTP
  : Standby: Resetting soft failure count: 10.0.0.1:80 (tcp:192.0.2.10:80), HTTP
at 50s 10.0.0.1:80 down timed out
  : Standby: Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.10:80) failure 1/2, timed out
at 51s 10.0.0.1:80 down timed out
  : Standby would delete real server: 10.0.0.1:80 (192.0.2.10:80), timed out
at 55s 10.0.0.1:80 up HTTP
at 60s 10.0.0.1:80 up HTTP
at 65s 10.0.0.1:80 up HTTP
  : Standby would add real server: 10.0.0.1:80 (192.0.2.10:80) (weight 100), HTTP
at 80s 10.0.0.1:80 load 0.00
  : Standby: Load again of real server: 10.0.0.1:80 (192.0.2.10:80), load 0.00
at 81s maintenance: 10.0.0.1:80
  : Standby: Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Standby would delete real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
at 82s maintenance over
  : Standby: No more maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance is over, not checked yet
at 83s 10.0.0.1:80 up HTTP
  : Standby would add real server: 10.0.0.1:80 (192.0.2.10:80) (weight 100), HTTP
at 84s 10.0.0.1:80 load 0.00
at 90s active
  : Added virtual server: 192.0.2.10:80, takeover, 1 of 1 up
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 150), HTTP
  -A -t 192.0.2.10:80 -s wlc
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 150
at 90s tick
  nothing is due
at 104s 10.0.0.1:80 load 0.00
  : Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 200), load 0.00
  -e -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 200
