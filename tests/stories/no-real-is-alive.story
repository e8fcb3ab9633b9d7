# A director that serves nobody had better not be the active one. Nobody is taken for dead before all
# have been judged; one that is alive, of whatever service, is enough.

config as standby with a live real
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     reentry = 6
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
|     server two {
|         address = 10.0.0.2
|         active = 1
|     }
| }
| virtual shop {
|     address = 192.0.2.11 eth0:2
|     active = 1
|     reentry = 6
|     server three {
|         address = 10.0.0.3
|         active = 1
|     }
| }
at 0s 10.0.0.1:80 down connection refused
  : Standby would delete real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 1s 10.0.0.2:80 down connection refused
  : Standby would delete real server: 10.0.0.2:80 (192.0.2.10:80), connection refused
at 2s 10.0.0.3:80 down connection refused
  : Standby would delete real server: 10.0.0.3:80 (192.0.2.11:80), connection refused
  unfit: no real server is alive
at 3s active
  : Added virtual server: 192.0.2.10:80, takeover, 0 of 2 up
  : Added virtual server: 192.0.2.11:80, takeover, 0 of 1 up
  -A -t 192.0.2.10:80 -s wlc
  -A -t 192.0.2.11:80 -s wlc
at 4s 10.0.0.3:80 up 200 OK
  : Added real server: 10.0.0.3:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.11:80 -r 10.0.0.3:80 -m -w 1
  fit

# The administrator's word counts as well.
at 5s maintenance: 10.0.0.3:80
  : Maintenance of real server: 10.0.0.3:80 (192.0.2.11:80), maintenance: /m/10.0.0.3:80
  : Deleted real server: 10.0.0.3:80 (192.0.2.11:80), maintenance: /m/10.0.0.3:80
  -d -t 192.0.2.11:80 -r 10.0.0.3:80
  unfit: no real server is alive
at 6s maintenance over
  : No more maintenance of real server: 10.0.0.3:80 (192.0.2.11:80), maintenance is over, not checked yet
at 7s 10.0.0.3:80 down timed out

# Who is new has not been judged: what was true stays true until then.
at 10s reload
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual shop {
|     address = 192.0.2.11 eth0:2
|     active = 1
|     reentry = 6
|     server three {
|         address = 10.0.0.3
|         active = 1
|     }
|     server four {
|         address = 10.0.0.4
|         active = 1
|     }
| }
  : Purged virtual server (start): 192.0.2.10:80, it is no longer configured
  -D -t 192.0.2.10:80
at 11s 10.0.0.4:80 down timed out
  : Deleted real server: 10.0.0.4:80 (192.0.2.11:80), timed out
at 12s 10.0.0.4:80 up 200 OK
  : Added real server: 10.0.0.4:80 (192.0.2.11:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.11:80 -r 10.0.0.4:80 -m -w 1
  fit

# Without services there is nothing to be missed, and a stop is no news of it.
at 13s 10.0.0.4:80 down timed out
  : Deleted real server: 10.0.0.4:80 (192.0.2.11:80), timed out
  -d -t 192.0.2.11:80 -r 10.0.0.4:80
  unfit: no real server is alive
at 20s reload
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual none {
|     address = 192.0.2.12 eth0:2
|     active = 1
|     reentry = 6
| }
  : Purged virtual server (start): 192.0.2.11:80, it is no longer configured
  : Added virtual server: 192.0.2.12:80, the configuration
  -A -t 192.0.2.12:80 -s wlc
  -D -t 192.0.2.11:80
  fit
at 30s stop
  : Purged virtual server (stop): 192.0.2.12:80, the director stops
  -D -t 192.0.2.12:80
