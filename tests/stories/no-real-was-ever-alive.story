# What an earlier life left quiesced has not been judged either, and a standby that checks nothing
# does not know.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
config with a live real
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| standby_checks = 0
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     quiesce_server = 1
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
| }
at 1s 10.0.0.1:80 down connection refused
  unfit: no real server is alive
at 2s standby
  : Purged virtual server (standby): 192.0.2.10:80, handover
  -D -t 192.0.2.10:80
  fit
at 3s active
  : Added virtual server: 192.0.2.10:80, takeover, 0 of 1 up
  -A -t 192.0.2.10:80 -s wlc
at 4s 10.0.0.1:80 down connection refused
  : Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0), connection refused
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
  unfit: no real server is alive
at 5s stop
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
