# A standby that keeps its table follows its reals as an active one does, at their weights and with
# the fallback, but sends no mail, reminds of nobody and runs no command. A takeover changes nothing in
# the kernel. Who is in the midst of slow start when it hands over is at full weight the next time.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 50
| -a -t 192.0.2.10:80 -r 10.0.0.9:80 -m -w 1
config as standby with its table
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
|     sorry_server = 127.0.0.1
|     server one {
|         address = 10.0.0.1
|         active = 1
|         weight = 50
|     }
|     server two {
|         address = 10.0.0.2
|         active = 1
|         weight = 20
|     }
| }
  : Standby: Purged real server (start): 10.0.0.9:80 (192.0.2.10:80), it is not configured
  -d -t 192.0.2.10:80 -r 10.0.0.9:80
at 0s 10.0.0.1:80 up 200 OK
at 0s 10.0.0.2:80 up 200 OK
  : Standby: Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 20), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 20
at 5s somebody: -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 6s quiet
  repaired: -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 20
at 10s 10.0.0.1:80 down timed out · 10.0.0.2:80 down timed out
  : Standby: Added fallback server: 127.0.0.1:80 (192.0.2.10:80) (Weight set to 1), no real server is up
  : Standby: Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  : Standby: Deleted real server: 10.0.0.2:80 (192.0.2.10:80), timed out
  -a -t 192.0.2.10:80 -r 127.0.0.1:80 -m -w 1
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
  -d -t 192.0.2.10:80 -r 10.0.0.2:80
at 80s tick
  nothing is due
at 90s 10.0.0.1:80 up 200 OK
  : Standby: Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 50), 200 OK
  : Standby: Deleted fallback server: 127.0.0.1:80 (192.0.2.10:80), a real server is up
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 50
  -d -t 192.0.2.10:80 -r 127.0.0.1:80
at 100s active
  ! /bin/page stop 192.0.2.10:80 tcp
at 100s quiet
at 160s tick
  : Inaccessible real server: 10.0.0.2:80 (192.0.2.10:80), timed out
at 170s 10.0.0.2:80 up 200 OK
  : Added real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
at 180s tick
  : Weighed real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 2), slow start
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 2
at 185s 10.0.0.1:80 down timed out
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), timed out
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 190s standby
  : Standby: Weighed real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 20), handover
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 20
at 191s tick
  nothing is due
at 200s reload
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     server two {
|         address = 10.0.0.2
|         active = 1
|         weight = 7
|     }
| }
  : Standby: Restored real server: 10.0.0.2:80 (192.0.2.10:80) (Weight set to 7), the configuration
  -e -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 7
at 210s stop
  : Standby: Purged real server (stop): 10.0.0.2:80 (192.0.2.10:80), the director stops
  : Standby: Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
