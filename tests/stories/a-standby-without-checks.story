# A standby that checks nothing knows nothing at takeover: it is a cold start, whatever was true when
# it was active before. The fallback waits for first checks as long as it does at a start.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
config as standby
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| standby_checks = 0
| fallbackcommand = /bin/page
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     sorry_server = 127.0.0.1
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
| }
  -D -t 192.0.2.10:80
at 5s tick
  nothing is due
at 10s active
  : Added virtual server: 192.0.2.10:80, takeover, 0 of 2 up
  -A -t 192.0.2.10:80 -s wlc
at 10.1s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
  ! /bin/page stop 192.0.2.10:80 tcp
at 10.2s 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 20s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  -D -t 192.0.2.10:80
at 30s active
  : Added virtual server: 192.0.2.10:80, takeover, 0 of 2 up
  -A -t 192.0.2.10:80 -s wlc
at 31s tick
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  ! /bin/page start 192.0.2.10:80 tcp
at 32s 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
  ! /bin/page stop 192.0.2.10:80 tcp
at 33s maintenance: 10.0.0.2:80
  : Maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance: /m/10.0.0.2:80
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.2:80 (192.0.2.10:80), maintenance: /m/10.0.0.2:80
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
  ! /bin/page start 192.0.2.10:80 tcp
at 40s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  -D -t 192.0.2.10:80
at 50s active
  : Added virtual server: 192.0.2.10:80, takeover, 0 of 2 up
  -A -t 192.0.2.10:80 -s wlc
at 51s maintenance over
  : No more maintenance of real server: 10.0.0.2:80 (192.0.2.10:80), maintenance is over, not checked yet
at 52s tick
  : Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
at 53s stop
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
