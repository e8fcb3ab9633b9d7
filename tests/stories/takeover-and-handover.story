# The standby of two directors has no service in its kernel, and takes out what an earlier life left
# there. It checks all the same: taking over is one batch, with the right weights at once, and
# nobody waits for a check. What is down by then is reminded of, and the fallback's command is told.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.9:80 -m -w 1
| -A -t 192.0.2.99:80 -s rr
config as standby
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| emailalert = admin@example.org
| emailalertfreq = 60
| fallbackcommand = /bin/page
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 10
|     failurecount = 2
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 50
|     }
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
| }
| virtual shop {
|     address = 192.0.2.11 eth0:2
|     active = 1
|     reentry = 10
|     sorry_server = 127.0.0.1
|     server three {
|         address = 10.0.0.3
|         active = 1
|     }
| }
  -D -t 192.0.2.10:80
at 0s 10.0.0.1:80 up 200 OK
  : Standby would add real server: 10.0.0.1:80 (192.0.2.10:80) (weight 50), 200 OK
  : Standby would purge real server: 10.0.0.9:80 (192.0.2.10:80), it is not configured
at 0s 10.0.0.2:80 up 200 OK
  : Standby would add real server: 10.0.0.2:80 (192.0.2.10:80) (weight 1), 200 OK
at 0s 10.0.0.3:80 down connection refused
  : Standby would delete real server: 10.0.0.3:80 (192.0.2.11:80), connection refused
at 10s 10.0.0.2:80 down timed out
  : Standby: Soft failure real server: 10.0.0.2:80 (tcp:192.0.2.10:80) failure 1/2, timed out
at 15s 10.0.0.2:80 down timed out
  : Standby would delete real server: 10.0.0.2:80 (192.0.2.10:80), timed out
at 70s tick
  nothing is due
at 100s active
  : Added virtual server: 192.0.2.10:80, takeover, 1 of 2 up
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 50), 200 OK
  : Added virtual server: 192.0.2.11:80, takeover, 0 of 1 up
  -A -t 192.0.2.10:80 -s wlc
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 50
  -A -t 192.0.2.11:80 -s wlc
  -a -t 192.0.2.11:80 -r 127.0.0.1:80 -m -w 1
  ! /bin/page stop 192.0.2.10:80 tcp
  ! /bin/page start 192.0.2.11:80 tcp
at 101s quiet
at 160s tick
  : Inaccessible real server: 10.0.0.2:80 (192.0.2.10:80), timed out
  : Inaccessible real server: 10.0.0.3:80 (192.0.2.11:80), connection refused
at 170s 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 171s 10.0.0.3:80 up 200 OK
  : Added real server: 10.0.0.3:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  : Deleted fallback server: 127.0.0.1:80 (192.0.2.11:80), a real server is up
  -a -t 192.0.2.11:80 -r 10.0.0.3:80 -m -w 1
  -d -t 192.0.2.11:80 -r 127.0.0.1:80
  ! /bin/page stop 192.0.2.11:80 tcp
at 172s 10.0.0.3:80 down connection refused
  : Added fallback server: 127.0.0.1:80 (192.0.2.11:80) (Weight set to 1), no real server is up
  : Deleted real server: 10.0.0.3:80 (192.0.2.11:80), connection refused
  -a -t 192.0.2.11:80 -r 127.0.0.1:80 -m -w 1
  -d -t 192.0.2.11:80 -r 10.0.0.3:80
  ! /bin/page start 192.0.2.11:80 tcp
at 173s 10.0.0.1:80 down timed out
  : Soft failure real server: 10.0.0.1:80 (tcp:192.0.2.10:80) failure 1/2, timed out
at 174s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 175s 10.0.0.1:80 up 200 OK
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1

# Whoever is in the midst of slow start is known to be well when this one takes over again.
at 200s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  : Purged virtual server (standby): 192.0.2.11:80, handover
  -D -t 192.0.2.10:80
  -D -t 192.0.2.11:80
at 201s active
  : Added virtual server: 192.0.2.10:80, takeover, 2 of 2 up
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 50), 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  : Added virtual server: 192.0.2.11:80, takeover, 0 of 1 up
  -A -t 192.0.2.10:80 -s wlc
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 50
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
  -A -t 192.0.2.11:80 -s wlc
  -a -t 192.0.2.11:80 -r 127.0.0.1:80 -m -w 1
at 300s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  : Purged virtual server (standby): 192.0.2.11:80, handover
  -D -t 192.0.2.10:80
  -D -t 192.0.2.11:80
at 300s standby
at 301s 10.0.0.3:80 up 200 OK
  : Standby would add real server: 10.0.0.3:80 (192.0.2.11:80) (weight 1), 200 OK
at 310s somebody: -A -t 192.0.2.10:80 -s rr
at 311s quiet
  repaired: -D -t 192.0.2.10:80
at 320s reload
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 7
|     }
| }
| virtual mail {
|     address = 192.0.2.12 eth0:3
|     active = 1
|     port = 25
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
| }
  : Standby would restore real server: 10.0.0.1:80 (192.0.2.10:80) (weight 7), the configuration
  : Standby would purge real server: 10.0.0.2:80 (192.0.2.10:80), it is not configured
at 321s 10.0.0.1:25 up 220 mx
  : Standby would add real server: 10.0.0.1:25 (192.0.2.12:25) (weight 1), 220 mx
at 330s active
  : Added virtual server: 192.0.2.10:80, takeover, 1 of 1 up
  : Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 7), 200 OK
  : Added virtual server: 192.0.2.12:25, takeover, 1 of 1 up
  : Added real server: 10.0.0.1:25 (192.0.2.12:25) (Weight set to 1), 220 mx
  -A -t 192.0.2.10:80 -s wlc
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 7
  -A -t 192.0.2.12:25 -s wlc
  -a -t 192.0.2.12:25 -r 10.0.0.1:25 -m -w 1
at 340s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  : Purged virtual server (standby): 192.0.2.12:25, handover
  -D -t 192.0.2.10:80
  -D -t 192.0.2.12:25
at 350s stop
